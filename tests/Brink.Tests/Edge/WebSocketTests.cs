using System.Text;
using System.Text.Json.Nodes;
using Brink.Edge.Configuration;
using Brink.Edge.Delivery;
using Brink.Edge.Logs;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Policies;
using static Brink.Tests.Edge.Http2Frames;

namespace Brink.Tests.Edge;

/// <summary>WebSocket (distribution spec 2.15): the handshake is a request like any other, and behind a 101 bytes go both ways as they come.</summary>
public sealed class WebSocketTests
{
    private const string Handshake =
        "GET /chat?room=1 HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

    private const string Agreed =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: chat\r\n\r\n";

    public static TheoryData<EdgeScheduling, bool> Ports => new()
    {
        { EdgeScheduling.Inline, false }, { EdgeScheduling.Inline, true }, { EdgeScheduling.ThreadPool, false }, { EdgeScheduling.ThreadPool, true },
    };

    // ---------------------------------------------------------------- the handshake

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task OriginAgrees_BytesGoBothWays(EdgeScheduling scheduling, bool secure)
    {
        await using var origin = Echo();
        await using var edge = await StartAsync(origin, options: options => options with { Scheduling = scheduling, HttpsPort = 0 });
        using (var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port))
        {
            // An ordinary request first: the handshake may be any request of a connection.
            await viewer.SendAsync("GET /first HTTP/1.1\r\nHost: test\r\n\r\n");
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);

            await viewer.SendAsync(Handshake);
            var answer = await viewer.ReceiveAsync();

            Assert.Equal("HTTP/1.1 101 Switching Protocols", answer.StatusLine);
            Assert.Equal(("websocket", "Upgrade"), (Assert.Single(answer.All("Upgrade")), Assert.Single(answer.All("Connection"))));
            Assert.Equal(("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "chat"), (answer["Sec-WebSocket-Accept"], answer["Sec-WebSocket-Protocol"]));
            Assert.Equal("Miss from cloudfront", answer["X-Cache"]);
            Assert.NotNull(answer["X-Amz-Cf-Id"]);
            Assert.NotNull(answer["Via"]);
            Assert.Null(answer["Content-Length"] ?? answer["Transfer-Encoding"]);
            foreach (var message in new[] { "hello", "\0\u00ff", "HTTP/1.1 200 OK\r\n\r\n" })
            {
                await viewer.SendAsync(message);
                Assert.Equal(message, Encoding.Latin1.GetString(await viewer.ReadBytesAsync(message.Length)));
            }
        }

        var asked = origin.Requests[1];
        Assert.Equal(("GET", "/chat?room=1", "websocket", "Upgrade"), (asked.Method, asked.Target, asked["Upgrade"], asked["Connection"]));
        Assert.Equal(("dGhlIHNhbXBsZSBub25jZQ==", "13", "chat"), (asked["Sec-WebSocket-Key"], asked["Sec-WebSocket-Version"], asked["Sec-WebSocket-Protocol"]));
        await edge.Log.NextAsync();
        var entry = await edge.Log.NextAsync();
        Assert.Equal((101, ResultType.Miss, "Miss", secure ? "wss" : "ws"), (entry.StatusCode, entry.ResultType, entry.DetailedResultType, entry.Protocol));
        Assert.Equal((26, 26, NotStoredReason.WebSocket), (entry.BodyBytes, entry.ReceivedBytes, entry.NotStored));
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task BytesInTheSamePacket_AsTheHandshakeAndAsItsAnswer_AreNotLost()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed + "early");
            await conversation.SayAsync(await conversation.HearAsync(5));
            conversation.Close();
        });
        await using var edge = await StartAsync(origin);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake + "eager");

        Assert.Equal(101, (await viewer.ReceiveAsync()).Status);
        Assert.Equal("earlyeager", await viewer.ReadToTheEndAsync());
    }

    [Fact]
    public async Task HeadersGoByThePolicies()
    {
        await using var origin = Echo();
        await using var edge = await StartAsync(origin, behavior => behavior with { OriginRequestPolicy = null });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake);

        Assert.Equal(101, (await viewer.ReceiveAsync()).Status);
        Assert.Null(origin.Requests[0]["Sec-WebSocket-Key"]);
        Assert.Equal("websocket", origin.Requests[0]["Upgrade"]);
    }

    [Theory]
    [InlineData("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 3\r\n\r\nno!", 426, "no!")]
    [InlineData("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n", 200, "yes")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", 302, "")]
    public async Task AnotherAnswer_GoesThrough_AndIsNotStored(string answer, int status, string text)
    {
        await using var origin = new ScriptedOrigin().Reply(answer);
        await using var edge = await StartAsync(origin, behavior => behavior with { CachePolicy = ManagedPolicies.CachePolicies[0] });
        for (var i = 1; i <= 2; i++)
        {
            var received = await edge.AskAsync(Handshake);

            Assert.Equal((status, text), (received.Status, received.Text));
            Assert.Equal(i, origin.Requests.Count);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")]
    public async Task AgreesToSomethingElse_Gets502(string answer)
    {
        await using var origin = new ScriptedOrigin().Reply(answer);
        await using var edge = await StartAsync(origin);

        Assert.Equal(502, (await edge.AskAsync(Handshake)).Status);
        Assert.Equal("OriginInvalidResponseError", (await edge.Log.NextAsync()).DetailedResultType);
    }

    [Fact]
    public async Task OriginNeverAnswers_Gets504()
    {
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin().Script(conversation => conversation.StallAsync());
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { ConnectionAttempts = 1 }, time: time);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake);
        var answer = viewer.ReceiveAsync();
        while (!answer.IsCompleted)
        {
            await Task.WhenAny(answer, time.TimerIsSetAsync(TestContext.Current.CancellationToken));
            time.AdvanceSeconds(30);
        }

        Assert.Equal(504, (await answer).Status);
    }

    [Fact]
    public async Task OverHttp2_AsksForHttp11()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Start + Frame(Headers, EndHeaders, Block((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "test"), (":path", "/chat"))));

        byte[] head;
        byte[] payload;
        do
        {
            head = await viewer.ReadBytesAsync(9);
            payload = await viewer.ReadBytesAsync((head[0] << 16) + (head[1] << 8) + head[2]);
        }
        while (head[3] != ResetStream);
        Assert.Equal(0xd, payload[3]); // HTTP_1_1_REQUIRED (RFC 9113 section 7)
        Assert.Contains("HTTP/1.1", await edge.Log.NextRefusalAsync(), StringComparison.Ordinal);
        Assert.Empty(origin.Requests);
    }

    // ---------------------------------------------------------------- functions and policies

    [Fact]
    public async Task FunctionsRunOnTheHandshake()
    {
        await using var origin = Echo();
        var request = Function("async function handler(event) { event.request.headers['x-user'] = { value: 'me' }; return event.request; }");
        var response = Function("async function handler(event) { return { statusCode: event.response.statusCode, statusDescription: 'Fine', headers: { 'x-status': { value: String(event.response.statusCode) } } }; }");
        await using var edge = await StartAsync(origin, viewerRequest: request, viewerResponse: response);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake);
        var answer = await viewer.ReceiveAsync();

        Assert.Equal((101, "101"), (answer.Status, answer["X-Status"]));
        Assert.Equal("me", origin.Requests[0]["X-User"]);
        await viewer.SendAsync("x");
        Assert.Equal("x"u8.ToArray(), await viewer.ReadBytesAsync(1));
    }

    [Fact]
    public async Task FunctionAnswers_TheOriginIsNotAsked()
    {
        await using var origin = Echo();
        await using var edge = await StartAsync(origin, viewerRequest: ScriptedFunction.Responding(401));

        Assert.Equal(401, (await edge.AskAsync(Handshake)).Status);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task LambdaFunctionsRunOnAllFourEvents()
    {
        await using var origin = Echo();
        static ScriptedLambda Marking(string name) => ScriptedLambda.Passing(message => message["headers"]![name] = new JsonArray(new JsonObject { ["key"] = name, ["value"] = "1" }));
        var (originRequest, originResponse, viewerResponse) = (Marking("x-to-origin"), Marking("x-from-origin"), Marking("x-to-viewer"));
        await using var edge = await StartAsync(
            origin, lambda: new BehaviorTriggers { ViewerRequest = Marking("x-from-viewer"), OriginRequest = originRequest, OriginResponse = originResponse, ViewerResponse = viewerResponse });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake);
        var answer = await viewer.ReceiveAsync();

        Assert.Equal((101, "1", "1"), (answer.Status, answer["X-From-Origin"], answer["X-To-Viewer"]));
        Assert.Equal(("1", "1", "websocket"), (origin.Requests[0]["X-From-Viewer"], origin.Requests[0]["X-To-Origin"], origin.Requests[0]["Upgrade"]));
        Assert.Equal("101", (string?)originResponse.Events[0]["response"]!["status"]);
        await viewer.SendAsync("x");
        Assert.Equal("x"u8.ToArray(), await viewer.ReadBytesAsync(1));
    }

    [Fact]
    public async Task FunctionMakesAnotherAnswerOfIt_TheConnectionToTheOriginEnds()
    {
        var ended = new TaskCompletionSource<bool>();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            ended.TrySetResult(await conversation.StallAsync());
            conversation.Close();
        });
        await using var edge = await StartAsync(origin, lambda: new BehaviorTriggers { OriginResponse = ScriptedLambda.Passing(response => response["status"] = "403") });

        var answer = await edge.AskAsync(Handshake);

        Assert.Equal((403, ""), (answer.Status, answer.Text));
        Assert.True(await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ResponseHeadersPolicy_AppliesToThe101()
    {
        var policy = new ResponseHeadersPolicy
        {
            Id = "p", Name = "p", RemovedHeaders = ["sec-websocket-protocol"], AddedHeaders = [new AddedHeader("X-Policy", "1", Override: true)],
        };
        await using var origin = Echo();
        await using var edge = await StartAsync(origin, behavior => behavior with { ResponseHeadersPolicy = policy });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Handshake);
        var answer = await viewer.ReceiveAsync();

        Assert.Equal((101, "1", null), (answer.Status, answer["X-Policy"], answer["Sec-WebSocket-Protocol"]));
    }

    // ---------------------------------------------------------------- bytes

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task RandomBytes_InRandomPieces_PassUnchangedBothWaysAtOnce(EdgeScheduling scheduling, bool secure)
    {
        const int seed = 20260817, count = 3_000_000;
        var (sent, answered) = (Bytes(seed, count), Bytes(seed + 1, count));
        var heard = new TaskCompletionSource<byte[]>();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            var saying = InPiecesAsync(answered, seed + 2, piece => conversation.SayAsync(piece));
            heard.TrySetResult(await conversation.HearAsync(count));
            await saying;
            conversation.Close();
        });
        await using var edge = await StartAsync(origin, options: options => options with { Scheduling = scheduling, HttpsPort = 0 });
        using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        Assert.Equal(101, (await viewer.ReceiveAsync()).Status);

        var sending = InPiecesAsync(sent, seed + 3, piece => viewer.SendAsync(Encoding.Latin1.GetString(piece.Span)));
        var received = await viewer.ReadBytesAsync(count);
        await sending;

        Assert.True(received.AsSpan().SequenceEqual(answered), $"seed {seed}");
        Assert.True((await heard.Task).AsSpan().SequenceEqual(sent), $"seed {seed}");
        Assert.True(await viewer.IsClosedAsync());
        var entry = await edge.Log.NextAsync();
        Assert.Equal((count, count), (entry.BodyBytes, entry.ReceivedBytes));
    }

    // ---------------------------------------------------------------- ends

    [Fact]
    public async Task ViewerEndsItsSide_TheOriginGetsEverythingAndThenTheEnd()
    {
        var heard = new TaskCompletionSource<byte[]>();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            heard.TrySetResult(await conversation.HearAsync(10_000_000));
            conversation.Close();
        });
        await using var edge = await StartAsync(origin);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();

        await viewer.SendAsync(new string('x', 100_000));
        viewer.EndSending();

        Assert.Equal(100_000, (await heard.Task).Length);
        var entry = await edge.Log.NextAsync();
        Assert.Equal((101, "Miss", 100_000), (entry.StatusCode, entry.DetailedResultType, entry.ReceivedBytes));
    }

    [Fact]
    public async Task OriginEndsItsSide_TheViewerGetsEverythingAndThenTheEnd()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            await conversation.SayAsync(new string('x', 300_000));
            conversation.EndSending();
            await conversation.StallAsync();
            conversation.Close();
        });
        await using var edge = await StartAsync(origin);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();

        Assert.Equal(300_000, (await viewer.ReadToTheEndAsync()).Length);
        Assert.Equal(300_000, (await edge.Log.NextAsync()).BodyBytes);
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task ViewerVanishes_TheOriginsConnectionEnds(EdgeScheduling scheduling, bool secure)
    {
        var (heard, ended) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            await conversation.HearAsync(1);
            heard.TrySetResult();
            ended.TrySetResult(await conversation.StallAsync());
            conversation.Close();
        });
        await using var edge = await StartAsync(origin, options: options => options with { Scheduling = scheduling, HttpsPort = 0 });
        using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();
        await viewer.SendAsync("x");

        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        viewer.Vanish();

        Assert.True(await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        var entry = await edge.Log.NextAsync();
        Assert.Equal((101, 1), (entry.StatusCode, entry.ReceivedBytes));
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task OriginResets_TheViewersConnectionEnds(EdgeScheduling scheduling, bool secure)
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            await conversation.HearAsync(1);
            conversation.Reset();
        });
        await using var edge = await StartAsync(origin, options: options => options with { Scheduling = scheduling, HttpsPort = 0 });
        using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();

        await viewer.SendAsync("x");

        Assert.True(await viewer.IsClosedAsync());
        var entry = await edge.Log.NextAsync();
        Assert.Equal((101, "OriginReadError"), (entry.StatusCode, entry.DetailedResultType));
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task NothingMovesForTenMinutes_BothConnectionsEnd_AndAByteInBetweenStartsAnew()
    {
        var time = new ManualTimeProvider();
        var ended = new TaskCompletionSource<bool>();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            await conversation.SayAsync(await conversation.HearAsync(1));
            ended.TrySetResult(await conversation.StallAsync());
            conversation.Close();
        });
        await using var edge = await StartAsync(origin, time: time);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();
        time.Advance(WebSocketRelay.IdleLimit - TimeSpan.FromSeconds(1));
        await viewer.SendAsync("x");
        Assert.Equal("x"u8.ToArray(), await viewer.ReadBytesAsync(1));

        time.Advance(WebSocketRelay.IdleLimit - TimeSpan.FromSeconds(2));
        Assert.False(ended.Task.IsCompleted);
        time.AdvanceSeconds(4);

        Assert.True(await viewer.IsClosedAsync());
        Assert.True(await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        Assert.Contains("nothing moved", (await edge.Log.NextAsync()).OriginNote, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public async Task ViewerTakesNothingForTenMinutes_ItsConnectionEnds(EdgeScheduling scheduling, bool secure)
    {
        var time = new ManualTimeProvider();
        var ended = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Agreed);
            try
            {
                while (true)
                    await conversation.SayAsync(new byte[100_000]);
            }
            catch (System.Net.Sockets.SocketException)
            {
                ended.TrySetResult();
                conversation.Close();
            }
        });
        await using var edge = await StartAsync(origin, options: options => options with { Scheduling = scheduling, HttpsPort = 0 }, time: time);
        using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(edge.HttpsPort) : await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();

        // Bytes move until everything between the two is full.
        while (!ended.Task.IsCompleted)
        {
            time.Advance(WebSocketRelay.IdleLimit);
            await Task.Yield();
        }

        Assert.Equal(101, (await edge.Log.NextAsync()).StatusCode);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task TheEdgeStops_WhatIsIdleDoesNotHoldItUp()
    {
        var time = new ManualTimeProvider();
        await using var origin = Echo();
        await using var edge = await StartAsync(origin, options: options => options with { DrainTime = TimeSpan.FromDays(1) }, time: time);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Handshake);
        await viewer.ReceiveAsync();

        var stopping = edge.Server.StopAsync(TestContext.Current.CancellationToken);
        while (!stopping.IsCompleted)
        {
            time.Advance(WebSocketRelay.IdleLimitAtStop);
            await Task.Yield();
        }

        await stopping;
        Assert.True(await viewer.IsClosedAsync());
        Assert.True(time.GetElapsedTime(0) < TimeSpan.FromDays(1), "the drain time ended it");
    }

    private static ScriptedOrigin Echo() => new ScriptedOrigin().Script(async conversation =>
    {
        if (conversation.Request["Upgrade"] is null)
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            return;
        }
        await conversation.SayAsync(Agreed);
        while (await conversation.HearAsync(1) is { Length: > 0 } bytes)
            await conversation.SayAsync(bytes);
        conversation.Close();
    });

    private static JavaScriptFunction Function(string code) => JavaScriptFunction.Compile(
        new FunctionSource { Name = "own", Code = Encoding.UTF8.GetBytes(code) }, FunctionLimits.Default, TimeProvider.System);

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task InPiecesAsync(byte[] bytes, int seed, Func<ReadOnlyMemory<byte>, Task> send)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var most = random.Next(3) switch { 0 => 16, 1 => 4_000, _ => 200_000 };
            var length = Math.Min(bytes.Length - at, random.Next(1, most));
            await send(bytes.AsMemory(at, length));
            at += length;
        }
    }

    private static Task<TestEdge> StartAsync(
        ScriptedOrigin origin,
        Func<Brink.Distributions.CacheBehavior, Brink.Distributions.CacheBehavior>? behavior = null,
        IEdgeFunction? viewerRequest = null,
        IEdgeFunction? viewerResponse = null,
        BehaviorTriggers? lambda = null,
        Func<EdgeServerOptions, EdgeServerOptions>? options = null,
        TimeProvider? time = null) =>
        TestEdge.StartAsync(TestEdge.To(origin), behavior, viewerRequest, viewerResponse, options, lambda: lambda, time: time);
}
