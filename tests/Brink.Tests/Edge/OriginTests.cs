using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Brink.Distributions;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge;

public sealed class OriginTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static readonly CachePolicy ShortlyCaching = new()
    {
        Id = "658327ea-f89d-4fab-a63d-7e88639e58f6",
        Name = "Caching",
        MinTtl = TimeSpan.Zero,
        DefaultTtl = TimeSpan.FromDays(1),
        MaxTtl = TimeSpan.FromDays(365),
    };

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    public static TheoryData<string, string, string> BrokenAnswers => new()
    {
        { "nothing", "", "OriginReadError" },
        { "half a head", "HTTP/1.1 200 OK\r\nContent-", "OriginReadError" },
        { "garbage", "hello, this is not HTTP at all\r\n\r\n", "OriginInvalidResponseError" },
        { "no status", "HTTP/1.1 abc OK\r\n\r\n", "OriginInvalidResponseError" },
        { "status 99", "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n", "OriginInvalidResponseError" },
        { "status 999", "HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n", "OriginInvalidResponseError" },
        { "an upgrade that was not asked for", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "OriginInvalidResponseError" },
        { "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", "OriginInvalidResponseError" },
        { "a NUL behind the length", "HTTP/1.1 200 OK\r\nContent-Length: 2\0\r\n\r\nok", "OriginInvalidResponseError" },
        { "a sign before the length", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", "OriginInvalidResponseError" },
        { "no length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok", "OriginInvalidResponseError" },
        { "a length beyond numbers", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok", "OriginInvalidResponseError" },
        { "a first chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "a first chunk with a sign", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "a first chunk beyond numbers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "chunked, and no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "OriginReadError" },
        { "length and chunked", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "chunked twice in one field", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "chunked twice in two fields", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "chunked in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "OriginInvalidResponseError" },
        { "unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok", "OriginInvalidResponseError" },
        { "too big a head", $"HTTP/1.1 200 OK\r\nX: {new string('a', 70_000)}\r\nContent-Length: 2\r\n\r\nok", "OriginHeaderTooBigError" },
    };

    [Theory]
    [MemberData(nameof(BrokenAnswers))]
    public async Task OriginAnswersNonsense_ViewerGets502(string shape, string bytes, string detailed)
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose(bytes);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.GetAsync("/");
        var entry = await edge.Log.NextAsync();

        Assert.True(answer.Status == 502, $"{shape}: {answer.StatusLine}");
        Assert.Contains("<H1>502 ERROR</H1>", answer.Text);
        Assert.Equal("Error from cloudfront", answer["X-Cache"]);
        Assert.Equal(detailed, entry.DetailedResultType);
        Assert.NotNull(entry.ErrorDetail);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task FirstChunkIsNone_UnderCaching_NothingIsStored()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { CachePolicy = ShortlyCaching, OriginRequestPolicy = null });

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Equal("OriginInvalidResponseError", (await edge.Log.NextAsync()).DetailedResultType);
        Assert.Single(origin.Requests); // it has answered: that is no reason to ask again
    }

    [Fact]
    public async Task OriginThinksBetweenHeadAndFirstChunk_TheHeadIsPassedOnAfterAMoment()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nX-Origin: thinks\r\nTransfer-Encoding: chunked\r\n\r\n");
            await goOn.Task;
            await conversation.SayAsync("5\r\nfirst\r\n");
            await conversation.SayAsync("6\r\nsecond\r\n0\r\n\r\n");
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await viewer.ReadUntilAsync("X-Origin: thinks");
        goOn.SetResult();

        await viewer.ReadUntilAsync("first");
        await viewer.ReadUntilAsync("second");
        await viewer.ReadUntilAsync("0\r\n\r\n");
        Assert.Equal(200, (await edge.Log.NextAsync()).StatusCode);
    }

    [Theory]
    [InlineData("caf\u00e9", "OK")]
    [InlineData("\u00ff", "OK")]
    [InlineData("", "OK")]
    [InlineData("All Right!\tThen", "All Right!\tThen")]
    public async Task ReasonPhrase_IsTheSameFromBothWriters(string phrase, string expected)
    {
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 200 {phrase}\r\nContent-Length: 2\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var ordinary = await edge.GetAsync("/");
        var kestrel = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: X-None\r\n\r\n");

        Assert.Equal(($"HTTP/1.1 200 {expected}", $"HTTP/1.1 200 {expected}"), (ordinary.StatusLine, kestrel.StatusLine));
    }

    [Fact]
    public async Task StatusWithoutAStandardPhrase_IsTheSameFromBothWriters()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 299 \u00e9\r\nContent-Length: 2\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var ordinary = await edge.GetAsync("/");
        var kestrel = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nConnection: X-None\r\n\r\n");

        Assert.Equal(ordinary.StatusLine, kestrel.StatusLine);
    }

    public static TheoryData<string, string> TornBodies => new()
    {
        { "shorter than its length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort" },
        { "chunks without an end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n" },
        { "a broken chunk", $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n{new string('a', 0x20000)}\r\nzz\r\n" },
    };

    [Theory]
    [MemberData(nameof(TornBodies))]
    public async Task BodyBreaksOff_ViewersConnectionIsCut(string shape, string bytes)
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose(bytes);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");

        var cut = await Record.ExceptionAsync(() => viewer.ReceiveAsync());
        Assert.True(cut is IOException, shape);
        Assert.Equal("OriginReadError", (await edge.Log.NextAsync()).DetailedResultType);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task BodyWithoutLength_EndsWithTheConnection()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose("HTTP/1.1 200 OK\r\n\r\nto the end");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.GetAsync("/");

        Assert.Equal("to the end", answer.Text);
        Assert.Equal("chunked", answer["Transfer-Encoding"]);
    }

    [Fact]
    public async Task OriginRefusesConnections_502AfterAllAttempts()
    {
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(FreePort()));

        var answer = await edge.GetAsync("/");

        Assert.Equal(502, answer.Status);
        Assert.Contains("CloudFront wasn't able to connect to the origin.", answer.Text);
        Assert.Equal("OriginConnectError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    [Fact]
    public async Task OriginAcceptsNoConnection_504()
    {
        // A listener that accepts nothing and whose queue is full: the next SYN is dropped.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var connecting = waiting.Select(socket => socket.ConnectAsync(listener.LocalEndPoint!)).ToList();
        await Task.WhenAny(connecting);
        var origin = TestEdge.ToPort(((IPEndPoint)listener.LocalEndPoint!).Port) with { ConnectionTimeout = TimeSpan.FromMilliseconds(300), ConnectionAttempts = 2 };
        await using var edge = await TestEdge.StartAsync(origin);

        var answer = await edge.GetAsync("/");

        Assert.Equal(504, answer.Status);
        Assert.Equal("OriginConnectError", (await edge.Log.NextAsync()).DetailedResultType);
        waiting.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await Task.WhenAll(connecting.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OriginClosesWithoutAnAnswer_WhatMayHaveBeenDoneIsNotAskedTwice(string method)
    {
        await using var origin = new ScriptedOrigin().Script(conversation =>
        {
            conversation.Close();
            return Task.CompletedTask;
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(502, answer.Status);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task OriginNameDoesNotResolve_502()
    {
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(80) with { DomainName = "no-such-name.invalid" });

        var answer = await edge.GetAsync("/");

        Assert.Equal(502, answer.Status);
        Assert.Contains("CloudFront wasn't able to resolve the origin domain name.", answer.Text);
        Assert.Equal("OriginDnsError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    [Fact]
    public async Task OriginSpeaksNoTls_502()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose("HTTP/1.1 400 Bad\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ProtocolPolicy = OriginProtocolPolicy.HttpsOnly, HttpsPort = await PlainPortAsync() });

        var answer = await edge.GetAsync("/");

        Assert.Equal(502, answer.Status);
        Assert.Equal("OriginConnectError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    [Theory]
    [InlineData("GET", 3, 3)]
    [InlineData("HEAD", 2, 2)]
    [InlineData("GET", 1, 1)]
    [InlineData("OPTIONS", 3, 1)]
    [InlineData("DELETE", 3, 1)]
    [InlineData("POST", 3, 1)]
    public async Task OriginDoesNotAnswer_OnlyGetAndHeadAreSentAgain(string method, int attempts, int asked)
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ReadTimeout = Short, ConnectionAttempts = attempts });

        var body = method == "POST" ? "Content-Length: 3\r\n\r\nabc" : "\r\n";
        var answer = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\n{body}", method == "HEAD");

        Assert.Equal(504, answer.Status);
        Assert.Equal(asked, origin.Requests.Count);
        Assert.Equal("OriginReadError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    [Fact]
    public async Task SecondAttemptAnswers_ViewerNeverKnows()
    {
        var attempts = 0;
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            if (Interlocked.Increment(ref attempts) > 1)
            {
                await conversation.SayAsync(Ok);
                return;
            }
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ReadTimeout = Short });

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task OriginFallsSilentWithinTheBody_ViewersConnectionIsCut()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstart");
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ReadTimeout = Short });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");

        await Assert.ThrowsAnyAsync<IOException>(() => viewer.ReceiveAsync());
    }

    [Fact]
    public async Task ResponseTakesLongerThanItMay_IsCut()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstart");
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ResponseCompletionTimeout = Short });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");

        await Assert.ThrowsAnyAsync<IOException>(() => viewer.ReceiveAsync());
    }

    [Fact]
    public async Task FirstPieceIsThere_ViewerGetsItBeforeTheRest()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
            await goOn.Task;
            await conversation.SayAsync("after");
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await viewer.ReadUntilAsync("first");
        goOn.SetResult();

        await viewer.ReadUntilAsync("after");
    }

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("//a//b/")]
    [InlineData("/./a/.")]
    [InlineData("/%2e%2e/%41%2F?x=%41&y=..%2f")]
    [InlineData("/a?")]
    [InlineData("/a?b?c=/../d")]
    [InlineData("/a;b=c,d:e@f!$&'()*+~\"<>\\^`{|}")]
    public async Task Target_ArrivesAsItCame(string target)
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(200, (await edge.GetAsync(target)).Status);

        Assert.Equal(target, origin.Requests[0].Target);
        Assert.Equal($"GET {target} HTTP/1.1", origin.Requests[0].Line);
    }

    [Fact]
    public async Task AbsoluteTarget_IsItsPath()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(200, (await edge.AskAsync("GET http://test/a//b?c HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
        Assert.Equal(200, (await edge.AskAsync("GET http://test HTTP/1.1\r\nHost: test\r\n\r\n")).Status);

        Assert.Equal(["/a//b?c", "/"], origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task OriginPath_IsPrefixed()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { OriginPath = "/prod" });

        await edge.GetAsync("/a?b");

        Assert.Equal("/prod/a?b", origin.Requests[0].Target);
    }

    [Fact]
    public async Task FunctionPutsWildCharactersIntoTheUri_TheyAreEncoded()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(e => e.Request.Uri = "/a b\r\nX: y\u00e9\u20ac"));

        await edge.GetAsync("/");

        Assert.Equal("/a%20b%0D%0AX:%20y%E9%E2%82%AC", origin.Requests[0].Target);
    }

    [Fact]
    public async Task FunctionPutsLineEndsIntoAHeader_TheyNeverReachTheOrigin()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(e =>
        {
            e.Request.Headers.Set("x-split", "a\r\nInjected: yes");
            e.Request.Headers.Set("x-nul", "a\0b");
            e.Request.Headers.Set("x-wide", "caf\u00e9\u20ac");
            e.Request.Headers.Set("bad name", "v");
            e.Request.Headers.Set("x-good", "v");
        }));

        Assert.Equal(200, (await edge.GetAsync("/")).Status);

        var asked = origin.Requests[0];
        Assert.Equal("v", asked["x-good"]);
        Assert.Equal("caf\u00e9?", asked["x-wide"]);
        foreach (var gone in new[] { "Injected", "x-split", "x-nul", "bad name" })
            Assert.True(asked[gone] is null, gone);
    }

    [Fact]
    public async Task OriginRequest_CarriesWhatTheSpecSays()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { CustomHeaders = [new HeaderField("X-Secret", "s"), new HeaderField("X-Mine", "overwritten")] });

        await edge.AskAsync(
            "GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: curl\r\nX-Mine: viewer\r\nX-Forwarded-For: 1.2.3.4\r\nVia: 1.0 proxy\r\n"
            + "Connection: X-Drop\r\nX-Drop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: x\r\nProxy-Authorization: x\r\nProxy-Connection: x\r\n"
            + "X-Real-Ip: 9.9.9.9\r\nX-Edge-Foo: 1\r\nX-Forwarded-Proto: https\r\nRange: bytes=0-1\r\nIf-None-Match: \"t\"\r\n\r\n");

        var asked = origin.Requests[0];
        Assert.Equal($"127.0.0.1:{origin.Port}", asked["Host"]);
        Assert.Equal("curl", asked["User-Agent"]);
        Assert.Equal("Keep-Alive", asked["Connection"]);
        Assert.Equal("1.2.3.4,127.0.0.1", asked["X-Forwarded-For"]);
        Assert.StartsWith("1.0 proxy, 1.1 ", asked["Via"]);
        Assert.Equal(("s", "overwritten"), (asked["X-Secret"], asked["X-Mine"]));
        Assert.Equal(("bytes=0-1", "\"t\""), (asked["Range"], asked["If-None-Match"]));
        foreach (var gone in new[] { "X-Drop", "Keep-Alive", "TE", "Upgrade", "Proxy-Authorization", "Proxy-Connection", "X-Real-Ip", "X-Edge-Foo", "X-Forwarded-Proto", "Transfer-Encoding", "Content-Length" })
            Assert.True(asked[gone] is null, gone);
    }

    [Fact]
    public async Task NoOriginRequestPolicy_ViewerHeadersStayHere()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = null });

        await edge.AskAsync("GET /a?b=c HTTP/1.1\r\nHost: test\r\nUser-Agent: curl\r\nCookie: a=b\r\nX-Mine: 1\r\nAuthorization: Basic x\r\nAccept: */*\r\n\r\n");

        var asked = origin.Requests[0];
        Assert.Equal("/a", asked.Target);
        Assert.Equal("Amazon CloudFront", asked["User-Agent"]);
        Assert.Equal(
            ["connection", "host", "user-agent", "via", "x-amz-cf-id", "x-forwarded-for"],
            asked.Headers.Select(field => field.Name.ToLowerInvariant()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task HostIsListed_ItIsForwarded()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = ItemSet.Whitelist("Host") } });

        await edge.AskAsync("GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n");

        Assert.Equal("www.example.com", origin.Requests[0]["Host"]);
    }

    [Fact]
    public async Task LatinOneValues_GoThroughBothWays()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nX-Answer: h\u00e9\u00ff\r\nContent-Length: 0\r\n\r\n");
        var function = ScriptedFunction.Editing(e => e.Response!.Headers.Set("x-seen", e.Request.Headers.Get("x-ask")!));
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerResponse: function);

        var answer = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nX-Ask: caf\u00e9\u00ff\r\n\r\n");

        Assert.Equal("caf\u00e9\u00ff", origin.Requests[0]["X-Ask"]);
        Assert.Equal("h\u00e9\u00ff", answer["X-Answer"]);
        Assert.Equal("caf\u00e9\u00ff", answer["x-seen"]);
    }

    [Theory]
    [InlineData("Content-Length: 11\r\n\r\nhello world")]
    [InlineData("Content-Length: 00000000000000000000000000000011\r\n\r\nhello world")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n")]
    [InlineData("Expect: 100-continue\r\nContent-Length: 11\r\n\r\nhello world")]
    public async Task Body_IsForwarded(string rest)
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\n{rest}");
        var answer = await viewer.ReceiveAsync();
        if (answer.Status == 100)
            answer = await viewer.ReceiveAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal("hello world", origin.Requests[0].Body);
        Assert.Equal("text/plain", origin.Requests[0]["Content-Type"]);
        Assert.True(origin.Requests[0]["Content-Length"] is null or "11");
    }

    [Theory]
    [InlineData("GET", "h2c")]
    [InlineData("GET", "websockets")]
    [InlineData("POST", "websocket")]
    public async Task AnotherUpgradeIsOffered_TheRequestGoesOnWithoutIt(string method, string protocol)
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n");

        Assert.Equal(200, answer.Status);
        Assert.Null(origin.Requests[0]["Upgrade"]);
    }

    [Fact]
    public async Task Head_HasTheLengthAndNoBody()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)
        {
            await viewer.SendAsync("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
            var answer = await viewer.ReceiveAsync(head: true);
            Assert.Equal((200, "1234"), (answer.Status, answer["Content-Length"]));
        }
        Assert.Equal("HEAD", origin.Requests[0].Method);
    }

    [Fact]
    public async Task NotModified_GoesThroughAndTheConnectionLives()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 304 Not Modified\r\nETag: \"t\"\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)
        {
            await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\nIf-None-Match: \"t\"\r\n\r\n");
            var answer = await viewer.ReceiveAsync();
            Assert.Equal((304, "\"t\""), (answer.Status, answer["ETag"]));
        }
        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task Response_IsCleaned()
    {
        await using var origin = new ScriptedOrigin().Reply(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Drop, Content-Length\r\nX-Drop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\nTrailer: x\r\n"
            + "X-Cache: Hit from elsewhere\r\nX-Amz-Cf-Id: theirs\r\nVia: 1.1 theirs\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\nVary: Accept-Encoding, X-Unknown, Host\r\n"
            + "X-Kept: one\r\nX-Kept: two\r\nContent-Length: 2\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = null });

        var answer = await edge.GetAsync("/");

        foreach (var gone in new[] { "X-Drop", "Keep-Alive", "Proxy-Authenticate", "Upgrade", "Trailer", "Set-Cookie" })
            Assert.True(answer[gone] is null, gone);
        Assert.Equal("Accept-Encoding", answer["Vary"]);
        Assert.Equal(["one", "two"], answer.All("X-Kept"));
        Assert.Equal("Miss from cloudfront", Assert.Single(answer.All("X-Cache")));
        Assert.DoesNotContain("theirs", answer["X-Amz-Cf-Id"]!);
        Assert.StartsWith("1.1 theirs, 1.1 ", answer["Via"]);
        Assert.Equal("ok", answer.Text);
    }

    [Fact]
    public async Task CookiesAreForwarded_EachSetCookieComesBackOnItsOwn()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d; Path=/, x\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nCookie: k=v\r\n\r\n");

        Assert.Equal(["a=b", "c=d; Path=/, x"], answer.All("Set-Cookie"));
        Assert.Equal("k=v", origin.Requests[0]["Cookie"]);
    }

    [Fact]
    public async Task StatusDescription_GoesThrough()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 Splendid\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal("HTTP/1.1 200 Splendid", (await edge.GetAsync("/")).StatusLine);
    }

    [Fact]
    public async Task IdleConnectionWasClosed_NextRequestGetsANewOne()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        for (var i = 0; i < 5; i++)
            Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task DeveloperErrors_TellALoopbackViewerWhatTheOriginDid()
    {
        var port = FreePort();
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(port), options: options => options with { DeveloperErrors = true });

        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), (await edge.GetAsync("/")).Text);
    }

    [Fact]
    public async Task HttpsOriginWithAnUnknownCertificate_502()
    {
        await using var origin = new ScriptedOrigin();
        await using var secure = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { DomainName = "localhost", ProtocolPolicy = OriginProtocolPolicy.HttpsOnly, HttpsPort = secure.HttpsPort });

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Equal("OriginConnectError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static async Task<int> PlainPortAsync()
    {
        // A listener that answers a TLS ClientHello with something that is no TLS.
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _ = Task.Run(async () =>
        {
            using (listener)
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.ReceiveAsync(new byte[1024]);
                await socket.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
        });
        return await Task.FromResult(port);
    }
}
