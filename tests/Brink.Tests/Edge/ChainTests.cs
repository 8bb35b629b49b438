using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Logs;

namespace Brink.Tests.Edge;

/// <summary>Distributions one behind the other: two at most (distribution spec 2.1).</summary>
public sealed class ChainTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 200)]
    [InlineData(3, 403)]
    public async Task Chain_EndsBehindItsSecondDistribution(int distributions, int status)
    {
        await using var origin = new ScriptedOrigin();
        var edges = new List<TestEdge>();
        var port = origin.Port;
        for (var i = 0; i < distributions; i++)
        {
            edges.Add(await TestEdge.StartAsync(TestEdge.ToPort(port)));
            port = edges[^1].Port;
        }

        var answer = await edges[^1].GetAsync("/a");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, origin.Requests.Count);
        foreach (var edge in edges)
            await edge.DisposeAsync();
    }

    // The page for a 403 would be asked for from the same origin, and so on.
    [Fact]
    public async Task OneMore_GetsNoPage_AndTheLogSaysWhy()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), distribution: distribution => distribution with
        {
            CustomErrorPages = ImmutableDictionary<int, CustomErrorPage>.Empty.Add(403, new CustomErrorPage(403, "/page.html", 200)),
        });

        var answer = await edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nVia: 1.1 a.cloudfront.net (CloudFront)\r\nVia: 1.1 proxy, 2.0 b.cloudfront.net (CloudFront)\r\n\r\n");
        var entry = await edge.Log.NextAsync();

        Assert.Equal((403, "LimitExceeded from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Equal(ResultType.LimitExceeded, entry.ResultType);
        Assert.Contains("the most of a chain", entry.ErrorDetail, StringComparison.Ordinal);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task OtherProxies_AreNotCounted()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nVia: 1.1 a.cloudfront.net (CloudFront), 1.1 varnish, 1.1 squid (CloudFront)\r\n\r\n");

        Assert.Equal(200, answer.Status);
    }
}
