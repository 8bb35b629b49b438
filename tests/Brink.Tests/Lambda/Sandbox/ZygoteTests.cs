using System.Text.Json.Nodes;
using Brink.Lambda.Environments;
using Brink.Lambda.Logs;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>Python's processes are forked from one that has loaded no function's code, and know nothing of it nor of each other.</summary>
public sealed class ZygoteTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    // What pid 1 of its namespace is, and whatever the event asks for.
    private const string Reports = """
        import os, random, secrets, time, uuid
        loaded = [random.random(), uuid.uuid4().hex, secrets.token_hex(8)]
        def lambda_handler(event, context):
            if event.get('sleeps'):
                time.sleep(event['sleeps'])
            if event.get('writes'):
                open('/tmp/kept', 'a').write(event['writes'])
            if event.get('exits'):
                os._exit(3)
            if event.get('fills'):
                held = []
                while True:
                    held.append(bytearray(1 << 22))
            return {
                'first': open('/proc/1/comm').read().strip(), 'pid': os.getpid(), 'user': os.getuid(), 'loaded': loaded, 'pids': os.readlink('/proc/self/ns/pid'),
                'tmp': sorted(os.listdir('/tmp')), 'kept': open('/tmp/kept').read() if os.path.exists('/tmp/kept') else '',
            }
        """;

    [Fact]
    public async Task TwoEnvironments_ShareNothing()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Python(Reports);
        var both = await Task.WhenAll(ReportAsync(lambda, version, """{"sleeps":1,"writes":"mine"}"""), ReportAsync(lambda, version, """{"sleeps":1,"writes":"mine"}"""));
        Assert.Equal(2, lambda.Pool.EnvironmentCount);
        Assert.All(both, report => Assert.Equal("python3", report["first"]!.ToString()));
        Assert.All(both, report => Assert.Equal("mine", report["kept"]!.ToString()));
        foreach (var name in Libc.EffectiveUser == 0 ? new[] { "pids", "user" } : ["pids"])
            Assert.NotEqual(both[0][name]!.ToString(), both[1][name]!.ToString());
        for (var each = 0; each < 3; each++)
            Assert.NotEqual(both[0]["loaded"]![each]!.ToString(), both[1]["loaded"]![each]!.ToString());
    }

    [Fact]
    public async Task HostileFunction_ReachesNeitherTheZygoteNorItsKeeperNorItsSister()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Python("""
            import ctypes, os, signal, socket
            def attempt(what):
                try:
                    return str(what())
                except BaseException as error:
                    return type(error).__name__
            def lambda_handler(event, context):
                if event.get('waits'):
                    import time; time.sleep(event['waits']); return 'alive'
                libc = ctypes.CDLL(None, use_errno=True)
                results = {
                    'processes': sorted(int(name) for name in os.listdir('/proc') if name.isdigit()),
                    'memory': attempt(lambda: open('/proc/1/mem', 'r+b')),
                    'files': attempt(lambda: os.listdir('/proc/1/fd')),
                    'root': attempt(lambda: os.listdir('/proc/1/root')),
                    'variables': attempt(lambda: open('/proc/1/environ').read()),
                    'ptrace': libc.ptrace(16, 1, 0, 0),
                    'descriptors': sorted(os.listdir('/proc/self/fd')),
                    'environments': attempt(lambda: os.listdir('/tmp/environments')),
                    'unmount': libc.umount2(b'/tmp', 2),
                    'sockets': [line for line in open('/proc/net/unix').read().split('\n')[1:] if '@' in line],
                    'capabilities': [line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd', 'Seccomp:'))],
                }
                for number in (signal.SIGKILL, signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP):
                    attempt(lambda: os.kill(1, number))
                attempt(lambda: os.kill(-1, signal.SIGCONT))
                return results
            """);
        var sister = lambda.InvokeAsync(version, """{"waits":3}""");
        await Task.Delay(500, TestContext.Current.CancellationToken);
        var found = JsonNode.Parse(await lambda.ResultAsync(version, "{}"))!;
        Assert.Equal("[1,2]", found["processes"]!.ToJsonString());
        Assert.Equal("PermissionError", found["memory"]!.ToString());
        Assert.Equal("PermissionError", found["files"]!.ToString());
        Assert.Equal("PermissionError", found["root"]!.ToString());
        Assert.Equal("PermissionError", found["variables"]!.ToString());
        Assert.Equal("-1", found["ptrace"]!.ToString());
        Assert.Equal("FileNotFoundError", found["environments"]!.ToString());
        Assert.Equal("-1", found["unmount"]!.ToString());
        Assert.Equal("[]", found["sockets"]!.ToJsonString());
        Assert.Equal("""["0000000000000000","0000000000000000","2"]""", found["capabilities"]!.ToJsonString());
        // Input, output, errors, its Runtime API, and that of the listing.
        Assert.InRange(found["descriptors"]!.AsArray().Count, 4, 5);
        // And all of it works on: the sister, this one, and the parent of the next.
        Assert.Equal("\"alive\"", PoolFixture.Result(await sister));
        var both = await Task.WhenAll(lambda.ResultAsync(version, """{"waits":0.5}"""), lambda.ResultAsync(version, """{"waits":0.5}"""), lambda.ResultAsync(version, """{"waits":0.5}"""));
        Assert.All(both, result => Assert.Equal("\"alive\"", result));
    }

    [Theory]
    [InlineData("""{"writes":"a","exits":1}""")]
    [InlineData("""{"writes":"a","sleeps":0,"fills":1}""")]
    [InlineData("""{"writes":"a","timesOut":1}""")]
    public async Task FunctionEndsInAnyWay_TmpIsKeptAndTheCodeIsLoadedAnew(string ending)
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated, Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = lambda.Python(Reports.Replace("if event.get('exits')", "if event.get('timesOut'):\n        time.sleep(60)\n    if event.get('exits')", StringComparison.Ordinal), timeout: 3);
        var first = await ReportAsync(lambda, version);
        var environment = Assert.Single(lambda.Pool.ProcessIds());
        Assert.IsType<InvocationOutcome.Failure>((await lambda.InvokeAsync(version, ending)).Outcome, exactMatch: false);
        var second = await ReportAsync(lambda, version, """{"writes":"b"}""");
        Assert.Equal("ab", second["kept"]!.ToString());
        Assert.Equal(first["user"]!.ToString(), second["user"]!.ToString());
        Assert.Equal(first["pids"]!.ToString(), second["pids"]!.ToString());
        Assert.NotEqual(first["loaded"]!.ToJsonString(), second["loaded"]!.ToJsonString());
        Assert.Equal(environment, Assert.Single(lambda.Pool.ProcessIds()));
        // What ended it once is not held against the next.
        Assert.Equal("abc", (await ReportAsync(lambda, version, """{"writes":"c"}"""))["kept"]!.ToString());
    }

    [Fact]
    public async Task ZygoteDies_EnvironmentsThatLiveGoOnAndTheNextStartMakesAnother()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Python(Reports);
        var first = await ReportAsync(lambda, version);
        var environment = Assert.Single(lambda.Pool.ProcessIds());
        var zygotes = Zygotes();
        Assert.NotEmpty(zygotes);
        var mine = ParentOf(environment);
        Libc.KillProcess(mine);
        while (ParentOf(environment) == mine)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal(first["loaded"]!.ToJsonString(), (await ReportAsync(lambda, version))["loaded"]!.ToJsonString());
        // Also with a function of its own that has to be started again.
        await lambda.InvokeAsync(version, """{"writes":"a","exits":1}""");
        Assert.Equal("a", (await ReportAsync(lambda, version))["kept"]!.ToString());
        Assert.Null(await lambda.Pool.PrewarmAsync(version, Region.Home, 1));
        var other = lambda.Pool.ProcessIds().Single(pid => pid != environment);
        Assert.NotEqual(mine, ParentOf(other));
        Assert.Contains(ParentOf(other), Zygotes());
    }

    [Fact]
    public async Task VersionIsRetired_ItsZygoteGoes()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Python(Reports);
        await ReportAsync(lambda, version);
        var environment = Assert.Single(lambda.Pool.ProcessIds());
        var all = BoundsContract.Descendants(ParentOf(environment));
        Assert.True(all.Count >= 3);
        await lambda.Pool.RetireAsync(version);
        await BoundsContract.GoneAsync(all);
    }

    [Fact]
    public async Task ZygoteCannotBeMade_TheOrdinaryStartIsUsedAndALineSaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("brink-sandbox-test-");
        var picky = Path.Combine(folder.FullName, "bwrap");
        await File.WriteAllTextAsync(picky, "#!/bin/sh\ncase \"$*\" in *zygote.py\\ [0-9]*) echo 'no zygotes here' >&2; exit 1;; esac\nexec bwrap \"$@\"\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(picky, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var log = new RememberedLog();
        await using (var lambda = new PoolFixture { Sandbox = await SandboxFixture.OpenAsync(SandboxOptions.Default with { Bubblewrap = picky }), Options = LambdaPoolOptions.Default with { Log = log } })
        {
            var report = await ReportAsync(lambda, lambda.Python(Reports));
            Assert.NotEqual("python3", report["first"]!.ToString());
        }
        folder.Delete(recursive: true);
        Assert.Single(log.Lines, line => line == "started without a zygote: no zygotes here");
    }

    [Fact]
    public async Task PackageWithLibraries_IsStartedByItself()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        // The dynamic linker reads its folders once in the life of a process.
        var version = lambda.Function("python3.11", "lambda_function.lambda_handler", 10, 256, ("lambda_function.py", Reports), ("lib/libown.so.1", ""));
        Assert.NotEqual("python3", (await ReportAsync(lambda, version))["first"]!.ToString());
    }

    private static async Task<JsonNode> ReportAsync(PoolFixture lambda, FunctionVersion version, string @event = "{}") => JsonNode.Parse(await lambda.ResultAsync(version, @event))!;

    private static int ParentOf(int pid) => int.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);

    private static List<int> Zygotes() => [.. ProcessTree.Of(Environment.ProcessId).Where(pid => ProcessTree.Read($"/proc/{pid}/cmdline").Contains("zygote.py", StringComparison.Ordinal))];

    private sealed class RememberedLog : ILambdaLog
    {
        public List<string> Lines { get; } = [];

        public void Write(in LogEntry entry)
        {
            lock (Lines)
                Lines.Add(entry.Text);
        }
    }
}
