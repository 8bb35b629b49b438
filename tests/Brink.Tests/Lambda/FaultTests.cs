using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;

namespace Brink.Tests.Lambda;

/// <summary>What hostile or broken functions do to themselves, and to no other function.</summary>
public sealed class FaultTests(PoolFixture lambda) : IClassFixture<PoolFixture>
{
    [Theory]
    [InlineData("exports.handler = (event, context, callback) => { setInterval(() => {}, 1000) }")]
    [InlineData("exports.handler = () => { for (;;) {} }")]
    public async Task NeverAnswers_TimesOut_AndTheNextInvocationIsServed(string code)
    {
        // With room for another environment a busy machine starts that one, which has another /tmp.
        await using var one = new PoolFixture { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = one.Node($"const sleeps = require('fs').existsSync(process.env.TMPDIR + '/seen'); require('fs').writeFileSync(process.env.TMPDIR + '/seen', ''); {code}; if (sleeps) exports.handler = async () => 'again'", timeout: 1);
        var invocation = await one.InvokeAsync(version);
        var outcome = Assert.IsType<InvocationOutcome.TimedOut>(invocation.Outcome);
        Assert.False(outcome.ByPlatform);
        Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z {invocation.RequestId} Task timed out after 1\.\d\d seconds$", outcome.ErrorMessage);
        Assert.Equal(outcome.ErrorMessage, invocation.LogLines[^1]);
        // Its /tmp is kept, its process is not.
        Assert.Equal("\"again\"", await one.ResultAsync(version));
    }

    [Fact]
    public async Task CallersLimit_IsShorterThanTheFunctions()
    {
        var invocation = await lambda.InvokeAsync(lambda.Node("exports.handler = () => new Promise((done) => setTimeout(done, 60000))"), limits: new InvocationLimits { LongestTimeout = TimeSpan.FromSeconds(0.2) });
        Assert.True(Assert.IsType<InvocationOutcome.TimedOut>(invocation.Outcome).ByPlatform);
    }

    [Theory]
    [InlineData("process.exit(3)", "Runtime exited with error: exit status 3")]
    [InlineData("process.exit(0)", "Runtime exited without providing a reason")]
    [InlineData("process.kill(process.pid, 'SIGKILL')", "Runtime exited with error: signal: killed")]
    [InlineData("process.abort()", "Runtime exited with error: signal: aborted")]
    public async Task ProcessEndsDuringTheInvocation_IsAnExit(string code, string sentence)
    {
        var version = lambda.Node($"exports.handler = async (event) => {{ if (event.dies) {{ {code}; await new Promise(() => setTimeout(() => {{}}, 9999)) }} return process.pid }}");
        var first = await lambda.ResultAsync(version);
        var invocation = await lambda.InvokeAsync(version, """{"dies":true}""");
        Assert.Equal($"RequestId: {invocation.RequestId} Error: {sentence}", Assert.IsType<InvocationOutcome.Exited>(invocation.Outcome).ErrorMessage);
        Assert.NotEqual(first, await lambda.ResultAsync(version));
    }

    [Fact]
    public async Task TooMuchMemory_KillsOnlyThatEnvironment()
    {
        var hungry = lambda.Node("exports.handler = async () => { const held = []; for (;;) { held.push(Buffer.alloc(4e6, 1)); await new Promise((r) => setTimeout(r, 5)) } }", memory: 128);
        var modest = lambda.Node("exports.handler = async () => process.pid");
        var before = await lambda.ResultAsync(modest);
        var invocation = await lambda.InvokeAsync(hungry);
        Assert.EndsWith("Runtime exited with error: signal: killed", Assert.IsType<InvocationOutcome.OutOfMemory>(invocation.Outcome).ErrorMessage, StringComparison.Ordinal);
        Assert.True(invocation.MaxMemoryUsed > 128 * 1024 * 1024);
        Assert.Equal(before, await lambda.ResultAsync(modest));
    }

    [Fact]
    public async Task PrintsMegabytes_IsCutAndCounted_AndAnswers()
    {
        var invocation = await lambda.InvokeAsync(lambda.Node("exports.handler = async () => { const line = 'x'.repeat(1023) + '\\n'; for (let i = 0; i < 20000; i++) process.stdout.write(line); return 'done' }"));
        Assert.Equal("\"done\"", PoolFixture.Result(invocation));
        Assert.InRange(invocation.LogLines.Sum(line => line.Length), 900_000, 1_100_000);
        Assert.Contains(invocation.LogLines, line => line.StartsWith("[brink] ", StringComparison.Ordinal) && line.Contains("bytes of output were dropped", StringComparison.Ordinal));
        Assert.StartsWith("REPORT", invocation.LogLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineWithoutEnd_IsCut()
    {
        var invocation = await lambda.InvokeAsync(lambda.Node("exports.handler = async () => { process.stdout.write('y'.repeat(200000)) }"));
        Assert.Equal([65536, 65536, 65536, 3392], invocation.LogLines.Where(line => line.StartsWith('y')).Select(line => line.Length));
    }

    [Fact]
    public async Task WorkAfterTheAnswer_DoesNotDisturbTheNext()
    {
        var version = lambda.Node("exports.handler = async (event) => { if (event.first) setTimeout(() => { throw new Error('after') }, 50); else await new Promise((r) => setTimeout(r, 2)); return 'fine' }");
        Assert.Equal("\"fine\"", await lambda.ResultAsync(version, """{"first":true}"""));
        for (var round = 0; round < 3; round++)
        {
            // Either the process is new, or it was still the old one: never the old error in a new answer before it happened.
            var outcome = (await lambda.InvokeAsync(version)).Outcome;
            Assert.True(outcome is InvocationOutcome.Result or InvocationOutcome.FunctionError { ErrorMessage: "after" }, outcome.ToString());
        }
    }

    [Fact]
    public async Task InitThatHangs_IsEndedAfterTenSeconds_AndTriedAgainWithinTheInvocation()
    {
        var time = new ManualTimeProvider();
        await using var slow = new PoolFixture { Time = time };
        var version = slow.Node("require('child_process').execSync('sleep 60'); exports.handler = 1", timeout: 3);
        var running = slow.InvokeAsync(version);
        // Time stands still until each of the two starts is under way.
        await slow.EnvironmentIsUpAsync();
        time.AdvanceSeconds(10);
        for (var waited = 0; waited < 400 && !running.IsCompleted; waited++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
            time.AdvanceSeconds(0.1);
        }
        var invocation = await running;
        Assert.IsType<InvocationOutcome.TimedOut>(invocation.Outcome);
        Assert.Contains(invocation.LogLines, line => line.StartsWith("INIT_REPORT Init Duration: 10", StringComparison.Ordinal) && line.Contains("Status: timeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InterpreterThatIsMissing_IsASentence()
    {
        await using var without = new PoolFixture { Options = LambdaPoolOptions.Default with { Interpreters = new Interpreters { Node = "/nowhere/node" } } };
        var invocation = await without.InvokeAsync(without.Node("exports.handler = 1"));
        Assert.Equal("--node /nowhere/node: there is no such executable", Assert.IsType<InvocationOutcome.NotStarted>(invocation.Outcome).Reason);
    }

    [Theory]
    [InlineData("/bin/true")]
    [InlineData("/usr/bin/yes")]
    [InlineData("/bin/cat")]
    public async Task InterpreterThatIsNone_IsASentence(string executable)
    {
        await using var wrong = new PoolFixture { Options = LambdaPoolOptions.Default with { Interpreters = new Interpreters { Python = executable } } };
        var invocation = await wrong.InvokeAsync(wrong.Python("lambda_handler = 1"));
        Assert.Contains($"{executable}: this is not Python", Assert.IsType<InvocationOutcome.NotStarted>(invocation.Outcome).Reason, StringComparison.Ordinal);
    }
}
