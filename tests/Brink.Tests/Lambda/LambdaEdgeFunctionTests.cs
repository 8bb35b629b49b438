using System.Collections.Concurrent;
using Brink.Events;
using Brink.Lambda;
using Brink.Lambda.Pool;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Tests.Lambda;

/// <summary>Versions at the edge, over real processes: what the pool's limits become, and what a swap costs.</summary>
public sealed class LambdaEdgeFunctionTests
{
    private const string Slow = "exports.handler = async (event) => { await new Promise((r) => setTimeout(r, 300)); return event.Records[0].cf.request }";

    [Fact]
    public async Task MoreAtOnceThanTheLimit_IsALimitExceeded()
    {
        await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { ConcurrencyPerRegion = 1 } };
        var function = new LambdaEdgeFunction(lambda.Node(Slow), lambda.Pool, LambdaQuotas.Classic);
        var running = InvokeAsync(function);
        var refused = await InvokeAsync(function);
        Assert.Equal((LambdaErrorKind.LimitExceeded, "1 invocations at once in us-east-1 are the limit"), (refused.Failure!.Kind, refused.Failure.Message));
        Assert.IsType<LambdaOutcome.ContinueRequest>((await running).Outcome);
    }

    [Fact]
    public async Task Prewarm_IsDoneBeforeTheWordOfTheRegion()
    {
        await using var lambda = new PoolFixture();
        var replicator = new LambdaReplicator(lambda.Pool, LambdaQuotas.Classic, [Region.Home, new Region("eu-west-1")], TimeProvider.System, prewarm: 2);
        var replication = await replicator.ReplicateAsync(lambda.Node(Slow));
        Assert.All(replication.Acknowledgements, each => Assert.True(each.IsReady, each.Problem));
        Assert.Equal(4, lambda.Pool.EnvironmentCount);
        // None of these loads code.
        var runs = await Task.WhenAll(InvokeAsync(replication.Function!), InvokeAsync(replication.Function!));
        Assert.Equal(4, lambda.Pool.EnvironmentCount);
        Assert.All(runs, run => Assert.IsType<LambdaOutcome.ContinueRequest>(run.Outcome));
    }

    [Fact]
    public async Task VersionsSwappedUnderLoad_LoseNoRequest_AndLeaveNoProcess()
    {
        const int versions = 5, lanes = 6;
        await using var lambda = new PoolFixture();
        var replicator = new LambdaReplicator(lambda.Pool, LambdaQuotas.Classic, [Region.Home], TimeProvider.System);
        var current = await PublishAsync(1);
        var stop = false;
        var failures = new ConcurrentBag<string>();
        var served = new ConcurrentDictionary<string, int>();
        var load = Enumerable.Range(0, lanes).Select(async lane =>
        {
            for (var round = 0; !Volatile.Read(ref stop); round++)
            {
                // As a request does: the function that the snapshot has when it begins, whatever is swapped in meanwhile.
                var function = Volatile.Read(ref current);
                if ((round + lane) % 3 == 0)
                    await Task.Yield();
                var run = await InvokeAsync(function);
                if (run.Outcome is not LambdaOutcome.ContinueRequest)
                    failures.Add($"{function.Name}: {run.Failure}");
                served.AddOrUpdate(function.Name, 1, (_, count) => count + 1);
            }
        }).ToArray();
        for (var number = 2; number <= versions; number++)
        {
            var (old, next) = (current, await PublishAsync(number));
            Volatile.Write(ref current, next);
            await old.RetireAsync();
            // Each gets its turn.
            while (!served.ContainsKey(next.Name))
                await Task.Delay(5, TestContext.Current.CancellationToken);
        }
        Volatile.Write(ref stop, true);
        await Task.WhenAll(load);
        Assert.Empty(failures);
        Assert.Equal(versions, served.Count);

        var last = await lambda.InvokeAsync(current.Version, "{\"Records\":[{\"cf\":{\"request\":{\"pid\":true}}}]}");
        Assert.True(await lambda.EventuallyAsync(() => lambda.Pool.ProcessIds().Count == lambda.Pool.EnvironmentCount && lambda.Pool.EnvironmentCount <= lanes));
        Assert.Contains(int.Parse(PoolFixture.Result(last), System.Globalization.CultureInfo.InvariantCulture), lambda.Pool.ProcessIds());
        await current.RetireAsync();
        Assert.True(await lambda.EventuallyAsync(() => lambda.Pool.ProcessIds().Count == 0));
        Assert.Equal(0, lambda.Pool.EnvironmentCount);

        async Task<LambdaEdgeFunction> PublishAsync(int number)
        {
            var first = lambda.Node("exports.handler = async (event) => { const { request } = event.Records[0].cf; if (request.pid) return process.pid; await new Promise((r) => setTimeout(r, 2)); return request }");
            var replication = await replicator.ReplicateAsync(new FunctionVersion
            {
                Name = "swapped", Number = number, CodeFolder = first.CodeFolder, Runtime = first.Runtime, Handler = first.Handler, Timeout = TimeSpan.FromSeconds(5),
            });
            return replication.Function ?? throw new InvalidOperationException(replication.Acknowledgements[0].Problem);
        }
    }

    private static Task<LambdaRun> InvokeAsync(LambdaEdgeFunction function) =>
        function.InvokeAsync(LambdaFixture.Event(EventType.ViewerRequest), Region.Home, TestContext.Current.CancellationToken).AsTask();
}
