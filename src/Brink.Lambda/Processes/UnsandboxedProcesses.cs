namespace Brink.Lambda.Processes;

/// <summary>
/// No sandbox: the process has the rights of Brink, sees every file and the machine's network. Its memory is measured twenty times a second
/// while an invocation runs. For code that its operator trusts like their own.
/// </summary>
public sealed class UnsandboxedProcesses : IProcessSandbox
{
    private const string DeathSignal = "/usr/bin/setpriv";

    // A variable whose value no other environment has, and that our bootstraps leave to children: a folder in the folder of the
    // environment.
    private const string Marking = "TMPDIR";

    /// <inheritdoc/>
    public string Description => "no sandbox: functions run with the rights of brink, on this machine's network";

    /// <inheritdoc/>
    public string Summary => "Lambda@Edge functions run without a sandbox, on this machine's network";

    /// <inheritdoc/>
    public IReadOnlyList<string> Weaknesses => ["functions have all the rights of brink: --unsafe-no-sandbox was given"];

    /// <inheritdoc/>
    public bool SharesLoopback => true;

    /// <inheritdoc/>
    public string PathInside(SandboxMount mount) => mount.Source;

    /// <inheritdoc/>
    public async Task<ISandboxedProcess> StartAsync(ProcessStart start)
    {
        if (!File.Exists(DeathSignal))
        {
            throw new ProcessStartException(
                $"{DeathSignal} is missing (Debian's util-linux has it): without it a function could outlive brink");
        }
        if (!Directory.Exists(start.WorkingDirectory))
            throw new ProcessStartException($"the folder {start.WorkingDirectory} is gone");
        // Only the pool's own folder will do: every process that has it in its variables will be killed. It lies in the folder of the
        // environment, and that in the folder of this process.
        var temporary = start.Mounts.Where(mount => mount.Target == "/tmp").Select(mount => mount.Source).FirstOrDefault("");
        var folder = Path.GetDirectoryName(Path.GetDirectoryName(temporary)) ?? "";
        string[] command = [DeathSignal, "--pdeathsig", "KILL", "--", start.Executable, .. start.Arguments];
        var child = await ProcessKeeper.Shared.SpawnAsync(new SpawnRequest(command, start.Environment, start.WorkingDirectory, start.Output)
        {
            Mark = folder.Length > 1 ? $"{Marking}={folder}/" : "",
            MemoryLimit = start.MemoryMegabytes * 1024L * 1024L,
        });
        return new MarkedProcess(child, temporary.Length > 0 ? $"{Marking}={temporary}" : "");
    }
}
