using System.Collections.Immutable;
using System.Globalization;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Http;
using Brink.Policies;
using static Brink.Tests.Edge.Cache.CacheBench;

namespace Brink.Tests.Edge.Cache;

/// <summary>What <c>--http-caching rfc9111</c> adds to CloudFront's rules, a row for each rule.</summary>
public sealed class Rfc9111Tests
{
    private static readonly EdgeCacheOptions Rfc = EdgeCacheOptions.Default with { HttpCaching = HttpCachingRules.Rfc9111 };

    private static readonly OriginRequestPolicy AllViewer = ManagedPolicies.FindOriginRequestPolicy("AllViewer")!;

    // How long it is fresh, in seconds; -1: it is not stored.
    [Theory]
    [InlineData(200, "CDN-Cache-Control: max-age=60|Cache-Control: max-age=5", 60)]
    [InlineData(200, "CDN-Cache-Control: max-age=60|Cache-Control: no-store", 60)]
    [InlineData(200, "CDN-Cache-Control: max-age=60|Expires: 0", 60)]
    [InlineData(200, "CDN-Cache-Control: max-age=0|Cache-Control: max-age=60", 0)]
    [InlineData(200, "CDN-Cache-Control: private|Cache-Control: max-age=60", -1)]
    [InlineData(200, "CDN-Cache-Control: no-store|Cache-Control: max-age=60", -1)]
    [InlineData(200, "CDN-Cache-Control: no-cache|Cache-Control: max-age=60", 0)]
    [InlineData(200, "CDN-Cache-Control: max-age=60, &&&|Cache-Control: no-store", -1)]       // no dictionary: as if it were not there
    [InlineData(200, "CDN-Cache-Control: |Cache-Control: max-age=7", 7)]
    [InlineData(200, "CDN-Cache-Control: max-age=\"60\"|Cache-Control: max-age=7", 0)]        // a text where a number is meant says nothing
    [InlineData(200, "CDN-Cache-Control: max-age=60|CDN-Cache-Control: max-age=9", 9)]        // of a dictionary's members the last holds
    [InlineData(200, "CDN-Cache-Control: foo=(a \"b\");c=:YQ==:, max-age=60;d, bar=?0", 60)]
    [InlineData(200, "Cache-Control: no-cache, max-age=60", 0)]
    [InlineData(200, "Cache-Control: no-store, max-age=60", -1)]
    [InlineData(200, "Cache-Control: no-store, must-understand, max-age=60", 60)]
    [InlineData(299, "Cache-Control: no-store, must-understand, max-age=60", -1)]
    [InlineData(200, "Last-Modified: -1000", 100)]
    [InlineData(200, "Last-Modified: -8640000", 86400)]
    [InlineData(200, "Last-Modified: -1000|Age: 40", 60)]
    [InlineData(200, "Last-Modified: 1000", 0)]
    [InlineData(200, "", 0)]
    [InlineData(201, "Last-Modified: -1000", 0)]
    [InlineData(201, "Last-Modified: -1000|Cache-Control: public", 100)]
    [InlineData(404, "Last-Modified: -1000", 100)]
    [InlineData(410, "Last-Modified: -1000", 100)]
    [InlineData(403, "Last-Modified: -1000", -1)]
    [InlineData(503, "Last-Modified: -1000", -1)]
    [InlineData(410, "Cache-Control: max-age=60", 60)]
    [InlineData(499, "Cache-Control: max-age=60", 60)]
    [InlineData(599, "Cache-Control: max-age=60", 60)]
    [InlineData(404, "Cache-Control: no-store", -1)]
    [InlineData(206, "Cache-Control: max-age=60", -1)]
    public void Lifetime(int status, string fields, int seconds)
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 31_536_000), Rfc) { ErrorCachingMinTtl = NoErrors };
        Assert.Equal(seconds, LifetimeOf(bench, status, fields));
    }

    // The policy's times bound what the origin states, and stand where it states nothing; what it forbids they do not allow.
    [Theory]
    [InlineData("Cache-Control: max-age=5", 50)]
    [InlineData("CDN-Cache-Control: max-age=5000", 1000)]
    [InlineData("Last-Modified: -100", 500)]
    [InlineData("", 500)]
    [InlineData("Cache-Control: no-store", -1)]
    [InlineData("Cache-Control: private", -1)]
    [InlineData("Cache-Control: no-cache", 0)]
    public void Lifetime_WithinThePolicys(string fields, int seconds) =>
        Assert.Equal(seconds, LifetimeOf(new CacheBench(TtlPolicy(50, 500, 1000), Rfc), 200, fields));

    [Theory]
    [InlineData(404, "", 10)]
    [InlineData(503, "Cache-Control: max-age=5", 10)]
    [InlineData(404, "Cache-Control: max-age=50", 50)]
    [InlineData(410, "Cache-Control: max-age=5", 5)]
    public void ErrorCachingMinTtl_HoldsAsWithCloudFront(int status, string fields, int seconds) =>
        Assert.Equal(seconds, LifetimeOf(new CacheBench(TtlPolicy(0, 0, 1000), Rfc), status, fields));

    [Theory]
    [InlineData("max-age=60", false)]
    [InlineData("max-age=60, public", true)]
    [InlineData("max-age=60, must-revalidate", true)]
    [InlineData("s-maxage=60", true)]
    public async Task AnswerToAuthorization_IsSharedWhereItSaysSo(string cacheControl, bool isShared)
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc) { OriginRequestPolicy = AllViewer };
        bench.OriginSays(Ok("x", ("Cache-Control", cacheControl)));

        var first = await bench.GetAsync("/a", "GET", ("Authorization", "Basic eDp5"));
        var second = await bench.GetAsync("/a");

        Assert.Equal(isShared ? null : NotStoredReason.Authorization, first.Answer.NotStored);
        Assert.Equal(isShared ? ResultType.Hit : ResultType.Miss, second.ResultType);
    }

    [Fact]
    public async Task AuthorizationThatGoesNowhere_OrIsInTheKey_MakesNoDifference()
    {
        var notSent = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        var inTheKey = new CacheBench(
            TtlPolicy(0, 0, 1000) with { Headers = new ItemSet(ItemSelection.Whitelist, ["Authorization"]) }, Rfc);
        foreach (var bench in (CacheBench[])[notSent, inTheKey])
        {
            bench.OriginSays(Ok("x", ("Cache-Control", "max-age=60")));
            await bench.GetAsync("/a", "GET", ("Authorization", "Basic eDp5"));
            Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a", "GET", ("Authorization", "Basic eDp5"))).ResultType);
        }
    }

    [Fact]
    public async Task Vary_KeepsAnObjectForEachSelection()
    {
        var bench = Varying("Foo");

        Assert.Equal("1", (await bench.GetAsync("/a", "GET", ("Foo", "1"))).Body);
        Assert.Equal("2", (await bench.GetAsync("/a", "GET", ("Foo", "2"))).Body);
        Assert.Equal("", (await bench.GetAsync("/a")).Body);
        Assert.Equal(3, bench.Fetches);
        foreach (var value in (string[])["1", "2"])
        {
            var hit = await bench.GetAsync("/a", "GET", ("Foo", value), ("Other", "x"));
            Assert.Equal((value, ResultType.Hit, "Foo"), (hit.Body, hit.ResultType, hit.Headers.Get("Vary")));
        }
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a")).ResultType);
    }

    [Theory]
    [InlineData("Foo", "1,2", " 1 ,\t2")]
    [InlineData("Accept-Language", "en, de;q=0.5", "DE;q=0.5,en")]
    public async Task Vary_SelectsByWhatCounts(string name, string first, string second)
    {
        var bench = Varying(name);
        await bench.GetAsync("/a", "GET", (name, first));
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a", "GET", (name, second))).ResultType);
    }

    // A viewer's field that no policy sends: the origin cannot have looked at it.
    [Fact]
    public async Task Vary_OnWhatTheOriginDoesNotGet_IsNoVariant()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        bench.OriginSays(Ok("x", ("Cache-Control", "max-age=60"), ("Vary", "Foo")));
        await bench.GetAsync("/a", "GET", ("Foo", "1"));
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a", "GET", ("Foo", "2"))).ResultType);
    }

    [Fact]
    public async Task Vary_OnMoreThanBefore_KeepsApartWhatHasToBe()
    {
        var bench = Varying("Foo");
        await bench.GetAsync("/a", "GET", ("Foo", "1"), ("Bar", "x"));
        bench.Origin = (asked, _) => ValueTask.FromResult(
            Ok(asked.Request.Headers.Get("bar") ?? "", ("Cache-Control", "max-age=60"), ("Vary", "Bar")));

        Assert.Equal("y", (await bench.GetAsync("/a", "GET", ("Foo", "2"), ("Bar", "y"))).Body);
        Assert.Equal("z", (await bench.GetAsync("/a", "GET", ("Foo", "2"), ("Bar", "z"))).Body);
        Assert.Equal(("y", ResultType.Hit), BodyAndType(await bench.GetAsync("/a", "GET", ("Foo", "2"), ("Bar", "y"))));
    }

    [Fact]
    public async Task VaryStar_IsSharedByNoRequests_AndTheViewerSeesIt()
    {
        var bench = Varying("*");
        Assert.Equal("*", (await bench.GetAsync("/a")).Headers.Get("Vary"));
        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a")).ResultType);
    }

    [Fact]
    public async Task Variants_AreBounded()
    {
        var many = Varying(string.Join(", ", Enumerable.Range(0, VariantFields.MostNames + 1).Select(i => $"X-{i}")));
        Assert.Equal(NotStoredReason.Vary, (await many.GetAsync("/a")).Answer.NotStored);

        var bench = Varying("Foo");
        Assert.Equal(
            NotStoredReason.Vary, (await bench.GetAsync("/a", "GET", ("Foo", new string('x', VariantFields.LongestValues)))).Answer.NotStored);
        Assert.Null((await bench.GetAsync("/a", "GET", ("Foo", "x"))).Answer.NotStored);
    }

    // They waited for one answer, and only its head says which of them it answers.
    [Fact]
    public async Task RequestsThatWait_GetTheVariantTheySelect()
    {
        var bench = Varying("Foo");
        var gate = new TaskCompletionSource();
        var say = bench.Origin;
        bench.Origin = async (asked, ct) =>
        {
            await gate.Task;
            return await say(asked, ct);
        };
        var requests = new[] { "1", "2", "2", "1", "3" }.Select(value => bench.GetAsync("/a", "GET", ("Foo", value))).ToList();
        gate.SetResult();

        Assert.Equal(["1", "2", "2", "1", "3"], (await Task.WhenAll(requests)).Select(reply => reply.Body));
        Assert.Equal(3, bench.Fetches);
    }

    [Fact]
    public async Task StaleVariant_IsRevalidatedWithItsOwnTag()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc) { OriginRequestPolicy = AllViewerButCookies };
        bench.Origin = (asked, _) => ValueTask.FromResult(asked.Revalidation is { } copy
            ? Status(304, "", ("ETag", copy.ETag!), ("Cache-Control", "max-age=10"))
            : Ok(asked.Request.Headers.Get("foo")!, ("Cache-Control", "max-age=10"), ("Vary", "Foo"), ("ETag", $"\"{asked.Request.Headers.Get("foo")}\"")));
        await bench.GetAsync("/a", "GET", ("Foo", "1"));
        await bench.GetAsync("/a", "GET", ("Foo", "2"));
        bench.Time.AdvanceSeconds(11);

        Assert.Equal(("1", ResultType.RefreshHit), BodyAndType(await bench.GetAsync("/a", "GET", ("Foo", "1"))));
        Assert.Equal("\"1\"", bench.LastAsked!.Revalidation!.ETag);
        Assert.Equal(("2", ResultType.RefreshHit), BodyAndType(await bench.GetAsync("/a", "GET", ("Foo", "2"))));
    }

    [Fact]
    public async Task InvalidationOfAPath_MeansAllItsVariants()
    {
        var bench = Varying("Foo");
        await bench.GetAsync("/a", "GET", ("Foo", "1"));
        await bench.GetAsync("/a", "GET", ("Foo", "2"));
        bench.Cache.Invalidate(new InvalidationRule("E1", "/a"));

        await bench.GetAsync("/a", "GET", ("Foo", "1"));
        await bench.GetAsync("/a", "GET", ("Foo", "2"));
        Assert.Equal(4, bench.Fetches);
        Assert.Equal(ResultType.Hit, (await bench.GetAsync("/a", "GET", ("Foo", "1"))).ResultType);
    }

    [Fact]
    public async Task SetCookie_IsStoredAndReplayed()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        bench.OriginSays(Ok("x", ("Cache-Control", "max-age=60"), ("Set-Cookie", "a=b")));
        await bench.GetAsync("/a");
        Assert.Equal("a=b", (await bench.GetAsync("/a")).Headers.Get("Set-Cookie"));
    }

    // no-cache asks every time; an origin that fails gives no permission either.
    [Fact]
    public async Task NoCache_IsRevalidated_AndNeverStandsIn()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        bench.OriginSays(Ok("x", ("Cache-Control", "no-cache"), ("ETag", "\"v\"")));
        await bench.GetAsync("/a");
        bench.Origin = (asked, _) => ValueTask.FromResult(
            asked.Revalidation is null ? Ok("whole") : Status(304, "", ("ETag", "\"v\""), ("Cache-Control", "no-cache")));
        Assert.Equal(("x", ResultType.RefreshHit), BodyAndType(await bench.GetAsync("/a")));

        bench.OriginSays(Unreachable());
        Assert.Equal(502, (await bench.GetAsync("/a")).Status);
    }

    [Theory]
    [InlineData("POST", 200, true)]
    [InlineData("PUT", 201, true)]
    [InlineData("DELETE", 204, true)]
    [InlineData("M-SEARCH", 200, true)]
    [InlineData("POST", 303, true)]
    [InlineData("POST", 404, false)]
    [InlineData("POST", 500, false)]
    [InlineData("OPTIONS", 200, false)]
    [InlineData("HEAD", 200, false)]
    public void UnsafeMethod_Invalidates(string method, int status, bool invalidates)
    {
        Assert.Equal(invalidates, HttpCaching.Rfc9111.Invalidates(method, status));
        Assert.False(HttpCaching.CloudFront.Invalidates(method, status));
    }

    [Fact]
    public async Task ChangeOfAUri_EndsWhatIsStoredOfItOnBothTiers_AndNothingElse()
    {
        var time = new ManualTimeProvider();
        var tiers = new CacheTiers(Rfc, 2, time);
        var bench = Varying("Foo");
        bench.Policy = bench.Policy with { QueryStrings = ItemSet.All };
        foreach (var cache in (EdgeCache[])[tiers.Edge, tiers.Region!])
        {
            await AskAsync(cache, bench, "/a?x=1", "1");
            await AskAsync(cache, bench, "/a?x=1", "2");
            await AskAsync(cache, bench, "/b", "1");
        }

        tiers.NoteAnswered(bench.Request("/a?x=1", "POST"), Status(204, ""));

        foreach (var cache in (EdgeCache[])[tiers.Edge, tiers.Region!])
        {
            Assert.Equal(ResultType.Miss, await AskAsync(cache, bench, "/a?x=1", "1"));
            Assert.Equal(ResultType.Miss, await AskAsync(cache, bench, "/a?x=1", "2"));
            Assert.Equal(ResultType.Hit, await AskAsync(cache, bench, "/a?x=1", "1"));
            Assert.Equal(ResultType.Hit, await AskAsync(cache, bench, "/b", "1"));
        }
    }

    // It was asked for before the change, and comes after it: it may be what was there before.
    [Fact]
    public async Task ChangeOfAUri_IsNotLostAgainstAFillUnderWay()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        var body = new ScriptedStream().Send("old");
        bench.Origin = (_, _) => ValueTask.FromResult(Streams(body, null, ("Cache-Control", "max-age=60")));
        var before = await bench.SendAsync(bench.Request("/a"), TestContext.Current.CancellationToken);

        bench.Cache.NoteChange(ObjectName.Of(bench.Request("/a", "POST")));
        bench.OriginSays(Ok("new", ("Cache-Control", "max-age=60")));
        Assert.Equal("new", (await bench.GetAsync("/a")).Body);
        body.Finish();

        Assert.Equal("old", (await ReadAsync(before)).Body);
        Assert.Equal(("new", ResultType.Hit), BodyAndType(await bench.GetAsync("/a")));
    }

    // Whatever viewers send, the table of changes stays as large as it is, and other URIs stay stored.
    [Fact]
    public async Task ChangesByTheThousand_EndNothingElse()
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc);
        bench.OriginSays(Ok("x", ("Cache-Control", "max-age=600")));
        for (var i = 0; i < 200; i++)
            await bench.GetAsync($"/kept/{i}");
        for (var i = 0; i < 1000; i++)
            bench.Cache.NoteChange(ObjectName.Of(bench.Request($"/changed/{i}", "POST")));

        var hits = 0;
        for (var i = 0; i < 200; i++)
            hits += (await bench.GetAsync($"/kept/{i}")).ResultType == ResultType.Hit ? 1 : 0;
        Assert.InRange(hits, 150, 200); // one in sixteen shares a mark with one that changed
    }

    private static ImmutableDictionary<int, TimeSpan> NoErrors { get; } =
        ImmutableDictionary.CreateRange(
            new[] { 400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504 }.Select(code => KeyValuePair.Create(code, TimeSpan.Zero)));

    private static CachePolicy TtlPolicy(int min, int byDefault, int max) => new()
    {
        Id = "p",
        Name = "p",
        MinTtl = TimeSpan.FromSeconds(min),
        DefaultTtl = TimeSpan.FromSeconds(byDefault),
        MaxTtl = TimeSpan.FromSeconds(max),
    };

    // Its answers vary on the field, and say its value.
    private static CacheBench Varying(string vary)
    {
        var bench = new CacheBench(TtlPolicy(0, 0, 1000), Rfc) { OriginRequestPolicy = AllViewerButCookies };
        bench.Origin = (asked, _) => ValueTask.FromResult(
            Ok(asked.Request.Headers.Get("foo") ?? "", ("Cache-Control", "max-age=60"), ("Vary", vary)));
        return bench;
    }

    private static OriginRequestPolicy AllViewerButCookies { get; } = AllViewer with { Cookies = ItemSet.None };

    private static async Task<ResultType> AskAsync(EdgeCache cache, CacheBench bench, string path, string value)
    {
        var request = bench.Request(path, "GET", ("Foo", value));
        var answer = await cache.GetOrFetchAsync(CacheKey.For(request), request, bench.Origin, TestContext.Current.CancellationToken);
        return (await ReadAsync(answer)).ResultType;
    }

    private static int LifetimeOf(CacheBench bench, int status, string fields)
    {
        var headers = new HeaderList();
        foreach (var field in fields.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            var value = field[(colon + 1)..].Trim();
            // Of a date the seconds from now.
            headers.Add(field[..colon], field.StartsWith("Last-Modified", StringComparison.Ordinal)
                ? bench.Time.GetUtcNow().AddSeconds(int.Parse(value, CultureInfo.InvariantCulture)).ToString("r")
                : value);
        }
        headers.Add("Date", bench.Time.GetUtcNow().ToString("r"));
        var now = bench.Time.GetUtcNow();
        var freshness = HttpCaching.Rfc9111.FreshnessOf(
            bench.Request("/a"), bench.ErrorCachingMinTtl, status, headers, now, InitialAge.Of(headers, TimeSpan.Zero, now));
        return freshness.IsStorable ? (int)freshness.Lifetime!.Value.TotalSeconds : -1;
    }

    private static (string Body, ResultType Type) BodyAndType(Reply reply) => (reply.Body, reply.ResultType);
}
