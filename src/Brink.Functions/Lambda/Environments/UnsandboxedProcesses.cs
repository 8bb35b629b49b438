namespace Brink.Functions.Lambda;

/// <summary>
/// No sandbox: the process has the rights of Brink, sees every file and the machine's network. Its memory is measured twenty times a second while an
/// invocation runs. For code that its operator trusts as he trusts his own.
/// </summary>
public sealed class UnsandboxedProcesses : IProcessSandbox
{
    private const string DeathSignal = "/usr/bin/setpriv";

    /// <inheritdoc/>
    public string Description => "no sandbox: functions run with the rights of brink";

    /// <inheritdoc/>
    public bool SharesLoopback => true;

    /// <inheritdoc/>
    public string PathInside(SandboxMount mount) => mount.Source;

    /// <inheritdoc/>
    public async Task<ISandboxedProcess> StartAsync(ProcessStart start)
    {
        if (!File.Exists(DeathSignal))
            throw new ProcessStartException($"{DeathSignal} is missing (Debian's util-linux has it): without it a function could outlive brink");
        if (!Directory.Exists(start.WorkingDirectory))
            throw new ProcessStartException($"the folder {start.WorkingDirectory} is gone");
        return await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(
            DeathSignal, ["--pdeathsig", "KILL", "--", start.Executable, .. start.Arguments], start.Environment, start.WorkingDirectory, start.Output)
        {
            MemoryLimit = start.MemoryMegabytes * 1024L * 1024L,
        });
    }
}
