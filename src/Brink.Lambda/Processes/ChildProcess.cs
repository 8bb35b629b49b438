namespace Brink.Lambda.Processes;

/// <summary>A child process in a session of its own; the <see cref="ProcessKeeper"/> attends to it.</summary>
internal sealed class ChildProcess(int pid, int end, int output, SpawnRequest request, ProcessGuard guard)
    : KeptProcess(output, end, request.Output, request.MemoryLimit, request.MeasureMemory)
{
    private readonly Lock _killing = new();
    private StoppedProcesses? _stopped;
    private bool _ended;

    public override int Pid => pid;

    protected override int FunctionPid => pid;

    public string Mark => request.Mark;

    public override void Freeze()
    {
        // Never after its end: the number may be another process's by then.
        lock (_killing)
        {
            if (!_ended)
                _stopped ??= StoppedProcesses.Stop([pid]);
        }
    }

    public override void Thaw()
    {
        lock (_killing)
        {
            if (!_ended)
                _stopped?.Continue();
            _stopped = null;
        }
    }

    public override void Kill()
    {
        // Never after its end: the number may be another process's by then.
        lock (_killing)
        {
            if (!_ended)
                Libc.KillGroup(pid);
        }
    }

    public override bool HasEnded() => true;

    /// <summary>What it left in its group goes too, and its number is given back.</summary>
    public override void Ended()
    {
        ProcessExit exit;
        SampleBeforeEnd();
        lock (_killing)
        {
            Libc.KillGroup(pid);
            guard.Forget(pid);
            exit = Libc.Reap(pid);
            _ended = true;
        }
        Libc.Close(End);
        Complete(exit);
    }

    /// <summary>However deep: else a chain of processes would hide what its end holds.</summary>
    protected override IEnumerable<int> Processes() => ProcessTree.Of(pid);
}
