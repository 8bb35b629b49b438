using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary>
/// What <c>./brink</c> installs: packages that a command needs and this machine lacks, and for no other command anything. The machine here is a PATH of the
/// test's own; what would install is a script that notes what it was asked for, and gives it.
/// </summary>
public sealed class InstallTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");
    private readonly string _path;

    public InstallTests()
    {
        _path = Directory.CreateDirectory(In("bin")).FullName;
        foreach (var tool in new[] { "sh", "ln", "env" })
            File.CreateSymbolicLink(Path.Combine(_path, tool), $"/bin/{tool}");
        // The interpreter that the other tests run, wherever PATH has it.
        var node = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "node")).First(File.Exists);
        Script("installer", $"printf '%s\\n' \"$*\" >> {In("asked")}\nln -s /usr/bin/bwrap {_path}/bwrap\nln -s {node} {_path}/node");
        File.WriteAllText(In("f.mjs"), "export const handler = async (event) => event.Records[0].cf.request;");
        File.WriteAllText(In("f.js"), "function handler(event) { return event.request; }");
        File.WriteAllText(In("a.txt"), "content");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task LambdaFunction_ItsPackagesAreInstalled_AndItRuns()
    {
        await using var brink = Start(In("installer"), "dev", "--json", "--http-port", "0", "--origin", ".", "--origin-request", "f.mjs");

        brink.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal));
        Assert.Equal("bubblewrap nodejs\n", File.ReadAllText(In("asked")));
    }

    [Fact]
    public async Task CommandsThatNeedNone_InstallNone()
    {
        await using var brink = Start(In("installer"), "dev", "--json", "--http-port", "0", "--origin", ".", "--viewer-request", "f.js");
        brink.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal));
        await using var help = Start(In("installer"), "dev", "--help");
        await using var check = Start(In("installer"), "function", "check", "f.js");

        Assert.Equal((0, 0), (await help.WaitForExitAsync(), await check.WaitForExitAsync()));
        Assert.False(File.Exists(In("asked")));
    }

    [Fact]
    public async Task NothingThatInstalls_TheOneCommandIsSaid()
    {
        await using var brink = Start(null, "dev", "--http-port", "0", "--origin", ".", "--origin-request", "f.mjs", "--network", "none");

        Assert.Equal(1, await brink.WaitForExitAsync());
        Assert.Matches("^brink dev: Lambda@Edge functions need bubblewrap, nodejs; on Debian: (sudo )?apt-get install -y bubblewrap nodejs\n", brink.ErrorText);
    }

    [Fact]
    public async Task Installer_AsRoot_SaysWhatItInstalls_AndOtherwiseTheCommand()
    {
        // The system's own tools, stood for: what they were called with is what counts.
        Script("fake/dpkg-query", "printf 'un '");
        Script("fake/apt-get", $"printf '%s\\n' \"$*\" >> {In("asked")}");
        var isRoot = Environment.UserName == "root";
        await using var install = ChildProcess.Start(
            Repository.PathTo("tools", "install"), ["bubblewrap", "socat"], null, null, ("PATH", $"{In("fake")}:{Environment.GetEnvironmentVariable("PATH")}"));

        Assert.Equal(isRoot ? 0 : 1, await install.WaitForExitAsync());
        Assert.Contains(isRoot ? "installing Debian packages: bubblewrap socat" : "sudo apt-get install -y bubblewrap socat", install.ErrorText, StringComparison.Ordinal);
        if (isRoot)
            Assert.Equal("install -y -q --no-install-recommends bubblewrap socat\n", File.ReadAllText(In("asked")));
    }

    [Fact]
    public async Task Build_ShowsThatItLives_AndNothingIsGarbledWithoutATerminal()
    {
        var script = $"root={Repository.Root}; source {Repository.PathTo("tools", "build.sh")}; with_progress 'building it' {In("log")} sh -c 'echo said; sleep 2'";

        var shown = await Terminal.RunAsync($"bash -c \"{script}\"");
        await using var redirected = ChildProcess.Start("/bin/bash", ["-c", script]);

        Assert.Matches(@"building it: \d s", shown);
        Assert.Equal(0, await redirected.WaitForExitAsync());
        Assert.Matches(@"^building it took \d s$", redirected.ErrorText);
        Assert.Equal("said\n", File.ReadAllText(In("log")));
    }

    /// <summary>dotnet says that it succeeded when a signal ended it.</summary>
    [Theory]
    [InlineData("", 1)]
    [InlineData("  It -> {0}/", 0)]
    public async Task BuildThatDidNotGoToItsEnd_IsNoBuild(string says, int exitCode)
    {
        Directory.CreateDirectory(In("src"));
        File.WriteAllText(In("global.json"), "{}");
        File.WriteAllText(In("Directory.Build.props"), "");
        Script("sdk/dotnet", $"[ \"$1\" = publish ] || echo 10.0.100\necho '{string.Format(System.Globalization.CultureInfo.InvariantCulture, says, In("artifacts/it"))}'");

        await using var build = ChildProcess.Start(
            "/bin/bash", ["-c", "set -euo pipefail; source \"$1/tools/build.sh\"; root=$2; publish_project src it", "build", Repository.Root, _folder.FullName], null, null,
            ("PATH", $"{In("sdk")}:{Environment.GetEnvironmentVariable("PATH")}"));

        Assert.Equal(exitCode, await build.WaitForExitAsync());
        Assert.Equal(exitCode == 0, File.Exists(In("artifacts/it.stamp")));
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private void Script(string name, string lines)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), $"#!/bin/sh\n{lines}\n");
        File.SetUnixFileMode(In(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private ChildProcess Start(string? installer, params string[] arguments) =>
        ChildProcess.Start(Repository.Executable, arguments, _folder.FullName, null, ("PATH", _path), ("BRINK_INSTALL", installer));
}
