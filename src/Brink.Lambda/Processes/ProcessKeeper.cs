using System.Collections.Concurrent;

namespace Brink.Lambda.Processes;

/// <summary>
/// One thread that starts all child processes, each known to the <see cref="ProcessGuard"/>, reads what they write, and learns when they
/// end. One thread, because a parent's death signal follows the thread that started the child, and because a few hundred idle environments
/// must not each hold a thread in a read.
/// </summary>
internal sealed class ProcessKeeper
{
    // The tag of an event: the number of a child, and in its lowest bit whether the output is meant or the end.
    private const long WakerTag = 0, GuardTag = 1;
    private const int SampleMilliseconds = 50;
    private const string Shell = "/bin/sh";

    private readonly ConcurrentQueue<(SpawnRequest Request, TaskCompletionSource<ChildProcess> Started)> _requests = new();
    private readonly ConcurrentDictionary<long, KeptProcess> _children = new();
    private readonly int _poll = Libc.CreatePoll();
    private readonly int _waker = Libc.CreateWaker();
    private readonly ProcessGuard _guard = new();
    private int _guardEnd = -1;
    private long _lastNumber;
    private int _active;
    private bool _sleeping;

    private ProcessKeeper()
    {
        Libc.Watch(_poll, _waker, WakerTag);
        new Thread(Run) { IsBackground = true, Name = "lambda processes" }.Start();
    }

    /// <summary>The one of this process. It lives as long as Brink: its children would not outlive it.</summary>
    public static ProcessKeeper Shared { get; } = new();

    public Task<ChildProcess> SpawnAsync(SpawnRequest request)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Enqueue((request, started));
        Libc.Wake(_waker);
        return started.Task;
    }

    /// <summary>While any invocation runs, memory is looked at often; processes that rest are left alone.</summary>
    public void BeginWatchingMemory()
    {
        Interlocked.Increment(ref _active);
        if (Volatile.Read(ref _sleeping))
            Libc.Wake(_waker);
    }

    public void EndWatchingMemory() => Interlocked.Decrement(ref _active);

    private void Run()
    {
        Span<long> tags = stackalloc long[64];
        var (lastActive, lastSample) = (0L, 0L);
        while (true)
        {
            // Watched a little longer than needed: a wake-up for each of many short invocations would cost more than a few idle looks.
            var now = Environment.TickCount64;
            var active = Volatile.Read(ref _active);
            if (active > 0)
                lastActive = now;
            var watching = now - lastActive < 1000;
            Volatile.Write(ref _sleeping, !watching);
            // Read once more: an invocation that began before it could see _sleeping has not woken this thread.
            if (!watching && Volatile.Read(ref _active) > 0)
                continue;
            // Many processes are each looked at more rarely, so that looking stays a small part of the work.
            var period = Math.Max(SampleMilliseconds, active * 4);
            var count = Libc.Wait(_poll, tags, watching ? period : -1);
            foreach (var tag in tags[..count])
            {
                if (tag == WakerTag)
                    Libc.ClearWaker(_waker);
                else if (tag == GuardTag)
                    ForgetGuard();
                else if (_children.TryGetValue(tag >> 1, out var child))
                    Attend(child, isEnd: (tag & 1) != 0);
            }
            while (_requests.TryDequeue(out var next))
                Start(next.Request, next.Started);
            if (Environment.TickCount64 - lastSample < period)
                continue;
            lastSample = Environment.TickCount64;
            foreach (var (_, child) in _children)
            {
                if (child.IsActive)
                    child.SampleMemory();
            }
        }
    }

    private void Start(SpawnRequest request, TaskCompletionSource<ChildProcess> started)
    {
        var (read, write, pid) = (-1, -1, -1);
        try
        {
            KeepGuard();
            (read, write) = Libc.CreateOutputPipe();
            pid = Libc.Spawn(
                Shell, ["-c", ProcessGuard.Registration + (request.Script ?? "exec \"$@\""), "sh", request.Mark, .. request.Command],
                request.Environment, request.WorkingDirectory, write, [_guard.Pipe, .. request.Inherited]);
            Libc.Close(write);
            write = -1;
            var child = new ChildProcess(pid, Libc.OpenProcess(pid), read, request, _guard);
            Adopt(child);
            started.SetResult(child);
        }
        catch (ProcessStartException failure)
        {
            if (read >= 0)
                Libc.Close(read);
            if (write >= 0)
                Libc.Close(write);
            // A process whose end cannot be learned of is not kept.
            if (pid > 0)
            {
                Libc.KillGroup(pid);
                _guard.Forget(pid);
                Libc.Reap(pid);
            }
            started.SetException(failure);
        }
    }

    /// <summary>Attends to a process from now on.</summary>
    public void Adopt(KeptProcess process)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        process.Number = number;
        _children[number] = process;
        Libc.Watch(_poll, process.Output, number << 1);
        Libc.Watch(_poll, process.End, (number << 1) | 1);
    }

    private void Attend(KeptProcess child, bool isEnd)
    {
        if (!isEnd)
        {
            // No writer is left: polling it further would only spin.
            if (!child.Drain())
                Libc.Unwatch(_poll, child.Output);
            return;
        }
        if (!child.HasEnded())
            return;
        Libc.Unwatch(_poll, child.Output);
        Libc.Unwatch(_poll, child.End);
        _children.TryRemove(child.Number, out _);
        child.Ended();
    }

    /// <summary>Starts the guard with the first child, and again if it was killed.</summary>
    private void KeepGuard()
    {
        if (_guardEnd >= 0)
            return;
        _guardEnd = _guard.Start(_children.Values.OfType<ChildProcess>().Select(child => (child.Pid, child.Mark)));
        Libc.Watch(_poll, _guardEnd, GuardTag);
    }

    private void ForgetGuard()
    {
        Libc.Unwatch(_poll, _guardEnd);
        Libc.Close(_guardEnd);
        _guardEnd = -1;
        _guard.Reap();
        if (!_children.IsEmpty)
            KeepGuard();
    }
}

/// <summary>What a child process is started with.</summary>
internal sealed record SpawnRequest(
    IReadOnlyList<string> Command, IReadOnlyList<KeyValuePair<string, string>> Environment, string WorkingDirectory, IProcessOutput Output)
{
    /// <summary>The number of the first of <see cref="Inherited"/>.</summary>
    public const int FirstInherited = ProcessGuard.Descriptor + 1;

    /// <summary>Lines of shell that end in becoming the command, which is "$@". Null: they do only that.</summary>
    public string? Script { get; init; }

    /// <summary>
    /// A text in the variables of all that a pool starts. When Brink is gone, children that have left their group are found by it. Empty
    /// where a namespace holds them.
    /// </summary>
    public string Mark { get; init; } = "";

    /// <summary>Bytes that it and its children may hold; over it they are killed. Null: there is no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Counts what it and its children hold: null once they are gone. Without it each process is looked at.</summary>
    public Func<long?>? MeasureMemory { get; init; }

    /// <summary>Descriptors that the process finds as 4, 5, and so on. The caller closes its own.</summary>
    public IReadOnlyList<int> Inherited { get; init; } = [];
}
