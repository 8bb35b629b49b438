using System.Net.Sockets;
using System.Text;
using Brink.Lambda.Processes;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>Starting: what is found, what is refused, and how the Runtime API is reached.</summary>
public sealed class SandboxStartTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    [Fact]
    public void Description_SaysWhatIsIsolatedAndWhatIsNot()
    {
        Assert.Contains("network: isolated", machine.Isolated.Description);
        Assert.Contains("network: NOT isolated", machine.Shared.Description);
        Assert.Contains("no control group", machine.WithoutControlGroups.Description);
        Assert.True(machine.Shared.SharesLoopback);
        Assert.False(machine.Isolated.SharesLoopback);
    }

    [Fact]
    public async Task BubblewrapMissing_IsRefusedWithTheWayOut()
    {
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(SandboxOptions.Default with { Bubblewrap = "/nowhere/bwrap" });
        Assert.Null(sandbox);
        Assert.Equal("functions cannot be isolated: there is no executable /nowhere/bwrap", problem);
    }

    [Fact]
    public async Task BubblewrapThatFails_IsRefusedWithItsWords()
    {
        var folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
        var broken = Path.Combine(folder.FullName, "bwrap");
        await File.WriteAllTextAsync(broken, "#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(broken, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(SandboxOptions.Default with { Bubblewrap = broken });
        folder.Delete(recursive: true);
        Assert.Null(sandbox);
        Assert.StartsWith("functions cannot be isolated: bwrap: No permissions to create new namespace (", problem);
        Assert.EndsWith("by --unsafe-no-sandbox", problem);
    }

    [Fact]
    public async Task Exit_CarriesTheCode()
    {
        await using var run = new SandboxRun();
        await run.StartShellAsync(machine.Isolated, "echo out; echo err >&2; exit 7");
        Assert.Equal(new ProcessExit(7, null, false), await run.ExitAsync());
        Assert.Equal("out\nerr\n", run.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Node_Runs(bool usesControlGroups)
    {
        var (command, problem) = new Interpreters().CommandFor(LambdaRuntime.All.First(runtime => runtime.Family == RuntimeFamily.Node), "/");
        Assert.True(command is not null, problem);
        await using var run = new SandboxRun();
        await run.StartAsync(usesControlGroups ? machine.Isolated : machine.WithoutControlGroups, command.Executable, "--max-old-space-size=115", "-p",
            "require('crypto').pbkdf2Sync('a', 'b', 1, 8, 'sha256').length + require('zlib').gzipSync('abc').length + ' ' + process.cwd()");
        Assert.Equal("31 /var/task", await run.OutputAsync());
    }

    [Fact]
    public async Task PackageThatOnlyItsOwnerMayEnter_IsRead()
    {
        await using var run = new SandboxRun();
        await File.WriteAllTextAsync(Path.Combine(run.Package, "a.txt"), "read", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(run.Package, "b.txt"), "a.txt");
        Directory.CreateDirectory(Path.Combine(run.Package, "sub"));
        await File.WriteAllTextAsync(Path.Combine(run.Package, "sub", "c.txt"), "too", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(run.Package, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await run.StartShellAsync(machine.Isolated, "cat a.txt b.txt sub/c.txt; ls");
        Assert.Equal("readreadtooa.txt\nb.txt\nsub", await run.OutputAsync());
    }

    [Fact]
    public async Task OwnBootstrap_RunsFromThePackage()
    {
        await using var run = new SandboxRun();
        var bootstrap = Path.Combine(run.Package, "bootstrap");
        await File.WriteAllTextAsync(bootstrap, "#!/bin/sh\necho \"$0\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(bootstrap, (UnixFileMode)0b111_101_101);
        await run.StartAsync(machine.Isolated, bootstrap);
        Assert.Equal("/var/task/bootstrap", await run.OutputAsync());
    }

    [Fact]
    public async Task PackageBelowUsr_IsRefused()
    {
        await using var run = new SandboxRun();
        var start = new ProcessStart
        {
            Executable = "/bin/sh", Arguments = [], Environment = [], WorkingDirectory = "/", Mounts = [new SandboxMount("/usr/share", "/var/task")],
            RuntimeApiSocket = "", NeedsRuntimeApiPort = false, MemoryMegabytes = 128, Output = run,
        };
        var failure = await Assert.ThrowsAsync<ProcessStartException>(() => machine.Isolated.StartAsync(start));
        Assert.Equal("/usr/share is below /usr, which every function sees: keep functions elsewhere", failure.Message);
    }

    [Theory]
    [InlineData(false, "s = socket.socket(socket.AF_UNIX); s.connect('/run/brink/api')")]
    [InlineData(true, "s = socket.create_connection(('127.0.0.1', 9001))")]
    public async Task RuntimeApi_IsReached(bool needsPort, string connect)
    {
        await using var run = new SandboxRun { NeedsRuntimeApiPort = needsPort };
        using var api = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        api.Bind(new UnixDomainSocketEndPoint(run.Socket));
        api.Listen();
        await run.StartPythonAsync(machine.Isolated, $"import socket\n{connect}\ns.sendall(b'ping')\nprint(s.recv(4).decode())");
        using var client = await api.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(SandboxFixture.Patience, TestContext.Current.CancellationToken);
        var received = new byte[4];
        await client.ReceiveAsync(received, TestContext.Current.CancellationToken);
        await client.SendAsync(Encoding.ASCII.GetBytes("pong"), TestContext.Current.CancellationToken);
        Assert.Equal("ping", Encoding.ASCII.GetString(received));
        Assert.Equal("pong", await run.OutputAsync());
    }

    [Fact]
    public async Task ParentDies_AllOfItDies()
    {
        // Stands between us and bubblewrap as brink does; bubblewrap is in a group of its own, so that nothing but its parent's death can end it.
        var folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
        var parent = Path.Combine(folder.FullName, "bwrap");
        await File.WriteAllTextAsync(parent, "#!/bin/sh\nsetsid bwrap \"$@\" &\nwait\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(parent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var sandbox = await SandboxFixture.OpenAsync(SandboxOptions.Default with { Bubblewrap = parent, UseControlGroups = false });
        await using var run = new SandboxRun();
        await run.StartShellAsync(sandbox, "setsid sleep 1000 & echo up; sleep 1000");
        await run.SaysAsync("up");
        var all = BoundsContract.Descendants(run.Process.Pid);
        Assert.True(all.Count >= 4);
        Libc.KillProcess(run.Process.Pid);
        await BoundsContract.GoneAsync(all);
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Memberships_AreReadInBothVersions()
    {
        const string separate = "9:name=systemd:/\n5:cpu,cpuacct:/a\n4:memory:/b/c\n0::/d\n";
        Assert.Equal("/b/c", ControlGroups.PathOf(separate, "memory"));
        Assert.Equal("/a", ControlGroups.PathOf(separate, "cpu"));
        Assert.Equal("/d", ControlGroups.PathOf(separate, ""));
        Assert.Null(ControlGroups.PathOf(separate, "pids"));
    }
}
