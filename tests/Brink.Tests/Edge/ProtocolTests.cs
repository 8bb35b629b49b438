using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Edge;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge;

public sealed class ProtocolTests
{
    [Fact]
    public async Task PriorKnowledge_SpeaksHttp2OnTheCleartextPort()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-From: origin\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{edge.Port}/a?b=c") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("/a?b=c", origin.Requests[0].Target);
        Assert.Equal("2.0", (await edge.Log.NextAsync()).HttpVersion);
        Assert.StartsWith("1.1 ", response.Headers.Via.ToString());
    }

    [Fact]
    public async Task Http2_ManyAtOnceAndHttp1OnTheSamePort()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => client.GetStringAsync($"http://127.0.0.1:{edge.Port}/{i}")));

        Assert.All(answers, answer => Assert.Equal("ok", answer));
        Assert.Equal(200, (await edge.GetAsync("/one")).Status);
    }

    [Fact]
    public async Task PrefaceInPieces_IsStillHttp2()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        foreach (var piece in new[] { "PRI * HT", "TP/2.0\r\n\r\nSM", "\r\n\r\n" })
            await viewer.SendAsync(piece);
        await viewer.SendAsync("\0\0\0\u0004\0\0\0\0\0"); // an empty SETTINGS frame
        var firstFrame = await viewer.ReadBytesAsync(9);

        Assert.Equal(4, firstFrame[3]); // the server's SETTINGS
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    public async Task Https_NegotiatesByAlpn(int major, int minor)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 });
        using var client = TrustingClient();
        var version = new Version(major, minor);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{edge.HttpsPort}/secure") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(version, response.Version);
    }

    [Fact]
    public async Task HttpVersionIsHttp11_AlpnFollowsTheNameThatTheViewerAsksFor_WhateverAnotherDistributionAllows()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TwoDistributionsAsync(origin);

        // Both twice: a session that is resumed must not bring the protocol of the other name along.
        foreach (var (name, expected) in new[] { ("old.test", "http/1.1"), ("new.test", "h2"), ("old.test", "http/1.1"), ("new.test", "h2"), ("no-such-name.test", "h2") })
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, edge.HttpsPort, TestContext.Current.CancellationToken);
            await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = name, ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] },
                TestContext.Current.CancellationToken);

            Assert.Equal((name, expected), (name, tls.NegotiatedApplicationProtocol.ToString()));
        }
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public async Task HttpVersionIsHttp11_ARequestOverHttp2IsSentBackToHttp11(string scheme)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TwoDistributionsAsync(origin);
        // Over TLS, a connection that was made for the other distribution's name: .NET would make another one.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ConnectCallback = ConnectToNewAsync });
        var address = $"{scheme}://localhost:{(scheme == "http" ? edge.Port : edge.HttpsPort)}/";
        HttpRequestMessage To(string host, Version version) => new(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { Host = host } };

        using var allowed = await client.SendAsync(To("new.test", HttpVersion.Version20), TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(To("old.test", HttpVersion.Version20), TestContext.Current.CancellationToken));
        using var instead = await client.SendAsync(To("old.test", HttpVersion.Version11), TestContext.Current.CancellationToken);

        Assert.Equal(HttpVersion.Version20, allowed.Version);
        Assert.Contains("HTTP_1_1_REQUIRED", refused.ToString(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version11), (instead.StatusCode, instead.Version));
        Assert.Contains("HttpVersion does not have HTTP/2", await edge.Log.NextRefusalAsync(), StringComparison.Ordinal);
        Assert.Equal(2, origin.Requests.Count);
        Assert.Empty(edge.Log.Faults);
    }

    private static async ValueTask<Stream> ConnectToNewAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
        Stream plain = new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
        if (context.InitialRequestMessage.RequestUri!.Scheme == "http")
            return plain;
        var tls = new SslStream(plain, false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "new.test",
                ApplicationProtocols = [context.InitialRequestMessage.Version == HttpVersion.Version20 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
            },
            cancellationToken);
        return tls;
    }

    private static Task<TestEdge> TwoDistributionsAsync(ScriptedOrigin origin) => TestEdge.StartAsync(
        TestEdge.To(origin),
        options: options => options with { HttpsPort = 0 },
        snapshot: one =>
        {
            LiveDistribution With(string alias, bool allowsHttp2) => one.Distributions[0] with
            {
                Distribution = one.Distributions[0].Distribution with { Id = alias, DomainName = alias + ".cloudfront.net", Aliases = [alias], AllowsHttp2 = allowsHttp2 },
            };
            return new EdgeSnapshot { Distributions = [With("old.test", false), With("new.test", true)] };
        });

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task SelfSignedCertificate_NamesThisMachine(string name)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 });
        var errors = SslPolicyErrors.None;
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, edge.HttpsPort, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, found) =>
        {
            errors = found;
            return certificate is not null;
        });

        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name }, TestContext.Current.CancellationToken);

        Assert.Equal(SslPolicyErrors.RemoteCertificateChainErrors, errors);
        Assert.True(tls.SslProtocol is SslProtocols.Tls12 or SslProtocols.Tls13);
    }

    [Fact]
    public async Task GivenCertificate_IsTheOneShown()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=www.example.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpPort = null, HttpsPort = 0, Certificate = certificate });
        string? shown = null;
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, edge.HttpsPort, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream(), false, (_, received, _, _) => (shown = received?.Subject) is not null);

        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "www.example.com" }, TestContext.Current.CancellationToken);

        Assert.Equal("CN=www.example.com", shown);
        Assert.Null(edge.Server.HttpPort);
    }

    [Fact]
    public async Task TlsBelow12_IsRefused()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 });
        using var viewer = await RawViewer.ConnectAsync(edge.HttpsPort);

        // A ClientHello of TLS 1.1: version 3.2, 32 bytes of random, no session, one suite, no compression.
        var hello = "\u0003\u0002" + new string('r', 32) + "\0" + "\0\u0002\u00c0\u0009" + "\u0001\0";
        var handshake = $"\u0001\0\0{(char)hello.Length}{hello}";
        await viewer.SendAsync($"\u0016\u0003\u0001\0{(char)handshake.Length}{handshake}");

        var firstByte = (await Record.ExceptionAsync(async () => Assert.Equal(21, (await viewer.ReadBytesAsync(1))[0]))); // an alert, or just the end
        Assert.True(firstByte is null or IOException);
        Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task LargeBodyOverHttps_ArrivesWhole()
    {
        var body = new string('x', 3_000_000);
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 });
        using var client = TrustingClient();

        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"https://localhost:{edge.HttpsPort}/") { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(body.Length, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        }
    }

    [Fact]
    public async Task BothLoopbackAddresses_HaveTheSamePort()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        foreach (var address in edge.Server.Addresses)
        {
            using var viewer = await RawViewer.ConnectAsync(edge.Port, address);
            await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
            Assert.Equal(address.ToString(), (await edge.Log.NextAsync()).ViewerIp);
        }
    }

    [Theory]
    [InlineData(EdgeScheduling.Inline)]
    [InlineData(EdgeScheduling.ThreadPool)]
    public async Task KeepAlive_AnswersOneAfterTheOther(EdgeScheduling scheduling)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { Scheduling = scheduling });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        var ids = new HashSet<string>();

        await viewer.SendAsync(string.Concat(Enumerable.Range(0, 20).Select(i => $"GET /{i} HTTP/1.1\r\nHost: test\r\n\r\n")));
        for (var i = 0; i < 20; i++)
        {
            var response = await viewer.ReceiveAsync();
            Assert.Equal("ok", response.Text);
            Assert.True(ids.Add(response["X-Amz-Cf-Id"]!));
        }

        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{54}==$", id));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"/{i}"), origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Stop_LetsARequestUnderWayFinish()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            asked.TrySetResult();
            await goOn.Task;
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await asked.Task;

        var stopping = edge.Server.StopAsync(TestContext.Current.CancellationToken);
        goOn.SetResult();

        Assert.Equal("last", (await viewer.ReceiveAsync()).Text);
        await stopping;
    }

    [Fact]
    public async Task Stop_DoesNotWaitForSilentViewers()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0, DrainTime = TimeSpan.FromMinutes(1) });
        using var silent = await RawViewer.ConnectAsync(edge.Port);
        using var silentTls = await RawViewer.ConnectAsync(edge.HttpsPort);
        using var idle = await RawViewer.ConnectAsync(edge.Port);
        await idle.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await idle.ReceiveAsync();

        await edge.Server.StopAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.True(await silent.IsClosedAsync());
        Assert.True(await silentTls.IsClosedAsync());
        Assert.True(await idle.IsClosedAsync());
    }

    private static HttpClient TrustingClient() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null },
    });
}
