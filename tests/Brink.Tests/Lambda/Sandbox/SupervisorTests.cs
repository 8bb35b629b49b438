using System.Text.Json.Nodes;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>Functions that are not forked find their <c>/tmp</c> again however their process ended, because a supervisor keeps it.</summary>
public sealed class SupervisorTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    private const string Node = """
        const fs = require('fs');
        const loaded = Math.random();
        exports.handler = async event => {
          if (event.writes) fs.appendFileSync('/tmp/kept', event.writes);
          if (event.leaves) require('child_process').spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref();
          if (event.exits) process.exit(3);
          if (event.fills) { const held = []; while (true) held.push(Buffer.alloc(1 << 22, 1)); }
          if (event.hangs) while (true);
          return {
            kept: fs.existsSync('/tmp/kept') ? fs.readFileSync('/tmp/kept', 'utf8') : '', user: process.getuid(), loaded, pids: fs.readlinkSync('/proc/self/ns/pid'),
            processes: fs.readdirSync('/proc').filter(name => /^[0-9]+$/.test(name)).length,
          };
        };
        """;

    private const string Provided = """
        #!/usr/bin/python3
        import http.client, json, os, random, time
        loaded = random.random()
        api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
        while True:
            api.request('GET', '/2018-06-01/runtime/invocation/next')
            answer = api.getresponse()
            event, request = json.loads(answer.read()), answer.headers['Lambda-Runtime-Aws-Request-Id']
            if event.get('writes'):
                open('/tmp/kept', 'a').write(event['writes'])
            if event.get('leaves') and os.fork() == 0:
                os.setsid()
                time.sleep(1000)
            if event.get('exits'):
                os._exit(3)
            if event.get('fills'):
                held = []
                while True:
                    held.append(bytearray(b'1') * (1 << 22))
            while event.get('hangs'):
                pass
            report = {
                'kept': open('/tmp/kept').read() if os.path.exists('/tmp/kept') else '', 'user': os.getuid(), 'loaded': loaded, 'pids': os.readlink('/proc/self/ns/pid'),
                'processes': sum(name.isdigit() for name in os.listdir('/proc')),
            }
            api.request('POST', f'/2018-06-01/runtime/invocation/{request}/response', json.dumps(report))
            api.getresponse().read()
        """;

    public static TheoryData<string, string> Endings()
    {
        var endings = new TheoryData<string, string>();
        foreach (var runtime in new[] { "nodejs20.x", "provided.al2023" })
        {
            foreach (var ending in new[] { "exits", "hangs", "fills", "killed" })
                endings.Add(runtime, ending);
        }
        return endings;
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task FunctionEndsInAnyWay_TmpIsKeptAndNothingElse(string runtime, string ending)
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated, Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = Version(lambda, runtime);
        var first = await ReportAsync(lambda, version);
        var environment = Assert.Single(lambda.Pool.ProcessIds());
        if (ending == "killed")
        {
            await ReportAsync(lambda, version, """{"writes":"a","leaves":1}""");
            Libc.KillProcess(Assert.Single(ProcessTree.ChildrenOf(environment), process => !IsSleeping(process)));
            while (ProcessTree.ChildrenOf(environment).Any())
                await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        else
        {
            var invocation = await lambda.InvokeAsync(version, $$"""{"writes":"a","leaves":1,"{{ending}}":1}""");
            Assert.Equal(
                ending switch { "exits" => nameof(InvocationOutcome.Exited), "hangs" => nameof(InvocationOutcome.TimedOut), _ => nameof(InvocationOutcome.OutOfMemory) },
                invocation.Outcome.GetType().Name);
        }
        var second = await ReportAsync(lambda, version, """{"writes":"b"}""");
        Assert.Equal("ab", second["kept"]!.ToString());
        Assert.Equal(first["user"]!.ToString(), second["user"]!.ToString());
        Assert.Equal(first["pids"]!.ToString(), second["pids"]!.ToString());
        Assert.NotEqual(first["loaded"]!.ToJsonString(), second["loaded"]!.ToJsonString());
        // What the last one left running is not there any more.
        Assert.Equal(first["processes"]!.ToString(), second["processes"]!.ToString());
        Assert.Equal(environment, Assert.Single(lambda.Pool.ProcessIds()));
        // What ended it once is not held against the next.
        Assert.Equal("abc", (await ReportAsync(lambda, version, """{"writes":"c"}"""))["kept"]!.ToString());
    }

    [Fact]
    public async Task SupervisorIsKilledFromOutside_TheNextEnvironmentHasAnEmptyTmp()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated, Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = Version(lambda, "nodejs20.x");
        await ReportAsync(lambda, version, """{"writes":"a"}""");
        var supervisor = Assert.Single(lambda.Pool.ProcessIds());
        Assert.StartsWith(SupervisedEnvironment.Shell, ProcessTree.Read($"/proc/{supervisor}/cmdline"), StringComparison.Ordinal);
        await lambda.InvokeAsync(version, """{"exits":1}""");
        Libc.KillProcess(supervisor);
        while (Directory.Exists($"/proc/{supervisor}"))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        Assert.Equal("b", (await ReportAsync(lambda, version, """{"writes":"b"}"""))["kept"]!.ToString());
    }

    [Fact]
    public async Task HostileFunction_ReachesNothingOfItsSupervisor()
    {
        await using var run = new SandboxRun();
        await run.StartPythonAsync(machine.Isolated, """
            import ctypes, os, signal
            def attempt(what):
                try:
                    return str(what())
                except BaseException as error:
                    return type(error).__name__
            print(attempt(lambda: open('/proc/1/mem', 'r+b')), attempt(lambda: os.listdir('/proc/1/fd')), attempt(lambda: open('/proc/1/environ').read()),
                attempt(lambda: open('/run/brink/sh', 'rb').read()), attempt(lambda: os.chmod('/run/brink/sh', 0o755)), ctypes.CDLL(None).ptrace(16, 1, 0, 0))
            print(sorted(int(name) for name in os.listdir('/proc/self/fd'))[:-1], [int(line.split()[1], 16) & (0x4007 if line.startswith('SigIgn') else -1) for line in open('/proc/self/status') if line.startswith(('SigIgn', 'CapEff', 'CapBnd'))], flush=True)
            for number in range(1, 65):
                attempt(lambda: os.kill(1, number))
            os._exit(7)
            """);
        Assert.Equal(7, (await run.ExitAsync()).Code);
        var lines = run.Text.Split('\n');
        var chmod = "PermissionError" == lines[0].Split(' ')[4] ? "PermissionError" : "OSError";
        Assert.Equal($"PermissionError PermissionError PermissionError PermissionError {chmod} -1", lines[0]);
        // No descriptor of its, none of the signals ignored that it ignores, no rights.
        Assert.Equal("[0, 1, 2] [0, 0, 0]", lines[1]);
    }

    private static FunctionVersion Version(PoolFixture lambda, string runtime) => runtime == "nodejs20.x"
        ? lambda.Node(Node, runtime, timeout: 3)
        : lambda.Function(runtime, "any", 3, 256, ("bootstrap", Provided));

    private static bool IsSleeping(int process) => ProcessTree.Read($"/proc/{process}/cmdline").StartsWith("/bin/sleep", StringComparison.Ordinal);

    private static async Task<JsonNode> ReportAsync(PoolFixture lambda, FunctionVersion version, string @event = "{}") => JsonNode.Parse(await lambda.ResultAsync(version, @event))!;
}
