using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

public sealed class EdgeCacheTests
{
    private static CachePolicy Policy(int min, int byDefault, int max) => new()
    {
        Id = "p",
        Name = "p",
        MinTtl = TimeSpan.FromSeconds(min),
        DefaultTtl = TimeSpan.FromSeconds(byDefault),
        MaxTtl = TimeSpan.FromSeconds(max),
    };

    [Fact]
    public async Task SecondRequest_IsAHitWithAge()
    {
        var bench = new CacheBench();
        var first = await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(7);
        var second = await bench.GetAsync("/a");

        Assert.Equal((200, "hello", ResultType.Miss, null), (first.Status, first.Body, first.ResultType, first.Age));
        Assert.Equal((200, "hello", ResultType.Hit, 7), (second.Status, second.Body, second.ResultType, second.Age));
        Assert.Equal(200, second.OriginStatus);
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task HitAtOnce_HasNoAge()
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(0.9);
        Assert.Equal((ResultType.Hit, null), await TypeAndAgeAsync(bench));
    }

    [Fact]
    public async Task OriginsAge_GoesOnOnHits_AndCountsForFreshness()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=100"), ("Age", "40"), ("ETag", "\"v\"")));
        var miss = await bench.GetAsync("/a");
        Assert.Equal(("40", null), (miss.Headers.Get("age"), miss.Age));

        bench.Time.AdvanceSeconds(5);
        var hit = await bench.GetAsync("/a");
        Assert.Equal((ResultType.Hit, 45, null), (hit.ResultType, hit.Age, hit.Headers.Get("age")));

        bench.Time.AdvanceSeconds(56);
        bench.OriginSays(CacheBench.Status(304, "", ("Cache-Control", "max-age=100"), ("Age", "7")));
        Assert.Equal((ResultType.RefreshHit, 7), await TypeAndAgeAsync(bench));
        bench.Time.AdvanceSeconds(2);
        Assert.Equal((ResultType.Hit, 9), await TypeAndAgeAsync(bench));
    }

    [Theory]
    [InlineData("5, 7", "5")]
    [InlineData("x", null)]
    [InlineData("-1", null)]
    public async Task AgeThatIsNoNumber_GoesToNoViewer(string says, string? onMiss)
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=100"), ("Age", says)));
        var miss = await bench.GetAsync("/a");
        Assert.Equal(onMiss, miss.Headers.Get("age"));

        bench.Time.AdvanceSeconds(2);
        Assert.Equal((ResultType.Hit, onMiss is null ? 2 : 7), await TypeAndAgeAsync(bench));
    }

    [Theory]
    [InlineData(503, "the origin's error is stored; it is asked again in 7 s")]
    [InlineData(404, null)]
    public async Task StoredError_SaysWhenTheOriginIsAskedAgain(int status, string? note)
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Status(status, "no"));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(3);

        var exchange = bench.Request("/a");
        var answer = await bench.SendAsync(exchange, TestContext.Current.CancellationToken);
        Assert.Equal((ResultType.Error, note), (answer.ResultType, answer.Note));
        Assert.Equal(1, bench.Fetches);
    }

    // It forbids to serve without asking, not to ask (spec 3.3).
    [Theory]
    [InlineData("no-cache", "ETag: \"v\"", true)]
    [InlineData("no-cache, must-revalidate, max-age=60", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", true)]
    [InlineData("no-cache", "X-None: v", false)]
    [InlineData("no-cache, private", "ETag: \"v\"", false)]
    [InlineData("no-cache, no-store", "ETag: \"v\"", false)]
    public async Task NoCacheWithoutMinTtl_IsAskedAboutWithEachRequest(string cacheControl, string validator, bool isKept)
    {
        var bench = new CacheBench(Policy(0, 60, 1000));
        bench.Origin = (asked, _) => ValueTask.FromResult(asked.Revalidation is null
            ? CacheBench.Ok("whole", ("Cache-Control", cacheControl), (validator.Split(": ")[0], validator.Split(": ")[1]))
            : CacheBench.Status(304, "", ("Cache-Control", cacheControl)));
        var first = await bench.GetAsync("/a");
        Assert.Equal((ResultType.Miss, isKept ? null : NotStoredReason.CacheControl), (first.ResultType, first.Answer.NotStored));

        for (var i = 2; i < 4; i++)
        {
            var again = await bench.GetAsync("/a");
            Assert.Equal(("whole", isKept ? ResultType.RefreshHit : ResultType.Miss, i), (again.Body, again.ResultType, bench.Fetches));
        }

        bench.OriginSays(CacheBench.Unreachable());
        Assert.Equal(502, (await bench.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task OriginsDate_CountsAsAge()
    {
        var bench = new CacheBench();
        string Ago(int seconds) => (bench.Time.GetUtcNow() - TimeSpan.FromSeconds(seconds)).ToString("R");
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=100"), ("Date", Ago(60)), ("ETag", "\"v\"")));
        await bench.GetAsync("/a");
        Assert.Equal((ResultType.Hit, 60), await TypeAndAgeAsync(bench));

        bench.Time.AdvanceSeconds(41);
        // A 304 without a date is as young as it looks, and takes the old date with it.
        bench.OriginSays(CacheBench.Status(304, ""));
        var refreshed = await bench.GetAsync("/a");
        Assert.Equal((ResultType.RefreshHit, null, null), (refreshed.ResultType, refreshed.Age, refreshed.Headers.Get("date")));
        bench.Time.AdvanceSeconds(99);
        Assert.Equal((ResultType.Hit, 99), await TypeAndAgeAsync(bench));
    }

    [Fact]
    public async Task SlowAnswerOfACache_IsOlderByTheTimeItTook()
    {
        var bench = new CacheBench();
        bench.Origin = (_, _) =>
        {
            bench.Time.AdvanceSeconds(3);
            return ValueTask.FromResult(CacheBench.Ok("x", ("Cache-Control", "max-age=100"), ("Age", "40")));
        };
        await bench.GetAsync("/a");
        Assert.Equal((ResultType.Hit, 43), await TypeAndAgeAsync(bench));
    }

    [Fact]
    public async Task EditingAHitsHeaders_LeavesTheStoredOnesAlone()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("x", ("X-A", "1"), ("X-B", "2")));
        await bench.GetAsync();
        var hit = await bench.GetAsync();
        hit.Headers.Set("X-A", "changed");
        hit.Headers.Remove("X-B");
        hit.Headers.Add("Age", "1");

        var next = await bench.GetAsync();
        Assert.Equal("1", next.Headers.Get("x-a"));
        Assert.Equal("2", next.Headers.Get("x-b"));
        Assert.False(next.Headers.Contains("age"));
    }

    [Fact]
    public async Task Head_IsAnsweredFromGetsObject()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("hello", ("Content-Length", "5")));
        await bench.GetAsync("/a");
        var exchange = bench.Request("/a", "HEAD");
        var response = await bench.SendAsync(exchange, TestContext.Current.CancellationToken);

        Assert.Equal(5, response.Response.Body.Length);
        Assert.Equal("", await CacheBench.ReadBodyAsync(response.Response.Body));
        Assert.Equal(ResultType.Hit, response.ResultType);
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task HeadThatMisses_IsNotStored()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok(""));
        await bench.GetAsync("/a", "HEAD");
        var get = await bench.GetAsync("/a");
        Assert.Equal(ResultType.Miss, get.ResultType);
        Assert.Equal(2, bench.Fetches);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    public async Task MethodThatIsNotCached_AlwaysGoesToTheOrigin(string method)
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");
        var reply = await bench.GetAsync("/a", method);
        Assert.Equal(ResultType.Miss, reply.ResultType);
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task Options_WhereCached_HasItsOwnObject()
    {
        var bench = new CacheBench { CachesOptions = true };
        await bench.GetAsync("/a");
        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a", "OPTIONS")).ResultType);
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a", "OPTIONS")).ResultType);
        Assert.Equal(2, bench.Fetches);
    }

    [Theory]
    [InlineData("If-None-Match", "\"v1\"", 304)]
    [InlineData("If-None-Match", "W/\"v1\"", 304)]
    [InlineData("If-None-Match", "\"other\", W/\"v1\"", 304)]
    [InlineData("If-None-Match", "\"with,comma\",\"v1\"", 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"v2\"", 200)]
    [InlineData("If-None-Match", "v1", 200)]
    [InlineData("If-None-Match", "\"", 200)]
    [InlineData("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since", "Fri, 02 Jan 2026 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since", "Friday, 02-Jan-26 00:00:00 GMT", 304)]
    [InlineData("If-Modified-Since", "Wed, 31 Dec 2025 00:00:00 GMT", 200)]
    [InlineData("If-Modified-Since", "yesterday", 200)]
    public async Task ViewersCondition_OnAFreshObject_IsAnsweredByTheEdge(string name, string value, int status)
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok(
            "hello", ("ETag", "\"v1\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Content-Type", "text/plain"), ("X-Kept", "1")));
        await bench.GetAsync("/a");
        var reply = await bench.GetAsync("/a", "GET", (name, value));

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 304 ? "" : "hello", reply.Body);
        Assert.Equal(status != 304, reply.Headers.Contains("content-type"));
        Assert.Equal("\"v1\"", reply.Headers.Get("etag"));
        Assert.Equal("1", reply.Headers.Get("x-kept"));
        Assert.Equal(ResultType.Hit, reply.ResultType);
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task IfNoneMatch_DecidesAlone()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("x", ("ETag", "\"v1\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")));
        await bench.GetAsync();
        var reply = await bench.GetAsync(
            "/", "GET", ("If-None-Match", "\"v2\""), ("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"));
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task NotModifiedForAnObjectWeDoNotHave_IsPassedOnAndNotStored()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Status(304, ""));
        var reply = await bench.GetAsync("/a", "GET", ("If-None-Match", "\"v1\""));
        Assert.Equal(304, reply.Status);
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task StaleObject_IsRevalidatedAndRefreshed()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("hello", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\""), ("X-Turn", "1"), ("Content-Length", "5")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Status(304, "", ("Cache-Control", "max-age=20"), ("X-Turn", "2"), ("Content-Length", "0")));
        var refreshed = await bench.GetAsync("/a");

        Assert.Equal("\"v1\"", bench.LastAsked!.Revalidation!.ETag);
        Assert.Equal((200, "hello", ResultType.RefreshHit), (refreshed.Status, refreshed.Body, refreshed.ResultType));
        Assert.Equal("2", refreshed.Headers.Get("x-turn"));
        Assert.Equal("5", refreshed.Headers.Get("content-length"));

        bench.Time.AdvanceSeconds(19);
        var hit = await bench.GetAsync("/a");
        Assert.Equal((ResultType.Hit, 19, "2"), (hit.ResultType, hit.Age, hit.Headers.Get("x-turn")));
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task StaleObject_WithANewVersion_IsReplaced()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Ok("new", ("Cache-Control", "max-age=10"), ("ETag", "\"v2\"")));

        Assert.Equal(("new", ResultType.Miss), await BodyAndTypeAsync(bench));
        Assert.Equal(("new", ResultType.Hit), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task CookiesForwarded_RevalidationIsNotConditional()
    {
        var bench = new CacheBench { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer") };
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        await bench.GetAsync("/a");
        Assert.Null(bench.LastAsked!.Revalidation);
    }

    [Fact]
    public async Task VaryStar_WithMinZero_IsAskedEveryTimeUnconditionally()
    {
        var bench = new CacheBench(Policy(0, 100, 1000));
        bench.OriginSays(CacheBench.Ok("x", ("Vary", "*"), ("ETag", "\"v1\"")));
        await bench.GetAsync("/a");
        // The filter drops the star from what viewers see; the cache has read it before.
        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a")).ResultType);
        Assert.Null(bench.LastAsked!.Revalidation);
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task VaryStarOfA304_CountsFromThenOn()
    {
        var bench = new CacheBench(Policy(0, 100, 1000));
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Status(304, "", ("Vary", "*"), ("ETag", "\"v1\"")));
        Assert.Equal(ResultType.RefreshHit, (await bench.GetAsync("/a")).ResultType);
        bench.OriginSays(CacheBench.Ok("y", ("Vary", "*"), ("ETag", "\"v2\"")));

        var next = await bench.GetAsync("/a");

        Assert.Equal(("y", ResultType.Miss), (next.Body, next.ResultType));
        Assert.Null(bench.LastAsked!.Revalidation);
    }

    [Fact]
    public async Task MaxAgeZero_WithMinZero_IsKeptForRevalidation()
    {
        var bench = new CacheBench(Policy(0, 100, 1000));
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=0"), ("ETag", "\"v1\"")));
        await bench.GetAsync("/a");
        bench.OriginSays(CacheBench.Status(304, "", ("Cache-Control", "max-age=0")));
        Assert.Equal(("x", ResultType.RefreshHit), await BodyAndTypeAsync(bench));
        Assert.Equal(("x", ResultType.RefreshHit), await BodyAndTypeAsync(bench));
    }

    [Theory]
    [InlineData(null, 100_000, true)]
    [InlineData("stale-if-error=60", 30, true)]
    [InlineData("stale-if-error=60", 90, false)]
    [InlineData("stale-if-error=0", 1, false)]
    [InlineData("must-revalidate", 1, false)]
    [InlineData("must-revalidate, stale-if-error=60", 1, false)]
    [InlineData("proxy-revalidate", 1, false)]
    [InlineData("proxy-revalidate, stale-if-error=60", 30, true)]
    [InlineData("s-maxage=10", 1, false)]
    [InlineData("s-maxage=10, stale-if-error=60", 30, true)]
    public async Task OriginFails_TheStaleObjectStandsIn(string? directive, int secondsAfterExpiry, bool served)
    {
        foreach (var failure in new[] { CacheBench.Unreachable(), CacheBench.Status(500, "boom"), CacheBench.Status(503, "busy") })
        {
            var bench = new CacheBench(Policy(0, 10, 1_000_000));
            var control = directive is null ? "max-age=10" : "max-age=10, " + directive;
            bench.OriginSays(CacheBench.Ok("good", ("Cache-Control", control), ("ETag", "\"v1\"")));
            await bench.GetAsync("/a");
            bench.Time.AdvanceSeconds(10 + secondsAfterExpiry);
            bench.OriginSays(failure);
            var reply = await bench.GetAsync("/a");
            Assert.Equal(served ? (200, ResultType.Hit) : (failure.Response.StatusCode, ResultType.Error), (reply.Status, reply.ResultType));
        }
    }

    [Fact]
    public async Task StaleIfError_IsCappedByMaxTtl()
    {
        var bench = new CacheBench(Policy(0, 10, 50));
        bench.OriginSays(CacheBench.Ok("good", ("Cache-Control", "max-age=10, stale-if-error=1000")));
        await bench.GetAsync("/a");
        bench.OriginSays(CacheBench.Unreachable());
        bench.Time.AdvanceSeconds(49);
        Assert.Equal(200, (await bench.GetAsync("/a")).Status);
        bench.Time.AdvanceSeconds(12);
        Assert.Equal(502, (await bench.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task AfterAFailedRefresh_TheOriginIsLeftAloneForTenSeconds()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("good"));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Unreachable());
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(9.9);
        Assert.Equal(("good", ResultType.Hit), await BodyAndTypeAsync(bench));
        Assert.Equal(2, bench.Fetches);
        bench.Time.AdvanceSeconds(0.2);
        await bench.GetAsync("/a");
        Assert.Equal(3, bench.Fetches);
    }

    [Fact]
    public async Task StaleObject_OriginSays404_TheViewerGetsIt()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("good"));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Status(404, "gone"));
        var reply = await bench.GetAsync("/a");
        Assert.Equal((404, ResultType.Error), (reply.Status, reply.ResultType));
    }

    [Fact]
    public async Task StaleWhileRevalidate_AnswersAtOnceAndRefreshesOnce()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(20);
        var answer = new TaskCompletionSource<FetchResult>();
        bench.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);
        for (var i = 0; i < 5; i++)
            Assert.Equal(("old", ResultType.Hit), await BodyAndTypeAsync(bench));
        Assert.Equal(2, bench.Fetches);

        answer.SetResult(CacheBench.Ok("new", ("Cache-Control", "max-age=10")));
        await UntilAsync(async () => (await bench.GetAsync("/a")).Body == "new");
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task StaleWhileRevalidate_DoesNotHoldAgainstMustRevalidate()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30, must-revalidate")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(CacheBench.Ok("new"));
        Assert.Equal(("new", ResultType.Miss), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task StaleWhileRevalidate_TheRefreshCarriesNoConditionOfTheViewers()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(20);
        var asked = new TaskCompletionSource<HeaderList>();
        bench.Origin = (exchange, _) =>
        {
            asked.SetResult(exchange.Request.Headers);
            return ValueTask.FromResult(CacheBench.Ok("new"));
        };
        await bench.GetAsync(
            "/a", "GET", ("If-Match", "\"v\""), ("If-Unmodified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"), ("If-None-Match", "\"v\""),
            ("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"), ("Range", "bytes=0-1"), ("If-Range", "\"v\""), ("X-Kept", "1"));
        Assert.Equal(["X-Kept"], (await asked.Task).Select(field => field.Name));
    }

    [Fact]
    public async Task StaleWhileRevalidate_EndsWithItsWindow()
    {
        var bench = new CacheBench(Policy(0, 10, 1000));
        bench.OriginSays(CacheBench.Ok("old", ("Cache-Control", "max-age=10, stale-while-revalidate=30")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(41);
        bench.OriginSays(CacheBench.Ok("new"));
        Assert.Equal(("new", ResultType.Miss), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task Error_IsAHitWithTheErrorType_ForTenSeconds()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Status(404, "nothing here", ("Cache-Control", "no-store")));
        await bench.GetAsync("/a");
        bench.Time.AdvanceSeconds(9);
        var cached = await bench.GetAsync("/a");
        Assert.Equal((404, "nothing here", ResultType.Error, 9), (cached.Status, cached.Body, cached.ResultType, cached.Age));
        Assert.Equal(404, cached.OriginStatus);
        Assert.Equal(1, bench.Fetches);
        bench.Time.AdvanceSeconds(2);
        await bench.GetAsync("/a");
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task CachingDisabled_ErrorsStillStick_UnlessTheirTtlIsZero()
    {
        var bench = new CacheBench(ManagedPolicies.FindCachePolicy("CachingDisabled"));
        bench.OriginSays(CacheBench.Status(503, "busy"));
        await bench.GetAsync("/a");
        await bench.GetAsync("/a");
        Assert.Equal(1, bench.Fetches);

        bench.ErrorCachingMinTtl = bench.ErrorCachingMinTtl.Add(503, TimeSpan.Zero);
        await bench.GetAsync("/b");
        await bench.GetAsync("/b");
        Assert.Equal(3, bench.Fetches);
    }

    [Fact]
    public async Task CachingDisabled_GoodAnswersAreNotKept()
    {
        var bench = new CacheBench(ManagedPolicies.FindCachePolicy("CachingDisabled"));
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=100")));
        await bench.GetAsync("/a");
        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a")).ResultType);
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task InvalidateAll_ForgetsWhatIsStoredAndWhatIsOnItsWay()
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");
        var slow = new ScriptedStream();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(slow, null));
        var arriving = await bench.SendAsync(bench.Request("/b"), TestContext.Current.CancellationToken);
        bench.Cache.Invalidate(InvalidationRule.Everything);
        bench.OriginSays(CacheBench.Ok("new"));

        Assert.Equal(("new", ResultType.Miss), await BodyAndTypeAsync(bench));
        var b = await bench.GetAsync("/b");
        Assert.Equal(("new", ResultType.Miss), (b.Body, b.ResultType));
        slow.Send("old").Finish();
        Assert.Equal("old", await CacheBench.ReadBodyAsync(arriving.Response.Body));
        Assert.Equal("new", (await bench.GetAsync("/b")).Body);
    }

    [Fact]
    public async Task SetCookie_IsRemovedUnlessCookiesAreForwarded()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Ok("x", ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")));
        Assert.False((await bench.GetAsync("/a")).Headers.Contains("set-cookie"));

        bench.OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer");
        Assert.Equal(2, (await bench.GetAsync("/b")).Headers.Count(field => field.Name == "Set-Cookie"));
        Assert.Equal(2, (await bench.GetAsync("/b")).Headers.Count(field => field.Name == "Set-Cookie"));
        Assert.Equal(2, bench.Fetches);
    }

    [Fact]
    public async Task NoCacheSetCookie_GoesToTheFirstViewerOnly()
    {
        var bench = new CacheBench { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer") };
        bench.OriginSays(CacheBench.Ok("x", ("Set-Cookie", "a=1"), ("Cache-Control", "max-age=100, no-cache=\"Set-Cookie\"")));
        Assert.Equal("a=1", (await bench.GetAsync("/a")).Headers.Get("set-cookie"));
        var hit = await bench.GetAsync("/a");
        Assert.Equal(ResultType.Hit, hit.ResultType);
        Assert.False(hit.Headers.Contains("set-cookie"));
    }

    [Fact]
    public async Task Vary_KeepsWhatTheKeyKnows()
    {
        var bench = new CacheBench(Policy(0, 10, 100) with { Headers = ItemSet.Whitelist("Accept-Language") });
        bench.OriginSays(CacheBench.Ok("x", ("Vary", "Accept-Encoding, Accept-Language, X-Other"), ("Vary", "User-Agent, Cookie")));
        Assert.Equal("Accept-Encoding, Accept-Language, Cookie", (await bench.GetAsync("/a")).Headers.Get("vary"));
    }

    [Fact]
    public async Task Range_OnAMiss_GoesAloneAndThePartIsNotStored()
    {
        var bench = new CacheBench();
        bench.OriginSays(CacheBench.Status(206, "he"));
        var part = await bench.GetAsync("/a", "GET", ("Range", "bytes=0-1"));
        Assert.Equal((206, ResultType.Miss), (part.Status, part.ResultType));
        bench.OriginSays(CacheBench.Ok("hello"));
        Assert.Equal(("hello", ResultType.Miss), await BodyAndTypeAsync(bench));
    }

    // An answer to a field outside the key is for the one who sent it (spec 3.2).
    [Theory]
    [InlineData(412, "If-Match", "\"other\"")]
    [InlineData(412, "If-Unmodified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData(412, "If-None-Match", "*")]
    [InlineData(416, "Range", "bytes=100-")]
    [InlineData(406, "Accept", "image/png")]
    [InlineData(417, "Expect", "other")]
    [InlineData(304, "If-None-Match", "\"v1\"")]
    [InlineData(304, "If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData(206, "Range", "bytes=0-1")]
    public async Task AnswerToAFieldOutsideTheKey_IsPassedOnAndNotStored(int status, string name, string value)
    {
        // As the origin gave it, and where a Lambda@Edge function made something of it that would be stored.
        foreach (var shown in new[] { status, 404, 200 })
        {
            var bench = new CacheBench();
            bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Status(shown, "yours", ("Cache-Control", "max-age=100")) with { OriginStatus = status });
            var reply = await bench.GetAsync("/a", "GET", (name, value));
            Assert.Equal((shown, "yours"), (reply.Status, reply.Body));

            bench.OriginSays(CacheBench.Ok("shared"));
            Assert.Equal(("shared", ResultType.Miss), await BodyAndTypeAsync(bench));
            Assert.Equal(("shared", ResultType.Hit), await BodyAndTypeAsync(bench));
        }
    }

    [Fact]
    public async Task FailedPrecondition_IsStoredWhereTheConditionIsInTheKey_OrNoneWasSent()
    {
        var bench = new CacheBench(Policy(0, 100, 1000) with { Headers = ItemSet.Whitelist("If-Match") });
        bench.OriginSays(CacheBench.Status(412, "no", ("Cache-Control", "max-age=100")));
        await bench.GetAsync("/a", "GET", ("If-Match", "\"x\""));
        await bench.GetAsync("/a", "GET", ("If-Match", "\"x\""));
        Assert.Equal(1, bench.Fetches);
        await bench.GetAsync("/a");
        await bench.GetAsync("/a");
        Assert.Equal(2, bench.Fetches);
    }

    [Theory]
    [InlineData(ResultType.LambdaExecutionError, 503)]
    [InlineData(ResultType.LambdaValidationError, 502)]
    [InlineData(ResultType.LambdaLimitExceeded, 503)]
    public async Task FunctionFails_ItsPageIsNotStored_WhateverTheOriginHadAnswered(ResultType type, int status)
    {
        foreach (var policy in new[] { "CachingOptimized", "CachingDisabled" })
        {
            foreach (var originStatus in new[] { status, 200, 404 })
            {
                var bench = new CacheBench(ManagedPolicies.FindCachePolicy(policy));
                bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Status(status, "page") with { EndedBy = type, OriginStatus = originStatus });
                var reply = await bench.GetAsync("/a");
                Assert.Equal((status, type), (reply.Status, reply.ResultType));
                Assert.Equal(0, bench.Cache.Storage.Count);

                bench.OriginSays(CacheBench.Ok("well"));
                Assert.Equal(("well", ResultType.Miss), await BodyAndTypeAsync(bench));
            }
        }
    }

    private static async Task<(ResultType, int?)> TypeAndAgeAsync(CacheBench bench)
    {
        var reply = await bench.GetAsync("/a");
        return (reply.ResultType, reply.Age);
    }

    private static async Task<(string, ResultType)> BodyAndTypeAsync(CacheBench bench)
    {
        var reply = await bench.GetAsync("/a");
        return (reply.Body, reply.ResultType);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 100_000; i++)
        {
            if (await holds())
                return;
            await Task.Yield();
        }
        Assert.Fail("did not come true");
    }
}
