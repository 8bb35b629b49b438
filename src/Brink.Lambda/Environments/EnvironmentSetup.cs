using System.Globalization;
using Brink.Lambda.Debugging;
using Brink.Lambda.Logs;
using Brink.Lambda.Processes;
using Brink.Lambda.RuntimeApi;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Environments;

/// <summary>What all environments of a function version in a region are started with.</summary>
internal sealed record EnvironmentSetup(
    FunctionVersion Version, Region Region, RuntimeCommand Command, RunFolder RunFolder, IProcessSandbox Sandbox, ILambdaLog? Log,
    TimeProvider Time)
{
    private const string TaskRoot = "/var/task";
    private const string RuntimeFolder = "/var/runtime";

    /// <summary>
    /// Python's processes are forked from it, unless the package brings libraries that only the dynamic linker of a new process would find.
    /// </summary>
    public Zygote? Zygote { get; } = Command.Family == RuntimeFamily.Python && !HasLibraries(Version.CodeFolder)
        ? new Zygote(RunFolder.Root, Bootstraps.PythonZygote)
        : null;

    /// <summary>The log stream of a new environment.</summary>
    public EnvironmentLog OpenLog()
    {
        var stream = string.Create(CultureInfo.InvariantCulture, $"{Time.GetUtcNow():yyyy'/'MM'/'dd}/[{Version.Number}]{Guid.NewGuid():N}");
        return new EnvironmentLog(Region, Version.LogGroup, stream, Log, Time);
    }

    /// <summary>Starts the process of an environment that has this folder, this log and this Runtime API.</summary>
    /// <param name="last">
    /// The process before it, which has ended: where its namespaces were kept the new one begins in them. Null: there was none.
    /// </param>
    /// <param name="folder">The environment's folder.</param>
    /// <param name="log">Its log.</param>
    /// <param name="listener">Its Runtime API.</param>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public async Task<ISandboxedProcess> StartProcessAsync(
        ISandboxedProcess? last, EnvironmentFolder folder, EnvironmentLog log, RuntimeApiListener listener)
    {
        var start = ProcessFor(folder, log, listener);
        var process = (last is null ? null : await last.ReplaceAsync(start)) ?? await Sandbox.StartAsync(start);
        if (Zygote?.TakeProblem() is { } problem)
            log.Platform(PlatformLines.NoZygote(problem));
        return process;
    }

    private ProcessStart ProcessFor(EnvironmentFolder folder, EnvironmentLog log, RuntimeApiListener listener)
    {
        var code = new SandboxMount(Version.CodeFolder, TaskRoot);
        var runtime = new SandboxMount(RunFolder.BootstrapFolder, RuntimeFolder);
        var temporary = new SandboxMount(folder.Temporary, "/tmp", Writable: true);
        var socket = new SandboxMount(listener.SocketPath, "/run/brink/api", Writable: true);
        var debugPort = Version.Debugger?.NewTarget();
        var (taskRoot, runtimeFolder) = (Sandbox.PathInside(code), Sandbox.PathInside(runtime));
        return new ProcessStart
        {
            Executable = Command.Executable,
            Arguments = Command.Arguments(runtimeFolder, Version, debugPort),
            WorkingDirectory = taskRoot,
            Mounts = [code, runtime, temporary, socket],
            RuntimeApiSocket = listener.SocketPath,
            NeedsRuntimeApiPort = Command.Family == RuntimeFamily.Provided,
            MemoryMegabytes = Version.MemoryMegabytes + (debugPort is null ? 0 : FunctionDebugger.ExtraMegabytes),
            Output = log,
            Zygote = Zygote,
            Environment =
            [
                new("_HANDLER", Version.Handler),
                new("AWS_DEFAULT_REGION", Region.Name),
                new("AWS_REGION", Region.Name),
                new("AWS_EXECUTION_ENV", $"AWS_Lambda_{Version.Runtime.Identifier}"),
                new("AWS_LAMBDA_FUNCTION_NAME", Version.ReplicaName),
                new("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Version.MemoryMegabytes.ToString(CultureInfo.InvariantCulture)),
                new("AWS_LAMBDA_FUNCTION_VERSION", Version.Number.ToString(CultureInfo.InvariantCulture)),
                new("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
                new("AWS_LAMBDA_LOG_GROUP_NAME", log.LogGroup),
                new("AWS_LAMBDA_LOG_STREAM_NAME", log.LogStream),
                // There is no role behind a function here; the SDKs look elsewhere for minutes when these are missing.
                new("AWS_ACCESS_KEY_ID", "brink"),
                new("AWS_SECRET_ACCESS_KEY", "brink"),
                new("AWS_SESSION_TOKEN", "brink"),
                new("AWS_LAMBDA_RUNTIME_API", listener.Address),
                new("BRINK_RUNTIME_API_SOCKET", Sandbox.PathInside(socket)),
                new("LAMBDA_TASK_ROOT", taskRoot),
                new("LAMBDA_RUNTIME_DIR", runtimeFolder),
                new("TZ", ":UTC"),
                new("LANG", "en_US.UTF-8"),
                new("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"),
                new("LD_LIBRARY_PATH", $"/lib64:/usr/lib64:{runtimeFolder}:{runtimeFolder}/lib:{taskRoot}:{taskRoot}/lib:/opt/lib"),
                new("TMPDIR", Sandbox.PathInside(temporary)),
                new("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"),
                new("AWS_XRAY_DAEMON_ADDRESS", "169.254.79.129:2000"),
                .. Command.Environment(runtimeFolder, Version, debugPort),
            ],
        };
    }

    /// <summary>In the folders of LD_LIBRARY_PATH, which the linker reads only when a process begins.</summary>
    private static bool HasLibraries(string package) => new[] { package, Path.Combine(package, "lib") }
        .Any(folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder, "lib*.so*").Any());
}
