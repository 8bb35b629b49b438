using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Policies;
using static Brink.Tests.Edge.Cache.CacheBench;

namespace Brink.Tests.Edge.Cache.Disk;

/// <summary>A cache with a disk, and the next process that has it.</summary>
public sealed class RestartTests : IDisposable
{
    private const int Slice = SliceSet.SliceSize;

    private readonly DiskBench _disk = new(isOpen: false);

    public RestartTests()
    {
        _disk.Options = _disk.Options with { SegmentSize = 4 << 20 };
        _disk.Open();
    }

    public void Dispose() => _disk.Dispose();

    private CacheBench Bench(Fetch? origin = null, EdgeCacheOptions? options = null)
    {
        var bench = new CacheBench(_disk.Time, _disk.Store, options: options);
        if (origin is not null)
            bench.Origin = origin;
        return bench;
    }

    private async Task<CacheBench> NextProcessAsync(Fetch? origin = null, bool isKilled = true)
    {
        if (isKilled)
            await _disk.KillAsync();
        _disk.Restart();
        return Bench(origin);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FreshObject_IsAHit_AsOldAsItIs(bool isKilled)
    {
        var before = Bench();
        before.OriginSays(Ok("hello", ("Cache-Control", "max-age=100"), ("X-A", "1"), ("Age", "5")));
        await before.GetAsync("/a");

        var bench = await NextProcessAsync(isKilled: isKilled);
        bench.Time.AdvanceSeconds(50);
        var hit = await bench.GetAsync("/a");
        var again = await bench.GetAsync("/a");

        Assert.Equal((200, "hello", ResultType.Hit, 55), (hit.Status, hit.Body, hit.ResultType, hit.Age));
        Assert.Equal("1", hit.Headers.Get("x-a"));
        Assert.Equal(("hello", ResultType.Hit, 0), (again.Body, again.ResultType, bench.Fetches));
        Assert.Equal(1, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task StaleObject_IsAskedAbout()
    {
        var before = Bench();
        before.OriginSays(Ok("hello", ("Cache-Control", "max-age=100"), ("ETag", "\"v\"")));
        await before.GetAsync("/a");

        var bench = await NextProcessAsync();
        bench.Time.AdvanceSeconds(200);
        bench.OriginSays(Status(304, "", ("Cache-Control", "max-age=100")));
        var refreshed = await bench.GetAsync("/a");

        Assert.Equal((200, "hello", ResultType.RefreshHit), (refreshed.Status, refreshed.Body, refreshed.ResultType));
        Assert.Equal("\"v\"", bench.LastAsked!.Revalidation?.ETag);

        // The confirmation is kept too.
        var next = await NextProcessAsync();
        Assert.Equal((ResultType.Hit, 0), ((await next.GetAsync("/a")).ResultType, next.Fetches));
    }

    [Fact]
    public async Task StaleObject_StandsInForAFailingOrigin()
    {
        var before = Bench();
        before.OriginSays(Ok("hello", ("Cache-Control", "max-age=100")));
        await before.GetAsync("/a");

        var bench = await NextProcessAsync((_, _) => ValueTask.FromResult(Unreachable()));
        bench.Time.AdvanceSeconds(200);

        Assert.Equal((200, "hello"), ((await bench.GetAsync("/a")).Status, (await bench.GetAsync("/a")).Body));
    }

    [Fact]
    public async Task Invalidation_HoldsAfterTheNextStart()
    {
        var before = Bench();
        before.OriginSays(Ok("old"));
        await before.GetAsync("/a/1");
        await before.GetAsync("/b");
        before.Cache.Invalidate(new InvalidationRule("E1", "/a/*"))!();

        var bench = await NextProcessAsync();
        bench.OriginSays(Ok("new"));

        Assert.Equal(("new", "old"), ((await bench.GetAsync("/a/1")).Body, (await bench.GetAsync("/b")).Body));
        var next = await NextProcessAsync();
        Assert.Equal(("new", "old", 0), ((await next.GetAsync("/a/1")).Body, (await next.GetAsync("/b")).Body, next.Fetches));
    }

    [Theory]
    [InlineData(null, "NEWS")]
    [InlineData(null, null)]
    [InlineData("E1", null)]
    public async Task InvalidationByTagAndOfEverything_HoldsAfterTheNextStartToo(string? distribution, string? tag)
    {
        var before = Bench();
        before.CacheTagHeader = "X-Tags";
        before.OriginSays(Ok("old", ("X-Tags", "front, news")));
        await before.GetAsync("/a");
        before.OriginSays(Ok("other", ("X-Tags", "front")));
        await before.GetAsync("/b");
        // All of a batch is kept, and by its own revisions.
        before.Cache.Invalidate(new InvalidationRule("E1", "/none"), new InvalidationRule(distribution, Tag: tag), new InvalidationRule("E2", "/b"))!();

        var bench = await NextProcessAsync();
        bench.OriginSays(Ok("new"));

        Assert.Equal(("new", tag is null ? "new" : "other"), ((await bench.GetAsync("/a")).Body, (await bench.GetAsync("/b")).Body));
    }

    [Fact]
    public async Task WhatAnInvalidationMeansOnDisk_IsNotServed_AndCountedWhereItWasInMemory()
    {
        var bench = Bench();
        await bench.GetAsync("/a");
        await _disk.Store.DrainAsync();
        var tally = new InvalidationTally();
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a") { Tally = tally });
        foreach (var stored in bench.Cache.Storage.Objects)
            bench.Cache.DropIfInvalidated(stored);
        Assert.Equal((0, 1L), (bench.Cache.Storage.Count, tally.Objects));

        bench.OriginSays(Ok("new"));

        Assert.Equal(("new", 1L), ((await bench.GetAsync("/a")).Body, tally.Objects));
    }

    [Fact]
    public async Task LookAtWhatIsOnDisk_SaysSo_AndLeavesItThere()
    {
        var origin = new LargeOrigin(3 * Slice);
        var before = Bench(origin.Answer);
        await before.GetAsync("/large");
        before.OriginSays(Ok("hello", ("Cache-Control", "max-age=100")));
        await before.GetAsync("/small");

        var bench = await NextProcessAsync();
        var (small, large, none) = (await LookAsync(bench, "/small"), await LookAsync(bench, "/large"), await LookAsync(bench, "/none"));

        Assert.True(small is { IsOnDisk: true, Answers: true, Stored.Length: 5 });
        Assert.True(large is { IsOnDisk: true, Answers: true, Stored.Slices.Length: 3 * Slice });
        Assert.True(large.Stored!.Slices!.MayHave(2 * Slice));
        Assert.Null(none.Stored);
        Assert.Equal((0, 0), (bench.Cache.Storage.Count, bench.Fetches));
        bench.Cache.Invalidate(new InvalidationRule("E1", "/small"));
        Assert.False((await LookAsync(bench, "/small")).IsUsable);
    }

    private static ValueTask<CacheLook> LookAsync(CacheBench bench, string path)
    {
        var request = bench.Request(path);
        return bench.Cache.LookAsync(new string(CacheKey.For(request).Text), request);
    }

    [Fact]
    public async Task Change_HoldsAfterTheNextStart()
    {
        var before = Bench();
        before.OriginSays(Ok("old"));
        await before.GetAsync("/a");
        await before.GetAsync("/b");
        before.Cache.NoteChange(ObjectName.Of(before.Request("/a", "POST")));

        var bench = await NextProcessAsync();
        bench.OriginSays(Ok("new"));
        Assert.Equal(("new", "old"), ((await bench.GetAsync("/a")).Body, (await bench.GetAsync("/b")).Body));

        var next = await NextProcessAsync();
        Assert.Equal(("new", "old", 0), ((await next.GetAsync("/a")).Body, (await next.GetAsync("/b")).Body, next.Fetches));
        next.Cache.Invalidate(new InvalidationRule("E1", "/a"))!();
        Assert.Equal(("hello", "old", 1), ((await next.GetAsync("/a")).Body, (await next.GetAsync("/b")).Body, next.Fetches));
    }

    [Fact]
    public async Task Variants_AreFoundAfterTheNextStart()
    {
        var byTheRfc = EdgeCacheOptions.Default with { HttpCaching = HttpCachingRules.Rfc9111 };
        var policy = ManagedPolicies.FindOriginRequestPolicy("AllViewer")! with { Cookies = ItemSet.None };
        CacheBench Process() => new(_disk.Time, _disk.Store, options: byTheRfc)
        {
            OriginRequestPolicy = policy,
            Origin = (asked, _) => ValueTask.FromResult(Ok(asked.Request.Headers.Get("foo")!, ("Vary", "Foo"))),
        };
        var before = Process();
        await before.GetAsync("/a", "GET", ("Foo", "1"));
        await before.GetAsync("/a", "GET", ("Foo", "2"));
        await _disk.KillAsync();
        _disk.Restart();

        var bench = Process();
        foreach (var value in (string[])["2", "1", "2"])
            Assert.Equal((value, ResultType.Hit), Said(await bench.GetAsync("/a", "GET", ("Foo", value))));
        Assert.Equal(("3", ResultType.Miss), Said(await bench.GetAsync("/a", "GET", ("Foo", "3"))));

        // What they vary on is invalidated with them.
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a"))!();
        await _disk.KillAsync();
        _disk.Restart();
        bench = Process();
        Assert.Equal(("1", ResultType.Miss), Said(await bench.GetAsync("/a", "GET", ("Foo", "1"))));
        Assert.Equal(("2", ResultType.Miss), Said(await bench.GetAsync("/a", "GET", ("Foo", "2"))));
        Assert.Equal(("1", ResultType.Hit), Said(await bench.GetAsync("/a", "GET", ("Foo", "1"))));

        static (string, ResultType) Said(Reply reply) => (reply.Body, reply.ResultType);
    }

    [Fact]
    public async Task InvalidatedObject_IsReadFromDiskOnce()
    {
        var before = Bench();
        before.OriginSays(Ok("old"));
        await before.GetAsync("/a");
        before.Cache.Invalidate(InvalidationRule.Everything)!();

        var bench = await NextProcessAsync();
        bench.Policy = bench.Policy with { MinTtl = TimeSpan.Zero };
        bench.OriginSays(Ok("new", ("Cache-Control", "no-store")));
        await bench.GetAsync("/a");

        Assert.Equal((0, 0), (bench.Cache.Storage.Count, _disk.Store.Count));
    }

    [Fact]
    public async Task FillThatBeganBeforeAnInvalidation_IsNotServedAfterIt_NorAfterTheNextStart()
    {
        var stream = new ScriptedStream().Send("ol");
        var before = Bench((_, _) => ValueTask.FromResult(Streams(stream, 3)));
        var answer = await before.SendAsync(before.Request("/a"), TestContext.Current.CancellationToken);
        before.Cache.Invalidate(new InvalidationRule("E1", "/a"))!();
        stream.Send("d").Finish();
        Assert.Equal("old", await ReadBodyAsync(answer.Response.Body));
        before.OriginSays(Ok("new"));
        Assert.Equal("new", (await before.GetAsync("/a")).Body);

        var bench = await NextProcessAsync();
        bench.OriginSays(Ok("newest"));

        Assert.Equal("new", (await bench.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task ErrorPages_AreNotKept()
    {
        var before = Bench((_, _) => ValueTask.FromResult(Status(404, "none")));
        await before.GetAsync("/a");

        var bench = await NextProcessAsync();

        Assert.Equal(200, (await bench.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task ConfirmationWithAnotherTag_IsWrittenHoweverShortItIs()
    {
        var before = Bench();
        before.CacheTagHeader = "X-Tag";
        before.Policy = before.Policy with { MinTtl = TimeSpan.Zero };
        before.OriginSays(Ok("hello", ("Cache-Control", "max-age=5"), ("ETag", "\"v\""), ("X-Tag", "one")));
        await before.GetAsync("/a");
        before.Time.AdvanceSeconds(6);
        before.OriginSays(Status(304, "", ("Cache-Control", "max-age=5"), ("X-Tag", "two")));
        await before.GetAsync("/a");
        before.Cache.Invalidate(new InvalidationRule("E1", null, "two"))!();

        var bench = await NextProcessAsync((_, _) => ValueTask.FromResult(Unreachable()));
        bench.Time.AdvanceSeconds(6);

        Assert.Equal(502, (await bench.GetAsync("/a")).Status); // the stale one does not stand in: it was invalidated
    }

    [Fact]
    public async Task WhatMemoryHasLetGo_IsOnDisk()
    {
        var bench = Bench(options: new EdgeCacheOptions { MemoryBudget = 100_000 });
        bench.Origin = (asked, _) => ValueTask.FromResult(Ok(asked.Request.Uri + new string('x', 10_000)));
        for (var i = 0; i < 50; i++)
            await bench.GetAsync($"/{i}");
        Assert.InRange(bench.Cache.Storage.Count, 1, 10);

        for (var i = 0; i < 50; i++)
            Assert.StartsWith($"/{i}x", (await bench.GetAsync($"/{i}")).Body, StringComparison.Ordinal);

        Assert.Equal(50, bench.Fetches);
    }

    [Fact]
    public async Task LargeObject_IsServedFromItsSlices_AndWhatIsMissingIsAskedFor()
    {
        var origin = new LargeOrigin(5 * Slice + 100);
        var before = Bench(origin.Answer);
        var middle = await before.GetAsync("/a", "GET", ("Range", $"bytes={Slice}-{3 * Slice - 1}"));
        Assert.Equal(origin.Text[Slice..(3 * Slice)], middle.Body);

        var bench = await NextProcessAsync(origin.Answer);
        var part = await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice + 5}-{2 * Slice + 5}"));

        Assert.Equal((206, origin.Text[(Slice + 5)..(2 * Slice + 6)], ResultType.Hit, 0), (part.Status, part.Body, part.ResultType, bench.Fetches));
        Assert.Equal(origin.Text, (await bench.GetAsync("/a")).Body);
        Assert.Equal(2, bench.Fetches);              // what is before, and what is behind
        var next = await NextProcessAsync(origin.Answer);
        Assert.Equal((origin.Text, 0), ((await next.GetAsync("/a")).Body, next.Fetches));
    }

    [Fact]
    public async Task LargeObjectThatChangedMeanwhile_IsNotMixed()
    {
        var before = Bench(new LargeOrigin(5 * Slice).Answer);
        await before.GetAsync("/a", "GET", ("Range", $"bytes=0-{Slice - 1}"));

        var changed = new LargeOrigin(5 * Slice);
        changed.Change();
        var bench = await NextProcessAsync(changed.Answer);

        Assert.Equal(changed.Text[Slice..(2 * Slice)], (await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice}-{2 * Slice - 1}"))).Body);
        Assert.Equal(changed.Text[..10], (await bench.GetAsync("/a", "GET", ("Range", "bytes=0-9"))).Body);
    }

    [Fact]
    public async Task LargeObjectBeyondMemory_IsReadFromDiskWhileItIsReadAgain()
    {
        var origin = new LargeOrigin(6 * Slice);
        var bench = Bench(origin.Answer, new EdgeCacheOptions { MemoryBudget = 2 * Slice + 200_000 });
        Assert.Equal(origin.Text, (await bench.GetAsync("/a")).Body);
        await _disk.Store.DrainAsync();

        Assert.Equal(origin.Text, (await bench.GetAsync("/a")).Body);

        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task TwoTiers_ShareWhatComesFromDisk()
    {
        var before = Bench();
        before.OriginSays(Ok("hello"));
        await before.GetAsync("/a");
        await _disk.KillAsync();
        _disk.Restart();
        var region = Bench();
        var edge = new CacheBench(_disk.Time, disk: null);
        edge.Origin = async (asked, ct) => (await region.SendAsync(asked, ct)).ToFetchResult(CacheLayer.Region);

        var hit = await edge.GetAsync("/a");

        Assert.Equal(("hello", ResultType.Hit, 0), (hit.Body, hit.ResultType, region.Fetches));
        Assert.Equal((1, 1), (edge.Cache.Storage.Count, region.Cache.Storage.Count));
    }
}
