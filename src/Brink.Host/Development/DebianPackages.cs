using System.Diagnostics;
using System.IO.Compression;
using Brink.Lambda.Packages;
using Brink.Lambda.Processes;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Host.Development;

/// <summary>
/// The Debian packages that Lambda@Edge functions need and this machine lacks. <c>./brink</c> names a program that installs them; without
/// one the command to do so is printed. Nothing here runs for a command that needs none of them.
/// </summary>
internal static class DebianPackages
{
    /// <summary>Names the program that installs packages: <c>./brink</c> sets it to <c>tools/install</c>.</summary>
    public const string Installer = "BRINK_INSTALL";

    /// <summary>What is missing for these functions.</summary>
    /// <param name="functions">Their folders, zips and files, each with the runtime that was named for it, or null.</param>
    /// <param name="interpreters">Those that were named need no package.</param>
    /// <param name="network">Null where they run without a sandbox.</param>
    public static IReadOnlyList<string> MissingFor(
        IEnumerable<(string Path, string? Runtime)> functions, Interpreters interpreters, SandboxNetwork? network)
    {
        var families = functions
            .Select(each => LambdaRuntime.TryParse(each.Runtime, out var named) ? named.Family : FamilyOf(each.Path))
            .ToHashSet();
        var needs = new List<(string Executable, string Package)>();
        if (network is not null)
            needs.Add(("bwrap", "bubblewrap"));
        if (network == SandboxNetwork.Egress)
            needs.AddRange([("pasta", "passt"), ("ip", "iproute2")]);
        if (network is not (null or SandboxNetwork.Shared) && families.Contains(RuntimeFamily.Provided))
            needs.Add(("socat", "socat"));
        if (families.Contains(RuntimeFamily.Node) && interpreters.Node is null)
            needs.Add(("node", "nodejs"));
        if (families.Contains(RuntimeFamily.Python) && interpreters.Python is null && !File.Exists("/usr/bin/python3"))
            needs.Add(("python3", "python3"));
        return [.. needs.Where(need => Executables.Find(need.Executable) is null).Select(need => need.Package)];
    }

    /// <summary>Has them installed, or prints the command that installs them.</summary>
    public static async Task InstallAsync(IReadOnlyList<string> packages, string command)
    {
        if (packages.Count == 0)
            return;
        if (Environment.GetEnvironmentVariable(Installer) is { Length: > 0 } installer)
        {
            using var process = Process.Start(new ProcessStartInfo(installer, packages) { RedirectStandardOutput = false })!;
            await process.WaitForExitAsync();
            return;                         // it has printed what failed; what is still missing is found next
        }
        var sudo = Environment.UserName == "root" ? "" : "sudo ";
        await Console.Error.WriteLineAsync($"{command}: Lambda@Edge functions need {string.Join(", ", packages)}; "
            + $"on Debian: {sudo}apt-get install -y {string.Join(' ', packages)}");
    }


    /// <summary>What the files look like: enough to know which interpreter will be looked for. Null where that cannot be seen.</summary>
    private static RuntimeFamily? FamilyOf(string path)
    {
        var names = NamesIn(path);
        return names.Contains("bootstrap") ? RuntimeFamily.Provided
            : names.Any(name => Path.GetExtension(name) is ".js" or ".mjs" or ".cjs") ? RuntimeFamily.Node
            : names.Any(name => Path.GetExtension(name) == ".py") ? RuntimeFamily.Python
            : null;
    }

    private static List<string> NamesIn(string path)
    {
        try
        {
            if (Directory.Exists(path))
                return [.. Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file))];
            if (!FunctionPackage.IsZip(path) || !File.Exists(path))
                return [Path.GetFileName(path)];
            using var zip = ZipFile.OpenRead(path);
            return [.. zip.Entries.Select(entry => entry.FullName).Where(name => !name.Contains('/', StringComparison.Ordinal))];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return [];                      // reported where the function is read
        }
    }
}
