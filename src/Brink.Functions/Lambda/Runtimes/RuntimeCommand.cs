using System.Globalization;

namespace Brink.Functions.Lambda;

/// <summary>What starts a function: the interpreter with Brink's bootstrap, or the package's own bootstrap.</summary>
internal sealed record RuntimeCommand(RuntimeFamily Family, string Executable, string Version)
{
    public IReadOnlyList<string> Arguments(string runtimeFolder, FunctionVersion version) => Family switch
    {
        // Node's own heap limit is that of the machine; AWS sets nine tenths of the function's memory.
        RuntimeFamily.Node => [$"--max-old-space-size={(version.MemoryMegabytes * 9 / 10).ToString(CultureInfo.InvariantCulture)}", $"{runtimeFolder}/{RunFolder.NodeBootstrap}"],
        RuntimeFamily.Python => [$"{runtimeFolder}/{RunFolder.PythonBootstrap}"],
        _ => [],
    };

    public IReadOnlyList<KeyValuePair<string, string>> Environment(string runtimeFolder, LambdaRuntime runtime) => Family switch
    {
        RuntimeFamily.Node =>
        [
            new("NODE_PATH", $"/opt/nodejs/node{runtime.Version.Major}/node_modules:/opt/nodejs/node_modules:{runtimeFolder}/node_modules"),
        ],
        // The package's folder is read-only in a sandbox, and is the developer's own without one: no compiled files go there.
        RuntimeFamily.Python => [new("PYTHONPATH", runtimeFolder), new("PYTHONDONTWRITEBYTECODE", "1"), new("PYTHONUNBUFFERED", "1")],
        _ => [],
    };

    /// <summary>For INIT_START.</summary>
    public string Description(LambdaRuntime runtime) => Family switch
    {
        RuntimeFamily.Node => $"nodejs:{runtime.Version.Major} (Node.js {Version})",
        RuntimeFamily.Python => $"python:{runtime.Version} (Python {Version})",
        _ => runtime.Identifier.Replace("provided.", "provided:", StringComparison.Ordinal),
    };
}
