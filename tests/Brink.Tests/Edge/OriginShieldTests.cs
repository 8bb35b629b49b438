using System.Net;
using System.Net.Sockets;
using Brink.Distributions;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>One cache more, in front of an origin that asks for it (distribution spec 1.1, lambda-edge spec section 5).</summary>
public sealed class OriginShieldTests
{
    private const string Kept = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 2\r\n\r\nok";

    private const string Ireland = "eu-west-1", OfTheEdge = "us-east-1";

    [Fact]
    public async Task Miss_GoesThroughAllThree_AndIsKeptInEach()
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, Ireland);

        var miss = await edge.GetAsync("/a");
        var entry = await edge.Log.NextAsync();
        var hit = await edge.GetAsync("/a");

        Assert.Equal(("ok", "Miss from cloudfront"), (miss.Text, miss["X-Cache"]));
        Assert.Contains("cdn-upstream-layer;desc=\"Origin Shield\"", miss["Server-Timing"], StringComparison.Ordinal);
        Assert.Contains("cdn-hit-layer;desc=\"EDGE\"", hit["Server-Timing"], StringComparison.Ordinal);
        Assert.Equal(
            ["FoundNothing", "AskedRegion", "FoundNothing", "AskedShield origin", "FoundNothing", "AskedOrigin origin", "OriginAnswered 200", "Stored", "Stored", "Stored"],
            Steps(entry));
        Assert.Single(origin.Requests);
        Assert.Equal(3, edge.Server.Tiers.Objects);
    }

    [Fact]
    public async Task EdgeAndRegionHaveForgotten_TheShieldAnswers()
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, Ireland);
        await edge.GetAsync("/a");
        await edge.Log.NextAsync();
        edge.Server.Tiers.Edge.Invalidate(InvalidationRule.Everything);
        edge.Server.Tiers.Region!.Invalidate(InvalidationRule.Everything);

        var answer = await edge.GetAsync("/a");
        var entry = await edge.Log.NextAsync();

        Assert.Equal(("ok", "Hit from cloudfront"), (answer.Text, answer["X-Cache"]));
        Assert.Contains("cdn-hit-layer;desc=\"Origin Shield\"", answer["Server-Timing"], StringComparison.Ordinal);
        Assert.Equal("OriginShieldHit", entry.DetailedResultType);
        Assert.Single(origin.Requests);
        Assert.Equal("Hit", (await NextDetailAsync(edge, "/a")));
    }

    [Fact]
    public async Task Invalidation_ReachesTheShield()
    {
        await using var origin = new ScriptedOrigin().Reply(Kept).Reply(Kept);
        await using var edge = await StartAsync(origin, Ireland);
        await edge.GetAsync("/a");

        edge.Server.Cache.InvalidateEverything(null, "a test");

        Assert.Equal("Miss from cloudfront", (await edge.GetAsync("/a"))["X-Cache"]);
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task Explanation_ShowsTheShield()
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, Ireland);
        const string ask = "GET /a HTTP/1.1\r\nHost: test\r\nX-Brink-Explain: 1\r\n\r\n";

        var before = await edge.AskAsync(ask);
        Assert.Null(edge.Server.Tiers.Shield);       // looking makes none
        await edge.GetAsync("/a");
        edge.Server.Tiers.Edge.Invalidate(InvalidationRule.Everything);
        edge.Server.Tiers.Region!.Invalidate(InvalidationRule.Everything);
        var after = await edge.AskAsync(ask);

        Assert.Contains("the regional edge cache, which asks the Origin Shield of origin, which asks the origin origin for the whole", before.Text, StringComparison.Ordinal);
        Assert.Contains("which asks the Origin Shield of origin, which answers", after.Text, StringComparison.Ordinal);
        Assert.Contains("\"shield\"", after.Text, StringComparison.Ordinal);
        Assert.Contains("shield", edge.Server.Cache.Tiers.Select(tier => tier.Tier));
    }

    // By the RFC's rules. Each tier has a list of its own of what the objects vary on.
    [Fact]
    public async Task Variants_AreKeptInEachTier_AndEndInAllWithAChangeOfTheirUri()
    {
        await using var origin = new ScriptedOrigin().Script(conversation => conversation.SayAsync(
            $"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nVary: Foo\r\nContent-Length: 1\r\n\r\n{conversation.Request["Foo"]}"));
        await using var edge = await StartAsync(origin, Ireland, rules: HttpCachingRules.Rfc9111);
        async Task<(string, string)> GetAsync(string foo)
        {
            var answer = await edge.AskAsync($"GET /a HTTP/1.1\r\nHost: test\r\nFoo: {foo}\r\n\r\n");
            await edge.Log.NextAsync();
            return (answer.Text, answer["Server-Timing"]!.Split("cdn-hit-layer;desc=")[^1].Split(',')[0]);
        }
        foreach (var foo in (string[])["1", "2"])
            Assert.Equal(foo, (await GetAsync(foo)).Item1);
        edge.Server.Tiers.Edge.Invalidate(InvalidationRule.Everything);
        Assert.Equal([("1", "\"REC\""), ("1", "\"EDGE\"")], [await GetAsync("1"), await GetAsync("1")]);
        edge.Server.Tiers.Edge.Invalidate(InvalidationRule.Everything);
        edge.Server.Tiers.Region!.Invalidate(InvalidationRule.Everything);
        Assert.Equal([("2", "\"Origin Shield\""), ("1", "\"Origin Shield\"")], [await GetAsync("2"), await GetAsync("1")]);
        Assert.Equal(2, origin.Requests.Count);

        Assert.Equal(200, (await edge.AskAsync("POST /a HTTP/1.1\r\nHost: test\r\nFoo: 3\r\nContent-Length: 0\r\n\r\n")).Status);
        await GetAsync("1");
        await GetAsync("2");

        Assert.Equal(5, origin.Requests.Count);
    }

    [Theory]
    [InlineData("GET", false)]
    [InlineData("HEAD", false)]
    [InlineData("OPTIONS", false)]
    [InlineData("POST", true)]
    [InlineData("DELETE", true)]
    public async Task ShieldWhereTheRegionIs_IsThatCache_ButForMethodsThatSkipIt(string method, bool isAsked)
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 204 No Content\r\n\r\n");
        await using var edge = await StartAsync(origin, OfTheEdge);

        await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\n\r\n", head: method == "HEAD");

        Assert.Equal(isAsked, Steps(await edge.Log.NextAsync()).Contains("AskedShield origin"));
    }

    [Theory]
    [InlineData(1, OfTheEdge, true)]
    [InlineData(1, Ireland, true)]
    [InlineData(2, null, false)]
    public async Task Shield_IsThereWhereItIsAskedFor(int tiers, string? region, bool isAsked)
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, region, tiers);

        await edge.GetAsync("/");

        Assert.Equal(isAsked, Steps(await edge.Log.NextAsync()).Contains("AskedShield origin"));
    }

    [Fact]
    public async Task PrimaryCannotBeConnectedTo_TheShieldKeepsNoFailureOfIt()
    {
        await using var spare = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 5\r\n\r\nspare");
        var primary = TestEdge.ToPort(FreePort()) with { Id = "main", ConnectionAttempts = 1 };
        await using var edge = await StartAsync(primary, Ireland, secondary: TestEdge.To(spare) with { Id = "spare", ShieldRegion = Ireland });

        for (var i = 0; i < 2; i++)
        {
            var answer = await edge.GetAsync("/");
            var entry = await edge.Log.NextAsync();

            Assert.Equal((200, "spare"), (answer.Status, answer.Text));
            Assert.Equal("spare", entry.OriginId);
            Assert.StartsWith("main: ", entry.FailoverReason, StringComparison.Ordinal);
        }
        Assert.Equal(2, spare.Requests.Count);
    }

    [Fact]
    public async Task NoOriginAnswers_TheViewerGetsThePage()
    {
        var origin = TestEdge.ToPort(FreePort()) with { ConnectionAttempts = 1 };
        await using var edge = await StartAsync(origin, Ireland);

        var answer = await edge.GetAsync("/");

        Assert.Equal((502, "Error from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Equal("OriginConnectError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    private static async Task<string> NextDetailAsync(TestEdge edge, string target)
    {
        await edge.GetAsync(target);
        return (await edge.Log.NextAsync()).DetailedResultType;
    }

    private static string[] Steps(Brink.Edge.Logs.AccessLogEntry entry) => [.. entry.Steps!.Select(step => step.ToString())];

    private static Task<TestEdge> StartAsync(
        ScriptedOrigin origin, string? region, int tiers = 2, HttpCachingRules rules = HttpCachingRules.CloudFront) =>
        StartAsync(TestEdge.To(origin), region, tiers, rules: rules);

    private static Task<TestEdge> StartAsync(
        CustomOrigin origin, string? region, int tiers = 2, CustomOrigin? secondary = null, HttpCachingRules rules = HttpCachingRules.CloudFront)
    {
        var shielded = origin with { ShieldRegion = region };
        var target = new OriginTarget(shielded) { Secondary = secondary, FailoverStatusCodes = [503] };
        return TestEdge.StartAsync(
            shielded,
            behavior => behavior with
            {
                CachePolicy = new CachePolicy { Id = "p", Name = "p", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.FromDays(1) },
                CachesOptions = true,
                ResponseHeadersPolicy = new ResponseHeadersPolicy { Id = "t", Name = "t", ServerTiming = new ServerTimingSampling(1_000_000) },
            },
            options: options => options with { CacheTiers = tiers, HttpCaching = rules, RecordsSteps = true, Explains = true },
            snapshot: snapshot =>
            {
                var live = snapshot.Distributions[0];
                return new EdgeSnapshot
                {
                    Distributions = [live with { DefaultBehavior = new LiveBehavior(live.DefaultBehavior.Behavior, target, BehaviorTriggers.None) }],
                    AnyHostIsTheOnlyDistribution = true,
                };
            });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
