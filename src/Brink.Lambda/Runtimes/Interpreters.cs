using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Runtimes;

/// <summary>
/// Which interpreters serve the runtimes of this machine: those named, else the system's own. Any identifier runs on the one interpreter
/// there is, with the rules of the identifier; an interpreter too old for Brink's bootstraps is refused.
/// </summary>
public sealed partial record Interpreters
{
    private const string NoRequireOfModules = "--no-experimental-require-module", NoDetectionOfModules = "--no-experimental-detect-module";

    // Version, path and, of Node.js, those of the flags that it knows: a line each.
    private const string NodeQuestion =
        "[process.versions.node, process.execPath, "
        + $"['{NoRequireOfModules}', '{NoDetectionOfModules}'].filter((flag) => process.allowedNodeEnvironmentFlags.has(flag)).join(' ')"
        + "].join('\\n')";
    private const string PythonQuestion = "import sys; print('%d.%d.%d' % sys.version_info[:3]); print(sys.executable)";

    private static readonly ConcurrentDictionary<(string, RuntimeFamily, DateTime), Interpreter?> Known = new();
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly Version OldestNode = new(18, 0), OldestPython = new(3, 9);

    /// <summary>The Node.js executable. Default: node on PATH.</summary>
    public string? Node { get; init; }

    /// <summary>The Python executable. Default: /usr/bin/python3, else python3 on PATH.</summary>
    public string? Python { get; init; }

    /// <summary>Finds what starts this function, or says why it cannot be started.</summary>
    internal (RuntimeCommand? Command, string? Problem) CommandFor(LambdaRuntime runtime, string codeFolder) => runtime.Family switch
    {
        RuntimeFamily.Node => Find(runtime, "Node.js", "--node", Node, ["node"], OldestNode),
        RuntimeFamily.Python => Find(runtime, "Python", "--python", Python, ["/usr/bin/python3", "python3"], OldestPython),
        _ => Provided(runtime, codeFolder),
    };

    /// <summary>
    /// The version of the interpreter that would serve a family: of use for choosing an identifier. Null where there is none.
    /// </summary>
    public Version? InstalledVersion(RuntimeFamily family)
    {
        var runtime = LambdaRuntime.All.Last(known => known.Family == family);
        return family != RuntimeFamily.Provided && CommandFor(runtime, "/").Command is { } command ? Version.Parse(command.Version) : null;
    }

    private static (RuntimeCommand?, string?) Provided(LambdaRuntime runtime, string codeFolder)
    {
        var bootstrap = Path.Combine(codeFolder, "bootstrap");
        if (!File.Exists(bootstrap))
            return (null, $"{runtime} runs an executable file named bootstrap in the function's folder, and {codeFolder} has none");
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return (File.GetUnixFileMode(bootstrap) & anyExecute) == 0
            ? (null, $"{bootstrap} is not executable: chmod +x {bootstrap}")
            : (new RuntimeCommand(RuntimeFamily.Provided, bootstrap, ""), null);
    }

    private static (RuntimeCommand?, string?) Find(
        LambdaRuntime runtime, string product, string flag, string? named, string[] candidates, Version oldest)
    {
        var found = named is not null
            ? Executables.Find(named)
            : candidates.Select(candidate => Executables.Find(candidate)).FirstOrDefault(path => path is not null);
        if (found is null)
        {
            var needed = $"{product} {oldest.Major}{(oldest.Minor > 0 ? $".{oldest.Minor}" : "")}";
            return (null, named is not null
                ? $"{flag} {named}: there is no such executable"
                : $"{runtime} needs {needed} or later, and this machine has none: install it, or name one with {flag}");
        }
        // Shims and wrappers answer too; the interpreter itself tells its path.
        if (Ask(found, runtime.Family) is not var (version, real, flags))
            return (null, $"{flag} {found}: this is not {product}: it does not answer as {product} does");
        if (version < oldest)
            return (null, $"{found} is {product} {version}: {runtime} needs {oldest} or later here; name a newer one with {flag}");
        var command = new RuntimeCommand(
            runtime.Family, real, version.ToString()) { Flags = [.. FlagsAtAws(runtime).Where(flags.Contains)] };
        return (command, null);
    }

    /// <summary>What newer Node.js does by itself and Lambda turns off: else a module would load here and not there.</summary>
    private static string[] FlagsAtAws(LambdaRuntime runtime) => (runtime.Family, runtime.Version.Major) switch
    {
        (RuntimeFamily.Node, 20) => [NoRequireOfModules],
        (RuntimeFamily.Node, 22) => [NoRequireOfModules, NoDetectionOfModules],
        _ => [],
    };


    private static Interpreter? Ask(string executable, RuntimeFamily family)
    {
        // Asking takes as long as a cold start. A file that was replaced is asked again.
        var key = (executable, family, File.GetLastWriteTimeUtc(executable));
        if (Known.TryGetValue(key, out var known))
            return known;
        return Known[key] = AskAnew(executable, family);
    }

    private static Interpreter? AskAnew(string executable, RuntimeFamily family)
    {
        var start = new ProcessStartInfo(executable, family == RuntimeFamily.Node ? ["-p", NodeQuestion] : ["-c", PythonQuestion])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            // A program that was named by mistake may print without end, or nothing for ever.
            var output = process.StandardOutput;
            var lines = Task.Run(() => (output.ReadLine(), output.ReadLine(), output.ReadLine()));
            var hasAnswered = lines.Wait(Patience);
            var hasEnded = hasAnswered && process.WaitForExit(Patience);
            if (!hasEnded)
                process.Kill();
            if (!hasEnded || process.ExitCode != 0 || lines.Result is not ({ } version, { } path, var flags))
                return null;
            return VersionPattern().Match(version) is { Success: true } match && File.Exists(path)
                ? new Interpreter(Version.Parse(match.Value), path, (flags ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;        // not executable, or for another machine
        }
    }

    private sealed record Interpreter(Version Version, string Path, string[] Flags);

    [GeneratedRegex(@"^\d+\.\d+\.\d+")]
    private static partial Regex VersionPattern();
}
