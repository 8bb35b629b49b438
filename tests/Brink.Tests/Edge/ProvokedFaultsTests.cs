using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Lambda;
using static Brink.Tests.Edge.Http2Frames;

namespace Brink.Tests.Edge;

/// <summary>
/// What comes from outside is no fault of ours, however bad: no viewer and no origin makes the fault log speak. Each way to misbehave meets each stage of a request.
/// </summary>
public sealed class ProvokedFaultsTests
{
    /// <summary>How far a request has come when its viewer misbehaves, said by what the origin does.</summary>
    public enum Stage
    {
        /// <summary>The origin has the head and waits for the body, or for something else.</summary>
        BeforeTheAnswer,

        /// <summary>The head of the answer and a part of its body are there.</summary>
        WithinTheAnswer,

        /// <summary>The origin answers at once.</summary>
        Answered,

        /// <summary>The origin answers at the head of the request and closes.</summary>
        AnsweredEarly,

        /// <summary>A Lambda@Edge function wants to see the body.</summary>
        BodyIsRead,
    }

    public static TheoryData<Stage, bool> Stages
    {
        get
        {
            var all = new TheoryData<Stage, bool>();
            foreach (var stage in Enum.GetValues<Stage>())
            {
                all.Add(stage, false);
                all.Add(stage, true);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task ViewerOverHttp2_MakesNoFault(Stage stage, bool cached)
    {
        await using var scene = await Scene.StartAsync(stage, cached);
        foreach (var (name, frames) in s_badFrames)
        {
            foreach (var method in new[] { "GET", "POST" })
            {
                foreach (var (leave, secure) in Enum.GetValues<Leaving>().SelectMany(leave => new[] { (leave, false), (leave, true) }))
                {
                    using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(scene.SecurePort, "h2") : await RawViewer.ConnectAsync(scene.Port);
                    var head = Block((":method", method), (":scheme", secure ? "https" : "http"), (":authority", "test"), (":path", $"/{name.Replace(' ', '-')}-{leave}-{secure}"));
                    await viewer.SendAsync(Start + Frame(Headers, EndHeaders | (method == "GET" ? EndStream : 0), head) + (method == "GET" ? "" : Frame(Data, 0, s_some)));
                    await scene.ReachedAsync();
                    await SendAnywayAsync(viewer, frames);
                    await LeaveAsync(viewer, leave);
                }
            }
        }
        await scene.StopAndCheckAsync();
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task ViewerOverHttp1_MakesNoFault(Stage stage, bool cached)
    {
        await using var scene = await Scene.StartAsync(stage, cached);
        var number = 0;
        foreach (var secure in new[] { false, true })
        {
            foreach (var (first, then) in s_badMessages)
            {
                foreach (var leave in Enum.GetValues<Leaving>())
                {
                    using var viewer = secure ? await RawViewer.ConnectSecurelyAsync(scene.SecurePort) : await RawViewer.ConnectAsync(scene.Port);
                    await viewer.SendAsync(first.Replace("/a", $"/{number++}", StringComparison.Ordinal));
                    await scene.ReachedAsync();
                    await SendAnywayAsync(viewer, then);
                    await LeaveAsync(viewer, leave);
                }
            }
        }
        await scene.StopAndCheckAsync();
    }

    [Fact]
    public async Task ViewerThatSpeaksNoTls_MakesNoFault()
    {
        await using var scene = await Scene.StartAsync(Stage.Answered, cached: false);
        string[] openings =
        [
            "GET / HTTP/1.1\r\nHost: test\r\n\r\n", "\u0016\u0003\u0001\0\u0005\u0001\0\0\u0001\0", "\u0016\u0003\u0001\u00ff\u00ff", "\u0015\u0003\u0003\0\u0002\u0002\u0028", "", "\0", Start,
        ];
        foreach (var opening in openings)
        {
            foreach (var leave in Enum.GetValues<Leaving>())
            {
                using var viewer = await RawViewer.ConnectAsync(scene.SecurePort);
                await viewer.SendAsync(opening);
                await LeaveAsync(viewer, leave);
            }
        }
        // Within the connection: what is no record of it.
        foreach (var leave in Enum.GetValues<Leaving>())
        {
            foreach (var start in new[] { "", "GET / HTTP/1.1\r\nHos", "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nsome" })
            {
                using var viewer = await RawViewer.ConnectSecurelyAsync(scene.SecurePort);
                await viewer.SendAsync(start);
                await viewer.SendPlainAsync("\u0017\u0003\u0003\0\u0020no record of this connection at all");
                await LeaveAsync(viewer, leave);
            }
        }
        await scene.StopAndCheckAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Origin_MakesNoFault(bool cached)
    {
        await using var scene = await Scene.StartAsync(Stage.Answered, cached);
        var number = 0;
        foreach (var answer in s_badAnswers)
        {
            foreach (var end in Enum.GetValues<OriginEnd>())
            {
                scene.Origin.Script(async conversation =>
                {
                    await conversation.SayAsync(answer);
                    if (end == OriginEnd.Reset)
                        conversation.Reset();
                    else if (end == OriginEnd.Close)
                        conversation.Close();
                    else
                        await StallAsync(scene, conversation);
                });
                foreach (var method in new[] { "GET", "HEAD", "POST" })
                {
                    using var viewer = await RawViewer.ConnectAsync(scene.Port);
                    await viewer.SendAsync($"{method} /{number++} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{(method == "POST" ? "Content-Length: 4\r\n\r\nsome" : "\r\n")}");
                    // What stalls is left by the viewer.
                    if (end == OriginEnd.Stall)
                    {
                        await scene.StalledAsync();
                        viewer.EndSending();
                    }
                    await viewer.ReadToTheEndAsync();
                }
            }
        }
        await scene.StopAndCheckAsync();
    }

    /// <summary>A piece of a body that is large enough to be sent on at once.</summary>
    private static readonly string s_some = new('s', 8192);

    private static readonly (string Name, string Frames)[] s_badFrames =
    [
        ("nothing", ""),
        ("trailers with a pseudo-header", Frame(Headers, EndHeaders | EndStream, Block((":path", "/other")))),
        ("trailers that do not end", Frame(Headers, EndHeaders, Block(("x", "y")))),
        ("trailers with an upper case name", Frame(Headers, EndHeaders | EndStream, Block(("X", "y")))),
        ("trailers with a connection field", Frame(Headers, EndHeaders | EndStream, Block(("connection", "close")))),
        ("trailers with a line end", Frame(Headers, EndHeaders | EndStream, Block(("x", "a\r\nb")))),
        ("trailers that are no block", Frame(Headers, EndHeaders | EndStream, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff")),
        ("good trailers", Frame(Headers, EndHeaders | EndStream, Block(("x", "y")))),
        ("reset", Frame(ResetStream, 0, Number(8))),
        ("reset, again and with data", Frame(ResetStream, 0, Number(8)) + Frame(ResetStream, 0, Number(5)) + Frame(Data, 0, "more")),
        ("reset of what was never opened", Frame(ResetStream, 0, Number(8), stream: 9)),
        ("data after the end", Frame(Data, EndStream, "end") + Frame(Data, 0, "more")),
        ("data beyond the window", string.Concat(Enumerable.Repeat(Frame(Data, 0, new string('x', 16384)), 60))),
        ("data with too much padding", Frame(Data, Padded, "\u00ffx")),
        ("data on no stream", Frame(Data, 0, "x", stream: 0)),
        ("a frame that is too long", Frame(Data, 0, new string('x', 70000))),
        ("window of nothing", Frame(WindowUpdate, 0, Number(0))),
        ("window overflow", Frame(WindowUpdate, 0, Number(0x7fffffff)) + Frame(WindowUpdate, 0, Number(0x7fffffff))),
        ("window overflow of the connection", Frame(WindowUpdate, 0, Number(0x7fffffff), stream: 0) + Frame(WindowUpdate, 0, Number(0x7fffffff), stream: 0)),
        ("window of a closed stream", Frame(ResetStream, 0, Number(8)) + Frame(WindowUpdate, 0, Number(1))),
        ("settings of a bad length", Frame(Http2Frames.Settings, 0, "abc", stream: 0)),
        ("settings on a stream", Frame(Http2Frames.Settings, 0, "")),
        ("settings with a bad window", Frame(Http2Frames.Settings, 0, "\0\u0004\u00ff\u00ff\u00ff\u00ff", stream: 0)),
        ("settings with a window of nothing", Frame(Http2Frames.Settings, 0, "\0\u0004\0\0\0\0", stream: 0)),
        ("settings acknowledged twice", Frame(Http2Frames.Settings, 1, "", stream: 0) + Frame(Http2Frames.Settings, 1, "", stream: 0)),
        ("ping of a bad length", Frame(Ping, 0, "abc", stream: 0)),
        ("ping", Frame(Ping, 0, "12345678", stream: 0)),
        ("push promise", Frame(PushPromise, EndHeaders, Number(2) + Block((":method", "GET")))),
        ("continuation of nothing", Frame(Continuation, EndHeaders, Block(("x", "y")))),
        ("a block that is interrupted", Frame(Headers, 0, Block(("x", "y"))) + Frame(Data, 0, "x")),
        ("a stream of an even number", Frame(Headers, EndHeaders | EndStream, Block((":method", "GET")), stream: 2)),
        ("a stream of a lower number", Frame(Headers, EndHeaders | EndStream, Block((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "test")), stream: 7)
            + Frame(Headers, EndHeaders | EndStream, Block((":method", "GET")), stream: 5)),
        ("a stream that depends on itself", Frame(Priority, 0, Number(1) + "x")),
        ("a second request that is none", Frame(Headers, EndHeaders | EndStream, Block(("x", "y")), stream: 3)),
        ("a head too large", Frame(Headers, 0, new string('\u0082', 16384), stream: 3) + string.Concat(Enumerable.Repeat(Frame(Continuation, 0, new string('\u0082', 16384), stream: 3), 30))),
        ("goodbye", Frame(GoAway, 0, Number(1) + Number(0), stream: 0)),
        ("goodbye with an error", Frame(GoAway, 0, Number(0) + Number(2) + "why", stream: 0)),
        ("an unknown frame", Frame(0xee, 0xff, "what")),
        ("HTTP/1.1", "GET / HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("half a frame", "\0\0\u0010\0\0"),
    ];

    private static readonly (string First, string Then)[] s_badMessages =
    [
        ("GET /a HTTP/1.1\r\nHost: test\r\n\r\n", ""),
        ("GET /a HTTP/1.1\r\nHost: test\r\n\r\n", "GET /b HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("GET /a HTTP/1.1\r\nHost: test\r\n\r\n", "nonsense\r\n\r\n"),
        ("GET /a HTTP/1.1\r\nHost: test\r\nX: /\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "\u0081\u0005hello"),
        ("GET /a HTTP/1.0\r\nHost: test\r\n\r\n", ""),
        ("POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 10000\r\n\r\n" + s_some, ""),
        ("POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 10000\r\n\r\n" + s_some, "more"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nsome", "GET /b HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 10000\r\n\r\n" + s_some, "more"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "xyz\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "4\r\ntoo much\r\n0\r\n\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "0\r\nno trailer\r\n\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "0\r\n:path: /b\r\n\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "0\r\nX: y\r\n\r\n"),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "0\r\nX: " + new string('y', 200_000)),
        ("POST /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n" + s_some + "\r\n", "ffffffffffffffff\r\n"),
    ];

    private static readonly string[] s_badAnswers =
    [
        "", "H", "HTTP/1.1", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5", "nonsense\r\n\r\n", "\0\0\u0006\u0004\0\0\0\0\0\0\u0003\0\0\0\u0064",
        "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 0 Odd\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 205 Reset\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 205 Reset\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 205 Reset\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \0\u0001\u0007\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nX\u00e9: x\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 \u00e9\u0001\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: " + new string('x', 100_000) + "\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: a\u0001b\r\nServer: \u0001\r\nConnection: \u00e9\r\nDate: never\r\nExpires: -1\r\nCache-Control: max-age=99999999999999999999999\r\nAge: x\r\n\r\nok",
        "HTTP/1.1 302 Found\r\nLocation: ::::\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 206 Partial\r\nContent-Range: nonsense\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\n\r\nto the end",
    ];

    /// <summary>How a viewer leaves.</summary>
    private enum Leaving
    {
        /// <summary>Closes.</summary>
        InOrder,

        /// <summary>Says that it has said all, and reads on.</summary>
        Half,

        /// <summary>Resets.</summary>
        Reset,
    }

    private enum OriginEnd
    {
        Close,
        Reset,
        Stall,
    }

    private static async Task SendAnywayAsync(RawViewer viewer, string text)
    {
        try
        {
            await viewer.SendAsync(text);
        }
        catch (IOException)
        {
            // The edge has ended the connection already.
        }
    }

    private static async Task LeaveAsync(RawViewer viewer, Leaving leave)
    {
        switch (leave)
        {
            case Leaving.Half:
                try
                {
                    viewer.EndSending();
                }
                catch (System.Net.Sockets.SocketException)
                {
                    // It was ended already.
                }
                await viewer.ReadToTheEndAsync();
                break;
            case Leaving.Reset:
                viewer.Vanish();
                break;
            default:
                break;
        }
    }

    private static async Task StallAsync(Scene scene, OriginConversation conversation)
    {
        scene.Reached();
        // A further request on a connection that was kept: it, too, has come as far as it will.
        if (!await conversation.StallAsync())
            scene.Reached();
        conversation.Close();
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly TestEdge _edge;
        private readonly Stage _stage;
        private readonly SemaphoreSlim _reached = new(0);

        private Scene(TestEdge edge, ScriptedOrigin origin, Stage stage) => (_edge, Origin, _stage) = (edge, origin, stage);

        public ScriptedOrigin Origin { get; }

        public int Port => _edge.Port;

        public int SecurePort => _edge.HttpsPort;

        public static async Task<Scene> StartAsync(Stage stage, bool cached)
        {
            var origin = new ScriptedOrigin();
            var edge = await TestEdge.StartAsync(
                TestEdge.To(origin),
                behavior => cached ? behavior with { CachePolicy = behavior.CachePolicy with { MaxTtl = TimeSpan.FromDays(1), DefaultTtl = TimeSpan.FromDays(1) } } : behavior,
                viewerResponse: stage == Stage.BodyIsRead ? null : ScriptedFunction.Editing(_ => { }),
                options: options => options with { HttpsPort = 0 },
                lambda: stage == Stage.BodyIsRead ? new BehaviorTriggers { ViewerRequest = new LambdaTrigger(ScriptedLambda.Passing()) { IncludeBody = true } } : null);
            var scene = new Scene(edge, origin, stage);
            switch (stage)
            {
                case Stage.AnsweredEarly:
                    origin.ReplyAtHead("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
                    break;
                case Stage.BeforeTheAnswer or Stage.WithinTheAnswer:
                    origin.ReplyAtHead("");
                    origin.Script(async conversation =>
                    {
                        if (stage == Stage.WithinTheAnswer)
                            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome of it");
                        scene.Reached();
                        while (!await conversation.StallAsync())
                        {
                        }
                        conversation.Close();
                    });
                    break;
                default:
                    break;
            }
            return scene;
        }

        /// <summary>The origin: a request has come as far as it will.</summary>
        public void Reached() => _reached.Release();

        /// <summary>Waits until the request has come as far as it will, where there is such a place.</summary>
        public async Task ReachedAsync()
        {
            if (_stage is Stage.BeforeTheAnswer or Stage.WithinTheAnswer)
                await StalledAsync();
        }

        /// <summary>Waits for <see cref="Reached"/>.</summary>
        public async Task StalledAsync() => Assert.True(await _reached.WaitAsync(TimeSpan.FromSeconds(10)), "the origin was not asked");

        /// <summary>Once every connection is over: the edge still serves, and has told of no fault.</summary>
        public async Task StopAndCheckAsync()
        {
            Origin.Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            Assert.Equal(200, (await _edge.GetAsync("/still-there")).Status);
            await _edge.Server.StopAsync(TestContext.Current.CancellationToken);
            Assert.True(_edge.Log.Faults.Count == 0, string.Join("\n\n", _edge.Log.Faults.Take(5)));
        }

        public async ValueTask DisposeAsync()
        {
            await _edge.DisposeAsync();
            await Origin.DisposeAsync();
            _reached.Dispose();
        }
    }
}
