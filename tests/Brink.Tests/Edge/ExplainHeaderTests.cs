using System.Net;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge;

/// <summary><c>X-Brink-Explain: 1</c>: an explanation for what is at this machine itself, and a header like any other from elsewhere.</summary>
public sealed class ExplainHeaderTests
{
    private const string Get = "GET /a HTTP/1.1\r\nHost: test\r\n", Question = "X-Brink-Explain: 1\r\n";

    [Theory]
    [InlineData("", true)]
    [InlineData("X-Forwarded-For: 127.0.0.1\r\n", false)]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\n", false)]
    [InlineData("Forwarded: for=127.0.0.1\r\n", false)]
    [InlineData("Via: 1.1 proxy\r\n", false)]
    public async Task WhatAProxySends_IsNotExplained(string fields, bool isExplained)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);

        var answer = await edge.AskAsync(Get + fields + Question + "\r\n");

        Assert.Equal(isExplained, IsExplanation(answer));
        Assert.Equal(isExplained ? 0 : 1, origin.Requests.Count);
    }

    // That a trusted proxy names an address of this machine does not make its viewer one: a viewer beside the proxy could say so.
    [Theory]
    [InlineData("")]
    [InlineData("X-Forwarded-For: 127.0.0.1\r\n")]
    [InlineData("X-Forwarded-For: 203.0.113.7\r\n")]
    public async Task WhatComesFromATrustedProxy_IsNotExplained(string fields)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.1/32")] });

        Assert.False(IsExplanation(await edge.AskAsync(Get + fields + Question + "\r\n")));
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\r\n", false)]
    [InlineData("PROXY TCP4 127.0.0.1 127.0.0.1 4711 80\r\n", true)]
    public async Task WithTheProxyProtocol_TheViewerCounts(string header, bool isExplained)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, options => options with { ProxyProtocolPeers = [IPNetwork.Parse("127.0.0.0/8")] });

        Assert.Equal(isExplained, IsExplanation(await edge.AskAsync(header + Get + Question + "\r\n")));
    }

    [Fact]
    public async Task WithoutTheOption_NothingIsExplained()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, options => options with { Explains = false });

        Assert.False(IsExplanation(await edge.AskAsync(Get + Question + "\r\n")));
    }

    private static bool IsExplanation(RawResponse answer) => answer.Text.Contains("\"next\":", StringComparison.Ordinal);

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, Func<EdgeServerOptions, EdgeServerOptions>? change = null) =>
        TestEdge.StartAsync(TestEdge.To(origin), options: options => (change ?? (same => same))(options with { Explains = true }));
}
