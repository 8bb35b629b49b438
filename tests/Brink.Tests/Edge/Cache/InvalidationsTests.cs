using Brink.Edge.Cache;
using Brink.Edge.Cache.Operating;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Invalidation;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

/// <summary>Invalidation by rule and revision (distribution spec 3.14).</summary>
public sealed class InvalidationsTests
{
    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/a", "/A", false)]
    [InlineData("/a*", "/a", true)]
    [InlineData("/a*", "/a/b", true)]
    [InlineData("/a*", "/a?x=1", true)]
    [InlineData("/a/*", "/a", false)]
    [InlineData("/a/*", "/a/", true)]
    [InlineData("/*", "/anything", true)]
    [InlineData("/a", "/a?x=1", false)]
    [InlineData("/a?x=1", "/a?x=1", true)]
    [InlineData("/a*b", "/axb", false)]
    public async Task Path_MeansWhatItMatches(string path, string asked, bool means)
    {
        var bench = new CacheBench(WithQueries);
        await bench.GetAsync(asked);
        bench.Cache.Invalidate(new InvalidationRule("E1", path));

        Assert.Equal(means ? ResultType.Miss : ResultType.Hit, (await bench.GetAsync(asked)).ResultType);
    }

    [Fact]
    public async Task Query_CountsOnlyWhereItIsInTheKey()
    {
        var bench = new CacheBench();                               // CachingOptimized: no query in the key
        await bench.GetAsync("/a?x=1");
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a"));

        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a?x=2")).ResultType);
    }

    [Theory]
    [InlineData("/a?x=1", ResultType.Miss)]                         // the query that is in the key
    [InlineData("/a?utm=1&x=1", ResultType.Miss)]                   // the query as the first viewer sent it
    [InlineData("/a?x=2", ResultType.Hit)]
    public async Task QueryThatIsPartlyInTheKey_IsMeantByThatPart(string path, ResultType expected)
    {
        var bench = new CacheBench(WithQueries with { QueryStrings = new ItemSet(ItemSelection.Whitelist, ["x"]) });
        await bench.GetAsync("/a?utm=1&x=1");
        bench.Cache.Invalidate(new InvalidationRule("E1", path));

        Assert.Equal(expected, (await bench.GetAsync("/a?x=1&y=2")).ResultType);
    }

    [Fact]
    public async Task RulesOfOneDistribution_LeaveOthersAlone()
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");
        for (var i = 0; i < 10_000; i++)
            bench.Cache.Invalidate(new InvalidationRule("E2", $"/{i}"));
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a")).ResultType);
    }

    [Fact]
    public async Task TagsThatAnObjectGetsWhenItIsRefreshed_AreItsTags()
    {
        var bench = new CacheBench { CacheTagHeader = "X-Tags" };
        bench.OriginSays(CacheBench.Ok("hello", ("X-Tags", "old"), ("ETag", "\"v1\""), ("Cache-Control", "max-age=10")));
        await bench.GetAsync("/a");
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        bench.OriginSays(CacheBench.Status(304, "", ("X-Tags", "new"), ("ETag", "\"v1\""), ("Cache-Control", "max-age=100")));
        Assert.Equal(ResultType.RefreshHit, (await bench.GetAsync("/a")).ResultType);

        bench.Cache.Invalidate(new InvalidationRule(Tag: "old"));
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a")).ResultType);
        bench.Cache.Invalidate(new InvalidationRule(Tag: "new"));
        bench.OriginSays(CacheBench.Ok("again"));
        Assert.Equal("again", (await bench.GetAsync("/a")).Body);
    }

    [Theory]
    [InlineData("/shown", ResultType.Miss)]
    [InlineData("/rewritten", ResultType.Miss)]
    [InlineData("/other", ResultType.Hit)]
    public async Task Path_IsTheViewersOrTheRewrittenOne(string path, ResultType expected)
    {
        var bench = new CacheBench();
        var request = bench.Request("/shown");
        request.Request.Uri = "/rewritten";
        await CacheBench.ReadAsync(await bench.SendAsync(request, TestContext.Current.CancellationToken));
        bench.Cache.Invalidate(new InvalidationRule("E1", path));

        var again = bench.Request("/shown");
        again.Request.Uri = "/rewritten";
        Assert.Equal(expected, (await bench.SendAsync(again, TestContext.Current.CancellationToken)).ResultType);
    }

    // Rewritten from another path, an object is there since other viewers asked for it so.
    [Theory]
    [InlineData("/shown", true)]
    [InlineData("/sho*", true)]
    [InlineData("/first", true)]
    [InlineData("/other", false)]
    [InlineData("/other*", false)]
    public async Task Path_IsTheOneOfTheViewerWhoAsksNow(string path, bool means)
    {
        var bench = new CacheBench();
        await RewrittenAsync(bench, "/first");
        Assert.Equal(ResultType.Hit, await RewrittenAsync(bench, "/shown"));
        var tally = new InvalidationTally();
        bench.Cache.Invalidate(new InvalidationRule("E1", path) { Tally = tally });

        Assert.Equal(means ? ResultType.Miss : ResultType.Hit, await RewrittenAsync(bench, "/shown"));
        Assert.Equal(ResultType.Hit, await RewrittenAsync(bench, "/shown"));
        Assert.Equal(ResultType.Hit, await RewrittenAsync(bench, "/first"));
        Assert.Equal(means ? 1 : 0, tally.Objects);
    }

    [Theory]
    [InlineData("E2", null, ResultType.Hit)]
    [InlineData("E1", null, ResultType.Miss)]
    [InlineData(null, "news", ResultType.Miss)]
    [InlineData(null, "NEWS", ResultType.Miss)]
    [InlineData(null, "front", ResultType.Miss)]
    [InlineData(null, "new", ResultType.Hit)]
    [InlineData("E2", "news", ResultType.Hit)]
    public async Task DistributionAndTag_NarrowTheChoice(string? distribution, string? tag, ResultType expected)
    {
        var bench = new CacheBench { CacheTagHeader = "X-Tags" };
        bench.OriginSays(CacheBench.Ok("hello", ("X-Tags", "news, front")));
        await bench.GetAsync("/a");
        bench.Cache.Invalidate(new InvalidationRule(distribution, Tag: tag));

        Assert.Equal(expected, (await bench.GetAsync("/a")).ResultType);
    }

    [Fact]
    public async Task ObjectThatIsMeant_IsCountedOnce()
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");
        await bench.GetAsync("/b");
        var (path, everything) = (new InvalidationTally(), new InvalidationTally());
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a") { Tally = path });
        Assert.Equal(0, path.Objects);
        await bench.GetAsync("/a", "HEAD");                         // stores nothing in its place
        await bench.GetAsync("/a");
        await bench.GetAsync("/a");
        bench.Cache.Invalidate(new InvalidationRule("E1") { Tally = everything });
        await bench.GetAsync("/a");
        await bench.GetAsync("/b");

        Assert.Equal((1, 2), (path.Objects, everything.Objects));
    }

    [Fact]
    public async Task ErrorsThatAreStored_AreMeantToo()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Status(404, "no"));
        await bench.GetAsync("/a");
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a"));
        bench.OriginSays(CacheBench.Ok("yes"));

        Assert.Equal("yes", (await bench.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task WhatIsOnItsWay_IsMeant_AndTheRequestUnderWayHasIt()
    {
        var bench = new CacheBench();
        var slow = new ScriptedStream();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(slow, null));
        var arriving = await bench.SendAsync(bench.Request("/a"), TestContext.Current.CancellationToken);
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a"));
        bench.OriginSays(CacheBench.Ok("new"));

        Assert.Equal("new", (await bench.GetAsync("/a")).Body);
        slow.Send("old").Finish();
        Assert.Equal("old", await CacheBench.ReadBodyAsync(arriving.Response.Body));
        Assert.Equal(("new", ResultType.Hit), ((await bench.GetAsync("/a")).Body, (await bench.GetAsync("/a")).ResultType));
    }

    [Fact]
    public async Task LaterObject_IsNotMeantByEarlierRules()
    {
        var bench = new CacheBench();
        bench.Cache.Invalidate(new InvalidationRule("E1", "/*"));
        await bench.GetAsync("/a");
        bench.Cache.Invalidate(new InvalidationRule("E1", "/b"));

        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a")).ResultType);
        Assert.Equal(1, bench.Cache.Storage.Count);
    }

    // What is asked for once more than there is room for rules may be invalidated without need, and is never served without right.
    [Fact]
    public void TooManyRules_AreShortened_OnTheSafeSide()
    {
        var invalidations = new Invalidations(maxRules: 10);
        var early = Item(invalidations.Revision, "/early");
        for (var i = 0; i < 8; i++)
            invalidations.Add(new InvalidationRule("E1", $"/{i}"));
        Assert.False(invalidations.Cover(early));
        var middle = Item(invalidations.Revision, "/middle");
        for (var i = 8; i < 12; i++)
            invalidations.Add(new InvalidationRule("E1", $"/{i}"));

        Assert.True(invalidations.Cover(Item(0, "/early")));
        Assert.True(invalidations.Cover(Item(2, "/11")));
        Assert.False(invalidations.Cover(middle));
        Assert.False(invalidations.Cover(Item(invalidations.Revision, "/11")));
    }

    [Fact]
    public void PathAndTagThatComeAgain_TakeTheEarlierOnesPlace()
    {
        var invalidations = new Invalidations();
        for (var i = 0; i < 100; i++)
            invalidations.Add(new InvalidationRule("E1", "/a"), new InvalidationRule("E1", Tag: i % 2 == 0 ? "tag" : "TAG"));
        invalidations.Add(new InvalidationRule("E1", "/b"));

        Assert.Equal([199, 200, 201], invalidations.ToKeep().Rules.Select(each => each.Revision));
        Assert.True(invalidations.Cover(Item(198, "/a")));
        Assert.False(invalidations.Cover(Item(199, "/a")));
    }

    [Fact]
    public async Task WhatIsMeant_IsDroppedAndCounted_InEachTier()
    {
        var bench = new CacheBench();
        var tiers = new CacheTiers(EdgeCacheOptions.Default, 2, bench.Time);
        var operations = new CacheOperations(tiers, bench.Time);
        for (var i = 0; i < 3000; i++)
        {
            var request = bench.Request($"/{i % 3}/{i}");
            await tiers.Edge.GetOrFetchAsync(
                CacheKey.For(request), request,
                async (asked, ct) => (await tiers.Region!.GetOrFetchAsync(CacheKey.For(asked), asked, bench.Origin, ct)).ToFetchResult(CacheLayer.Region), TestContext.Current.CancellationToken);
        }

        var accepted = operations.Invalidate("E1", [InvalidationItem.Read("/1/*", out _)!, InvalidationItem.Read("/2/2", out _)!], "test");
        await operations.Settled;

        Assert.Equal([(1L, 2000L, true), (2L, 2L, true)], accepted.Select(each => (each.Number, each.ObjectsFound, each.IsCompleted)));
        Assert.Equal((1999, 1999), (tiers.Edge.Storage.Count, tiers.Region!.Storage.Count));
    }

    private static async Task<ResultType> RewrittenAsync(CacheBench bench, string shown)
    {
        var request = bench.Request(shown);
        request.Request.Uri = "/rewritten";
        var answer = await bench.SendAsync(request, TestContext.Current.CancellationToken);
        await CacheBench.ReadAsync(answer);
        return answer.ResultType;
    }

    private static CachePolicy WithQueries { get; } = ManagedPolicies.FindCachePolicy("CachingOptimized")! with
    {
        QueryStrings = new ItemSet(ItemSelection.All, []),
    };

    private static CachedObject Item(long revision, string path) => new(
        ObjectHead.From(
            path, new ObjectName("E1", path, path, []), revision, new EdgeResponse(), 200, new Freshness(TimeSpan.FromDays(1), null, null, TimeSpan.FromDays(1), false), 0, TimeSpan.Zero, false, null),
        BodySlices.Empty);
}
