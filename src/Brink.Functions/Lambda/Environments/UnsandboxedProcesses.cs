namespace Brink.Functions.Lambda;

/// <summary>
/// No sandbox: the process has the rights of Brink, sees every file and the machine's network. Its memory is measured twenty times a second while an
/// invocation runs. For code that its operator trusts as he trusts his own.
/// </summary>
public sealed class UnsandboxedProcesses : IProcessSandbox
{
    private const string DeathSignal = "/usr/bin/setpriv";

    // Of the variables of an environment, the one that no other has.
    private const string Marking = "BRINK_RUNTIME_API_SOCKET";

    /// <inheritdoc/>
    public string Description => "no sandbox: functions run with the rights of brink, on this machine's network";

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
        // Its own socket lies in a folder of its own in the folder of this process.
        var socket = start.Environment.Where(variable => variable.Key == Marking).Select(variable => variable.Value).FirstOrDefault("");
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(socket)) ?? "";
        var child = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(
            [DeathSignal, "--pdeathsig", "KILL", "--", start.Executable, .. start.Arguments], start.Environment, start.WorkingDirectory, start.Output)
        {
            Mark = folder.Length > 1 ? $"{Marking}={folder}/" : "",
            MemoryLimit = start.MemoryMegabytes * 1024L * 1024L,
        });
        return new MarkedProcess(child, socket.Length > 0 ? $"{Marking}={socket}" : "");
    }
}
