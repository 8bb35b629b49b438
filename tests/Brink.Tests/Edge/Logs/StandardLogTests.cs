using System.Globalization;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Logs.Delivery;
using Brink.Functions;

namespace Brink.Tests.Edge.Logs;

/// <summary>The standard log field by field, for each way in which a request can end (distribution spec 2.14).</summary>
public sealed class StandardLogTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello";

    private static readonly string[] Names = Encoding.ASCII.GetString(StandardLog.Head).Split('\n')[1]["#Fields: ".Length..].Split(' ');

    [Fact]
    public void Head_NamesTheThirtyThreeFields()
    {
        Assert.Equal("#Version: 1.0", Encoding.ASCII.GetString(StandardLog.Head).Split('\n')[0]);
        Assert.Equal(33, Names.Length);
    }

    [Fact]
    public async Task MissAndHit_EveryField()
    {
        await using var run = await Run.StartAsync(behavior: CachedDeliveryTests.Cached);
        const string request = "GET /a%20b/~x?q=1&r=%C3%A4|' HTTP/1.1\r\nHost: www.test:8080\r\nReferer: http://r.test/<>\r\nUser-Agent: Agent \"1\"\r\n"
            + "Cookie: a=1\r\nCookie: b=2\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";

        foreach (var result in new[] { "Miss", "Hit" })
        {
            using var viewer = await RawViewer.ConnectAsync(run.Edge.Port);
            await viewer.SendAsync(request);
            var answer = await viewer.ReceiveAsync();
            var line = await run.NextAsync();

            Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", line["date"]);
            Assert.Matches("^[0-9]{2}:[0-9]{2}:[0-9]{2}$", line["time"]);
            Assert.Equal("LCL50-C1", line["x-edge-location"]);
            Assert.Equal(BytesOf(answer), line["sc-bytes"]);
            Assert.Equal("127.0.0.1", line["c-ip"]);
            Assert.Equal("GET", line["cs-method"]);
            Assert.Equal("d111111abcdef8.cloudfront.net", line["cs(Host)"]);
            Assert.Equal("/a%2520b/%7Ex", line["cs-uri-stem"]);
            Assert.Equal("200", line["sc-status"]);
            Assert.Equal("http://r.test/%3C%3E", line["cs(Referer)"]);
            Assert.Equal("Agent%20%221%22", line["cs(User-Agent)"]);
            Assert.Equal("q=1&r=%25C3%25A4%7C%27", line["cs-uri-query"]);
            Assert.Equal("a=1;%20b=2", line["cs(Cookie)"]);
            Assert.Equal(result, line["x-edge-result-type"]);
            Assert.Equal(answer["X-Amz-Cf-Id"], line["x-edge-request-id"]);
            Assert.Equal("www.test:8080", line["x-host-header"]);
            Assert.Equal("http", line["cs-protocol"]);
            Assert.Equal(request.Length.ToString(CultureInfo.InvariantCulture), line["cs-bytes"]);
            Assert.Matches("^[0-9]+\\.[0-9]{3}$", line["time-taken"]);
            Assert.Equal("192.0.2.1", line["x-forwarded-for"]);
            Assert.Equal(("-", "-"), (line["ssl-protocol"], line["ssl-cipher"]));
            Assert.Equal(result, line["x-edge-response-result-type"]);
            Assert.Equal("HTTP/1.1", line["cs-protocol-version"]);
            Assert.Equal(("-", "-"), (line["fle-status"], line["fle-encrypted-fields"]));
            Assert.Matches("^[1-9][0-9]{3,4}$", line["c-port"]);
            Assert.Matches("^[0-9]+\\.[0-9]{3}$", line["time-to-first-byte"]);
            Assert.Equal(result, line["x-edge-detailed-result-type"]);
            Assert.Equal("text/plain;%20charset=utf-8", line["sc-content-type"]);
            Assert.Equal("5", line["sc-content-len"]);
            Assert.Equal(("-", "-"), (line["sc-range-start"], line["sc-range-end"]));
        }
    }

    [Fact]
    public async Task NothingToSay_IsADash()
    {
        await using var run = await Run.StartAsync(includesCookies: false);

        await run.Edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nCookie: secret=1\r\n\r\n");

        var line = await run.NextAsync();
        foreach (var name in new[] { "cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-forwarded-for" })
            Assert.Equal("-", line[name]);
    }

    /// <summary>Chunks as they are on the wire; a head without a body; one that the edge ends by closing; and what goes over to Kestrel.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: test\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: test\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: test\r\n\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", Ok)]
    [InlineData("POST / HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc", Ok)]
    public async Task Bytes_AreThoseOfTheWire(string request, string reply)
    {
        await using var run = await Run.StartAsync(reply);
        using var viewer = await RawViewer.ConnectAsync(run.Edge.Port);

        await viewer.SendAsync(request);
        if (!request.Contains("Connection: close", StringComparison.Ordinal))
            viewer.EndSending();
        var wire = await viewer.ReadToTheEndAsync();

        var line = await run.NextAsync();
        Assert.Equal(wire.Length.ToString(CultureInfo.InvariantCulture), line["sc-bytes"]);
        Assert.Equal(request.Length.ToString(CultureInfo.InvariantCulture), line["cs-bytes"]);
    }

    [Fact]
    public async Task OriginsError_IsError_AndRangesAreThere()
    {
        await using var run = await Run.StartAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await run.Edge.GetAsync("/");
        var line = await run.NextAsync();
        Assert.Equal(("503", "Error", "Error", "Error"), (line["sc-status"], line["x-edge-result-type"], line["x-edge-response-result-type"], line["x-edge-detailed-result-type"]));

        await using var partly = await Run.StartAsync("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 10-14/100\r\nContent-Length: 5\r\n\r\nhello");
        await partly.Edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nRange: bytes=10-14\r\n\r\n");
        line = await partly.NextAsync();
        Assert.Equal(("206", "10", "14"), (line["sc-status"], line["sc-range-start"], line["sc-range-end"]));
    }

    [Fact]
    public async Task OriginThatIsNotThere_HasItsDetail()
    {
        await using var run = await Run.StartAsync(origin: TestEdge.ToPort(1) with { ConnectionAttempts = 1 });
        await run.Edge.GetAsync("/");
        var line = await run.NextAsync();
        Assert.Equal(("502", "Error", "OriginConnectError"), (line["sc-status"], line["x-edge-result-type"], line["x-edge-detailed-result-type"]));
    }

    [Fact]
    public async Task Redirect_Refusal_AndFunctionsAnswer_HaveTheirWords()
    {
        await using var redirecting = await Run.StartAsync(behavior: behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps });
        await redirecting.Edge.GetAsync("/a");
        var line = await redirecting.NextAsync();
        Assert.Equal(("301", "Redirect", "Redirect", "text/html"), (line["sc-status"], line["x-edge-result-type"], line["x-edge-detailed-result-type"], line["sc-content-type"]));

        await using var signed = await Run.StartAsync(behavior: behavior => behavior with { TrustedKeys = [] });
        await signed.Edge.GetAsync("/a");
        line = await signed.NextAsync();
        Assert.Equal(("403", "Error"), (line["sc-status"], line["x-edge-result-type"]));

        await using var abroad = await Run.StartAsync(
            distribution: distribution => distribution with { GeoRestriction = new GeoRestriction(isWhitelist: true, ["DE"]) }, country: "FR");
        await abroad.Edge.GetAsync("/a");
        line = await abroad.NextAsync();
        Assert.Equal(("403", "Error", "ClientGeoBlocked"), (line["sc-status"], line["x-edge-result-type"], line["x-edge-detailed-result-type"]));

        await using var generated = await Run.StartAsync(viewerRequest: ScriptedFunction.Responding(418));
        await generated.Edge.GetAsync("/a");
        line = await generated.NextAsync();
        Assert.Equal(("418", "FunctionGeneratedResponse"), (line["sc-status"], line["x-edge-result-type"]));

        await using var failing = await Run.StartAsync(viewerRequest: ScriptedFunction.Failing(FunctionErrorKind.Execution, "it threw"));
        await failing.Edge.GetAsync("/a");
        line = await failing.NextAsync();
        Assert.Equal(("503", "FunctionExecutionError"), (line["sc-status"], line["x-edge-result-type"]));
    }

    [Fact]
    public async Task FunctionChangesTheRequest_TheLogHasWhatTheViewerSent()
    {
        await using var run = await Run.StartAsync(viewerRequest: ScriptedFunction.Editing(triggerEvent =>
        {
            triggerEvent.Request.Uri = "/other";
            triggerEvent.Request.Headers.Set("User-Agent", "another");
        }));

        await run.Edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nUser-Agent: mine\r\n\r\n");

        var line = await run.NextAsync();
        Assert.Equal(("/a", "mine"), (line["cs-uri-stem"], line["cs(User-Agent)"]));
    }

    [Theory]
    [InlineData("http/1.1", "HTTP/1.1")]
    [InlineData("h2", "HTTP/2.0")]
    public async Task OverTls_ProtocolAndCipherAreThere(string alpn, string version)
    {
        await using var run = await Run.StartAsync(https: true);
        using var viewer = await RawViewer.ConnectSecurelyAsync(run.Edge.HttpsPort, alpn);
        if (alpn == "h2")
        {
            await viewer.SendAsync(
                Http2Frames.Start + Http2Frames.Frame(
                    Http2Frames.Headers, Http2Frames.EndHeaders | Http2Frames.EndStream,
                    Http2Frames.Block((":method", "GET"), (":scheme", "https"), (":path", "/a"), (":authority", "test"))));
        }
        else
        {
            await viewer.SendAsync("GET /a HTTP/1.1\r\nHost: test\r\n\r\n");
        }

        var line = await run.NextAsync();
        Assert.Equal(("https", version, "TLSv1.3"), (line["cs-protocol"], line["cs-protocol-version"], line["ssl-protocol"]));
        Assert.StartsWith("TLS_", line["ssl-cipher"], StringComparison.Ordinal);
        Assert.True(int.Parse(line["sc-bytes"], CultureInfo.InvariantCulture) > 100);
        Assert.True(int.Parse(line["cs-bytes"], CultureInfo.InvariantCulture) > 10);
    }

    [Fact]
    public async Task ViewerLeavesBeforeTheAnswer_IsThreeZeroes()
    {
        var asked = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            asked.SetResult();
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var run = await Run.StartAsync(origin: TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(run.Edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await asked.Task;
        viewer.Vanish();

        var line = await run.NextAsync();
        Assert.Equal(("000", "0", "Error", "ClientCommError"), (line["sc-status"], line["sc-bytes"], line["x-edge-result-type"], line["x-edge-detailed-result-type"]));
    }

    [Fact]
    public async Task ViewerLeavesWithinTheAnswer_TheResultIsAnError_AndTheResponsesResultIsNot()
    {
        var asked = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nstart");
            asked.SetResult();
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var run = await Run.StartAsync(origin: TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(run.Edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await viewer.ReadUntilAsync("start");
        viewer.Vanish();

        var line = await run.NextAsync();
        Assert.Equal(("200", "Error", "Miss", "1000"), (line["sc-status"], line["x-edge-result-type"], line["x-edge-response-result-type"], line["sc-content-len"]));
    }

    /// <summary>No byte of a viewer ends a line or a field.</summary>
    [Theory]
    [InlineData("a\tb", "a%09b")]
    [InlineData("\u0080\u00ff", "%80%FF")]
    [InlineData("!$&()*+,-./:;=?@_", "!$&()*+,-./:;=?@_")]
    [InlineData("<>\"#%{}|\\^~[]`'", "%3C%3E%22%23%25%7B%7D%7C%5C%5E%7E%5B%5D%60%27")]
    public async Task Values_AreEncoded(string sent, string logged)
    {
        await using var run = await Run.StartAsync();

        await run.Edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nUser-Agent: {sent}\r\n\r\n");

        Assert.Equal(logged, (await run.NextAsync())["cs(User-Agent)"]);
    }

    private static string BytesOf(RawResponse answer) =>
        (answer.StatusLine.Length + 2 + answer.Headers.Sum(field => field.Name.Length + field.Value.Length + 4) + 2 + answer.Body.Length)
            .ToString(CultureInfo.InvariantCulture);

    /// <summary>An edge with a standard log that the test reads.</summary>
    private sealed class Run : IAsyncDisposable
    {
        private readonly MemoryLog _memory;
        private readonly LogDelivery _delivery;
        private readonly ScriptedOrigin? _origin;

        private Run(TestEdge edge, MemoryLog memory, LogDelivery delivery, ScriptedOrigin? origin) =>
            (Edge, _memory, _delivery, _origin) = (edge, memory, delivery, origin);

        public TestEdge Edge { get; }

        public static async Task<Run> StartAsync(
            string reply = Ok, bool includesCookies = true, Origin? origin = null, Func<CacheBehavior, CacheBehavior>? behavior = null, IEdgeFunction? viewerRequest = null,
            Func<Distribution, Distribution>? distribution = null, bool https = false, string? country = null)
        {
            var memory = new MemoryLog();
            var delivery = new LogDelivery("a test", memory, 1 << 20, TimeProvider.System, static _ => { });
            var own = origin is null ? new ScriptedOrigin().Reply(reply) : null;
            var edge = await TestEdge.StartAsync(
                origin ?? TestEdge.To(own!), behavior, viewerRequest, distribution: distribution, options: options => https ? options with { HttpsPort = 0 } : options,
                snapshot: snapshot => MemoryLog.In(new StandardLog(includesCookies, delivery))(new() { Distributions = snapshot.Distributions, ViewerCountry = country }));
            return new Run(edge, memory, delivery, own);
        }

        public async Task<Dictionary<string, string>> NextAsync()
        {
            var fields = await _memory.NextAsync();
            Assert.Equal(Names.Length, fields.Length);
            return Names.Zip(fields).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        }

        public async ValueTask DisposeAsync()
        {
            await Edge.DisposeAsync();
            await _delivery.DisposeAsync();
            if (_origin is not null)
                await _origin.DisposeAsync();
        }
    }
}
