using System.Text.Json;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda.Sandbox;

/// <summary>Whether a real process computes or sleeps is seen from outside, in a sandbox and without one, forked and started.</summary>
public sealed class SleepingFunctionTests(SandboxFixture machine) : IClassFixture<SandboxFixture>
{
    private const string Node = """
        exports.handler = async ({ sleep, compute }) => {
          const began = Date.now();
          for (const until = began + (compute ?? 0) * 1000; Date.now() < until;);
          if (sleep) await new Promise((resolve) => setTimeout(resolve, sleep * 1000));
          return [began, Date.now()];
        };
        """;

    private const string Python = """
        import time
        def lambda_handler(event, context):
            began = time.time()
            while time.time() < began + event.get('compute', 0):
                pass
            time.sleep(event.get('sleep', 0))
            return [began, time.time()]
        """;

    [Theory]
    [InlineData(true, "node")]
    [InlineData(true, "python")]
    [InlineData(false, "node")]
    [InlineData(false, "python")]
    public async Task Sleeps_KeepsNoCore_Computes_KeepsIt(bool isSandboxed, string language)
    {
        // One core, all invocations count as short, and what computes counts for ever: then another one begins only when the first is over or is seen asleep.
        await using var lambda = new PoolFixture
        {
            Sandbox = isSandboxed ? machine.Isolated : new UnsandboxedProcesses(),
            Options = LambdaPoolOptions.Default with { Cores = 1, ShortInvocation = TimeSpan.FromMilliseconds(500), StartGrace = TimeSpan.FromHours(1) },
        };
        var version = language == "node" ? lambda.Node(Node, timeout: 60) : lambda.Python(Python, timeout: 60);
        Assert.Null(await lambda.Pool.PrewarmAsync(version, Region.Home, 2));
        for (var warm = 0; warm < 5; warm++)
            await lambda.ResultAsync(version);

        var computing = lambda.InvokeAsync(version, """{"compute":2}""");
        var (began, _) = Times(await lambda.ResultAsync(version));
        var (_, ended) = Times(PoolFixture.Result(await computing));
        Assert.True(began >= ended, "the core was not free before");

        var sleeping = lambda.InvokeAsync(version, """{"sleep":50}""");
        await lambda.ResultAsync(version);
        Assert.False(sleeping.IsCompleted);
        Assert.Equal(2, lambda.Pool.EnvironmentCount);

        static (double Began, double Ended) Times(string json) => JsonSerializer.Deserialize<double[]>(json) is [var began, var ended] ? (began, ended) : default;
    }
}
