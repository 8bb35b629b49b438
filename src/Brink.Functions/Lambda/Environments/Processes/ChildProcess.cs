using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.Functions.Lambda;

/// <summary>A child process in a session of its own; the <see cref="ProcessKeeper"/> attends to it.</summary>
internal sealed class ChildProcess(int pid, int end, int output, SpawnRequest request) : ISandboxedProcess
{
    // A process that writes faster than we read gets its turn like the others.
    private const int ReadsAtOnce = 64;
    private const long SampleAge = 20;      // milliseconds

    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reading = new();
    private readonly Lock _killing = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(4096);
    private bool _closed;
    private bool _ended;
    private volatile bool _outOfMemory;
    private long _peakMemory;
    private long _sampledAt = -SampleAge - 1;

    public long Number { get; set; }

    public int Pid => pid;

    public int End => end;

    public string Mark => request.Mark;

    public int Output => output;

    public Task<ProcessExit> Exit => _exit.Task;

    public long PeakMemory
    {
        get
        {
            if (Environment.TickCount64 - Volatile.Read(ref _sampledAt) > SampleAge)
                SampleMemory();
            return Volatile.Read(ref _peakMemory);
        }
    }

    /// <summary>An invocation runs, or the code is being loaded: the time when memory grows.</summary>
    public bool IsActive { get; private set; }

    public void DrainOutput() => Drain();

    public void Resume()
    {
        if (IsActive)
            return;
        IsActive = true;
        ProcessKeeper.Shared.BeginWatchingMemory();
    }

    public void Rest()
    {
        if (!IsActive)
            return;
        IsActive = false;
        ProcessKeeper.Shared.EndWatchingMemory();
    }

    public void Kill()
    {
        // Never after its end: the number may be another process's by then.
        lock (_killing)
        {
            if (!_ended)
                Libc.KillGroup(pid);
        }
    }

    /// <summary>Reads what is there; false once nobody can write any more.</summary>
    public bool Drain()
    {
        lock (_reading)
        {
            if (_closed)
                return false;
            for (var reads = 0; reads < ReadsAtOnce; reads++)
            {
                var count = Libc.Read(output, _buffer);
                if (count > 0)
                    request.Output.Write(_buffer.AsSpan(0, count));
                else if (count == 0)
                    return false;
                else if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
                    return true;
            }
            return true;
        }
    }

    /// <summary>The process has ended: what it left in its group goes too, the rest of its output is read, its number is given back.</summary>
    public void Ended(ProcessGuard guard)
    {
        ProcessExit exit;
        if (request.MeasureMemory is not null)
            SampleMemory();     // the kernel may have ended it for its memory
        lock (_killing)
        {
            Libc.KillGroup(pid);
            guard.Forget(pid);
            exit = Libc.Reap(pid);
            _ended = true;
        }
        Drain();
        lock (_reading)
        {
            _closed = true;
            Libc.Close(output);
        }
        Libc.Close(end);
        _exit.SetResult(exit with { OutOfMemory = _outOfMemory });
    }

    /// <summary>Looks at the memory of it and its children, and kills them when it is too much.</summary>
    public void SampleMemory()
    {
        Volatile.Write(ref _sampledAt, Environment.TickCount64);
        var held = request.MeasureMemory is { } measure ? measure() ?? 0 : Resident(pid);
        if (held == long.MaxValue)
        {
            // The kernel was faster.
            _outOfMemory = true;
            Kill();
            return;
        }
        if (held > Volatile.Read(ref _peakMemory))
            Volatile.Write(ref _peakMemory, held);
        if (held > request.MemoryLimit)
        {
            _outOfMemory = true;
            Kill();
        }
    }

    /// <summary>The resident memory of a process and of all beneath it, in bytes. However deep: else a chain of processes would hide what its end holds.</summary>
    private static long Resident(int process)
    {
        var held = 0L;
        var pending = new Stack<int>([process]);
        while (pending.TryPop(out var next))
        {
            // Fields of statm: size, resident, shared...
            var fields = Read($"/proc/{next}/statm").Split(' ');
            if (fields.Length < 2 || !long.TryParse(fields[1], CultureInfo.InvariantCulture, out var pages))
                continue;
            held += pages * Environment.SystemPageSize;
            foreach (var thread in Threads(next))
            {
                // A child is listed by the thread that made it.
                foreach (var child in Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    pending.Push(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
        return held;
    }

    private static string[] Threads(int process)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{process}/task");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];      // it has ended meanwhile
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";      // it has ended meanwhile, or the kernel does not list children
        }
    }
}
