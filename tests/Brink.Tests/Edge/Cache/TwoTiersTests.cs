using System.Globalization;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Policies;
using static Brink.Tests.Edge.Cache.CacheBench;

namespace Brink.Tests.Edge.Cache;

/// <summary>Two caches in a row, as an edge location and a regional edge cache are: the first one's fetch asks the second, whose fetch asks the origin.</summary>
public sealed class TwoTiersTests
{
    private static readonly CancellationToken Ct = CancellationToken.None;

    [Fact]
    public async Task Miss_IsStoredOnBothTiers()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=100")));

        var first = await tiers.Edge.GetAsync("/a");
        tiers.Edge.Time.Advance(TimeSpan.FromSeconds(7));
        tiers.Region.Time.Advance(TimeSpan.FromSeconds(7));
        var second = await tiers.Edge.GetAsync("/a");

        Assert.Equal(("hello", ResultType.Miss, null), (first.Body, first.ResultType, first.Age));
        Assert.Equal(("hello", ResultType.Hit, 7), (second.Body, second.ResultType, second.Age));
        Assert.Equal((1, 1), (tiers.Edge.Fetches, tiers.Region.Fetches));
        Assert.Equal((1, 1), (tiers.Edge.Cache.Storage.Count, tiers.Region.Cache.Storage.Count));
    }

    [Fact]
    public async Task ObjectOfTheRegion_KeepsItsAge()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=100")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(60);
        tiers.Edge.Cache.Invalidate(InvalidationRule.Everything);

        var fromRegion = await tiers.Edge.GetAsync("/a");
        tiers.Advance(30);
        var hit = await tiers.Edge.GetAsync("/a");
        tiers.Advance(20);
        var expired = await tiers.Edge.GetAsync("/a");

        Assert.Equal((ResultType.Hit, "60"), (fromRegion.ResultType, fromRegion.Headers.Get("Age"))); // a hit of the region is one (spec 1.2)
        Assert.Equal((ResultType.Hit, 90), (hit.ResultType, hit.Age));
        Assert.Equal(ResultType.Miss, expired.ResultType);          // after 110 s on both tiers, not after 160 s
        Assert.Equal(2, tiers.Region.Fetches);
    }

    [Theory]
    [InlineData("ETag", "\"v1\"", HttpCachingRules.CloudFront)]
    [InlineData("ETag", "\"v1\"", HttpCachingRules.Rfc9111)]
    [InlineData("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT", HttpCachingRules.CloudFront)]
    [InlineData("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT", HttpCachingRules.Rfc9111)]
    public async Task StaleOnTheEdge_FreshInTheRegion_IsRevalidatedThere(string validator, string value, HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=10"), (validator, value)));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        await tiers.RegionGetAsync("/a");                           // another edge has it refreshed
        Assert.Equal(2, tiers.Region.Fetches);

        var refreshed = await tiers.Edge.GetAsync("/a");

        Assert.Equal(("hello", ResultType.RefreshHit), (refreshed.Body, refreshed.ResultType));
        Assert.Equal((2, 2), (tiers.Edge.Fetches, tiers.Region.Fetches));
        Assert.Equal(ResultType.Hit, (await tiers.Edge.GetAsync("/a")).ResultType);
    }

    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task StaleOnBoth_IsRevalidatedAtTheOrigin_AndNoBodyMoves(HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        tiers.Region.Origin = (asked, _) => ValueTask.FromResult(
            asked.Revalidation?.ETag == "\"v1\"" ? Status(304, "", ("ETag", "\"v1\""), ("Cache-Control", "max-age=10")) : Ok("whole"));

        var refreshed = await tiers.Edge.GetAsync("/a");

        Assert.Equal(("hello", ResultType.RefreshHit), (refreshed.Body, refreshed.ResultType));
        Assert.Equal(304, tiers.LastFromRegion.Response.StatusCode);
        Assert.Equal("\"v1\"", tiers.Region.LastAsked!.Revalidation!.ETag);
    }

    [Fact]
    public async Task ObjectThatChanged_ReplacesBothCopies()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("old", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        tiers.Region.OriginSays(Ok("new", ("Cache-Control", "max-age=10"), ("ETag", "\"v2\"")));

        Assert.Equal("new", (await tiers.Edge.GetAsync("/a")).Body);
        Assert.Equal(("new", ResultType.Hit), ((await tiers.Edge.GetAsync("/a")).Body, (await tiers.RegionGetAsync("/a")).ResultType));
    }

    // The region has nothing: it asks for the whole, so that it has it for others, and the edge's validators go no further.
    [Fact]
    public async Task EdgeRevalidates_WhatTheRegionHasForgotten()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        tiers.Region.Cache.Invalidate(InvalidationRule.Everything);

        var refreshed = await tiers.Edge.GetAsync("/a");

        Assert.Null(tiers.Region.LastAsked!.Revalidation);
        Assert.Equal("hello", refreshed.Body);
        Assert.Equal(ResultType.Hit, (await tiers.RegionGetAsync("/a")).ResultType);
    }

    // The edge's copy is v1, the origin's v2, and so is the viewer's: 304 says nothing of the edge's copy then.
    [Theory]
    [InlineData("\"v2\"", true)]
    [InlineData("*", true)]
    [InlineData("\"v2\"", false)]
    public async Task ConditionOfAViewer_DoesNotConfirmTheEdgesCopy(string condition, bool regionHasForgotten)
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("old", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        if (regionHasForgotten)
            tiers.Region.Cache.Invalidate(InvalidationRule.Everything);
        tiers.Region.Origin = (asked, _) => ValueTask.FromResult(
            asked.Request.Headers.Contains("if-none-match") ? Status(304, "") : Ok("new", ("Cache-Control", "max-age=10"), ("ETag", "\"v2\"")));

        await tiers.Edge.GetAsync("/a", "GET", ("If-None-Match", condition));

        Assert.Equal("new", (await tiers.Edge.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task VaryOnEverything_IsAskedAboutOnBothTiers()
    {
        var policy = ManagedPolicies.FindCachePolicy("CachingOptimized")! with { MinTtl = TimeSpan.Zero };
        var tiers = new Tiers(policy);
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=60"), ("Vary", "*")));

        await tiers.Edge.GetAsync("/a");
        await tiers.Edge.GetAsync("/a");
        await tiers.Edge.GetAsync("/a");

        Assert.Equal((3, 3), (tiers.Edge.Fetches, tiers.Region.Fetches));
    }

    [Fact]
    public async Task ConditionOfAViewer_IsAnsweredByEitherTier()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=100"), ("ETag", "\"v1\"")));
        await tiers.RegionGetAsync("/a");

        var byRegion = await tiers.Edge.GetAsync("/a", "GET", ("If-None-Match", "\"v1\""));
        await tiers.Edge.GetAsync("/a");
        var byEdge = await tiers.Edge.GetAsync("/a", "GET", ("If-None-Match", "\"v1\""));
        var other = await tiers.Edge.GetAsync("/a", "GET", ("If-None-Match", "\"v0\""));

        Assert.Equal((304, 304, 200), (byRegion.Status, byEdge.Status, other.Status));
        Assert.Equal(1, tiers.Region.Fetches);
    }

    [Fact]
    public async Task LargeBody_StreamsThroughBothTiers_AsItArrives()
    {
        var tiers = new Tiers();
        var body = new ScriptedStream();
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(body, null, ("Cache-Control", "max-age=100")));
        var answer = await tiers.Edge.SendAsync(tiers.Edge.Request("/a"), Ct);
        Assert.Equal(200, answer.Response.StatusCode);              // the head is there before the body has begun
        var text = new string('x', 300_000);
        var reading = ReadBodyAsync(answer.Response.Body);
        body.Send(text).Send("end").Finish();

        Assert.Equal(text + "end", await reading);
        Assert.Equal(text + "end", (await tiers.Edge.GetAsync("/a")).Body);
        Assert.Equal(text + "end", (await tiers.RegionGetAsync("/a")).Body);
        Assert.Equal(1, tiers.Region.Fetches);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public async Task BodyThatIsThereAtOnce_IsAMiss_AndAsksTheOriginOnce(int? length)
    {
        var tiers = new Tiers();
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(new ScriptedStream().Send("one").Finish(), length, ("Cache-Control", "max-age=100")));

        var first = await tiers.Edge.GetAsync("/a");
        var second = await tiers.Edge.GetAsync("/a");

        Assert.Equal(("one", ResultType.Miss), (first.Body, first.ResultType));
        Assert.Equal(("one", ResultType.Hit), (second.Body, second.ResultType));
        Assert.Equal((1, 1), (tiers.Edge.Fetches, tiers.Region.Fetches));
    }

    [Fact]
    public async Task BodyThatIsStaleAtOnce_ReachesItsViewer()
    {
        var tiers = new Tiers(ManagedPolicies.FindCachePolicy("CachingOptimized")! with { MinTtl = TimeSpan.Zero });
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(new ScriptedStream().Send("one").Finish(), 3, ("Cache-Control", "max-age=0")));

        Assert.Equal("one", (await tiers.Edge.GetAsync("/a")).Body);
        Assert.Equal("one", (await tiers.Edge.GetAsync("/a")).Body);
        Assert.Equal(2, tiers.Region.Fetches);
    }

    [Fact]
    public async Task CookieThatTheRegionTookOut_IsToldByTheEdge()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=100"), ("Set-Cookie", "a=1")));

        Assert.True((await tiers.Edge.GetAsync("/a")).Answer.DroppedSetCookie);
        Assert.False((await tiers.Edge.GetAsync("/a")).Answer.DroppedSetCookie);
    }

    [Fact]
    public async Task BodyThatBreaksOff_IsStoredNowhere()
    {
        var tiers = new Tiers();
        var body = new ScriptedStream().Send("part");
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(body, 100, ("Cache-Control", "max-age=100")));
        var answer = await tiers.Edge.SendAsync(tiers.Edge.Request("/a"), Ct);
        body.Break();

        await Assert.ThrowsAsync<IOException>(() => ReadBodyAsync(answer.Response.Body));
        tiers.Region.OriginSays(Ok("whole"));
        Assert.Equal("whole", (await tiers.Edge.GetAsync("/a")).Body);
    }

    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task OriginThatFails_StaleIsServedByTheRegion_AndFailureIsTold(HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=10")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        tiers.Region.OriginSays(Unreachable());

        Assert.Equal("hello", (await tiers.Edge.GetAsync("/a")).Body);
        var never = await tiers.Edge.GetAsync("/never-seen");

        Assert.Equal((502, ResultType.Error), (never.Status, never.ResultType));
        Assert.Equal(OriginFailure.OriginConnectError, tiers.LastFromRegion.Failure);
    }

    [Fact]
    public async Task ManyMissesOnTheEdge_AskTheOriginOnce()
    {
        var tiers = new Tiers();
        var answer = new TaskCompletionSource<FetchResult>();
        tiers.Region.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);
        var asked = Enumerable.Range(0, 20).Select(_ => tiers.Edge.GetAsync("/a"))
            .Concat(Enumerable.Range(0, 20).Select(_ => tiers.RegionGetAsync("/a"))).ToList();
        answer.SetResult(Ok("hello", ("Cache-Control", "max-age=100")));

        Assert.All(await Task.WhenAll(asked), reply => Assert.Equal("hello", reply.Body));
        Assert.Equal((1, 1), (tiers.Edge.Fetches, tiers.Region.Fetches));
    }

    [Fact]
    public async Task RequestOfTheViewer_IsNotChangedByTheCaches()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok("hello", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        var request = tiers.Edge.Request("/a", "GET", ("If-None-Match", "\"v0\""));

        await ReadAsync(await tiers.Edge.SendAsync(request, Ct));

        Assert.Null(request.Revalidation);
        Assert.Equal("\"v0\"", request.Request.Headers.Get("If-None-Match"));
    }

    [Fact]
    public async Task Body_IsHeldOnce()
    {
        var tiers = new Tiers();
        tiers.Region.OriginSays(Ok(new string('x', 50_000), ("Cache-Control", "max-age=100")));
        await tiers.Edge.GetAsync("/small");
        var body = new ScriptedStream().Send(new string('y', 100_000)).Finish();
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(body, 100_000, ("Cache-Control", "max-age=100")));
        await tiers.Edge.GetAsync("/streams");
        tiers.Region.OriginSays(Ok(new string('z', 10), ("Cache-Control", "max-age=100")));
        await tiers.RegionGetAsync("/first-there");
        await tiers.Edge.GetAsync("/first-there");

        foreach (var path in (string[])["/small", "/streams", "/first-there"])
            Assert.Same(Found(tiers.Region, path).Body, Found(tiers.Edge, path).Body);
    }

    [Fact]
    public async Task LargeObject_HasItsSlicesOnce_AndPartsOfItToo()
    {
        const int length = 3 * SliceSet.SliceSize;
        var tiers = new Tiers();
        tiers.Region.Origin = (asked, _) => ValueTask.FromResult(
            asked.Request.Headers.Get("range") is { } range ? Part(range, length) : Streams(new ScriptedStream().Send(new byte[length]).Finish(), length, ("ETag", "\"v\"")));

        await tiers.Edge.GetAsync("/whole");
        var part = await tiers.Edge.GetAsync("/part", "GET", ("Range", "bytes=5-9"));
        var other = await tiers.Edge.GetAsync("/part", "GET", ("Range", $"bytes={SliceSet.SliceSize}-"));
        var again = await tiers.RegionGetAsync("/part");

        Assert.Equal((206, 5, 2 * SliceSet.SliceSize, length), (part.Status, part.Body.Length, other.Body.Length, again.Body.Length));
        Assert.All((string[])["/whole", "/part"], path => Assert.Same(Found(tiers.Region, path).Slices, Found(tiers.Edge, path).Slices));
        Assert.Equal((2, 2 + 2 * 3), (tiers.Edge.Cache.Storage.Count, tiers.Region.Cache.Storage.Count));
        Assert.Equal(3, tiers.Region.Fetches);                      // the whole, the first slice, the other two
    }

    // One refresh of each tier, and the viewer waits for neither.
    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task StaleWhileRevalidate_AnswersAtOnce_AndAsksTheOriginOnceInTheBackground(HttpCachingRules rules)
    {
        var tiers = new Tiers(NoMinTtl, rules);
        tiers.Region.OriginSays(Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(11);
        var answer = new TaskCompletionSource<FetchResult>();
        tiers.Region.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);

        for (var i = 0; i < 5; i++)
            Assert.Equal(("old", ResultType.Hit), BodyAndType(await tiers.Edge.GetAsync("/a")));
        Assert.Equal(2, tiers.Region.Fetches);
        answer.SetResult(Ok("new", ("Cache-Control", "max-age=10"), ("ETag", "\"v2\"")));
        while (tiers.Region.Cache.FetchesUnderWay + tiers.Edge.Cache.FetchesUnderWay > 0)
            await Task.Yield();

        Assert.Equal(("new", ResultType.Hit), BodyAndType(await tiers.RegionGetAsync("/a")));
        while ((await tiers.Edge.GetAsync("/a")).Body == "old")     // the edge had got the region's, and asks once more
            await Task.Yield();
        Assert.Equal(2, tiers.Region.Fetches);
    }

    // Both tiers keep it, and the origin confirms what the region has, the region what the edge has.
    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task NoCache_IsConfirmedByTheOriginThroughBothTiers(HttpCachingRules rules)
    {
        var tiers = new Tiers(NoMinTtl, rules);
        tiers.Region.OriginSays(Ok("v1", ("Cache-Control", "no-cache"), ("ETag", "\"v1\"")));
        await tiers.Edge.GetAsync("/a");
        tiers.Region.OriginSays(Status(304, "", ("Cache-Control", "no-cache"), ("ETag", "\"v1\"")));

        Assert.Equal(("v1", ResultType.RefreshHit), BodyAndType(await tiers.Edge.GetAsync("/a")));
        Assert.Equal("\"v1\"", tiers.Region.LastAsked!.Revalidation!.ETag);
        Assert.Equal(2, tiers.Region.Fetches);

        tiers.Region.OriginSays(Ok("v2", ("Cache-Control", "no-cache"), ("ETag", "\"v2\"")));
        Assert.Equal(("v2", ResultType.Miss), BodyAndType(await tiers.Edge.GetAsync("/a")));
        tiers.Region.OriginSays(Unreachable());
        Assert.Equal(502, (await tiers.Edge.GetAsync("/a")).Status);
    }

    // An answer that has expired on its way has less of its window left.
    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task StaleWhileRevalidate_HasOneWindow_HoweverManyTiers(HttpCachingRules rules)
    {
        var tiers = new Tiers(NoMinTtl, rules);
        tiers.Region.OriginSays(Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30")));
        await tiers.RegionGetAsync("/a");
        tiers.Advance(35);
        tiers.Region.Origin = (_, _) => new ValueTask<FetchResult>(new TaskCompletionSource<FetchResult>().Task);
        Assert.Equal("old", (await tiers.Edge.GetAsync("/a")).Body);

        var onTheEdge = Found(tiers.Edge, "/a").Head.Freshness;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(5)), (onTheEdge.Lifetime, onTheEdge.StaleWhileRevalidate));
    }

    // Kept on each tier, an error is as old on the edge as it is in the region only where the origin says how long.
    [Theory]
    [InlineData(503, "", 10, HttpCachingRules.CloudFront)]
    [InlineData(503, "", 10, HttpCachingRules.Rfc9111)]
    [InlineData(404, "max-age=60", 60, HttpCachingRules.CloudFront)]
    [InlineData(404, "max-age=60", 60, HttpCachingRules.Rfc9111)]
    public async Task Error_IsKeptOnBothTiers_AndAskedOnce(int status, string cacheControl, int seconds, HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginSays(Status(status, "no", ("Cache-Control", cacheControl)));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(seconds - 1);

        var hit = await tiers.Edge.GetAsync("/a");
        var inTheRegion = await tiers.RegionGetAsync("/a");
        Assert.Equal((status, ResultType.Error, status), (hit.Status, hit.ResultType, hit.OriginStatus));
        Assert.Equal((status, ResultType.Error), (inTheRegion.Status, inTheRegion.ResultType));
        Assert.Equal(1, tiers.Region.Fetches);
        tiers.Advance(1);
        await tiers.Edge.GetAsync("/a");
        Assert.Equal(2, tiers.Region.Fetches);
    }

    // The first viewer of a tier gets the cookie of no-cache="Set-Cookie"; what a tier has stored has none.
    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task SetCookie_OfNoCache_IsReplayedByNeitherTier(HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginRequestPolicy = tiers.Edge.OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer");
        tiers.Region.OriginSays(Ok("x", ("Cache-Control", "max-age=60, no-cache=\"Set-Cookie\""), ("Set-Cookie", "a=b")));

        Assert.Equal("a=b", (await tiers.Edge.GetAsync("/a")).Headers.Get("Set-Cookie"));
        Assert.Null((await tiers.Edge.GetAsync("/a")).Headers.Get("Set-Cookie"));
        Assert.Null((await tiers.RegionGetAsync("/a")).Headers.Get("Set-Cookie"));
    }

    // CloudFront's rules take it out where no cookies are sent, the RFC's replay it all the same.
    [Theory]
    [InlineData(true, HttpCachingRules.CloudFront, "a=b")]
    [InlineData(false, HttpCachingRules.CloudFront, null)]
    [InlineData(true, HttpCachingRules.Rfc9111, "a=b")]
    [InlineData(false, HttpCachingRules.Rfc9111, "a=b")]
    public async Task SetCookie_IsReplayedByBothTiers_OrByNeither(bool sendsCookies, HttpCachingRules rules, string? expected)
    {
        var tiers = new Tiers(rules: rules);
        if (sendsCookies)
            tiers.Region.OriginRequestPolicy = tiers.Edge.OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer");
        tiers.Region.OriginSays(Ok("x", ("Cache-Control", "max-age=60"), ("Set-Cookie", "a=b")));

        Assert.Equal(expected, (await tiers.Edge.GetAsync("/a")).Headers.Get("Set-Cookie"));
        Assert.Equal(expected, (await tiers.Edge.GetAsync("/a")).Headers.Get("Set-Cookie"));
        Assert.Equal(expected, (await tiers.RegionGetAsync("/a")).Headers.Get("Set-Cookie"));
    }

    // stale-if-error bounds it, wherever the copy is.
    [Theory]
    [InlineData("max-age=10, stale-if-error=20", 29, 200)]
    [InlineData("max-age=10, stale-if-error=20", 30, 502)]
    [InlineData("max-age=10, must-revalidate", 11, 502)]
    [InlineData("max-age=10", 1000, 200)]
    public async Task StaleIfError_HasOneWindow_HoweverManyTiers(string cacheControl, int seconds, int status)
    {
        foreach (var rules in Enum.GetValues<HttpCachingRules>())
        {
            var tiers = new Tiers(NoMinTtl, rules);
            tiers.Region.OriginSays(Ok("old", ("Cache-Control", cacheControl)));
            await tiers.Edge.GetAsync("/a");
            tiers.Advance(9);
            await tiers.RegionGetAsync("/a");
            tiers.Region.OriginSays(Unreachable());
            tiers.Advance(seconds - 9);

            Assert.Equal(status, (await tiers.Edge.GetAsync("/a")).Status);
            Assert.Equal(status, (await tiers.Edge.GetAsync("/a")).Status);
            Assert.Equal(2, tiers.Region.Fetches);                  // ErrorCachingMinTTL: the origin is left alone, or its error is kept
        }
    }

    [Fact]
    public async Task Variants_AreKeptByBothTiers_AndEndWithAChangeOfTheirUri()
    {
        var tiers = new Tiers(rules: HttpCachingRules.Rfc9111);
        tiers.Edge.OriginRequestPolicy = tiers.Region.OriginRequestPolicy =
            ManagedPolicies.FindOriginRequestPolicy("AllViewer")! with { Cookies = ItemSet.None };
        tiers.Region.Origin = (asked, _) => ValueTask.FromResult(Ok(asked.Request.Headers.Get("foo")!, ("Vary", "Foo")));
        foreach (var type in (ResultType[])[ResultType.Miss, ResultType.Hit])
        {
            foreach (var value in (string[])["1", "2"])
                Assert.Equal((value, type), BodyAndType(await tiers.Edge.GetAsync("/a", "GET", ("Foo", value))));
        }
        Assert.Equal(("2", ResultType.Hit), BodyAndType(await tiers.Region.GetAsync("/a", "GET", ("Foo", "2"))));

        var changed = ObjectName.Of(tiers.Edge.Request("/a", "POST"));
        tiers.Region.Cache.NoteChange(changed);
        tiers.Edge.Cache.NoteChange(changed);

        foreach (var value in (string[])["1", "2"])
            Assert.Equal((value, ResultType.Miss), BodyAndType(await tiers.Edge.GetAsync("/a", "GET", ("Foo", value))));
        Assert.Equal(4, tiers.Region.Fetches);
    }

    // What the origin says of its age counts once, on whichever tier it is stored.
    [Theory]
    [InlineData(HttpCachingRules.CloudFront)]
    [InlineData(HttpCachingRules.Rfc9111)]
    public async Task AgeOfTheOrigin_CountsOnBothTiers(HttpCachingRules rules)
    {
        var tiers = new Tiers(rules: rules);
        tiers.Region.OriginSays(Ok("x", ("Cache-Control", "max-age=100"), ("Age", "40")));
        await tiers.Edge.GetAsync("/a");
        tiers.Advance(59);
        Assert.Equal((ResultType.Hit, 99), TypeAndAge(await tiers.Edge.GetAsync("/a")));
        Assert.Equal((ResultType.Hit, 99), TypeAndAge(await tiers.RegionGetAsync("/a")));
        tiers.Advance(1);
        Assert.Equal(ResultType.Miss, (await tiers.Edge.GetAsync("/a")).ResultType);
        Assert.Equal(2, tiers.Region.Fetches);
    }

    [Fact]
    public async Task ViewersThatLeave_EndTheFillOfTheRegion()
    {
        var tiers = new Tiers();
        var body = new ScriptedStream().Send("part");
        tiers.Region.Origin = (_, _) => ValueTask.FromResult(Streams(body, 1000, ("Cache-Control", "max-age=100")));
        var answer = await tiers.Edge.SendAsync(tiers.Edge.Request("/a"), Ct);
        var second = await tiers.Edge.SendAsync(tiers.Edge.Request("/a"), Ct);

        answer.Response.Body.LetGo();
        Assert.False(body.Disposed.IsCompleted);
        second.Response.Body.LetGo();

        await body.Disposed.WaitAsync(TestContext.Current.CancellationToken);
        tiers.Region.OriginSays(Ok("whole"));
        Assert.Equal("whole", (await tiers.Edge.GetAsync("/a")).Body);
    }

    private static (string Body, ResultType Type) BodyAndType(Reply reply) => (reply.Body, reply.ResultType);

    private static (ResultType Type, int? Age) TypeAndAge(Reply reply) => (reply.ResultType, reply.Age);

    private static FetchResult Part(string range, int length)
    {
        var ends = range["bytes=".Length..].Split('-');
        var from = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var to = ends[1].Length == 0 ? length : int.Parse(ends[1], CultureInfo.InvariantCulture) + 1;
        var part = Streams(new ScriptedStream().Send(new byte[to - from]).Finish(), to - from, ("ETag", "\"v\""), ("Content-Range", $"bytes {from}-{to - 1}/{length}"));
        part.Response.StatusCode = 206;
        return part;
    }

    private static CachedObject Found(CacheBench bench, string path) =>
        bench.Cache.Storage.Find(CacheKey.For(bench.Request(path)).Text) ?? throw new InvalidOperationException($"{path} is not stored");

    // Under it an answer that has expired has expired, wherever that was.
    private static CachePolicy NoMinTtl { get; } = ManagedPolicies.FindCachePolicy("CachingOptimized")! with { MinTtl = TimeSpan.Zero };

    private sealed class Tiers
    {
        public Tiers(CachePolicy? policy = null, HttpCachingRules rules = HttpCachingRules.CloudFront)
        {
            var options = EdgeCacheOptions.Default with { HttpCaching = rules };
            (Edge, Region) = (new CacheBench(policy, options), new CacheBench(policy, options));
            Edge.Origin = AskRegionAsync;
        }

        public CacheBench Edge { get; }

        public CacheBench Region { get; }

        /// <summary>What the region gave the edge last.</summary>
        public FetchResult LastFromRegion { get; private set; }

        public void Advance(int seconds)
        {
            Edge.Time.Advance(TimeSpan.FromSeconds(seconds));
            Region.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        /// <summary>A request of another edge.</summary>
        public Task<Reply> RegionGetAsync(string path) => Region.GetAsync(path);

        private async ValueTask<FetchResult> AskRegionAsync(RegionalRequest request, CancellationToken ct) =>
            LastFromRegion = (await Region.SendAsync(request, ct)).ToFetchResult(CacheLayer.Region);
    }
}
