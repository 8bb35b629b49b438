using System.Net;
using System.Net.Http.Headers;
using System.Net.Quic;
using System.Net.Security;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;

namespace Brink.Tests.Edge;

/// <summary>HTTP/3 where the machine has libmsquic; where it has not, HTTP/2 without a word of HTTP/3.</summary>
public sealed class Http3Tests
{
    private const string NoQuic = "libmsquic is not installed";

    [Fact]
    public async Task WithoutQuic_OrWithoutAnAsker_ThereIsNoAltSvc()
    {
        await using var origin = new ScriptedOrigin();
        await using var asks = await StartAsync(origin, "http2and3");
        await using var doesNot = await StartAsync(origin, "http2");

        Assert.Equal(Http3Server.IsSupported ? $"h3=\":{asks.HttpsPort}\"; ma=86400" : null, await AltSvcAsync(asks));
        Assert.Null(await AltSvcAsync(doesNot));
        Assert.Null((await asks.GetAsync("/"))["Alt-Svc"]); // no TLS, no word of it
    }

    [Theory]
    [InlineData("http3")]
    [InlineData("http2and3")]
    public async Task Request_IsServed_AndTheFactsAreThere(string version)
    {
        Assert.SkipUnless(QuicListener.IsSupported, NoQuic);
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, version);
        using var viewer = Viewer(HttpVersion.Version30);

        using var first = await AskAsync(viewer, edge);
        using var second = await viewer.PostAsync(Url(edge), new StringContent(new string('x', 300_000)), TestContext.Current.CancellationToken);

        Assert.Equal((HttpVersion.Version30, HttpStatusCode.OK, HttpStatusCode.OK), (first.Version, first.StatusCode, second.StatusCode));
        Assert.StartsWith($"h3=\":{edge.HttpsPort}\"", Assert.Single(first.Headers.GetValues("Alt-Svc")), StringComparison.Ordinal);
        var entry = await edge.Log.NextAsync();
        Assert.Equal(("3.0", "127.0.0.1"), (entry.HttpVersion, entry.ViewerIp));
        Assert.Equal("3.0", origin.Requests[0]["CloudFront-Viewer-Http-Version"]);
        Assert.Equal("https", origin.Requests[0]["CloudFront-Forwarded-Proto"]);
        Assert.Matches("^TLSv1\\.3:TLS_[A-Z0-9_]+:fullHandshake$", origin.Requests[0]["CloudFront-Viewer-TLS"]);
        Assert.EndsWith(":connectionReused", origin.Requests[1]["CloudFront-Viewer-TLS"], StringComparison.Ordinal);
        Assert.Null(origin.Requests[0]["CloudFront-Viewer-JA3-Fingerprint"]);
        Assert.Equal(300_000, origin.Requests[1].Body.Length);
        Assert.Equal(1, edge.Server.Door.Connections);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task Http3Alone_LeavesOutHttp2()
    {
        Assert.SkipUnless(QuicListener.IsSupported, NoQuic);
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, "http3");
        using var viewer = Viewer(HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower);

        using var answer = await AskAsync(viewer, edge);

        Assert.Equal(HttpVersion.Version11, answer.Version);
    }

    [Fact]
    public async Task DistributionWithoutHttp3_GivesNoHandshake()
    {
        Assert.SkipUnless(QuicListener.IsSupported, NoQuic);
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, "http2and3");
        var asker = edge.State.Current.Distributions[0];
        var other = new Distribution
        {
            Id = "EOTHER", DomainName = "other.cloudfront.net", Aliases = ["other.test"], Origins = asker.Distribution.Origins, DefaultCacheBehavior = asker.Distribution.DefaultCacheBehavior,
        };
        edge.State.Swap(new EdgeSnapshot { Distributions = [asker with { Distribution = asker.Distribution with { Aliases = ["asks.test"] } }, new LiveDistribution(other, asker.DefaultBehavior, [])] });

        await Assert.ThrowsAnyAsync<Exception>(() => Http3RawViewer.ConnectAsync(edge.HttpsPort, "other.test"));
        await using var viewer = await Http3RawViewer.ConnectAsync(edge.HttpsPort, "asks.test");
        Assert.NotEmpty(await viewer.AskAsync("asks.test"));
        // Over the connection of the one, the other is asked in vain: H3_VERSION_FALLBACK says to come over HTTP/1.1.
        Assert.Equal(0x110, (await Assert.ThrowsAsync<QuicException>(() => viewer.AskAsync("other.test"))).ApplicationErrorCode);
        Assert.Contains("the distribution's HttpVersion does not have HTTP/3, over which the request came", edge.Log.Refusals);
    }

    [Fact]
    public async Task ConnectionsOfOneAddress_AreCountedWithTheOthers()
    {
        Assert.SkipUnless(QuicListener.IsSupported, NoQuic);
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, "http2and3", options => options with { Door = DoorLimits.Default with { ConnectionsPerAddress = 1 } });
        using (var first = Viewer(HttpVersion.Version30))
        {
            using var served = await AskAsync(first, edge);
            using var second = Viewer(HttpVersion.Version30);
            await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(second, edge));
            Assert.Equal(1, edge.Server.Door.ConnectionsRefusedToAddress);
        }
        await edge.Server.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, edge.Server.Door.Connections);
    }

    [Fact]
    public async Task RequestsOfOneConnection_TheNextOneComesOverAnother()
    {
        Assert.SkipUnless(QuicListener.IsSupported, NoQuic);
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin, "http2and3", options => options with { Door = DoorLimits.Default with { RequestsPerConnection = 2 } });
        using var viewer = Viewer(HttpVersion.Version30);
        for (var i = 0; i < 6; i++)
        {
            using var answer = await AskAsync(viewer, edge);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.InRange(edge.Server.Door.ConnectionsWithLastRequest, 2, 3);
    }

    private static async Task<string?> AltSvcAsync(TestEdge edge)
    {
        using var viewer = await RawViewer.ConnectSecurelyAsync(edge.HttpsPort);
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        return (await viewer.ReceiveAsync())["Alt-Svc"];
    }

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, string version, Func<EdgeServerOptions, EdgeServerOptions>? options = null) => TestEdge.StartAsync(
        TestEdge.To(origin),
        behavior => behavior with
        {
            OriginRequestPolicy = TestEdge.AllViewerExceptHost with
            {
                Headers = Brink.Policies.ItemSet.Whitelist("CloudFront-Viewer-Http-Version", "CloudFront-Forwarded-Proto", "CloudFront-Viewer-TLS", "CloudFront-Viewer-JA3-Fingerprint"),
            },
        },
        options: given => (options?.Invoke(given) ?? given) with { Addresses = [IPAddress.Loopback], HttpsPort = 0 },
        distribution: distribution => distribution with { AsksForHttp3 = version.EndsWith('3'), Http3ReplacesHttp2 = version == "http3" });

    private static HttpClient Viewer(Version version, HttpVersionPolicy policy = HttpVersionPolicy.RequestVersionExact) =>
        new(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
        })
        {
            DefaultRequestVersion = version,
            DefaultVersionPolicy = policy,
            Timeout = TimeSpan.FromSeconds(20),
        };

    private static string Url(TestEdge edge) => $"https://127.0.0.1:{edge.HttpsPort}/";

    private static Task<HttpResponseMessage> AskAsync(HttpClient viewer, TestEdge edge) => viewer.GetAsync(Url(edge), TestContext.Current.CancellationToken);
}
