using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.Lambda.Processes;

/// <summary>What the <see cref="ProcessKeeper"/> attends to: the output of a process, its memory while it works, and its end.</summary>
/// <param name="output">A pipe that the process writes to.</param>
/// <param name="end">A descriptor that can be read from when there is news of its end.</param>
/// <param name="writer">Takes what it writes.</param>
/// <param name="memoryLimit">Bytes that it and its children may hold; null: there is no limit.</param>
/// <param name="measureMemory">Counts what they hold: null once they are gone. Without it each process is looked at.</param>
internal abstract class KeptProcess(int output, int end, IProcessOutput writer, long? memoryLimit, Func<long?>? measureMemory)
    : ISandboxedProcess
{
    // A process that writes faster than we read gets its turn like the others.
    private const int ReadsAtOnce = 64;
    // Milliseconds. A look costs tens of microseconds of an invocation, and the keeper looks at what is at work anyway.
    private const long SampleAge = 100;
    // While a process is new, what it holds grows from one invocation to the next: it is looked at in each of the first.
    private const int FreshReadings = 10;

    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reading = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(4096);
    private bool _closed;
    private volatile bool _outOfMemory;
    private long _peakMemory;
    private int _readings;
    private long _sampledAt = -SampleAge - 1;

    /// <summary>Its number with the keeper.</summary>
    public long Number { get; set; }

    public abstract int Pid { get; }

    public int End => end;

    public int Output => output;

    public Task<ProcessExit> Exit => _exit.Task;

    public long PeakMemory
    {
        get
        {
            if (_readings < FreshReadings || Environment.TickCount64 - Volatile.Read(ref _sampledAt) > SampleAge)
            {
                _readings++;
                SampleMemory();
            }
            return Volatile.Read(ref _peakMemory);
        }
    }

    public bool IsAsleep => ProcessTree.IsAsleep(FunctionPid);

    /// <summary>The process that runs the function's code; 0 while it is not known.</summary>
    protected abstract int FunctionPid { get; }

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

    public abstract void Freeze();

    public abstract void Thaw();

    public abstract void Kill();

    /// <summary>There is news: whether it has ended.</summary>
    public abstract bool HasEnded();

    /// <summary>It has ended, and is no longer attended to: the rest of its output is read, and what belongs to it is given back.</summary>
    public abstract void Ended();

    /// <summary>The processes whose memory counts.</summary>
    protected abstract IEnumerable<int> Processes();

    /// <summary>Reads what is there; false once no writer is left.</summary>
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
                    writer.Write(_buffer.AsSpan(0, count));
                else if (count == 0)
                    return false;
                else if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
                    return true;
            }
            return true;
        }
    }

    /// <summary>The kernel may have ended it for its memory: looked at while it can still be seen.</summary>
    protected void SampleBeforeEnd()
    {
        if (measureMemory is not null)
            SampleMemory();
    }

    /// <summary>The rest of its output is read, and <see cref="Exit"/> completes.</summary>
    protected void Complete(ProcessExit exit)
    {
        Drain();
        lock (_reading)
        {
            _closed = true;
            Libc.Close(output);
        }
        _exit.SetResult(exit with { OutOfMemory = _outOfMemory });
    }

    /// <summary>Looks at the memory of it and its children, and kills them when it is too much.</summary>
    public void SampleMemory()
    {
        Volatile.Write(ref _sampledAt, Environment.TickCount64);
        var held = measureMemory is { } measure ? measure() ?? 0 : Resident();
        if (held == long.MaxValue)
        {
            // The kernel was faster. Its bound is above what the function may hold, so that much it held.
            Volatile.Write(ref _peakMemory, Math.Max(Volatile.Read(ref _peakMemory), memoryLimit ?? 0));
            _outOfMemory = true;
            Kill();
            return;
        }
        if (held > Volatile.Read(ref _peakMemory))
            Volatile.Write(ref _peakMemory, held);
        if (held > memoryLimit)
        {
            _outOfMemory = true;
            Kill();
        }
    }

    /// <summary>The resident memory of all of them, in bytes.</summary>
    private long Resident()
    {
        var held = 0L;
        foreach (var each in Processes())
        {
            // Fields of statm: size, resident, shared...
            var fields = ProcessTree.Read($"/proc/{each}/statm").Split(' ');
            if (fields.Length >= 2 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out var pages))
                held += pages * Environment.SystemPageSize;
        }
        return held;
    }
}
