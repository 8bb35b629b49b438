namespace Brink.Scenarios.Kit;

/// <summary>What a package-lock.json asks for, from the npm registry: installed once for each lock file (tests/tools/npm-ci).</summary>
internal static class NpmPackages
{
    // A first download on a slow line; afterwards it takes no time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>The folder that holds the node_modules of this package.</summary>
    public static async Task<string> InstallAsync(string package)
    {
        await using var process = ChildProcess.Start(Repository.PathTo("tests", "tools", "npm-ci"), [package]);
        var exitCode = await process.WaitForExitAsync(Patience);
        Assert.True(exitCode == 0, process.ErrorText);
        return process.ReadToEnd().Trim();
    }

    /// <summary>Runs a command of npm, in the repository's folder.</summary>
    public static async Task RunAsync(string command)
    {
        await using var process = ChildProcess.Start("/bin/bash", ["-c", command]);
        Assert.True(await process.WaitForExitAsync(Patience) == 0, $"{command}: can this machine reach the npm registry?\n{process.ErrorText}");
    }
}
