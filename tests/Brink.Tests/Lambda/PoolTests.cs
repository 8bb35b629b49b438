using System.Diagnostics;
using System.Text;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>How many environments there are, and what becomes of them.</summary>
public sealed class PoolTests
{
    private const string AnswersItsPid = "exports.handler = async (event) => { if (event.ms) await new Promise((r) => setTimeout(r, event.ms)); return process.pid }";

    [Fact]
    public async Task InvocationsOneAfterTheOther_ShareAProcess_AtOnceTheyDoNot()
    {
        await using var lambda = new PoolFixture();
        var version = lambda.Node(AnswersItsPid);
        var first = await lambda.ResultAsync(version);
        Assert.Equal(first, await lambda.ResultAsync(version));
        Assert.Equal(1, lambda.Pool.EnvironmentCount);

        var pids = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => lambda.ResultAsync(version, """{"ms":400}""")));
        Assert.Equal(3, pids.Distinct().Count());
        Assert.Contains(first, pids);
        Assert.Equal(3, lambda.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task VersionsAndRegions_HaveEnvironmentsOfTheirOwn()
    {
        await using var lambda = new PoolFixture();
        var (one, two) = (lambda.Node("exports.handler = async () => process.pid + process.env.AWS_REGION"), lambda.Node("exports.handler = async () => process.pid"));
        var home = await lambda.ResultAsync(one);
        var away = await lambda.Pool.InvokeAsync(one, new Region("eu-west-1"), "{}"u8.ToArray(), InvocationLimits.Default, TestContext.Current.CancellationToken);
        Assert.NotEqual(home, PoolFixture.Result(away));
        Assert.Contains("eu-west-1", PoolFixture.Result(away), StringComparison.Ordinal);
        await lambda.ResultAsync(two);
        Assert.Equal(3, lambda.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task ConcurrencyLimit_Throttles()
    {
        await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { ConcurrencyPerRegion = 1 } };
        var version = lambda.Node(AnswersItsPid);
        var running = lambda.InvokeAsync(version, """{"ms":300}""");
        var refused = await lambda.InvokeAsync(version);
        Assert.Equal("1 invocations at once in us-east-1 are the limit", Assert.IsType<InvocationOutcome.Throttled>(refused.Outcome).Reason);
        PoolFixture.Result(await running);
        PoolFixture.Result(await lambda.InvokeAsync(version));
    }

    [Fact]
    public async Task MachineLimit_MakesInvocationsWait_AndIdleEnvironmentsOfOthersGo()
    {
        await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var (one, two) = (lambda.Node(AnswersItsPid), lambda.Node(AnswersItsPid));
        var pids = await Task.WhenAll(lambda.ResultAsync(one, """{"ms":50}"""), lambda.ResultAsync(one, """{"ms":50}"""));
        Assert.Equal(pids[0], pids[1]);
        Assert.NotEqual(pids[0], await lambda.ResultAsync(two));
        Assert.Equal(1, lambda.Pool.EnvironmentCount);
        // Also when the others are busy at first.
        var both = await Task.WhenAll(lambda.ResultAsync(two, """{"ms":200}"""), lambda.ResultAsync(one));
        Assert.NotEqual(both[0], both[1]);
        Assert.Equal(1, lambda.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task IdleForFiveMinutes_Goes()
    {
        var time = new ManualTimeProvider();
        await using var lambda = new PoolFixture { Time = time };
        var pid = int.Parse(await lambda.ResultAsync(lambda.Node(AnswersItsPid)), System.Globalization.CultureInfo.InvariantCulture);
        await EventuallyAsync(() => time.AdvanceSeconds(240), () => true);
        Assert.Equal(1, lambda.Pool.EnvironmentCount);
        time.AdvanceSeconds(150);
        Assert.Equal(0, lambda.Pool.EnvironmentCount);
        await EventuallyAsync(() => { }, () => !IsAlive(pid));
    }

    [Fact]
    public async Task Prewarmed_TheFirstInvocationIsWarm()
    {
        await using var lambda = new PoolFixture();
        var version = lambda.Node(AnswersItsPid);
        Assert.Null(await lambda.Pool.PrewarmAsync(version, Region.Home, 2));
        Assert.Equal(2, lambda.Pool.EnvironmentCount);
        await lambda.ResultAsync(version);
        Assert.Equal(2, lambda.Pool.EnvironmentCount);
        Assert.Equal("Runtime.HandlerNotFound: index.handler is undefined or not exported", await lambda.Pool.PrewarmAsync(lambda.Node(""), Region.Home, 1));
    }

    [Fact]
    public async Task Frozen_StandsStillWithItsChildren_AnswersAgain_AndCanBeKilled()
    {
        var time = new ManualTimeProvider();
        await using var lambda = new PoolFixture { Time = time, Options = LambdaPoolOptions.Default with { FreezeAfter = TimeSpan.FromMilliseconds(100) } };
        var version = lambda.Node("""
            const child = require('child_process').spawn('sleep', ['600'], { detached: true });
            let ticks = 0;
            setInterval(() => ticks++, 1);
            exports.handler = async () => [process.pid, child.pid, ticks]
            """);
        var before = System.Text.Json.JsonSerializer.Deserialize<int[]>(await lambda.ResultAsync(version))!;
        time.AdvanceSeconds(0.2);
        Assert.True(await lambda.EventuallyAsync(() => before[..2].All(pid => File.ReadAllText($"/proc/{pid}/stat").Contains(") T ", StringComparison.Ordinal))));
        var after = System.Text.Json.JsonSerializer.Deserialize<int[]>(await lambda.ResultAsync(version))!;
        Assert.Equal(before[..2], after[..2]);

        time.AdvanceSeconds(0.2);
        await lambda.Pool.DisposeAsync();
        Assert.False(IsAlive(before[0]));
    }

    [Fact]
    public async Task RetiredVersion_EndsWhatRuns_AndLeavesNothing()
    {
        await using var lambda = new PoolFixture();
        var version = lambda.Node(AnswersItsPid);
        var idle = int.Parse(await lambda.ResultAsync(version), System.Globalization.CultureInfo.InvariantCulture);
        var running = Task.WhenAll(lambda.ResultAsync(version, """{"ms":300}"""), lambda.ResultAsync(version, """{"ms":300}"""));
        await Task.Delay(150, TestContext.Current.CancellationToken);
        await lambda.Pool.RetireAsync(version);
        var pids = await running;
        await EventuallyAsync(() => { }, () => lambda.Pool.EnvironmentCount == 0);
        foreach (var pid in pids)
            await EventuallyAsync(() => { }, () => !IsAlive(int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains(idle.ToString(System.Globalization.CultureInfo.InvariantCulture), pids);
    }

    [Fact]
    public async Task RetiredVersionThatStillRuns_DoesNotOutliveThePool()
    {
        var lambda = new PoolFixture();
        var version = lambda.Node(AnswersItsPid);
        var pid = int.Parse(await lambda.ResultAsync(version), System.Globalization.CultureInfo.InvariantCulture);
        var running = lambda.InvokeAsync(version, """{"ms":60000}""");
        await lambda.Pool.RetireAsync(version);
        await lambda.Pool.DisposeAsync();
        Assert.IsType<InvocationOutcome.Exited>((await running).Outcome);
        Assert.False(IsAlive(pid));
        await lambda.DisposeAsync();
    }

    [Fact]
    public async Task CallerGivesUpWhileWaiting_CostsNothing_AndWhileRunningLetsItRun()
    {
        await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1, ConcurrencyPerRegion = 2 } };
        var version = lambda.Node($"let calls = 0; {AnswersItsPid.Replace("return process.pid", "return ++calls", StringComparison.Ordinal)}");
        await lambda.ResultAsync(version);
        using var impatient = new CancellationTokenSource();
        var running = lambda.Pool.InvokeAsync(version, Region.Home, """{"ms":300}"""u8.ToArray(), InvocationLimits.Default, impatient.Token).AsTask();
        var waiting = lambda.Pool.InvokeAsync(version, Region.Home, "{}"u8.ToArray(), InvocationLimits.Default, impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        // The first ran, the second never did; and both have given their places back in the end.
        Assert.Equal("3", await lambda.ResultAsync(version));
        await Task.WhenAll(WhenThereIsRoomAsync(), WhenThereIsRoomAsync());

        // A place is free again when its environment asks for the next event, soon after the answer.
        async Task WhenThereIsRoomAsync()
        {
            Invocation invocation;
            while ((invocation = await lambda.InvokeAsync(version)).Outcome is InvocationOutcome.Throttled)
                await Task.Yield();
            PoolFixture.Result(invocation);
        }
    }

    [Fact]
    public async Task EnvironmentsKilledUnderLoad_LoseOnlyTheirOwnInvocations()
    {
        await using var lambda = new PoolFixture();
        var version = lambda.Node(AnswersItsPid);
        var victims = new System.Collections.Concurrent.ConcurrentBag<int>();
        var outcomes = new System.Collections.Concurrent.ConcurrentBag<InvocationOutcome>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async lane =>
        {
            for (var round = 0; round < 25; round++)
            {
                var invocation = await lambda.InvokeAsync(version, """{"ms":3}""");
                outcomes.Add(invocation.Outcome);
                if (lane == 0 && round % 5 == 2 && invocation.Outcome is InvocationOutcome.Result(var json))
                {
                    var pid = int.Parse(Encoding.UTF8.GetString(json.Span), System.Globalization.CultureInfo.InvariantCulture);
                    victims.Add(pid);
                    try
                    {
                        using var process = Process.GetProcessById(pid);
                        process.Kill();
                    }
                    catch (ArgumentException)
                    {
                    }
                }
            }
        }));
        Assert.Equal(100, outcomes.Count);
        Assert.True(outcomes.Count(outcome => outcome is not InvocationOutcome.Result) <= victims.Count, string.Join(", ", outcomes.Where(outcome => outcome is not InvocationOutcome.Result)));
        Assert.All(outcomes.Where(outcome => outcome is not InvocationOutcome.Result), outcome => Assert.IsType<InvocationOutcome.Exited>(outcome));
        Assert.Equal(5, victims.Count);
    }

    [Fact]
    public async Task DisposedPool_LeavesNoProcessAndNoFile()
    {
        var lambda = new PoolFixture();
        lambda.Options = lambda.Options with { TemporaryFolder = lambda.PoolFolder };
        var version = lambda.Node("""
            const child = require('child_process').spawn('sleep', ['600']);
            require('fs').writeFileSync(process.env.TMPDIR + '/kept', 'x');
            exports.handler = async (event) => { if (event.hangs) await new Promise(() => setInterval(() => {}, 1000)); return [process.pid, child.pid] }
            """);
        var pids = System.Text.Json.JsonSerializer.Deserialize<int[]>(await lambda.ResultAsync(version))!;
        var running = lambda.InvokeAsync(version, """{"hangs":true}""");
        Assert.NotEmpty(Directory.EnumerateFiles(lambda.PoolFolder, "kept", SearchOption.AllDirectories));
        await lambda.Pool.DisposeAsync();
        Assert.IsType<InvocationOutcome.Exited>((await running).Outcome);
        Assert.Empty(Directory.EnumerateFileSystemEntries(lambda.PoolFolder));
        foreach (var pid in pids)
            await EventuallyAsync(() => { }, () => !IsAlive(pid));
        await lambda.DisposeAsync();
    }

    [Fact]
    public async Task FolderOfABrinkThatWasKilled_IsRemovedByTheNext()
    {
        await using var lambda = new PoolFixture();
        var old = Directory.CreateDirectory(Path.Combine(lambda.PoolFolder, "brink-lambda-gone", "1", "tmp"));
        lambda.Options = lambda.Options with { TemporaryFolder = lambda.PoolFolder };
        _ = lambda.Pool;
        Assert.False(old.Parent!.Parent!.Exists && Directory.Exists(old.FullName));
        Assert.Single(Directory.EnumerateDirectories(lambda.PoolFolder));
    }

    [Fact]
    public async Task ShellScriptWithCurl_IsARuntime()
    {
        await using var lambda = new PoolFixture();
        var version = lambda.Function("provided.al2023", "any", 10, 256, ("bootstrap", """
            #!/bin/bash
            set -euo pipefail
            api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
            head=$(mktemp)
            while true; do
              event=$(curl -sS -D "$head" "$api/invocation/next")
              id=$(grep -i '^lambda-runtime-aws-request-id:' "$head" | tr -d '\r' | cut -d' ' -f2)
              echo "shell has $id" > /dev/stderr
              curl -sS -o /dev/null "$api/invocation/$id/response" -d "{\"echo\":$event,\"handler\":\"$_HANDLER\"}"
            done
            """));
        var invocation = await lambda.InvokeAsync(version, """{"a":[1,2]}""");
        Assert.Equal("""{"echo":{"a":[1,2]},"handler":"any"}""", PoolFixture.Result(invocation));
        Assert.Contains($"shell has {invocation.RequestId}", invocation.LogLines);
        Assert.Equal("""{"echo":2,"handler":"any"}""", await lambda.ResultAsync(version, "2"));
    }

    private static bool IsAlive(int pid) => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);

    private static async Task EventuallyAsync(Action step, Func<bool> condition)
    {
        step();
        for (var waited = 0; waited < 500 && !condition(); waited++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(condition());
    }
}
