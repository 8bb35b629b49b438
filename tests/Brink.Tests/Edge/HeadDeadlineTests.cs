using System.Net;

namespace Brink.Tests.Edge;

/// <summary>From accept to a whole head there is one deadline, and no byte that comes meanwhile moves it. The edge's clock is the test's: it looks at it once a second.</summary>
public sealed class HeadDeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30), Step = TimeSpan.FromSeconds(9);

    public static TheoryData<string, string> Cleartext => new()
    {
        { "HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
        { "HTTP/2's settings", Http2Frames.Start[..^3] },
        { "HTTP/2 without a request", Http2Frames.Start },
        { "an ordinary head", "GET / HTTP/1.1\r\nHost: test\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyy" },
        { "a head for Kestrel", "POST / HTTP/1.1\r\nHost: test\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyy" },
        { "a head that turns out to be Kestrel's", "GET / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\nX: yyyyyyyyyyyy" },
        { "empty lines", "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" },
    };

    [Theory]
    [MemberData(nameof(Cleartext))]
    public async Task Cleartext_PieceByPiece_TheConnectionEnds(string what, string bytes)
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);

        await scene.TrickleAsync(viewer.SendAsync, bytes, what);

        Assert.True(await scene.IsEndedAsync(viewer), what);
    }

    [Theory]
    [InlineData("HTTP/1.1", "http/1.1", "GET / HTTP/1.1\r\nHost: test\r\nX: yyyyyyyyyyyyyyyyyyyyyyyyyy")]
    [InlineData("HTTP/2's preface", "h2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("HTTP/2 without a request", "h2", Http2Frames.Start)]
    public async Task Tls_PieceByPiece_TheConnectionEnds(string what, string protocol, string bytes)
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectSecurelyAsync(scene.Edge.HttpsPort, protocol);

        await scene.TrickleAsync(viewer.SendAsync, bytes, what);

        Assert.True(await scene.IsEndedAsync(viewer), what);
    }

    [Fact]
    public async Task TlsHandshake_PieceByPiece_TheConnectionEnds()
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.HttpsPort);

        // A record of 512 bytes that holds the beginning of a ClientHello.
        await scene.TrickleAsync(viewer.SendAsync, "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003" + new string('r', 32), "a handshake");

        Assert.True(await scene.IsEndedAsync(viewer));
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\r\nGET / HTTP/1.1\r\nHost: test\r\nX: yyyyyyyyy")]
    public async Task ProxyHeader_PieceByPiece_TheConnectionEnds(string bytes)
    {
        await using var scene = await Scene.StartAsync(isBehindProxy: true);
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);

        await scene.TrickleAsync(viewer.SendAsync, bytes, "a header of the PROXY protocol");

        Assert.True(await scene.IsEndedAsync(viewer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Silence_TheConnectionEnds(bool secure)
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectAsync(secure ? scene.Edge.HttpsPort : scene.Edge.Port);

        var closed = viewer.IsClosedAsync();
        while (!closed.IsCompleted)
            await scene.PassAsync(Step);

        Assert.True(await closed);
    }

    [Fact]
    public async Task LaterHead_HasTheDeadlineAnewFromItsFirstByte()
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);
        foreach (var c in "GET / HTTP/1.1\r\nHost: te")
            await viewer.SendAsync(c.ToString());
        await scene.PassAsync(TimeSpan.FromSeconds(20));
        await viewer.SendAsync("st\r\n\r\n");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        await scene.PassAsync(TimeSpan.FromSeconds(20));

        // 40 s after accept, of which 20 were spent idle: the connection is as good as new.
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);

        await scene.TrickleAsync(viewer.SendAsync, "GET / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n", "a later head");
        // This wait counts from when the edge has first seen it.
        var ended = scene.IsEndedAsync(viewer);
        while (!ended.IsCompleted)
            await scene.PassAsync(Step);
        Assert.True(await ended);
    }

    [Fact]
    public async Task FirstRequestOverHttp2_EndsTheDeadline()
    {
        await using var scene = await Scene.StartAsync();
        using var viewer = await RawViewer.ConnectAsync(scene.Edge.Port);
        var get = Http2Frames.Block((":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/"));
        await viewer.SendAsync(Http2Frames.Start + Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndHeaders | Http2Frames.EndStream, get));
        await viewer.ReadUntilAsync("ok");

        await scene.PassAsync(TimeSpan.FromSeconds(90));

        await viewer.SendAsync(Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndHeaders | Http2Frames.EndStream, get, stream: 3));
        await viewer.ReadUntilAsync("ok");
    }

    private sealed class Scene : IAsyncDisposable
    {
        private readonly ManualTimeProvider _time;
        private readonly ScriptedOrigin _origin;
        private readonly RawViewer _other;

        private Scene(TestEdge edge, ScriptedOrigin origin, ManualTimeProvider time, RawViewer other) => (Edge, _origin, _time, _other) = (edge, origin, time, other);

        public TestEdge Edge { get; }

        public static async Task<Scene> StartAsync(bool isBehindProxy = false)
        {
            var time = new ManualTimeProvider();
            var origin = new ScriptedOrigin();
            var edge = await TestEdge.StartAsync(
                TestEdge.To(origin),
                options: options => options with
                {
                    HttpsPort = 0, RequestHeadersTimeout = Limit, KeepAliveTimeout = TimeSpan.FromHours(1), ProxyProtocolPeers = isBehindProxy ? [IPNetwork.Parse("127.0.0.0/8")] : [],
                },
                time: time);
            var other = await RawViewer.ConnectAsync(edge.Port);
            if (isBehindProxy)
                await other.SendAsync("PROXY UNKNOWN\r\n");
            return new Scene(edge, origin, time, other);
        }

        /// <summary>Sends the bytes in twelve pieces, each well within the time after the one before; the last one last of all.</summary>
        public async Task TrickleAsync(Func<string, Task> send, string bytes, string what)
        {
            var size = Math.Max(1, bytes.Length / 12);
            try
            {
                for (var at = 0; at < bytes.Length; at += size)
                {
                    await PassAsync(Step);
                    await send(bytes[at..Math.Min(bytes.Length, at + size)]);
                }
            }
            catch (IOException)
            {
                // Ended meanwhile.
            }
            Assert.True(_time.GetElapsedTime(0) > 2 * Limit, what);
        }

        /// <summary>Lets time pass for the edge, which does something meanwhile.</summary>
        public async Task PassAsync(TimeSpan time)
        {
            await AskAsync();
            _time.Advance(time);
            await AskAsync();
        }

        /// <summary>Whether the connection ends, with an answer that says so (408) or without one.</summary>
        public async Task<bool> IsEndedAsync(RawViewer viewer)
        {
            try
            {
                var text = await viewer.ReadToTheEndAsync();
                return !text.StartsWith("HTTP", StringComparison.Ordinal) || text.StartsWith("HTTP/1.1 408", StringComparison.Ordinal);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            _other.Dispose();
            await Edge.DisposeAsync();
            await _origin.DisposeAsync();
        }

        private async Task AskAsync()
        {
            await _other.SendAsync("GET /other HTTP/1.1\r\nHost: test\r\n\r\n");
            Assert.Equal(200, (await _other.ReceiveAsync()).Status);
        }
    }
}
