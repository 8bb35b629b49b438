using System.Globalization;
using Brink.Lambda.Debugging;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Runtimes;

/// <summary>What starts a function: the interpreter with Brink's bootstrap, or the package's own bootstrap.</summary>
internal sealed record RuntimeCommand(RuntimeFamily Family, string Executable, string Version)
{
    /// <summary>What Lambda gives the interpreter of this runtime, as far as this one knows it.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <param name="runtimeFolder">Where our bootstraps are.</param>
    /// <param name="version">What is started.</param>
    /// <param name="debugPort">Where the process listens for a debugger; null: it does not.</param>
    public IReadOnlyList<string> Arguments(string runtimeFolder, FunctionVersion version, int? debugPort) => Family switch
    {
        // A debugger connects to the port of FunctionDebugger: the port behind it is not printed.
        RuntimeFamily.Node when debugPort is not null =>
        [
            Inspect(version.Debugger!, debugPort.Value), "--inspect-publish-uid=http",
            .. Arguments(runtimeFolder, version, null),
        ],
        // Modules frozen into the interpreter have no lines to stop at, and the debugger says so at length.
        RuntimeFamily.Python when debugPort is not null => ["-Xfrozen_modules=off", .. Arguments(runtimeFolder, version, null)],
        // Node's own heap limit is that of the machine; AWS sets nine tenths of the function's memory.
        RuntimeFamily.Node =>
        [
            .. Flags,
            $"--max-old-space-size={(version.MemoryMegabytes * 9 / 10).ToString(CultureInfo.InvariantCulture)}",
            $"{runtimeFolder}/{Bootstraps.Node}",
        ],
        RuntimeFamily.Python => [$"{runtimeFolder}/{Bootstraps.Python}"],
        _ => [],
    };

    public IReadOnlyList<KeyValuePair<string, string>> Environment(
        string runtimeFolder, FunctionVersion version, int? debugPort) => Family switch
    {
        RuntimeFamily.Python when debugPort is { } port =>
        [
            .. Environment(runtimeFolder, version, null),
            new("BRINK_DEBUG_PORT", port.ToString(CultureInfo.InvariantCulture)),
            new("BRINK_DEBUG_WAITS", version.Debugger!.WaitsBeforeLoading ? "1" : "0"),
            new("PYDEVD_DISABLE_FILE_VALIDATION", "1"),
        ],
        RuntimeFamily.Node => [new("NODE_PATH", NodePath(runtimeFolder, version.Runtime))],
        // The package's folder is read-only in a sandbox, and is the developer's own without one: no compiled files go there.
        RuntimeFamily.Python => [new("PYTHONPATH", runtimeFolder), new("PYTHONDONTWRITEBYTECODE", "1"), new("PYTHONUNBUFFERED", "1")],
        _ => [],
    };

    private static string Inspect(FunctionDebugger debugger, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"--inspect{(debugger.WaitsBeforeLoading ? "-brk" : "")}=127.0.0.1:{port}");

    private static string NodePath(string runtimeFolder, LambdaRuntime runtime) =>
        $"/opt/nodejs/node{runtime.Version.Major}/node_modules:/opt/nodejs/node_modules:{runtimeFolder}/node_modules";

    /// <summary>For INIT_START.</summary>
    public string Description(LambdaRuntime runtime) => Family switch
    {
        RuntimeFamily.Node => $"nodejs:{runtime.Version.Major} (Node.js {Version})",
        RuntimeFamily.Python => $"python:{runtime.Version} (Python {Version})",
        _ => runtime.Identifier.Replace("provided.", "provided:", StringComparison.Ordinal),
    };
}
