using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>For whom invocations wait, when another environment is started for them, and who is held still meanwhile. Processes and clock are the test's.</summary>
public sealed class PoolWaitingTests
{
    [Fact]
    public async Task AnswersAndAsksInOnePiece_IsFreeBeforeTheAnswerIsSeen()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var invocation = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        for (var round = 0; round < 300; round++)
        {
            var (id, _) = await worker.EventAsync();
            await worker.AnswerAndAskAsync(id, "1");
            PoolFixture.Result(await invocation);
            invocation = scripted.InvokeAsync(version);
            Assert.Equal(1, scripted.Pool.EnvironmentCount);
        }
        await worker.AnswerAsync((await worker.EventAsync()).Id, "1");
        PoolFixture.Result(await invocation);
    }

    [Fact]
    public async Task AnswersAndAsksLater_IsWaitedFor()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var first = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        await worker.AnswerAsync((await worker.EventAsync()).Id, "1");
        PoolFixture.Result(await first);

        var second = scripted.InvokeAsync(version, "\"second\"");
        scripted.Time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
        await worker.AskAsync();
        var (id, json) = await worker.EventAsync();
        Assert.Equal("\"second\"", json);
        await worker.AnswerAndAskAsync(id, "2");
        Assert.Equal("2", PoolFixture.Result(await second));
    }

    [Fact]
    public async Task AllCoresBusyWithShortInvocations_MoreWait_ButNotForLong_AndNewOnesStartOneByOne()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { Cores = 1 } };
        var version = scripted.Function();
        var invocation = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        var (id, _) = await worker.EventAsync();
        scripted.Time.Advance(TimeSpan.FromMilliseconds(0.5));
        await worker.AnswerAndAskAsync(id, "1");
        PoolFixture.Result(await invocation);

        invocation = scripted.InvokeAsync(version);
        await worker.EventAsync();
        var waiting = Enumerable.Range(0, 3).Select(_ => scripted.InvokeAsync(version)).ToArray();
        scripted.Time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
        // This one takes longer than usual.
        scripted.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        scripted.Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        var second = await scripted.NextWorkerAsync();
        var secondEvent = await second.EventAsync();
        scripted.Time.Advance(TimeSpan.FromMilliseconds(19));
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        scripted.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(3, scripted.Pool.EnvironmentCount);

        await second.AnswerAndAskAsync(secondEvent.Id, "2");
        await second.AnswerAsync((await second.EventAsync()).Id, "2");
        // Its core is free again.
        await waiting[1];
        var third = await scripted.NextWorkerAsync();
        await third.AnswerAsync((await third.EventAsync()).Id, "2");
        Assert.All(await Task.WhenAll(waiting), each => Assert.Equal("2", PoolFixture.Result(each)));
    }

    [Fact]
    public async Task QueueThatMoves_StartsNothingWhileNoneWaitsForLong()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { Cores = 1 } };
        var version = scripted.Function();
        var first = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        var (id, _) = await worker.EventAsync();
        scripted.Time.Advance(TimeSpan.FromMilliseconds(0.5));
        await worker.AnswerAndAskAsync(id, "1");
        PoolFixture.Result(await first);

        // Each waits for 50 ms in the end, behind a hundred others.
        var queue = new Queue<Task<Invocation>>(Enumerable.Range(0, 100).Select(_ => scripted.InvokeAsync(version)));
        for (var served = 0; served < 400; served++)
        {
            (id, _) = await worker.EventAsync();
            scripted.Time.Advance(TimeSpan.FromMilliseconds(0.5));
            await worker.AnswerAndAskAsync(id, "1");
            PoolFixture.Result(await queue.Dequeue());
            if (served < 300)
                queue.Enqueue(scripted.InvokeAsync(version));
        }
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
    }

    [Theory]
    [InlineData(2, 0.5)]
    [InlineData(1, 2)]
    public async Task CoresToSpare_OrInvocationsThatMayWaitForSomething_GetAnotherAtOnce(int cores, double milliseconds)
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { Cores = cores } };
        var version = scripted.Function();
        var invocation = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        var (id, _) = await worker.EventAsync();
        scripted.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await worker.AnswerAndAskAsync(id, "1");
        PoolFixture.Result(await invocation);

        invocation = scripted.InvokeAsync(version);
        (id, _) = await worker.EventAsync();
        var second = scripted.InvokeAsync(version);
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        var other = await scripted.NextWorkerAsync();
        await other.AnswerAsync((await other.EventAsync()).Id, "2");
        await worker.AnswerAsync(id, "1");
        Assert.Equal(("1", "2"), (PoolFixture.Result(await invocation), PoolFixture.Result(await second)));
    }

    [Fact]
    public async Task AnswersAndDoesNotAsk_IsNotWaitedForLongerThanItsGrace()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var first = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        await worker.AnswerAsync((await worker.EventAsync()).Id, "1");
        PoolFixture.Result(await first);

        var second = scripted.InvokeAsync(version);
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
        scripted.Time.Advance(LambdaPoolOptions.Default.StartGrace);
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        var other = await scripted.NextWorkerAsync();
        await other.AnswerAsync((await other.EventAsync()).Id, "2");
        Assert.Equal("2", PoolFixture.Result(await second));
    }

    [Fact]
    public async Task OneHasAnswered_OnlyTheSecondWhoWaitsGetsANewOne()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var first = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        await worker.AnswerAsync((await worker.EventAsync()).Id, "1");
        PoolFixture.Result(await first);

        var waiting = new[] { scripted.InvokeAsync(version), scripted.InvokeAsync(version) };
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        await worker.AskAsync();
        await worker.AnswerAsync((await worker.EventAsync()).Id, "2");
        var other = await scripted.NextWorkerAsync();
        await other.AnswerAsync((await other.EventAsync()).Id, "3");
        Assert.Equal(["2", "3"], (await Task.WhenAll(waiting)).Select(PoolFixture.Result));
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task AnsweredAndNeverAsks_IsKilledAtItsDeadline_AndItsPlaceServesOn()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = scripted.Function();
        var first = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        await worker.AnswerAsync((await worker.EventAsync()).Id, "1");
        PoolFixture.Result(await first);
        var second = scripted.InvokeAsync(version);

        scripted.Time.AdvanceSeconds(2.9);
        Assert.False(worker.Process.Exit.IsCompleted);
        scripted.Time.AdvanceSeconds(0.2);
        Assert.Equal(9, (await worker.Process.Exit).Signal);
        var next = await scripted.NextWorkerAsync();
        await next.AnswerAsync((await next.EventAsync()).Id, "2");
        Assert.Equal("2", PoolFixture.Result(await second));
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task AnswersOverTwoConnectionsAtOnce_LoseNoInvocation()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var invocation = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        var (answering, asking) = (worker.Client, await worker.Process.ConnectAsync());
        var (id, _) = await worker.EventAsync();
        for (var round = 0; round < 200; round++)
        {
            var asked = AskUntilTakenAsync(asking);
            await answering.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1"));
            PoolFixture.Result(await invocation);
            invocation = scripted.InvokeAsync(version);
            id = await asked;
            (answering, asking) = (asking, answering);
        }
        await answering.SendAsync(RuntimeClient.Post($"invocation/{id}/response", "1"));
        PoolFixture.Result(await invocation);
        Assert.Equal(1, scripted.Pool.EnvironmentCount);

        // Refused as long as the answer is not in.
        static async Task<string> AskUntilTakenAsync(RuntimeClient client)
        {
            await client.SendAsync(RuntimeClient.Next);
            while (true)
            {
                var (status, headers, _) = await client.ReceiveAsync();
                if (headers.TryGetValue("Lambda-Runtime-Aws-Request-Id", out var next))
                    return next;
                if (status == 403)
                    await client.SendAsync(RuntimeClient.Next);
            }
        }
    }

    [Fact]
    public async Task MachineLimit_HoldsWhileManyFunctionsBegin()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { MaxEnvironments = 2, MaxStarting = 1 } };
        var invocations = Enumerable.Range(0, 3).Select(_ => scripted.InvokeAsync(scripted.Function())).ToArray();
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        for (var served = 0; served < 3; served++)
        {
            var worker = await scripted.NextWorkerAsync();
            await worker.AnswerAndAskAsync((await worker.EventAsync()).Id, "1");
            Assert.InRange(scripted.Pool.EnvironmentCount, 1, 2);
        }
        Assert.All(await Task.WhenAll(invocations), invocation => PoolFixture.Result(invocation));
    }

    [Fact]
    public async Task InvocationDuringPrewarming_TakesWhatIsOnItsWay()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var prewarming = scripted.Pool.PrewarmAsync(version, Region.Home, 2);
        var invocation = scripted.InvokeAsync(version);
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
        var workers = new[] { await scripted.NextWorkerAsync(), await scripted.NextWorkerAsync() };
        Assert.Null(await prewarming);
        var (worker, (id, _)) = await await Task.WhenAny(workers.Select(async each => (each, await each.EventAsync())));
        await worker.AnswerAsync(id, "1");
        PoolFixture.Result(await invocation);
        Assert.Equal(2, scripted.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task PrewarmingAtTheMachinesLimit_TakesTheIdleOnesPlace_AndSaysSoWhereNoneIsIdle()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var (first, second) = (scripted.Function(), scripted.Function());
        var prewarming = scripted.Pool.PrewarmAsync(first, Region.Home, 1);
        var idle = await scripted.NextWorkerAsync();
        Assert.Null(await prewarming);
        prewarming = scripted.Pool.PrewarmAsync(second, Region.Home, 1);
        var worker = await scripted.NextWorkerAsync();
        Assert.Null(await prewarming);
        Assert.Equal(9, (await idle.Process.Exit).Signal);

        var running = scripted.InvokeAsync(second);
        var (id, _) = await worker.EventAsync();
        Assert.Equal("this machine runs at most 1 environments, and none of them is idle", await scripted.Pool.PrewarmAsync(first, Region.Home, 1));
        await worker.AnswerAsync(id, "1");
        PoolFixture.Result(await running);
    }

    [Fact]
    public async Task TwoHundredFunctions_AreWarmAtOnce()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { MaxEnvironments = 200, MaxStarting = 4 } };
        var versions = Enumerable.Range(0, 200).Select(_ => scripted.Function()).ToArray();
        var prewarming = Task.WhenAll(versions.Select(version => scripted.Pool.PrewarmAsync(version, Region.Home, 1)));
        var workers = new List<ScriptedWorker>();
        while (workers.Count < 200)
            workers.Add(await scripted.NextWorkerAsync());
        Assert.All(await prewarming, problem => Assert.Null(problem));

        var serving = Task.WhenAll(workers.Select(async worker => await worker.AnswerAndAskAsync((await worker.EventAsync()).Id, "1")));
        Assert.All(await Task.WhenAll(versions.Select(version => scripted.InvokeAsync(version))), invocation => PoolFixture.Result(invocation));
        await serving;
        Assert.Equal(200, scripted.Pool.EnvironmentCount);
        scripted.Time.AdvanceSeconds(400);
        Assert.Equal(0, scripted.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task IdleWhileOthersWork_GoOneByOne()
    {
        await using var scripted = new ScriptedPool();
        var version = scripted.Function();
        var both = new[] { scripted.InvokeAsync(version), scripted.InvokeAsync(version) };
        var workers = new[] { await scripted.NextWorkerAsync(), await scripted.NextWorkerAsync() };
        var events = await Task.WhenAll(workers.Select(worker => worker.EventAsync()));
        for (var i = 0; i < workers.Length; i++)
            await workers[i].AnswerAndAskAsync(events[i].Id, "1");
        await Task.WhenAll(both);
        // One is enough for what comes now, and it is always the same one.
        for (var minute = 0; minute < 7; minute++)
        {
            var invocation = scripted.InvokeAsync(version);
            var asked = workers.Where(each => !each.Process.Exit.IsCompleted).Select(async each => (each, await each.EventAsync()));
            var (worker, (id, _)) = await await Task.WhenAny(asked);
            await worker.AnswerAndAskAsync(id, "1");
            PoolFixture.Result(await invocation);
            workers = [worker];
            scripted.Time.AdvanceSeconds(60);
        }
        Assert.Equal(1, scripted.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task FreezeAfter_HoldsWhatRests_AndNothingElse()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { FreezeAfter = TimeSpan.FromMilliseconds(100) } };
        var version = scripted.Function();
        var invocation = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        var (id, _) = await worker.EventAsync();
        scripted.Time.AdvanceSeconds(1);
        Assert.False(worker.Process.IsFrozen, "an invocation runs");
        await worker.AnswerAndAskAsync(id, "1");
        PoolFixture.Result(await invocation);
        scripted.Time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.False(worker.Process.IsFrozen, "it rests for less than 100 ms");
        scripted.Time.Advance(TimeSpan.FromMilliseconds(101));
        Assert.True(worker.Process.IsFrozen);
        scripted.Time.AdvanceSeconds(1);
        Assert.Equal(1, worker.Process.Freezes);

        invocation = scripted.InvokeAsync(version);
        (id, _) = await worker.EventAsync();
        Assert.False(worker.Process.IsFrozen, "it has an event to work on");
        await worker.AnswerAsync(id, "2");
        Assert.Equal("2", PoolFixture.Result(await invocation));
        scripted.Time.AdvanceSeconds(1);
        Assert.False(worker.Process.IsFrozen, "it has not asked for the next event: it may still have work to do");
    }

    [Fact]
    public async Task Default_HoldsNothing()
    {
        await using var scripted = new ScriptedPool();
        var prewarming = scripted.Pool.PrewarmAsync(scripted.Function(), Region.Home, 1);
        var worker = await scripted.NextWorkerAsync();
        await prewarming;
        scripted.Time.AdvanceSeconds(200);
        Assert.Equal(0, worker.Process.Freezes);
    }

    [Fact]
    public async Task StoppedPool_TellsThoseWhoWait()
    {
        await using var scripted = new ScriptedPool { Options = LambdaPoolOptions.Default with { MaxEnvironments = 1 } };
        var version = scripted.Function();
        var running = scripted.InvokeAsync(version);
        var worker = await scripted.NextWorkerAsync();
        await worker.EventAsync();
        var waiting = scripted.InvokeAsync(version);
        await scripted.Pool.DisposeAsync();
        Assert.IsType<InvocationOutcome.Exited>((await running).Outcome);
        Assert.Equal("brink is stopping", Assert.IsType<InvocationOutcome.NotStarted>((await waiting).Outcome).Reason);
    }
}
