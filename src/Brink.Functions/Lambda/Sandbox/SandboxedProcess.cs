namespace Brink.Functions.Lambda;

/// <summary>A process in a sandbox: it has ended when its control groups are gone as well.</summary>
internal sealed class SandboxedProcess : ISandboxedProcess
{
    private readonly ChildProcess _child;
    private readonly ControlGroup? _group;

    public SandboxedProcess(ChildProcess child, ControlGroup? group)
    {
        (_child, _group) = (child, group);
        Exit = group is null ? child.Exit : EndAsync(child, group);
    }

    public int Pid => _child.Pid;

    public Task<ProcessExit> Exit { get; }

    public long PeakMemory => _child.PeakMemory;

    public void DrainOutput() => _child.DrainOutput();

    public void Resume() => _child.Resume();

    public void Rest() => _child.Rest();

    public void Freeze()
    {
        if (_group?.TryFreeze(true) != true)
            _child.Freeze();
    }

    public void Thaw()
    {
        if (_group?.TryFreeze(false) != true)
            _child.Thaw();
    }

    public void Kill() => _child.Kill();

    private static async Task<ProcessExit> EndAsync(ChildProcess child, ControlGroup group)
    {
        var exit = await child.Exit;
        await group.EndAsync();
        return exit;
    }
}
