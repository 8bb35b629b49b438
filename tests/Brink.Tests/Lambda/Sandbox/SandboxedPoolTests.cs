using System.Net;
using System.Net.Sockets;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>The whole of an environment in the sandbox: pool, Runtime API, bootstraps.</summary>
public sealed class SandboxedPoolTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    [Fact]
    public async Task Node_Answers()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Node("const fs = require('fs'); exports.handler = async (event) => { fs.writeFileSync('/tmp/kept', 'k'); return [event.a, process.cwd(), __filename, fs.readdirSync('/tmp')] }");
        Assert.Equal("""[1,"/var/task","/var/task/index.js",["kept"]]""", await lambda.ResultAsync(version, """{"a":1}"""));
    }

    [Fact]
    public async Task Python_Answers()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Python("import os\ndef lambda_handler(event, context):\n    return [event['a'], os.getcwd(), __file__]");
        Assert.Equal("""[1, "/var/task", "/var/task/lambda_function.py"]""", await lambda.ResultAsync(version, """{"a":1}"""));
    }

    [Fact]
    public async Task ClientThatKnowsOnlyThePort_Answers()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var version = lambda.Function("provided.al2023", "any", 10, 256, ("bootstrap", """
            #!/bin/sh
            api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
            while true; do
              id=$(curl -s -o /tmp/event -D - "$api/next" | tr -d '\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
              curl -s -o /dev/null -X POST "$api/$id/response" -d "[\"$AWS_LAMBDA_RUNTIME_API\", $(cat /tmp/event)]"
            done
            """));
        Assert.Equal("""["127.0.0.1:9001", {"a":1}]""", await lambda.ResultAsync(version, """{"a":1}"""));
    }

    /// <summary>Where the network is shared the port of a Runtime API is within reach of all: it asks who comes.</summary>
    [Fact]
    public async Task PortOfAnotherFunctionsRuntimeApi_IsReachedAndRefuses()
    {
        using var meeting = new TcpListener(IPAddress.Loopback, 0);
        meeting.Start();
        await using var lambda = new PoolFixture { Sandbox = machine.Shared };
        var victim = lambda.Function("provided.al2023", "any", 60, 256, ("bootstrap", """
            #!/bin/sh
            api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
            while true; do
              id=$(curl -s -o /tmp/event -D - "$api/next" | tr -d '\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
              curl -s -o /dev/null "http://127.0.0.1:$(cat /tmp/event)/$AWS_LAMBDA_RUNTIME_API/$id"
              curl -s -o /dev/null -X POST "$api/$id/response" -d '"its own"'
            done
            """));
        var thief = lambda.Node("""
            const ask = async (method, url, body) => { const r = await fetch(url, { method, body }); return [r.status, (await r.json().catch(() => ({}))).errorType]; };
            exports.handler = async ({ api, id }) => Promise.all([
              ask('POST', `http://${api}/2018-06-01/runtime/invocation/${id}/response`, '"stolen"'),
              ask('POST', `http://${api}/2018-06-01/runtime/invocation/${id}/error`, '{}'),
              ask('GET', `http://${api}/2018-06-01/runtime/invocation/next`),
              ask('GET', `http://${api}/2018-06-01/ping`),
            ]);
            """);
        var invocation = lambda.ResultAsync(victim, $"{((IPEndPoint)meeting.LocalEndpoint).Port}");
        // The victim is at work until it is answered; by what it asked for the thief knows all that there is to know.
        using var asked = await meeting.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(asked.GetStream());
        var path = (await reader.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ')[1].Split('/');

        var answers = await lambda.ResultAsync(thief, $$"""{"api":"{{path[1]}}","id":"{{path[2]}}"}""");
        await asked.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.Equal("""[[403,"Forbidden"],[403,"Forbidden"],[403,"Forbidden"],[403,"Forbidden"]]""", answers);
        Assert.Equal("\"its own\"", await invocation);
    }

    /// <summary>What a function starts is as much of its environment as itself; also where the function was forked.</summary>
    [Theory]
    [InlineData("/usr/bin/curl -s http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/ping")]
    [InlineData("sh -c '(curl -s http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/ping)'")]
    public async Task PortOfItsOwnRuntimeApi_IsAnsweredToAllOfIt(string command)
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Shared };
        var python = lambda.Python($"import os\ndef lambda_handler(event, context):\n    return os.popen({System.Text.Json.JsonSerializer.Serialize(command)}).read()");
        Assert.Equal("\"pong\"", await lambda.ResultAsync(python));
        var node = lambda.Node($"exports.handler = async () => require('child_process').execSync({System.Text.Json.JsonSerializer.Serialize(command)}).toString()");
        Assert.Equal("\"pong\"", await lambda.ResultAsync(node));
    }

    [Fact]
    public async Task FillsMemory_OnlyItsOwnInvocationFails()
    {
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated };
        var greedy = lambda.Python("def lambda_handler(event, context):\n    held = []\n    while True:\n        held.append(bytearray(1 << 22))");
        var modest = lambda.Python("def lambda_handler(event, context):\n    return 'well'");
        Assert.Equal("\"well\"", await lambda.ResultAsync(modest));
        Assert.IsType<InvocationOutcome.OutOfMemory>((await lambda.InvokeAsync(greedy)).Outcome);
        Assert.Equal("\"well\"", await lambda.ResultAsync(modest));
    }

    [Fact]
    public async Task Frozen_StandsStill_AnswersAgain_AndCanBeKilled()
    {
        var time = new ManualTimeProvider();
        await using var lambda = new PoolFixture { Sandbox = machine.Isolated, Time = time, Options = LambdaPoolOptions.Default with { FreezeAfter = TimeSpan.FromMilliseconds(100) } };
        var version = lambda.Node("exports.handler = async (event) => event.a");
        Assert.Equal("1", await lambda.ResultAsync(version, """{"a":1}"""));
        // The supervisor is not the function's: it sees when Brink is gone.
        var supervisor = lambda.Pool.ProcessIds().Single();
        var processes = ProcessTree.Of(supervisor).Where(pid => pid != supervisor).ToArray();
        Assert.NotEmpty(processes);
        time.AdvanceSeconds(0.2);
        Assert.True(await lambda.EventuallyAsync(() => processes.All(IsHeld)));
        Assert.Equal("2", await lambda.ResultAsync(version, """{"a":2}"""));
        Assert.All(processes, pid => Assert.False(IsHeld(pid), ProcessTree.Read($"/proc/{pid}/stat")));

        time.AdvanceSeconds(0.2);
        await lambda.Pool.DisposeAsync();
        // Who inherits the dead buries them when he gets to it.
        Assert.True(await lambda.EventuallyAsync(() => processes.Append(supervisor).All(pid => ProcessTree.Read($"/proc/{pid}/stat") is var stat && (stat.Length == 0 || stat.Contains(") Z ", StringComparison.Ordinal)))));
    }

    /// <summary>The group of version 2, also on a machine whose memory is counted by version 1.</summary>
    [Fact]
    public async Task ControlGroupOfVersion2_HoldsWhatIsInIt_AndItCanBeKilled()
    {
        var mount = File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).FirstOrDefault(fields => fields[2] == "cgroup2")?[1];
        Assert.SkipUnless(Libc.EffectiveUser == 0 && mount is not null, "needs root and a mount of control groups version 2");
        var folder = Directory.CreateDirectory(Path.Combine(mount!, $"brink-test-{Environment.ProcessId}")).FullName;
        using var sleeper = System.Diagnostics.Process.Start("sleep", "600");
        var group = new ControlGroup(2, folder, [folder]);
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "cgroup.procs"), sleeper.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
            var events = Path.Combine(folder, "cgroup.events");
            await using var looking = new PoolFixture();
            Assert.True(group.TryFreeze(true));
            Assert.True(await looking.EventuallyAsync(() => File.ReadAllText(events).Contains("frozen 1", StringComparison.Ordinal)));
            Assert.True(group.TryFreeze(false));
            Assert.True(await looking.EventuallyAsync(() => File.ReadAllText(events).Contains("frozen 0", StringComparison.Ordinal)));
            Assert.True(group.TryFreeze(true));
        }
        finally
        {
            await group.EndAsync();
        }
        await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(folder));
    }

    /// <summary>Stopped by a signal, or by the freezer of its control group: the kernel says so in one of two places.</summary>
    private static bool IsHeld(int pid) =>
        ProcessTree.Read($"/proc/{pid}/stat").Contains(") T ", StringComparison.Ordinal)
        || ProcessTree.Read($"/proc/{pid}/wchan").Contains("freezer", StringComparison.Ordinal)
        || ProcessTree.Read($"/sys/fs/cgroup{ProcessTree.Read($"/proc/{pid}/cgroup").Split("0::")[^1].Trim()}/cgroup.events").Contains("frozen 1", StringComparison.Ordinal);
}
