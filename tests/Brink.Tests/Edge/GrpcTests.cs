using System.Net;
using System.Text;
using System.Threading.Channels;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Functions;

namespace Brink.Tests.Edge;

/// <summary>gRPC (distribution spec 2.4): HTTP/2 from end to end, both directions at the same time, trailers. Messages are bytes here.</summary>
public sealed class GrpcTests
{
    [Fact]
    public async Task Call_GoesOnOverHttp2_WithItsTrailers()
    {
        var seen = new TaskCompletionSource<Http2Call>();
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            Assert.Equal("ping", await call.HearAsync());
            Assert.Empty(await call.HearAsync());
            await call.BeginAsync(200, ("content-type", "application/grpc"), ("x-head", "1"));
            await call.SayAsync("pong");
            call.Trail("grpc-status", "5");
            call.Trail("grpc-message", "not%20here");
            call.Trail("x-tail-bin", "AQI");
            seen.TrySetResult(call);
        });
        await using var edge = await StartAsync(origin);
        using var viewer = Viewer();

        using var answer = await viewer.SendAsync(Call(edge, new StringContent("ping"), ("te", "trailers"), ("grpc-timeout", "5S"), ("x-meta", "m")), TestContext.Current.CancellationToken);
        Assert.Equal("pong", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Equal("1", answer.Headers.GetValues("x-head").Single());
        Assert.Equal("Miss from cloudfront", answer.Headers.GetValues("x-cache").Single());
        Assert.Equal(("5", "not%20here", "AQI"), (Trailer(answer, "grpc-status"), Trailer(answer, "grpc-message"), Trailer(answer, "x-tail-bin")));
        var asked = await seen.Task;
        Assert.Equal(("HTTP/2", "/service/Method"), (asked.Protocol, asked.Target));
        Assert.Equal(("application/grpc+proto", "trailers", "5S", "m"), (asked["content-type"], asked["te"], asked["grpc-timeout"], asked["x-meta"]));
        var entry = await edge.Log.NextAsync();
        Assert.Equal((200, "grpc", ResultType.Miss, NotStoredReason.Method), (entry.StatusCode, entry.Protocol, entry.ResultType, entry.NotStored));
    }

    [Fact]
    public async Task WithoutAPolicy_TheFieldsOfACallGoOn_AndMetadataDoesNot()
    {
        var seen = new TaskCompletionSource<Http2Call>();
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            seen.TrySetResult(call);
            await call.BeginAsync(200, ("grpc-status", "0"));
        });
        await using var edge = await StartAsync(origin, behavior => behavior with { OriginRequestPolicy = null });
        using var viewer = Viewer();

        using var answer = await viewer.SendAsync(
            Call(edge, new StringContent("x"), ("grpc-timeout", "5S"), ("grpc-encoding", "gzip"), ("grpc-accept-encoding", "gzip"), ("x-meta", "m")), TestContext.Current.CancellationToken);

        var asked = await seen.Task;
        Assert.Equal(("5S", "gzip", "gzip", "trailers", null), (asked["grpc-timeout"], asked["grpc-encoding"], asked["grpc-accept-encoding"], asked["te"], asked["x-meta"]));
        // An answer that is nothing but trailers comes as a head.
        Assert.Equal("0", answer.Headers.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task BothSidesTalkAtTheSameTime()
    {
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            await call.BeginAsync(200, ("content-type", "application/grpc"));
            while (await call.HearAsync() is { Length: > 0 } message)
                await call.SayAsync(message.ToUpperInvariant());
            call.Trail("grpc-status", "0");
        });
        await using var edge = await StartAsync(origin);
        using var viewer = Viewer();
        var upload = new Upload();

        using var answer = await viewer.SendAsync(Call(edge, upload), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var answers = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        foreach (var message in new[] { "one", "two", "three" })
        {
            upload.Say(message);
            var piece = new byte[message.Length];
            await answers.ReadExactlyAsync(piece, TestContext.Current.CancellationToken);
            Assert.Equal(message.ToUpperInvariant(), Encoding.ASCII.GetString(piece));
        }
        upload.End();

        Assert.Equal(0, await answers.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal("0", Trailer(answer, "grpc-status"));
    }

    [Fact]
    public async Task ViewerCancels_TheOriginSeesIt()
    {
        var (began, gone) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            await call.BeginAsync(200);
            call.Gone.Register(() => gone.TrySetResult());
            began.TrySetResult();
            await gone.Task;
        });
        await using var edge = await StartAsync(origin);
        using var viewer = Viewer();
        var upload = new Upload();

        var answer = await viewer.SendAsync(Call(edge, upload), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await began.Task;
        answer.Dispose();

        await gone.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal("ClientHungUpRequest", (await edge.Log.NextAsync()).DetailedResultType);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task OriginResets_SoDoesTheEdge()
    {
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            await call.BeginAsync(200);
            await call.SayAsync("part");
            call.Reset();
        });
        await using var edge = await StartAsync(origin);
        using var viewer = Viewer();

        // Within the body, or before it where the reset overtakes the head.
        await Assert.ThrowsAsync<HttpRequestException>(() => viewer.SendAsync(Call(edge, new StringContent("x")), TestContext.Current.CancellationToken));
        Assert.Equal("OriginReadError", (await edge.Log.NextAsync()).DetailedResultType);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task OriginAnswersBeforeTheCallIsOver_TheCallEnds()
    {
        await using var origin = await Http2Origin.StartAsync(call => call.BeginAsync(200, ("grpc-status", "16")));
        await using var edge = await StartAsync(origin);
        using var viewer = Viewer();
        var upload = new Upload();

        using var answer = await viewer.SendAsync(Call(edge, upload), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal("16", answer.Headers.GetValues("grpc-status").Single());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(200, (await edge.Log.NextAsync()).StatusCode);
    }

    [Theory]
    [InlineData(true, 599, 2)] // while the viewer may still send, the origin owes nothing, for ten minutes
    [InlineData(false, 29, 2)] // the viewer has sent everything: the origin has its read timeout
    public async Task NothingMoves_TheCallEnds(bool viewerMaySend, int secondsThatAreFine, int secondsMore)
    {
        var time = new ManualTimeProvider();
        var over = new TaskCompletionSource();
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            while (!viewerMaySend && (await call.HearAsync()).Length > 0)
            {
            }
            await call.BeginAsync(200);
            await call.SayAsync("begun");
            call.Gone.Register(() => over.TrySetResult());
            await over.Task;
        });
        await using var edge = await StartAsync(origin, time: time);
        using var viewer = Viewer();
        var upload = new Upload();
        upload.Say("x");
        if (!viewerMaySend)
            upload.End();
        using var answer = await viewer.SendAsync(Call(edge, upload), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var answers = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await answers.ReadExactlyAsync(new byte[5], TestContext.Current.CancellationToken);

        time.AdvanceSeconds(secondsThatAreFine);
        Assert.False(over.Task.IsCompleted);
        time.AdvanceSeconds(secondsMore);

        await over.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => answers.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task CloudFrontFunctionsRun()
    {
        var seen = new TaskCompletionSource<string?>();
        await using var origin = await Http2Origin.StartAsync(async call =>
        {
            seen.TrySetResult(call["x-function"]);
            await call.BeginAsync(200);
            call.Trail("grpc-status", "0");
        });
        var request = ScriptedFunction.Editing(triggerEvent => triggerEvent.Request.Headers.Set("x-function", "1"));
        var response = ScriptedFunction.Editing(triggerEvent => triggerEvent.Response!.Headers.Set("x-back", "1"));
        await using var edge = await StartAsync(origin, viewerRequest: request, viewerResponse: response);
        using var viewer = Viewer();

        using var answer = await viewer.SendAsync(Call(edge, new StringContent("x")), TestContext.Current.CancellationToken);

        Assert.Equal(("1", "1"), (await seen.Task, answer.Headers.GetValues("x-back").Single()));
        Assert.Equal("0", Trailer(answer, "grpc-status"));
    }

    [Theory]
    [InlineData("application/grpc", true)]
    [InlineData("application/grpc+proto", true)]
    [InlineData("Application/GRPC; charset=x", true)]
    [InlineData("application/grpc-web", false)]
    [InlineData("application/grpcx", false)]
    [InlineData("application/json", false)]
    public void ContentTypeSaysWhetherItIsACall(string type, bool isCall)
    {
        var request = new Brink.Http.EdgeRequest { Method = "POST", HttpVersion = "2.0" };
        request.Headers.Add("content-type", type);

        Assert.Equal(isCall, Grpc.Is(request));
        request.HttpVersion = "1.1";
        Assert.False(Grpc.Is(request));
        (request.HttpVersion, request.Method) = ("2.0", "PUT");
        Assert.False(Grpc.Is(request));
    }

    [Fact]
    public async Task OriginSpeaksHttp11_Gets502()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await StartAsync(origin.Port);
        using var viewer = Viewer();

        using var answer = await viewer.SendAsync(Call(edge, new StringContent("x")), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.NotNull((await edge.Log.NextAsync()).ErrorDetail);
    }

    private static Task<TestEdge> StartAsync(
        Http2Origin origin, Func<CacheBehavior, CacheBehavior>? behavior = null, IEdgeFunction? viewerRequest = null, IEdgeFunction? viewerResponse = null, TimeProvider? time = null) =>
        StartAsync(origin.Port, behavior, viewerRequest, viewerResponse, time);

    private static Task<TestEdge> StartAsync(
        int port, Func<CacheBehavior, CacheBehavior>? behavior = null, IEdgeFunction? viewerRequest = null, IEdgeFunction? viewerResponse = null, TimeProvider? time = null) =>
        TestEdge.StartAsync(
            TestEdge.ToPort(port), given => (behavior?.Invoke(given) ?? given) with { AllowsGrpc = true }, viewerRequest, viewerResponse, time: time);

    private static HttpClient Viewer() => new(new SocketsHttpHandler { UseProxy = false });

    private static HttpRequestMessage Call(TestEdge edge, HttpContent content, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{edge.Port}/service/Method")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc+proto");
        foreach (var (name, value) in fields)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static string? Trailer(HttpResponseMessage answer, string name) => answer.TrailingHeaders.TryGetValues(name, out var values) ? string.Join("|", values) : null;

    /// <summary>A body that goes on while the answer comes.</summary>
    private sealed class Upload : HttpContent
    {
        private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();

        public void Say(string message) => _messages.Writer.TryWrite(message);

        public void End() => _messages.Writer.TryComplete();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.FlushAsync(cancellationToken);
            await foreach (var message in _messages.Reader.ReadAllAsync(cancellationToken))
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(message), cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
