using Brink.Functions.Lambda;

namespace Brink.Tests.Functions.Lambda.Sandbox;

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
}
