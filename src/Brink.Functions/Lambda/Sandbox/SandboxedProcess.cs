namespace Brink.Functions.Lambda;

/// <summary>A process in a sandbox: it has ended when its network and its control groups are gone as well.</summary>
internal sealed class SandboxedProcess : ISandboxedProcess
{
    private readonly ChildProcess _child;
    private readonly ControlGroup? _group;

    public SandboxedProcess(ChildProcess child, ControlGroup? group, EgressNetwork? network)
    {
        (_child, _group) = (child, group);
        Exit = group is null && network is null ? child.Exit : EndAsync(child, group, network);
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

    private static async Task<ProcessExit> EndAsync(ChildProcess child, ControlGroup? group, EgressNetwork? network)
    {
        var exit = await child.Exit;
        if (network is not null)
            await network.EndAsync();
        if (group is not null)
            await group.EndAsync();
        return exit;
    }
}
