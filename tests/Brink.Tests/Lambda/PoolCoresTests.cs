using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>How many environments of a function compute at once, and that what waits for something else keeps no core. Processes and clock are the test's.</summary>
public sealed class PoolCoresTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(0.5), Look = LambdaPoolOptions.Default.ShortInvocation, Grace = LambdaPoolOptions.Default.StartGrace;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ShortInvocations_ComputeOnNoMoreEnvironmentsThanThereAreCores_InTheOrderTheyCame(int cores)
    {
        await using var function = await ScriptedFunction.WarmAsync(cores, environments: 4);
        var invocations = Enumerable.Range(0, 12).Select(i => function.InvokeAsync(i)).ToArray();
        var (busy, seen) = (new Queue<ScriptedEvent>(), new HashSet<ScriptedWorker>());
        for (var next = 0; next < 12; next++)
        {
            var given = await function.NextEventAsync();
            // Those that run at once arrive in any order.
            Assert.InRange(given.Number, next - (cores - 1), next + (cores - 1));
            seen.Add(given.Worker);
            busy.Enqueue(given);
            if (busy.Count < cores)
                continue;
            function.Time.Advance(Short);
            var first = busy.Dequeue();
            await first.AnswerAsync();
            PoolFixture.Result(await invocations[first.Number]);
        }
        while (busy.TryDequeue(out var last))
            await last.AnswerAsync();
        Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
        Assert.Equal(cores, seen.Count);
        Assert.Equal(4, function.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task WaitsForSomethingElse_KeepsNoCore_AndNewcomersGoBehindThoseThatWait()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2);
        var invocations = Enumerable.Range(0, 3).Select(i => function.InvokeAsync(i)).ToList();
        var sleeper = await function.NextEventAsync();
        sleeper.Worker.Process.IsAsleep = true;
        function.Time.Advance(Look);
        var second = await function.NextEventAsync();
        Assert.Equal((0, 1), (sleeper.Number, second.Number));
        Assert.NotSame(sleeper.Worker, second.Worker);

        invocations.Add(function.InvokeAsync(3));
        await second.AnswerAsync();
        for (var next = 2; next < 4; next++)
        {
            var given = await function.NextEventAsync();
            Assert.Equal((next, second.Worker), (given.Number, given.Worker));
            await given.AnswerAsync();
        }
        Assert.False(invocations[0].IsCompleted);
        await sleeper.AnswerAsync();
        Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
        Assert.Equal(2, function.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task AllWait_AllEnvironmentsAreUsed_AtOneLookEach()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 10);
        var invocations = Enumerable.Range(0, 10).Select(i => function.InvokeAsync(i)).ToArray();
        var asleep = new List<ScriptedEvent>();
        while (true)
        {
            var given = await function.NextEventAsync();
            Assert.Equal(asleep.Count, given.Number);
            asleep.Add(given);
            if (asleep.Count == 10)
                break;
            given.Worker.Process.IsAsleep = true;
            function.Time.Advance(Look);
        }
        foreach (var each in asleep)
            await each.AnswerAsync();
        Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
    }

    [Fact]
    public async Task ComputesForLong_HoldsOthersUpForTheGrace_NoLonger()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2);
        var (longer, shorter) = (function.InvokeAsync(0), function.InvokeAsync(1));
        var first = await function.NextEventAsync();
        function.Time.Advance(Grace - TimeSpan.FromMilliseconds(1));
        Assert.True(function.IsQuiet, "it computes still");
        function.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await function.NextEventAsync();
        Assert.Equal((0, 1), (first.Number, second.Number));
        Assert.NotSame(first.Worker, second.Worker);
        await second.AnswerAsync();
        PoolFixture.Result(await shorter);
        Assert.False(longer.IsCompleted);
        await first.AnswerAsync();
        PoolFixture.Result(await longer);
        Assert.Equal(2, function.Pool.EnvironmentCount);
    }

    [Fact]
    public async Task RestsWhileOthersHaveTheCore_IsTakenWhenTheyWait()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2);
        var invocations = Enumerable.Range(0, 3).Select(i => function.InvokeAsync(i)).ToArray();
        var first = await function.NextEventAsync();
        first.Worker.Process.IsAsleep = true;
        function.Time.Advance(Look);
        var second = await function.NextEventAsync();
        // Awake again, and done: the core is the second one's, so the third invocation waits beside an environment that rests.
        await first.AnswerAsync();
        PoolFixture.Result(await invocations[0]);
        Assert.True(function.IsQuiet, "the core is taken");
        second.Worker.Process.IsAsleep = true;
        function.Time.Advance(Look);
        var third = await function.NextEventAsync();
        Assert.Equal((2, first.Worker), (third.Number, third.Worker));
        await third.AnswerAsync();
        await second.AnswerAsync();
        Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
    }

    [Fact]
    public async Task InvocationsThatAreNeverShort_HaveAllEnvironmentsAtOnce()
    {
        const int Count = 50;
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 1, TimeSpan.FromMilliseconds(100));
        for (var wave = 0; wave < 2; wave++)
        {
            var invocations = Enumerable.Range(0, Count).Select(i => function.InvokeAsync(i)).ToArray();
            Assert.Equal(Count, function.Pool.EnvironmentCount);
            if (wave == 0)
                await function.ConnectAsync(Count - 1);
            var events = new List<ScriptedEvent>();
            while (events.Count < Count)
                events.Add(await function.NextEventAsync());
            Assert.Equal(Count, events.Select(each => each.Worker).Distinct().Count());
            function.Time.Advance(TimeSpan.FromMilliseconds(100));
            foreach (var each in events)
                await each.AnswerAsync();
            Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
        }
    }

    [Fact]
    public async Task WaitsForACore_CountsTowardsTheConcurrencyQuota_AndCanGiveUp()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2, quota: 2);
        using var giveUp = new CancellationTokenSource();
        var running = function.InvokeAsync(0);
        var first = await function.NextEventAsync();
        var waiting = function.InvokeUntilAsync(1, giveUp.Token);
        var throttled = Assert.IsType<InvocationOutcome.Throttled>((await function.InvokeAsync(2)).Outcome);
        Assert.Equal($"2 invocations at once in {Region.Home} are the limit", throttled.Reason);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        var third = function.InvokeAsync(3);
        await first.AnswerAsync();
        var next = await function.NextEventAsync();
        Assert.Equal(3, next.Number);
        await next.AnswerAsync();
        PoolFixture.Result(await running);
        PoolFixture.Result(await third);
    }

    [Fact]
    public async Task RetiredWhileInvocationsWaitForACore_TheyAreServed()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2);
        var invocations = Enumerable.Range(0, 3).Select(i => function.InvokeAsync(i)).ToArray();
        var first = await function.NextEventAsync();
        await function.Pool.RetireAsync(function.Version);
        Assert.Equal(1, function.Pool.EnvironmentCount);
        await first.AnswerAsync();
        for (var next = 1; next < 3; next++)
        {
            var given = await function.NextEventAsync();
            Assert.Equal((next, first.Worker), (given.Number, given.Worker));
            await given.AnswerAsync();
        }
        Assert.All(await Task.WhenAll(invocations), each => PoolFixture.Result(each));
    }

    [Fact]
    public async Task ProcessEndsWhileOthersWaitForItsCore_TheyGetIt()
    {
        await using var function = await ScriptedFunction.WarmAsync(cores: 1, environments: 2);
        var invocations = Enumerable.Range(0, 2).Select(i => function.InvokeAsync(i)).ToArray();
        var first = await function.NextEventAsync();
        first.Worker.Process.End(1);
        Assert.IsType<InvocationOutcome.Exited>((await invocations[0]).Outcome);
        // The environment that is down takes it: its next process starts within that invocation.
        await function.ConnectAsync(1);
        var second = await function.NextEventAsync();
        Assert.Equal(1, second.Number);
        await second.AnswerAsync();
        PoolFixture.Result(await invocations[1]);
    }

    /// <summary>A function with warm environments, all of which are the test's; the events say their invocation's number.</summary>
    private sealed class ScriptedFunction : IAsyncDisposable
    {
        private readonly ScriptedPool _scripted;
        private readonly Dictionary<ScriptedWorker, Task<(string Id, string Json)>> _asked = [];

        private ScriptedFunction(ScriptedPool scripted) => (_scripted, Version) = (scripted, scripted.Function());

        public FunctionVersion Version { get; }

        public LambdaPool Pool => _scripted.Pool;

        public ManualTimeProvider Time => _scripted.Time;

        /// <summary>No event has come that was not taken. Where one is on its way it can be missed, so this proves little by itself.</summary>
        public bool IsQuiet => _asked.Values.All(asked => !asked.IsCompleted);

        /// <summary>With environments whose last invocation took that long; by default a short one.</summary>
        public static async Task<ScriptedFunction> WarmAsync(int cores, int environments, TimeSpan? duration = null, int quota = 1_000)
        {
            var function = new ScriptedFunction(new ScriptedPool { Options = LambdaPoolOptions.Default with { Cores = cores, MaxEnvironments = 64, ConcurrencyPerRegion = quota } });
            var prewarming = function.Pool.PrewarmAsync(function.Version, Region.Home, environments);
            await function.ConnectAsync(environments);
            Assert.Null(await prewarming);
            var invocation = function.InvokeAsync(-1);
            var given = await function.NextEventAsync();
            function.Time.Advance(duration ?? Short);
            await given.AnswerAsync();
            PoolFixture.Result(await invocation);
            return function;
        }

        public Task<Invocation> InvokeAsync(int number) => InvokeUntilAsync(number, TestContext.Current.CancellationToken);

        public Task<Invocation> InvokeUntilAsync(int number, CancellationToken cancellationToken) => Pool.InvokeAsync(
            Version, Region.Home, System.Text.Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture)), InvocationLimits.Default, cancellationToken).AsTask();

        /// <summary>As many processes as are on their way ask for their first event.</summary>
        public async Task ConnectAsync(int count)
        {
            for (var connected = 0; connected < count; connected++)
            {
                var worker = await _scripted.NextWorkerAsync();
                _asked[worker] = worker.EventAsync();
            }
        }

        /// <summary>The next event, whichever environment it is given to.</summary>
        public async Task<ScriptedEvent> NextEventAsync()
        {
            var events = _asked.Values.ToArray();
            while (true)
            {
                await Task.WhenAny(events);
                var (worker, asked) = _asked.First(each => each.Value.IsCompleted);
                if (asked.IsCompletedSuccessfully)
                {
                    _asked.Remove(worker);
                    var (id, json) = await asked;
                    return new ScriptedEvent(this, worker, id, int.Parse(json, System.Globalization.CultureInfo.InvariantCulture));
                }
                // Its process has ended.
                _asked.Remove(worker);
                events = _asked.Values.ToArray();
            }
        }

        public async Task AnswerAsync(ScriptedEvent given)
        {
            await given.Worker.AnswerAndAskAsync(given.Id, "1");
            _asked[given.Worker] = given.Worker.EventAsync();
        }

        public ValueTask DisposeAsync() => _scripted.DisposeAsync();
    }

    private sealed record ScriptedEvent(ScriptedFunction Function, ScriptedWorker Worker, string Id, int Number)
    {
        public Task AnswerAsync() => Function.AnswerAsync(this);
    }
}
