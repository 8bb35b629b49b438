using Brink.Edge;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge;

public sealed class BadInputTests
{
    public static TheoryData<string, string> MalformedRequests => new()
    {
        { "bare LF after the request line", "GET /a HTTP/1.1\nHost: test\r\n\r\n" },
        { "bare LF after a field", "GET /a HTTP/1.1\r\nHost: test\nX: y\r\n\r\n" },
        { "bare LF everywhere", "GET /a HTTP/1.1\nHost: test\n\n" },
        { "folded field", "GET /a HTTP/1.1\r\nHost: test\r\nX: y\r\n z\r\n\r\n" },
        { "blank before the colon", "GET /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding : chunked\r\n\r\n" },
        { "no Host", "GET /a HTTP/1.1\r\n\r\n" },
        { "two Hosts", "GET /a HTTP/1.1\r\nHost: test\r\nHost: other\r\n\r\n" },
        { "empty Host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n" },
        { "a path in Host", "GET /a HTTP/1.1\r\nHost: test/x\r\n\r\n" },
        { "no Host in 1.0", "GET /a HTTP/1.0\r\n\r\n" },
        { "two different lengths", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc" },
        { "the same length twice", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc" },
        { "a length with a sign", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: +3\r\n\r\nabc" },
        { "a length with a NUL behind it", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3\0\r\n\r\nabc" },
        { "a length with a blank in it", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3 0\r\n\r\nabc" },
        { "a length that is empty", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length:\r\n\r\nabc" },
        { "a length in hexadecimal", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 0x3\r\n\r\nabc" },
        { "a length beyond numbers", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 99999999999999999999\r\n\r\nabc" },
        { "a length of 9,000 digits", $"POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: {new string('9', 9000)}\r\n\r\nabc" },
        { "a list of lengths", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3, 3\r\n\r\nabc" },
        { "a negative length", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: -1\r\n\r\nabc" },
        { "length and chunked", "POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "chunked and length", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "chunked, identity", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "gzip, chunked", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "chunked twice", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "unknown coding", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "chunked in 1.0", "POST /a HTTP/1.0\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
        { "chunk with bare LF", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" },
        { "chunk size that is no number", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n" },
        { "chunk longer than said", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" },
        { "chunk extension with bare LF", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\nx\r\nabc\r\n0\r\n\r\n" },
        { "chunk size beyond numbers", "POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n" },
        { "NUL in a value", "GET /a HTTP/1.1\r\nHost: test\r\nX: a\0b\r\n\r\n" },
        { "CR in a value", "GET /a HTTP/1.1\r\nHost: test\r\nX: a\rb\r\n\r\n" },
        { "control character in a value", "GET /a HTTP/1.1\r\nHost: test\r\nX: a\u0001b\r\n\r\n" },
        { "blank in the target", "GET /a b HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "tab in the target", "GET /a\tb HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "fragment in the target", "GET /a#b HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "bytes above ASCII in the path", "GET /caf\u00e9 HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "bytes above ASCII in the query", "GET /a?caf\u00e9 HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "an escaped NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "absolute target of another host", "GET http://other/a HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "absolute target with a user", "GET http://user@test/a HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "asterisk", "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n" },
        { "CONNECT", "CONNECT test:443 HTTP/1.1\r\nHost: test:443\r\n\r\n" },
        { "no version", "GET /a\r\n\r\n" },
        { "no HTTP at all", "GARBAGE\r\n\r\n" },
        { "a TLS handshake", "\u0016\u0003\u0001\u0000\u0005hello\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task MalformedRequest_Gets400AndALogLineAndTheConnectionEnds(string shape, string request)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(request + "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n");
        var response = await viewer.ReceiveAsync();

        Assert.True(response.Status == 400, $"{shape}: {response.StatusLine}");
        Assert.True(await viewer.IsClosedAsync(), shape);
        await await Task.WhenAny(edge.Log.NextRefusalAsync(), edge.Log.NextAsync());
        Assert.DoesNotContain(origin.Requests, asked => asked.Target == "/smuggled");
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [InlineData("GET h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 405)]
    [InlineData("GET /a HTTP/2.0\r\nHost: test\r\n\r\n", 505)]
    public async Task WhatTheListenerRefuses_IsLogged(string request, int status)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(status, (await edge.AskAsync(request)).Status);
        Assert.NotEmpty(await edge.Log.NextRefusalAsync());
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", "")]
    [InlineData("00000000000000000000000000000003", "abc")]
    public async Task LeadingZerosOfALength_AreANumberLikeOthers(string length, string body)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}GET /next HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        Assert.Equal([("/a", body), ("/next", "")], origin.Requests.Select(request => (request.Target, request.Body)));
        Assert.True(origin.Requests[0]["Content-Length"] is null || origin.Requests[0]["Content-Length"] == $"{body.Length}");
    }

    [Fact]
    public async Task RefusalOfOurs_IsThePage()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var response = await edge.AskAsync("GET /a HTTP/1.1\r\nHost:\r\n\r\n");

        Assert.Contains("<H1>400 ERROR</H1>", response.Text);
        Assert.Contains("Bad request.", response.Text);
        Assert.Equal("Error from cloudfront", response["X-Cache"]);
        Assert.Equal("CloudFront", response["Server"]);
        Assert.Contains($"Request ID: {response["X-Amz-Cf-Id"]}", response.Text);
    }

    [Theory]
    [InlineData(8192, 200)]
    [InlineData(8193, 413)]
    [InlineData(100_000, 413)]
    public async Task UrlOverTheLimit_Gets413AndThePageAndTheConnectionEnds(int bytes, int status)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"GET /{new string('a', bytes - 1)} HTTP/1.1\r\nHost: test\r\n\r\n");
        var response = await viewer.ReceiveAsync();

        Assert.Equal(status, response.Status);
        if (status == 413)
        {
            Assert.Contains("<H1>413 ERROR</H1>", response.Text);
            Assert.True(await viewer.IsClosedAsync());
            Assert.False(edge.Log.HasEntry);
            Assert.Empty(origin.Requests);
        }
    }

    [Theory]
    [InlineData(30_000, 200)]
    [InlineData(33_000, 413)]
    [InlineData(100_000, 413)]
    public async Task HeadOverTheLimit_Gets413(int bytes, int status)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = null });

        Assert.Equal(status, (await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nX: {new string('a', bytes)}\r\n\r\n")).Status);
    }

    [Fact]
    public async Task ManySmallFieldsOverTheLimit_Get413()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var fields = string.Concat(Enumerable.Range(0, 6000).Select(i => $"a{i}:\r\n"));
        Assert.Equal(413, (await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\n{fields}\r\n")).Status);
    }

    [Fact]
    public async Task SlowHead_EndsTheConnection()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { RequestHeadersTimeout = TimeSpan.FromSeconds(1) });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHos");
        var response = await viewer.ReceiveAsync();

        Assert.Equal(408, response.Status);
        Assert.True(await viewer.IsClosedAsync());
    }

    [Fact]
    public async Task ViewerWhoNeverSpeaks_IsLetGo()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { RequestHeadersTimeout = TimeSpan.FromSeconds(1) });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        Assert.True(await viewer.IsClosedAsync());
    }

    [Fact]
    public async Task ViewerGoesAwayWhileTheOriginThinks_TheOriginRequestIsGivenUp()
    {
        var gaveUp = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            asked.SetResult();
            gaveUp.SetResult(await conversation.StallAsync());
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await asked.Task;
        viewer.Vanish();

        Assert.True(await gaveUp.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        var entry = await edge.Log.NextAsync();
        Assert.Equal((0, "ClientCommError"), (entry.StatusCode, entry.DetailedResultType));
        Assert.Equal(200, (await edge.GetAsyncAfter(origin)).Status);
        Assert.Empty(edge.Log.Faults);
    }

    /// <summary>On its way into the cache or not, of a known length or not: the log has what went out before the viewer left.</summary>
    [Theory]
    [InlineData(true, "Content-Length: 1000000\r\n\r\n", "start")]
    [InlineData(false, "Content-Length: 1000000\r\n\r\n", "start")]
    [InlineData(true, "Transfer-Encoding: chunked\r\n\r\n", "5\r\nstart\r\n")]
    [InlineData(false, "Transfer-Encoding: chunked\r\n\r\n", "5\r\nstart\r\n")]
    public async Task ViewerGoesAwayWithinTheBody_TheOriginsConnectionIsClosed(bool isCached, string framing, string body)
    {
        var gaveUp = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync($"HTTP/1.1 200 OK\r\n{framing}{body}");
            gaveUp.SetResult(await conversation.StallAsync());
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), isCached ? CachedDeliveryTests.Cached : null);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await viewer.ReadUntilAsync("start");
        viewer.Vanish();

        Assert.True(await gaveUp.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        var entry = await edge.Log.NextAsync();
        Assert.Equal((200, 5L, "ClientCommError"), (entry.StatusCode, entry.BodyBytes, entry.DetailedResultType));
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ViewersGoAwayRightAfterTheirLastByte_EachHasHadEverything(bool isCached)
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), isCached ? CachedDeliveryTests.Cached : null);

        for (var number = 0; number < 300; number++)
        {
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            await viewer.SendAsync($"GET /{number} HTTP/1.1\r\nHost: test\r\n\r\n");
            await viewer.ReadUntilAsync("whole");
            viewer.Vanish();
            var entry = await edge.Log.NextAsync();
            Assert.Equal((200, 5L, "Miss"), (entry.StatusCode, entry.BodyBytes, entry.DetailedResultType));
        }
    }

    [Fact]
    public async Task ViewerGoesAwayWithinItsOwnBody_NothingIsLeftBehind()
    {
        var underWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(_ => underWay.TrySetResult()));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nstart");
        await underWay.Task;
        viewer.Vanish();

        await edge.Log.NextAsync();
        Assert.Empty(edge.Log.Faults);
        Assert.Equal(200, (await edge.GetAsync("/again")).Status);
    }

    [Fact]
    public async Task GetWithABody_Gets403()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var response = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");

        Assert.Equal(403, response.Status);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("/a%zz")]
    [InlineData("/%")]
    [InlineData("/a%2")]
    [InlineData("/%c3%28")]
    [InlineData("/a?x=%zz")]
    public async Task BadEscapes_GoOnAsTheyCame(string target)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(200, (await edge.GetAsync(target)).Status);
        Assert.Equal(target, origin.Requests[0].Target);
    }

    [Fact]
    public async Task PortInUse_IsOneSentence()
    {
        await using var origin = new ScriptedOrigin();

        var failure = await Assert.ThrowsAsync<EndpointUnavailableException>(
            () => TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpPort = origin.Port }));

        Assert.Equal($"Port {origin.Port} on 127.0.0.1 is already in use by another program.", failure.Message);
    }

    [Fact]
    public async Task AddressOfAnotherMachine_IsOneSentence()
    {
        var failure = await Assert.ThrowsAsync<EndpointUnavailableException>(
            () => TestEdge.StartAsync(TestEdge.ToPort(1), options: options => options with { Addresses = [System.Net.IPAddress.Parse("192.0.2.1")] }));

        Assert.Equal("None of the addresses 192.0.2.1 exists on this machine.", failure.Message);
    }

    [Fact]
    public async Task CertificateWithoutKey_IsOneSentence()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        using var certificate = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=x", key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        using var bare = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificate(certificate.RawData);

        var failure = await Assert.ThrowsAsync<EndpointUnavailableException>(
            () => TestEdge.StartAsync(TestEdge.ToPort(1), options: options => options with { HttpsPort = 0, Certificate = bare }));

        Assert.Equal("The certificate for HTTPS has no private key.", failure.Message);
    }
}

internal static class TestEdgeExtensions
{
    /// <summary>Asks again, with the origin back to a plain answer.</summary>
    public static Task<RawResponse> GetAsyncAfter(this TestEdge edge, ScriptedOrigin origin)
    {
        origin.Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        return edge.GetAsync("/again");
    }
}
