using System.Net;
using System.Net.Sockets;

namespace Brink.Tests.Lambda.Sandbox;

public sealed class IsolationTests(SandboxFixture machine) : IsolationContract(machine, forks: false);

public sealed class IsolationOfForkedProcessTests(SandboxFixture machine) : IsolationContract(machine, forks: true);

public sealed class IsolationOfForkedProcessWithEgressTests(EgressFixture machine) : IsolationContract(machine, forks: true), IClassFixture<EgressFixture>;

/// <summary>What a function cannot reach, however it was started.</summary>
public abstract class IsolationContract(SandboxFixture machine, bool forks) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task FilesOfTheMachine_AreNotThere()
    {
        await using var other = new SandboxRun { Forks = forks };
        await File.WriteAllTextAsync(Path.Combine(other.Package, "secret.txt"), "another function's", TestContext.Current.CancellationToken);
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, $"ls -d /etc/shadow /root /home /var/lib /sys /boot {other.Package} {AppContext.BaseDirectory} 2>/dev/null; ls /; ls /tmp; echo end");
        var there = (await run.OutputAsync()).Split('\n');
        Assert.All(there, path => Assert.DoesNotContain('/', path));
        Assert.All(there[..^1], name => Assert.Contains(name, (string[])["bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "opt", "proc", "run", "sbin", "tmp", "usr", "var"]));
    }

    [Fact]
    public async Task UsersOfTheMachine_AreNotListed()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "id -un; wc -l < /etc/passwd; cat /etc/hosts");
        Assert.Equal("sbx_user1051\n1\n127.0.0.1 localhost\n::1 localhost", await run.OutputAsync());
    }

    [Fact]
    public async Task ProcessesOfTheMachine_AreNotThere()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "ls /proc | grep -c '^[0-9]'; cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
        var lines = (await run.OutputAsync()).Split('\n', 2);
        Assert.InRange(int.Parse(lines[0], System.Globalization.CultureInfo.InvariantCulture), 1, 6);
        Assert.DoesNotContain("Brink.Tests", lines[1]);
    }

    [Theory]
    [InlineData("/var/task/new")]
    [InlineData("/usr/new")]
    [InlineData("/usr/bin/env")]
    [InlineData("/new")]
    [InlineData("/etc/passwd")]
    [InlineData("/dev/new")]
    [InlineData("/dev/shm/new")]
    [InlineData("/run/new")]
    [InlineData("/opt/new")]
    [InlineData("/proc/sys/kernel/hostname")]
    public async Task Write_OutsideOfTmp_Fails(string path)
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, $"echo x 2>/dev/null > {path} && echo written; echo x > /tmp/new && cat /tmp/new");
        var output = await run.OutputAsync();
        Assert.DoesNotContain("written", output);
        Assert.EndsWith("x", output);
    }

    /// <summary>Of all processes the kernel shall take functions first when the machine is out of memory, whatever they wish.</summary>
    [Fact]
    public async Task WhoIsEndedFirst_IsNotTheFunctionsToSay()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(machine.Isolated, """
            import os, threading
            def write(path):
                for value in ('0', '-500', '899'):
                    try:
                        with open(path + '/oom_score_adj', 'w') as file:
                            file.write(value)
                        print('written', path, value)
                    except OSError:
                        pass
                print(open(path + '/oom_score_adj').read().strip(), flush=True)
            write('/proc/self')
            write('/proc/thread-self')
            if os.fork() == 0:
                write('/proc/self')
                write(f'/proc/{os.getppid()}')
            else:
                os.wait()
            """);
        Assert.Equal("900\n900\n900\n900", await run.OutputAsync());
    }

    [Fact]
    public async Task Rights_AreNone()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status");
        Assert.Equal(
            ["CapInh:0000000000000000", "CapPrm:0000000000000000", "CapEff:0000000000000000", "CapBnd:0000000000000000", "CapAmb:0000000000000000", "NoNewPrivs:1", "Seccomp:2"],
            (await run.OutputAsync()).Replace("\t", "").Split('\n'));
    }

    [Fact]
    public async Task DescriptorsAndVariables_AreOnlyItsOwn()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(machine.Isolated, "import os; print(sorted(os.listdir('/proc/self/fd'))[:3], len(os.listdir('/proc/self/fd'))); print(sorted(k for k in os.environ if k not in ('LC_CTYPE', 'PWD')))");
        // The fourth is that of the listing itself.
        Assert.Equal("['0', '1', '2'] 4\n['COLOR', 'LD_LIBRARY_PATH', 'PATH']", await run.OutputAsync());
    }

    [Fact]
    public async Task Namespaces_AreOnlyItsOwn()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "for n in mnt pid ipc uts net cgroup; do readlink /proc/self/ns/$n; done");
        var inside = (await run.OutputAsync()).Split('\n');
        var names = new[] { "mnt", "pid", "ipc", "uts", "net", "cgroup" };
        Assert.Equal(names.Length, inside.Length);
        for (var index = 0; index < names.Length; index++)
            Assert.NotEqual(new FileInfo($"/proc/self/ns/{names[index]}").LinkTarget, inside[index]);
    }

    [Fact]
    public async Task Signal_ToProcessOfTheMachine_ReachesNone()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, $"kill -0 {Environment.ProcessId} 2>/dev/null && echo reached; kill -9 -1 2>/dev/null; echo end");
        Assert.DoesNotContain("reached", await run.OutputAsync());
    }

    [Fact]
    public async Task LoopbackOfTheMachine_IsReachedOnlyWhenShared()
    {
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        var script = $"import socket\ntry:\n socket.create_connection(('127.0.0.1', {((IPEndPoint)service.LocalEndpoint).Port}), 5); print('connected')\nexcept OSError as e:\n print(type(e).__name__)";
        await using var isolated = new SandboxRun { Forks = forks };
        await isolated.StartPythonAsync(machine.Isolated, script);
        await using var shared = new SandboxRun { Forks = forks };
        await shared.StartPythonAsync(machine.Shared, script);
        Assert.Equal("ConnectionRefusedError", await isolated.OutputAsync());
        Assert.Equal("connected", await shared.OutputAsync());
    }

    [Fact]
    public async Task NetworkOutside_IsNotReachedWhenIsolated()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(machine.Isolated, "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_STREAM)\ns.settimeout(20)\ntry:\n s.connect(('169.254.169.254', 80)); print('a way')\nexcept OSError as e:\n print(e.errno)");
        // ENETUNREACH; with egress the router says EHOSTUNREACH.
        Assert.Equal(machine is EgressFixture ? "113" : "101", await run.OutputAsync());
    }

    [Fact]
    public async Task SystemCallsThatNoFunctionNeeds_AreRefused()
    {
        if (System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
            Assert.Skip("the numbers in this script are those of x86-64; SystemCallFilterTests has the other ones");
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(machine.Isolated, """
            import ctypes, os, socket
            libc = ctypes.CDLL(None, use_errno=True)
            def call(name, number, *arguments):
                ctypes.set_errno(0)
                result = libc.syscall(number, *arguments)
                print(name, result, ctypes.get_errno())
            call('unshare', 272, 0x10000000)
            call('clone', 56, 0x10000011, 0, 0, 0, 0)
            call('clone3', 435, 0, 0)
            call('mount', 165, b'none', b'/tmp', b'tmpfs', 0, 0)
            call('ptrace', 101, 0, 0, 0, 0)
            call('keyctl', 250, 0, 0)
            call('bpf', 321, 0, 0, 0)
            call('io_uring_setup', 425, 1, 0)
            call('userfaultfd', 323, 0)
            call('perf_event_open', 298, 0, 0, 0, 0, 0)
            call('open_by_handle_at', 304, 0, 0, 0)
            try:
                socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            except OSError as e:
                print('packet', e.errno)
            print('pid', os.fork() >= 0)
            """);
        Assert.Equal(
            """
            unshare -1 1
            clone -1 1
            clone3 -1 38
            mount -1 1
            ptrace -1 1
            keyctl -1 1
            bpf -1 1
            io_uring_setup -1 1
            userfaultfd -1 1
            perf_event_open -1 1
            open_by_handle_at -1 1
            packet 97
            """, (await run.OutputAsync()).Split("\npid")[0]);
        Assert.Contains("pid True", run.Text);
    }
}
