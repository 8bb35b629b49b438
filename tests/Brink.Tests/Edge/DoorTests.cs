using System.Net;
using Brink.Distributions;
using Brink.Edge.Admission;
using Brink.Edge.Configuration;
using Brink.Tests.PrivateContent;
using static Brink.Tests.Edge.Http2Frames;

namespace Brink.Tests.Edge;

/// <summary>Limits at the door, over real sockets: what is over a limit is refused, others are served meanwhile, and everything is given back.</summary>
public sealed class DoorTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: test\r\n\r\n", Post = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n12345";

    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2"), Other = IPAddress.Parse("127.0.0.3");

    private static readonly string GetFrame = GetOver("http"), SecureGetFrame = GetOver("https");

    public static TheoryData<EdgeScheduling> Schedulings => [EdgeScheduling.Inline, EdgeScheduling.ThreadPool];

    [Theory]
    [MemberData(nameof(Schedulings))]
    public async Task ConnectionsInAll_TheNextOneGets503_AndTheOthersGoOn(EdgeScheduling scheduling)
    {
        await using var scene = await Scene.StartAsync(limits => limits with { Connections = 300 }, scheduling);
        var viewers = new List<RawViewer>();
        for (var i = 0; i < 299; i++)
            viewers.Add(await scene.ServedAsync(IPAddress.Parse($"127.0.0.{2 + i % 7}")));
        Assert.Equal(300, scene.Counters.Connections);

        await scene.IsTurnedAwayAsync(Other);

        Assert.Equal((1, 0, 8), (scene.Counters.ConnectionsRefused, scene.Counters.ConnectionsRefusedToAddress, scene.Counters.Addresses));
        foreach (var viewer in viewers)
        {
            await viewer.SendAsync(Get);
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        }
        viewers[0].Dispose();
        await scene.UntilAsync(() => scene.Counters.Connections == 299);
        viewers[0] = await scene.ServedAsync(Other);
        viewers.ForEach(viewer => viewer.Dispose());
    }

    [Fact]
    public async Task ConnectionsOfOneAddress_TheNextOneGets503_AndOtherAddressesAreServed()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { ConnectionsPerAddress = 100 });
        for (var i = 0; i < 100; i++)
            scene.Keep(await scene.ServedAsync(Greedy));

        for (var i = 0; i < 50; i++)
            await scene.IsTurnedAwayAsync(Greedy);
        for (var i = 0; i < 100; i++)
            scene.Keep(await scene.ServedAsync(Other));

        Assert.Equal((201, 0, 50), (scene.Counters.Connections, scene.Counters.ConnectionsRefused, scene.Counters.ConnectionsRefusedToAddress));
        // A flood of connections makes no flood of lines.
        Assert.Equal("a connection: the address has 100, as many as one may have, from 127.0.0.2", Assert.Single(scene.Edge.Log.Refusals));
    }

    [Fact]
    public async Task ConnectionsOverTls_AreEndedBeforeTheHandshake()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { ConnectionsPerAddress = 1 });
        using var first = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, from: Greedy);

        using var second = await RawViewer.ConnectAsync(scene.Edge.HttpsPort, from: Greedy);

        Assert.True(await second.IsClosedAsync());
        Assert.Equal(1, scene.Counters.ConnectionsRefusedToAddress);
        using var other = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, from: Other);
        await other.SendAsync(Get);
        Assert.Equal(200, (await other.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task TrustedProxy_HasNoLimitOfItsOwn()
    {
        await using var scene = await Scene.StartAsync(
            limits => limits with { ConnectionsPerAddress = 1 }, options: options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.2/32")] });

        for (var i = 0; i < 20; i++)
            scene.Keep(await scene.ServedAsync(Greedy));

        scene.Keep(await scene.ServedAsync(Other));
        await scene.IsTurnedAwayAsync(Other);
    }

    [Theory]
    [InlineData("cleartext")]
    [InlineData("TLS")]
    [InlineData("Kestrel's")]
    public async Task RequestsOfOneConnection_TheLastAnswerSaysSo(string how)
    {
        await using var scene = await Scene.StartAsync(limits => limits with { RequestsPerConnection = 3 });
        using var viewer = how == "TLS" ? await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort) : await RawViewer.ConnectAsync(scene.Edge.Port);
        var request = how == "Kestrel's" ? "GET / HTTP/1.1\r\nHost: test\r\nExpect: x\r\n\r\n" : Get;
        for (var i = 1; i <= 3; i++)
        {
            await viewer.SendAsync(request);
            var answer = await viewer.ReceiveAsync();
            Assert.Equal(i == 3 ? "close" : null, answer["Connection"]);
        }

        Assert.True(await viewer.IsClosedAsync());
        Assert.Equal(1, scene.Counters.ConnectionsWithLastRequest);
    }

    [Fact]
    public async Task RequestsOfOneHttp2Connection_TheViewerIsTold()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { RequestsPerConnection = 2 });
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);
        await viewer.SendAsync(Start + GetFrame + Frame(Headers, EndHeaders | EndStream, GetFrame[9..], stream: 3));

        var all = await viewer.ReadToTheEndAsync();

        Assert.Contains(Frame(GoAway, 0, Number(int.MaxValue) + Number(0), stream: 0), all, StringComparison.Ordinal);
        Assert.Contains("\0\0\0\u0001ok", all, StringComparison.Ordinal);
        Assert.Contains("\0\0\0\u0003ok", all, StringComparison.Ordinal);
        Assert.Equal(1, scene.Counters.ConnectionsWithLastRequest);
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1 503 ")]
    [InlineData("POST / HTTP/1.1\r\nHost: test\r\nX: ", "")] // Kestrel's by then, which ends it without a word
    [InlineData(Get + "G", "HTTP/1.1 503 ")]
    public async Task Heads_OneAddressHasAPartOfThem_AndOthersAreServed(string part, string answer)
    {
        await using var scene = await Scene.StartAsync(limits => limits with { Heads = 8 });
        var slow = new List<RawViewer>();
        for (var i = 1; i <= 2; i++)
        {
            slow.Add(await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy));
            foreach (var c in part)
                await slow[^1].SendAsync($"{c}");
            await scene.UntilAsync(() => scene.Counters.Heads == i);
        }

        using (var third = await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy))
        {
            await third.SendAsync(part);
            var text = await third.ReadToTheEndAsync();
            Assert.Contains(answer, text, StringComparison.Ordinal);
        }

        Assert.Equal(1, scene.Counters.HeadsRefused);
        // Heads that come whole need no place.
        scene.Keep(await scene.ServedAsync(Greedy));
        using (var other = await RawViewer.ConnectAsync(scene.Edge.Port, from: Other))
        {
            await other.SendAsync(Get[..5]);
            await scene.UntilAsync(() => scene.Counters.Heads == 3);
            await other.SendAsync(Get[5..]);
            Assert.Equal(200, (await other.ReceiveAsync()).Status);
        }
        await scene.UntilAsync(() => scene.Counters.Heads == 2);
        slow.ForEach(viewer => viewer.Vanish());
        await scene.UntilAsync(() => scene.Counters.Heads == 0);
    }

    [Theory]
    [InlineData("http/1.1", "GET / HT", "TP/1.1\r\nHost: test\r\n\r\n", "200 OK")]
    [InlineData("h2", "", "", "ok")]
    public async Task HeadsOverTls_OneAddressHasAPartOfThem(string protocol, string start, string rest, string answer)
    {
        await using var scene = await Scene.StartAsync(limits => limits with { Heads = 4 });
        if (protocol == "h2")
        {
            var block = SecureGetFrame[9..];
            start = Start + Frame(Headers, EndStream, block[..5]);
            rest = Frame(Continuation, EndHeaders, block[5..]);
        }
        using var slow = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, protocol, from: Greedy);
        await slow.SendAsync(start);
        await scene.UntilAsync(() => scene.Counters.Heads == 1);

        using var second = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, protocol, from: Greedy);
        await second.SendAsync(start);
        await second.ReadToTheEndAsync();

        Assert.Equal(1, scene.Counters.HeadsRefused);
        using var other = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, protocol, from: Other);
        await other.SendAsync(start + rest);
        await other.ReadUntilAsync(answer);
        await slow.SendAsync(rest);
        await slow.ReadUntilAsync(answer);
        await scene.UntilAsync(() => scene.Counters.Heads == 0);
    }

    [Fact]
    public async Task Handshakes_OneAddressHasAPartOfThem_AndOthersAreServed()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { Handshakes = 80 });
        var stalled = new List<RawViewer>();
        for (var i = 1; i <= 20; i++)
        {
            stalled.Add(await RawViewer.ConnectAsync(scene.Edge.HttpsPort, from: Greedy));
            // A record of 512 bytes that holds the beginning of a ClientHello, or nothing at all.
            if (i % 2 == 0)
                await stalled[^1].SendAsync("\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003");
        }
        await scene.UntilAsync(() => scene.Counters.Handshakes == 20);

        using (var next = await RawViewer.ConnectAsync(scene.Edge.HttpsPort, from: Greedy))
            Assert.True(await next.IsClosedAsync());

        Assert.Equal(1, scene.Counters.HandshakesRefused);
        using (var other = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, from: Other))
        {
            await other.SendAsync(Get);
            Assert.Equal(200, (await other.ReceiveAsync()).Status);
            Assert.Equal(20, scene.Counters.Handshakes);
        }
        stalled.ForEach(viewer => viewer.Vanish());
        await scene.UntilAsync(() => scene.Counters.Handshakes == 0);
        using var again = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, from: Greedy);
    }

    [Fact]
    public async Task Bodies_OneAddressHasAPartOfThem_AndOthersAreServed()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { Bodies = 8 });
        var slow = new List<RawViewer>();
        for (var i = 1; i <= 2; i++)
        {
            slow.Add(await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy));
            await slow[^1].SendAsync(Post);
            await scene.UntilAsync(() => scene.Counters.Bodies == i);
        }

        using (var third = await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy))
        {
            await third.SendAsync(Post);
            Assert.Equal(503, (await third.ReceiveAsync()).Status);
        }
        using (var third = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, "h2", from: Greedy))
        {
            var head = Block((":method", "POST"), (":scheme", "https"), (":authority", "test"), (":path", "/"));
            await third.SendAsync(Start + Frame(Headers, EndHeaders, head));
            await third.ReadUntilAsync("503 ERROR");
        }

        Assert.Equal(2, scene.Counters.BodiesRefused);
        using (var other = await RawViewer.ConnectAsync(scene.Edge.Port, from: Other))
        {
            await other.SendAsync(Post + "67890");
            Assert.Equal(200, (await other.ReceiveAsync()).Status);
        }
        // An upload that has come to its end is not under way, although its answer is not there.
        await slow[0].SendAsync("67890");
        Assert.Equal(200, (await slow[0].ReceiveAsync()).Status);
        await scene.UntilAsync(() => scene.Counters.Bodies == 1);
        slow.ForEach(viewer => viewer.Vanish());
        await scene.UntilAsync(() => scene.Counters.Bodies == 0);
    }

    public static TheoryData<string, string, bool> Floods => new()
    {
        { "rapid reset", GetFrame + Frame(ResetStream, 0, Number(8)), true },
        { "PING", Frame(Ping, 0, "12345678", stream: 0), false },
        { "SETTINGS", Frame(Http2Frames.Settings, 0, "", stream: 0), false },
        { "PRIORITY", Frame(Priority, 0, Number(0) + "\u0001", stream: 5), false },
        { "unknown frames", Frame(0xfa, 0, "", stream: 0), false },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public async Task FloodOfHttp2Frames_EndsItsConnection_AndNoOther(string what, string frames, bool isReset)
    {
        await using var scene = await Scene.StartAsync(limits => limits with { ResetsPerSecond = 50, ControlFramesPerSecond = 50 }, time: new ManualTimeProvider());
        using var flood = await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy);
        using var calm = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, "h2", from: Greedy);
        await calm.SendAsync(Start + SecureGetFrame);
        await calm.ReadUntilAsync("ok");

        await flood.SendAsync(Start);
        for (var i = 0; i < 200; i++)
        {
            var stream = 1 + 2 * i;
            var next = isReset ? Frame(Headers, GetFrame[4], GetFrame[9..], stream) + Frame(ResetStream, 0, Number(8), stream) : frames;
            if (await Record.ExceptionAsync(() => flood.SendAsync(next)) is IOException)
                break;
        }

        await flood.ReadToTheEndAsync();
        Assert.Equal(isReset ? (1, 0) : (0, 1), (scene.Counters.ResetFloods, scene.Counters.FrameFloods));
        Assert.Contains(scene.Edge.Log.Refusals, line => line.Contains(isReset ? "reset more than 50" : "more than 50 control frames", StringComparison.Ordinal));
        await calm.SendAsync(Frame(Headers, GetFrame[4], SecureGetFrame[9..], stream: 3));
        await calm.ReadUntilAsync("ok");
        Assert.True(scene.Edge.Log.Faults.Count == 0, what);
    }

    [Fact]
    public async Task FloodOfContinuations_EndsItsConnection()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { ControlFramesPerSecond = 50 }, time: new ManualTimeProvider());
        using var flood = await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy);

        await flood.SendAsync(Start + Frame(Headers, 0, ""));
        for (var i = 0; i < 200; i++)
        {
            if (await Record.ExceptionAsync(() => flood.SendAsync(Frame(Continuation, 0, ""))) is IOException)
                break;
        }

        await flood.ReadToTheEndAsync();
        Assert.Equal(1, scene.Counters.FrameFloods);
        await scene.UntilAsync(() => scene.Counters.Heads == 0);
    }

    [Fact]
    public async Task EmptyData_IsAFloodWithoutAnEnd()
    {
        await using var scene = await Scene.StartAsync(limits => limits with { ControlFramesPerSecond = 50 }, time: new ManualTimeProvider());
        using var flood = await RawViewer.ConnectAsync(scene.Edge.Port, from: Greedy);
        await flood.SendAsync(Start + Frame(Headers, EndHeaders, Block((":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/"))));

        for (var i = 0; i < 200; i++)
        {
            if (await Record.ExceptionAsync(() => flood.SendAsync(Frame(Data, 0, ""))) is IOException)
                break;
        }

        await flood.ReadToTheEndAsync();
        Assert.Equal(1, scene.Counters.FrameFloods);
        await scene.UntilAsync(() => scene.Counters.Bodies == 0);
    }

    [Fact]
    public async Task FramesBelowTheRate_GoOnForAsLongAsTheyLike()
    {
        var time = new ManualTimeProvider();
        await using var scene = await Scene.StartAsync(limits => limits with { ControlFramesPerSecond = 50, ResetsPerSecond = 5 }, time: time);
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);
        await viewer.SendAsync(Start);
        for (var second = 0; second < 10; second++)
        {
            await viewer.SendAsync(string.Concat(Enumerable.Repeat(Frame(Ping, 0, "12345678", stream: 0), 40)));
            for (var i = 0; i < 40; i++)
                await viewer.ReadUntilAsync("12345678");
            time.AdvanceSeconds(1);
        }

        await viewer.SendAsync(GetFrame);
        await viewer.ReadUntilAsync("ok");
        Assert.Equal(0, scene.Counters.FrameFloods);
    }

    [Fact]
    public async Task WrongSignatures_AfterSoManyOnlyKnownOnesAreLetIn_AndOtherAddressesAreServed()
    {
        var time = new ManualTimeProvider();
        await using var scene = await Scene.StartAsync(
            limits => limits with { WrongSignaturesPerSecond = 10 }, time: time,
            behavior: behavior => behavior with { TrustedKeys = [SigningKeys.Rsa] });
        using var signer = SigningKeys.Signer();
        string Signed(string path) => Request(signer.SignUrl($"http://test{path}", 4102444800));
        var right = Signed("/right");
        Assert.Equal(200, await AskAsync(scene, right, Greedy));

        for (var i = 0; i < 10; i++)
            Assert.Equal(403, await AskAsync(scene, Signed("/signed").Replace("/signed?", $"/other{i}?", StringComparison.Ordinal), Greedy));

        Assert.Equal(503, await AskAsync(scene, Signed("/signed").Replace("/signed?", "/other?", StringComparison.Ordinal), Greedy));
        Assert.Equal(503, await AskAsync(scene, Signed("/new"), Greedy));
        Assert.Equal(200, await AskAsync(scene, right, Greedy));
        Assert.Equal(200, await AskAsync(scene, Signed("/new"), Other));
        Assert.Equal(2, scene.Counters.SignaturesRefused);
        time.AdvanceSeconds(1);
        Assert.Equal(200, await AskAsync(scene, Signed("/newer"), Greedy));
    }

    private static string GetOver(string scheme) => Frame(
        Headers, EndHeaders | EndStream, Block((":method", "GET"), (":scheme", scheme), (":authority", "test"), (":path", "/")));

    private static string Request(string url) => $"GET {new Uri(url).PathAndQuery} HTTP/1.1\r\nHost: test\r\n\r\n";

    private static async Task<int> AskAsync(Scene scene, string request, IPAddress from)
    {
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port, from: from);
        await viewer.SendAsync(request);
        return (await viewer.ReceiveAsync()).Status;
    }

    /// <summary>An edge with limits, and one viewer of it who is never refused. At its end everything has been given back.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

        private readonly ScriptedOrigin _origin;
        private readonly RawViewer _first;
        private readonly List<RawViewer> _kept = [];

        private Scene(TestEdge edge, ScriptedOrigin origin, RawViewer first) => (Edge, _origin, _first) = (edge, origin, first);

        public TestEdge Edge { get; }

        public DoorCounters Counters => Edge.Server.Door;

        public static async Task<Scene> StartAsync(
            Func<DoorLimits, DoorLimits> limits, EdgeScheduling scheduling = EdgeScheduling.Inline, Func<EdgeServerOptions, EdgeServerOptions>? options = null,
            Func<CacheBehavior, CacheBehavior>? behavior = null, TimeProvider? time = null)
        {
            var origin = new ScriptedOrigin();
            EdgeServerOptions Options(EdgeServerOptions given) =>
                (options?.Invoke(given) ?? given) with { HttpsPort = 0, Scheduling = scheduling, Door = limits(DoorLimits.Default) };
            var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior, options: Options, time: time);
            return new Scene(edge, origin, await RawViewer.ConnectAsync(edge.Port));
        }

        public RawViewer Keep(RawViewer viewer)
        {
            _kept.Add(viewer);
            return viewer;
        }

        /// <summary>A new viewer whose first request is answered.</summary>
        public async Task<RawViewer> ServedAsync(IPAddress from)
        {
            var viewer = await RawViewer.ConnectAsync(Edge.Port, from: from);
            await viewer.SendAsync(Get);
            var answer = await viewer.ReceiveAsync();
            Assert.True(answer.Status == 200, $"{answer.Status} for {from}");
            return viewer;
        }

        /// <summary>A new viewer gets CloudFront's page and is shown out.</summary>
        public async Task IsTurnedAwayAsync(IPAddress from)
        {
            using var viewer = await RawViewer.ConnectAsync(Edge.Port, from: from);
            var answer = await viewer.ReceiveAsync();
            Assert.Equal((503, "close", "Error from cloudfront"), (answer.Status, answer["Connection"], answer["X-Cache"]));
            Assert.Contains("<H1>503 ERROR</H1>", answer.Text, StringComparison.Ordinal);
            Assert.Contains(answer["X-Amz-Cf-Id"]!, answer.Text, StringComparison.Ordinal);
            Assert.True(await viewer.IsClosedAsync());
        }

        /// <summary>Asks, on a connection of its own, until it is so.</summary>
        public async Task UntilAsync(Func<bool> isSo)
        {
            using var timeout = new CancellationTokenSource(Patience);
            while (!isSo())
            {
                timeout.Token.ThrowIfCancellationRequested();
                await _first.SendAsync("GET /until HTTP/1.1\r\nHost: test\r\n\r\n");
                await _first.ReceiveAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            _kept.ForEach(viewer => viewer.Dispose());
            _first.Dispose();
            await Edge.DisposeAsync();
            await _origin.DisposeAsync();
            Assert.Equal((0, 0, 0, 0, 0), (Counters.Connections, Counters.Addresses, Counters.Handshakes, Counters.Heads, Counters.Bodies));
        }
    }
}
