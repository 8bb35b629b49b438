using Brink.Distributions;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Configuration;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>What the RFC's rules of caching change outside of the cache: which methods pass, what they end, and interim responses.</summary>
public sealed class HttpCachingTests
{
    private const string Kept = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=600\r\n\r\nok";

    private const string Hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n";

    [Theory]
    [InlineData(HttpCachingRules.CloudFront, 1, "POST", "Hit from cloudfront")]
    [InlineData(HttpCachingRules.Rfc9111, 1, "POST", "Miss from cloudfront")]
    [InlineData(HttpCachingRules.Rfc9111, 2, "POST", "Miss from cloudfront")]
    [InlineData(HttpCachingRules.Rfc9111, 2, "M-SEARCH", "Miss from cloudfront")]
    [InlineData(HttpCachingRules.Rfc9111, 2, "OPTIONS", "Hit from cloudfront")]
    public async Task RequestThatChangesSomething_EndsWhatIsCachedOfItsUri(HttpCachingRules rules, int tiers, string method, string xCache)
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, rules, tiers);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await AskAsync(viewer, "GET", "/a");
        await AskAsync(viewer, "GET", "/b");

        Assert.Equal(200, (await AskAsync(viewer, method, "/a")).Status);

        Assert.Equal(xCache, (await AskAsync(viewer, "GET", "/a"))["X-Cache"]);
        Assert.Equal("Hit from cloudfront", (await AskAsync(viewer, "GET", "/b"))["X-Cache"]);
    }

    [Theory]
    [InlineData(HttpCachingRules.CloudFront, AllowedMethods.All, "M-SEARCH", 403)]
    [InlineData(HttpCachingRules.Rfc9111, AllowedMethods.All, "M-SEARCH", 200)]
    [InlineData(HttpCachingRules.Rfc9111, AllowedMethods.All, "TRACE", 403)]
    [InlineData(HttpCachingRules.Rfc9111, AllowedMethods.GetHeadOptions, "M-SEARCH", 403)]
    public async Task OtherMethods_PassWhereAllAreAllowed(HttpCachingRules rules, AllowedMethods allowed, string method, int status)
    {
        await using var origin = new ScriptedOrigin().Reply(Kept);
        await using var edge = await StartAsync(origin, rules, allowed: allowed);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        Assert.Equal(status, (await AskAsync(viewer, method, "/a")).Status);
    }

    // It is there while the origin still works on its answer, and hits have none.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task InterimResponse_GoesToTheViewerAtOnce(int tiers)
    {
        var answer = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 100 Continue\r\n\r\n" + Hints[..20]);
            await conversation.SayAsync(Hints[20..]);
            await answer.Task;
            await conversation.SayAsync(Kept);
        });
        await using var edge = await StartAsync(origin, HttpCachingRules.Rfc9111, tiers);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
        await viewer.ReadUntilAsync("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"); // without 100, and what Connection named
        answer.SetResult();

        Assert.Equal("ok", (await viewer.ReceiveAsync()).Text);
        Assert.Equal("Hit from cloudfront", (await AskAsync(viewer, "GET", "/a"))["X-Cache"]);
        // The connection to the origin is used again, for another viewer's request.
        using var other = await RawViewer.ConnectAsync(edge.Port);
        await other.SendAsync("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
        await other.ReadUntilAsync("HTTP/1.1 103 Early Hints\r\n");
        await other.ReadUntilAsync("\r\n\r\n");
        Assert.Equal("ok", (await other.ReceiveAsync()).Text);
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task InterimResponse_OfACloudFrontsOrigin_GoesNoFurther()
    {
        await using var origin = new ScriptedOrigin().Reply(Hints + Kept);
        await using var edge = await StartAsync(origin, HttpCachingRules.CloudFront);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        Assert.Equal(200, (await AskAsync(viewer, "GET", "/a")).Status);
    }

    // A body that looks like one is a body; more than is listened to is not passed on, and the answer comes all the same.
    [Fact]
    public async Task WhatIsNoInterimResponse_IsLeftAlone()
    {
        await using var origin = new ScriptedOrigin().Script(conversation => conversation.SayAsync(conversation.Request.Line.Contains("/body", StringComparison.Ordinal)
            ? $"HTTP/1.1 200 OK\r\nContent-Length: {Hints.Length}\r\n\r\n{Hints}"
            : string.Concat(Enumerable.Repeat(Hints, 250)) + Kept));
        await using var edge = await StartAsync(origin, HttpCachingRules.Rfc9111);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        Assert.Equal(Hints, (await AskAsync(viewer, "GET", "/body")).Text);

        await viewer.SendAsync("GET /many HTTP/1.1\r\nHost: h\r\n\r\n");
        await viewer.ReadUntilAsync("HTTP/1.1 200 OK\r\n");
    }

    [Fact]
    public async Task Variants_AreExplainedAndListed_AndNotWhatTheyVaryOn()
    {
        await using var origin = new ScriptedOrigin().Reply(Kept.Replace("\r\n\r\n", "\r\nVary: Foo\r\n\r\n", StringComparison.Ordinal));
        await using var edge = await StartAsync(origin, HttpCachingRules.Rfc9111, tiers: 2);
        await edge.AskAsync("GET /a HTTP/1.1\r\nHost: h\r\nFoo: 1\r\n\r\n");

        var there = await edge.AskAsync("GET /a HTTP/1.1\r\nHost: h\r\nFoo: 1\r\nX-Brink-Explain: 1\r\n\r\n");
        var other = await edge.AskAsync("GET /a HTTP/1.1\r\nHost: h\r\nFoo: 2\r\nX-Brink-Explain: 1\r\n\r\n");

        Assert.Contains("the edge's cache answers: Hit", there.Text, StringComparison.Ordinal);
        Assert.Contains("the origin's Vary names it", there.Text, StringComparison.Ordinal);
        Assert.Contains("\"max-age=600 of the origin\"", there.Text, StringComparison.Ordinal);
        Assert.Contains("the edge's cache asks the regional edge cache", other.Text, StringComparison.Ordinal);
        Assert.Equal(
            [("edge", "/a", 200), ("region", "/a", 200)],
            edge.Server.Cache.List(new StoredObjectFilter(null, null, null), 10).Objects.Select(each => (each.Tier, each.Path, each.Status)));
    }

    private static Task<TestEdge> StartAsync(
        ScriptedOrigin origin, HttpCachingRules rules, int tiers = 1, AllowedMethods allowed = AllowedMethods.All) =>
        TestEdge.StartAsync(
            TestEdge.To(origin),
            behavior => behavior with { AllowedMethods = allowed, CachePolicy = ManagedPolicies.FindCachePolicy("CachingOptimized")! },
            options: options => options with { HttpCaching = rules, CacheTiers = tiers, Explains = true });

    private static async Task<RawResponse> AskAsync(RawViewer viewer, string method, string path)
    {
        await viewer.SendAsync($"{method} {path} HTTP/1.1\r\nHost: h\r\n{(method is "GET" ? "" : "Content-Length: 0\r\n")}\r\n");
        return await viewer.ReceiveAsync();
    }
}
