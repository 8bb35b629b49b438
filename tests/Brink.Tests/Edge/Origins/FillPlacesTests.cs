using Brink.Edge.Origins;
using Brink.Policies;

namespace Brink.Tests.Edge.Origins;

/// <summary>Misses at one origin: so many at once, the others in a queue in which addresses take turns.</summary>
public sealed class FillPlacesTests
{
    private const string Flood = "203.0.113.1", Other = "203.0.113.2", Third = "203.0.113.3";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Place_IsGivenBack()
    {
        var places = Places(places: 1);
        (await TakeAsync(places))!.Value.Dispose();
        var second = await TakeAsync(places);
        var third = TakeAsync(places);
        Assert.False(third.IsCompleted);

        second!.Value.Dispose();

        Assert.NotNull(await third);
        Assert.Equal((0, 0), (places.Waiting, places.Refused));
    }

    [Fact]
    public async Task Origins_HavePlacesOfTheirOwn()
    {
        var places = Places(places: 1);
        await TakeAsync(places);

        Assert.NotNull(await places.TakeAsync("origin", 81, Flood, TestContext.Current.CancellationToken));
        Assert.NotNull(await places.TakeAsync("other", 80, Flood, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Addresses_TakeTurns()
    {
        var places = Places(places: 1);
        var first = await TakeAsync(places);
        var flood = Enumerable.Range(0, 3).Select(_ => TakeAsync(places)).ToList();
        var others = new[] { TakeAsync(places, Other), TakeAsync(places, Third) };

        first!.Value.Dispose();
        (await flood[0])!.Value.Dispose();
        (await others[0])!.Value.Dispose();
        (await others[1])!.Value.Dispose();

        Assert.NotNull(await flood[1]);
        Assert.False(flood[2].IsCompleted);
    }

    [Fact]
    public async Task OneAddress_HasThreeFourthsOfThePlaces()
    {
        var places = Places(places: 4);
        var flood = new[] { await TakeAsync(places), await TakeAsync(places), await TakeAsync(places) };
        var waiting = TakeAsync(places);
        Assert.False(waiting.IsCompleted);

        var other = await TakeAsync(places, Other);
        var third = TakeAsync(places, Third);
        other!.Value.Dispose();
        Assert.NotNull(await third);
        Assert.False(waiting.IsCompleted);

        flood[0]!.Value.Dispose();
        Assert.NotNull(await waiting);
        Assert.Equal((0, 0), (places.Waiting, places.Refused));
    }

    [Fact]
    public async Task QueueIsFull_OrAFourthOfItIsOfOneAddress()
    {
        var places = Places(places: 1, waiting: 8);
        await TakeAsync(places);
        var flood = Enumerable.Range(0, 2).Select(_ => TakeAsync(places)).ToList();

        Assert.Null(await TakeAsync(places));
        for (var i = 0; i < 6; i++)
            _ = TakeAsync(places, $"198.51.100.{i}");
        Assert.Null(await TakeAsync(places, Other));

        Assert.Equal((8, 2), (places.Waiting, places.Refused));
        Assert.All(flood, waiting => Assert.False(waiting.IsCompleted));
    }

    [Fact]
    public async Task NetworkOfIPv6_IsOneAddress()
    {
        var places = Places(places: 1, waiting: 4);
        await TakeAsync(places);
        _ = TakeAsync(places, "2001:db8::1");

        Assert.Null(await TakeAsync(places, "2001:db8::2"));
        Assert.False(TakeAsync(places, "2001:db8:0:1::1").IsCompleted);
    }

    [Fact]
    public async Task WaitIsTooLong_ThereIsNoPlace()
    {
        var places = Places(places: 1);
        var first = await TakeAsync(places);
        var second = TakeAsync(places);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Null(await second);
        Assert.Equal((0, 1), (places.Waiting, places.Refused));
        first!.Value.Dispose();
        Assert.NotNull(await TakeAsync(places));
    }

    [Fact]
    public async Task ViewerLeaves_ItsTurnIsTheNextOnes()
    {
        var places = Places(places: 1);
        var first = await TakeAsync(places);
        using var leaving = new CancellationTokenSource();
        var second = places.TakeAsync("origin", 80, Flood, leaving.Token).AsTask();
        var third = TakeAsync(places);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first!.Value.Dispose();

        Assert.NotNull(await third);
        Assert.Equal((0, 0), (places.Waiting, places.Refused));
    }

    [Fact]
    public async Task AtRandom_NeverMoreThanThePlaces_AndAllComeBack()
    {
        var places = Places(places: 3, waiting: 1000);
        var (under, most) = (0, 0);
        var random = new Random(7);
        var asks = Enumerable.Range(0, 2000).Select(i => (Address: $"10.0.0.{random.Next(5)}", Leaves: random.Next(10) == 0)).ToList();

        await Parallel.ForEachAsync(asks, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (ask, stopped) =>
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopped);
            var taking = places.TakeAsync("origin", 80, ask.Address, leaving.Token);
            if (ask.Leaves)
                await leaving.CancelAsync();
            try
            {
                using var place = (await taking)!.Value;
                var now = Interlocked.Increment(ref under);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref under);
            }
            catch (OperationCanceledException)
            {
            }
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal((0, 0), (places.Waiting, places.Refused));
        for (var i = 0; i < 3; i++)
            Assert.True(TakeAsync(places).IsCompleted);
        Assert.False(TakeAsync(places).IsCompleted);
    }

    [Fact]
    public async Task NoPlace_TheStaleObjectStandsIn_ElseTheViewerGets503_WhichIsNotKept()
    {
        var held = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            if (conversation.Request.Target == "/held")
                await held.Task;
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nCache-Control: max-age=10\r\nContent-Length: 2\r\n\r\nok");
        });
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin),
            behavior => behavior with { CachePolicy = new CachePolicy { Id = "p", Name = "p", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.FromDays(1) } },
            options: options => options with { FillsPerOrigin = 1, WaitingFillsPerOrigin = 1 },
            time: _time);
        await edge.GetAsync("/old");
        _time.Advance(TimeSpan.FromSeconds(11));
        using var holding = await RawViewer.ConnectAsync(edge.Port);
        await holding.SendAsync("GET /held HTTP/1.1\r\nHost: test\r\n\r\n");
        while (origin.Requests.Count < 2)
            await Task.Yield();
        var waiting = edge.GetAsync("/waits");
        while (edge.Server.OriginsWaiting == 0)
            await Task.Yield();

        var stale = await edge.GetAsync("/old");
        var refused = await edge.GetAsync("/new");
        held.SetResult();

        Assert.Equal((200, "Hit from cloudfront"), (stale.Status, stale["X-Cache"]));
        Assert.Equal((503, "LimitExceeded from cloudfront"), (refused.Status, refused["X-Cache"]));
        Assert.Equal(200, (await waiting).Status);
        Assert.Equal((200, "Miss from cloudfront"), ((await edge.GetAsync("/new")) is var again ? (again.Status, again["X-Cache"]) : default));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        var seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) is var before && before != seen)
            seen = before;
    }

    private static Task<FillPlaces.Place?> TakeAsync(FillPlaces places, string address = Flood) =>
        places.TakeAsync("origin", 80, address, TestContext.Current.CancellationToken).AsTask();

    private FillPlaces Places(int places, int waiting = 100) => new(places, waiting, TimeSpan.FromSeconds(30), _time);
}
