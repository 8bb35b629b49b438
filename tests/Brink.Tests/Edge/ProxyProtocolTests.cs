using System.Net;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge;

/// <summary>Connections of load balancers that say whose they are (PROXY protocol), on every kind of port.</summary>
public sealed class ProxyProtocolTests
{
    private const string Line = "PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\r\n", Request = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";

    // 203.0.113.9:4711 to 198.51.100.1:80, and a TLV.
    private const string Binary = "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\0\u0010\u00cb\0\u0071\u0009\u00c6\u0033\u0064\u0001\u0012\u0067\0\u0050\u0004\0\u0001x";

    public static TheoryData<EdgeScheduling, bool, string, string> Ports
    {
        get
        {
            var data = new TheoryData<EdgeScheduling, bool, string, string>();
            foreach (var scheduling in Enum.GetValues<EdgeScheduling>())
            {
                foreach (var secure in new[] { false, true })
                {
                    data.Add(scheduling, secure, Line, "203.0.113.7");
                    data.Add(scheduling, secure, Binary, "203.0.113.9");
                }
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task TheViewerIsTheOneThatTheHeaderNames_ForEveryRequestOfTheConnection(EdgeScheduling scheduling, bool secure, string header, string address)
    {
        await using var origin = new ScriptedOrigin();
        var function = ScriptedFunction.Editing(_ => { });
        await using var edge = await StartAsync(origin, scheduling, function);
        using var viewer = await ConnectAsync(edge, secure, header);

        // Ordinary ones, and one that goes over to Kestrel.
        foreach (var request in new[] { Request, Request, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx" })
        {
            await viewer.SendAsync(request);
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
            Assert.Equal(address, (await edge.Log.NextAsync()).ViewerIp);
            Assert.Equal((address, 4711), (function.Last!.Request.ClientIp, function.Last.Request.ClientPort));
        }

        Assert.All(origin.Requests, asked => Assert.Equal((address, $"{address}:4711"), (asked["X-Forwarded-For"], asked["CloudFront-Viewer-Address"])));
    }

    [Fact]
    public async Task Http2ByPriorKnowledge_HasAHeaderToo()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);
        using var viewer = await ConnectAsync(edge, secure: false, Line);

        await viewer.SendAsync(Http2Frames.Start + Http2Frames.Frame(
            Http2Frames.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Block((":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/"))));

        var entry = await edge.Log.NextAsync();
        Assert.Equal(("2.0", "203.0.113.7"), (entry.HttpVersion, entry.ViewerIp));
    }

    [Theory]
    [InlineData("PROXY UNKNOWN\r\n")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0020\0\0\0")] // LOCAL: how a load balancer looks whether the edge answers
    public async Task AHeaderThatNamesNone_LeavesTheProxy(string header)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);
        using var viewer = await ConnectAsync(edge, secure: false, header);

        await viewer.SendAsync(Request);

        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        Assert.Equal("127.0.0.1", (await edge.Log.NextAsync()).ViewerIp);
    }

    [Theory]
    [InlineData(Request)]
    [InlineData("PROXY TCP4 no-address 198.51.100.1 4711 80\r\n" + Request)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u00ff\u00ff")]
    public async Task WithoutAHeader_TheConnectionEnds(string bytes)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(bytes);

        Assert.True(await viewer.IsClosedAsync());
        Assert.Contains("PROXY protocol", await edge.Log.NextRefusalAsync(), StringComparison.Ordinal);
        Assert.Empty(origin.Requests);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task NothingAtAll_IsNoRefusal()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);
        using (var probe = await RawViewer.ConnectAsync(edge.Port))
        {
            probe.EndSending();
            Assert.True(await probe.IsClosedAsync());
        }

        Assert.Empty(edge.Log.Refusals);
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData(null)]
    public async Task FromAnotherAddress_NoHeaderIsRead(string? peers)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, peers: peers);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Line + Request);

        Assert.Equal(400, (await viewer.ReceiveAsync()).Status);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task WhatTheHeaderNames_MayBeATrustedProxyItself()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, trusted: "203.0.113.7/32");
        using var viewer = await ConnectAsync(edge, secure: false, Line);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");

        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        Assert.Equal("192.0.2.1", (await edge.Log.NextAsync()).ViewerIp);
    }

    private static Task<RawViewer> ConnectAsync(TestEdge edge, bool secure, string header) =>
        secure ? RawViewer.ConnectSecurelyAsync(edge.HttpsPort, before: header) : ConnectAndSayAsync(edge.Port, header);

    private static async Task<RawViewer> ConnectAndSayAsync(int port, string header)
    {
        var viewer = await RawViewer.ConnectAsync(port);
        await viewer.SendAsync(header);
        return viewer;
    }

    private static Task<TestEdge> StartAsync(
        ScriptedOrigin origin, EdgeScheduling scheduling = EdgeScheduling.Inline, ScriptedFunction? function = null, string? peers = "127.0.0.0/8", string? trusted = null) =>
        TestEdge.StartAsync(
            TestEdge.To(origin),
            behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { CloudFrontHeaders = ["CloudFront-Viewer-Address"] } },
            viewerRequest: function,
            options: options => options with
            {
                HttpsPort = 0,
                Scheduling = scheduling,
                ProxyProtocolPeers = peers is null ? [] : [IPNetwork.Parse(peers)],
                TrustedProxies = trusted is null ? [] : [IPNetwork.Parse(trusted)],
            });
}
