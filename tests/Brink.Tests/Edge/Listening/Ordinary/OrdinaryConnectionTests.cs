using System.Globalization;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Http;

namespace Brink.Tests.Edge.Listening.Ordinary;

/// <summary>Through the socket: what is ordinary, what is not, and the way from one to the other.</summary>
public sealed class OrdinaryConnectionTests
{
    private const string Get = "GET /ordinary HTTP/1.1\r\nHost: test\r\n\r\n";

    public static TheoryData<string, string> MalformedRequests => BadInputTests.MalformedRequests;

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task MalformedRequest_BehindAnOrdinaryOneInOnePiece_Gets400AndTheConnectionEnds(string shape, string request)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Get + request + "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        var response = await viewer.ReceiveAsync();
        Assert.True(response.Status == 400, $"{shape}: {response.StatusLine}");
        Assert.True(await viewer.IsClosedAsync(), shape);
        Assert.DoesNotContain(origin.Requests, asked => asked.Target == "/smuggled");
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task MalformedRequest_ByteByByte_Gets400AndTheConnectionEnds(string shape, string request)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        try
        {
            foreach (var c in request + "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n")
                await viewer.SendAsync(c.ToString());
        }
        catch (IOException)
        {
            // It was enough already.
        }

        Assert.DoesNotContain(origin.Requests, asked => asked.Target == "/smuggled");
        Assert.NotEmpty(await await Task.WhenAny(edge.Log.NextRefusalAsync(), EntryAsync(edge)));
        Assert.Empty(edge.Log.Faults);
        Assert.NotEmpty(shape);
    }

    [Fact]
    public async Task OrdinaryRequest_ByteByByte_IsAnswered()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)
        {
            foreach (var c in $"GET /{i}?q HTTP/1.1\r\nHost: test\r\nX-Own: {i}\r\n\r\n")
                await viewer.SendAsync(c.ToString());
            Assert.Equal("ok", (await viewer.ReceiveAsync()).Text);
        }

        Assert.Equal(["/0?q", "/1?q"], origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task RequestsOfAllKindsInOnePiece_AreAnsweredInOrder()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(
            "GET /1 HTTP/1.1\r\nHost: test\r\n\r\n" +
            "HEAD /2 HTTP/1.1\r\nHost: test\r\n\r\n" +
            "GET /3 HTTP/1.1\r\nHost: test\r\n\r\n" +
            "POST /4 HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nabcde" +
            "POST /5 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" +
            "GET /6 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");

        for (var i = 1; i <= 6; i++)
            Assert.Equal(200, (await viewer.ReceiveAsync(head: i == 2)).Status);
        Assert.True(await viewer.IsClosedAsync());
        Assert.Equal(["GET /1", "HEAD /2", "GET /3", "POST /4", "POST /5", "GET /6"], origin.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [InlineData("POST /a HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nabcde")]
    [InlineData("GET /a HTTP/1.0\r\nHost: test\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET http://test/a HTTP/1.1\r\nHost: test\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")]
    [InlineData("\r\nGET /a HTTP/1.1\r\nHost: test\r\n\r\n")]
    public async Task UnusualRequest_BetweenOrdinaryOnesAndTornAnywhere_IsAnswered(string unusual)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        for (var cut = 0; cut < unusual.Length; cut += 7)
        {
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            await viewer.SendAsync(Get + unusual[..cut]);
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
            await viewer.SendAsync(unusual[cut..] + Get);
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
            Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        }
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task FieldsKeepTheirOrderAndLetterCase_TowardsTheFunctionAndBack()
    {
        HeaderField[]? seen = null;
        var function = ScriptedFunction.Editing(asked => seen = [.. asked.Request.Headers]);
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nx-oNE: 1\r\nContent-Length: 2\r\nContent-Type: text/plain\r\nX-Two: 2\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: function);

        var response = await edge.AskAsync("GET / HTTP/1.1\r\nx-B: 1\r\nUSER-AGENT: u\r\nHost: test\r\nX-a: 2\r\nx-B: 3\r\n\r\n");

        Assert.Equal(["x-B: 1", "USER-AGENT: u", "Host: test", "X-a: 2", "x-B: 3"], seen!.Take(5).Select(field => $"{field.Name}: {field.Value}"));
        Assert.Contains(("X-Two", "2"), response.Headers);
        Assert.Single(response.All("Content-Length"));
    }

    [Fact]
    public async Task AnswerWithoutALength_IsChunked_AndTheConnectionStays()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 3; i++)
        {
            await viewer.SendAsync(Get);
            var response = await viewer.ReceiveAsync();
            Assert.Equal("hello world", response.Text);
            Assert.Equal(("chunked", null), (response["Transfer-Encoding"], response["Content-Length"]));
        }
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(205, "0")]
    [InlineData(304, null)]
    public async Task AnswerWithoutABody_EndsWithItsHead(int status, string? length)
    {
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 {status} X\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Responding(status));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)
        {
            await viewer.SendAsync(Get);
            var response = await viewer.ReceiveAsync(head: true);
            Assert.Equal((status, length, null), (response.Status, response["Content-Length"], response["Transfer-Encoding"]));
        }
    }

    [Fact]
    public async Task Head_GetsTheLengthAndNoBody()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)
        {
            await viewer.SendAsync("HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n");
            var response = await viewer.ReceiveAsync(head: true);
            Assert.Equal((200, "1234"), (response.Status, response["Content-Length"]));
        }
    }

    [Fact]
    public async Task Date_IsTheOriginsOrOurs()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        Assert.Equal(["Thu, 01 Jan 2026 00:00:00 GMT"], (await edge.GetAsync("/")).All("Date"));

        origin.Reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        var date = Assert.Single((await edge.GetAsync("/")).All("Date"));
        Assert.InRange(DateTimeOffset.ParseExact(date, "r", CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task LargeAnswer_ReadSlowly_ArrivesWhole()
    {
        var body = string.Concat(Enumerable.Range(0, 400_000).Select(i => (char)('a' + i % 23)));
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length * 8}\r\n\r\n{string.Concat(Enumerable.Repeat(body, 8))}");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { CachePolicy = Cached });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        for (var i = 0; i < 2; i++)         // a miss, then a hit
        {
            await viewer.SendAsync(Get + Get);
            for (var answers = 0; answers < 2; answers++)
            {
                await viewer.ReadUntilAsync("\r\n\r\n");
                for (var part = 0; part < 8; part++)
                    Assert.Equal(body, System.Text.Encoding.Latin1.GetString(await viewer.ReadBytesAsync(body.Length)));
            }
        }
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task IdleConnection_EndsAfterTheKeepAliveTime()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { KeepAliveTimeout = TimeSpan.FromSeconds(1) });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Get);
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);

        Assert.True(await viewer.IsClosedAsync());
    }

    [Fact]
    public async Task SlowHeadOfALaterRequest_Gets408()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { RequestHeadersTimeout = TimeSpan.FromSeconds(1) });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Get + "GET /b HTTP/1.1\r\nHo");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        var late = await viewer.ReceiveAsync();

        Assert.Equal((408, "0", "close"), (late.Status, late["Content-Length"], late["Connection"]));
        Assert.True(await viewer.IsClosedAsync());
        Assert.NotEmpty(await edge.Log.NextRefusalAsync());
    }

    [Fact]
    public async Task HalfAHeadAndTheEnd_IsRefusedAndLogged()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync(Get);
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
        await viewer.SendAsync("GET /b HTTP/1.1\r\nHo");
        viewer.EndSending();

        Assert.NotEmpty(await edge.Log.NextRefusalAsync());
        Assert.DoesNotContain(origin.Requests, request => request.Target == "/b");
    }

    [Fact]
    public async Task AnswerUnderWayWhenTheEdgeStops_SaysThatItIsTheLast()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requests = 0;
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                asked.TrySetResult();
                await goOn.Task;
            }
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Get);
        await asked.Task;
        var idle = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RawViewer.ConnectAsync(edge.Port)));
        foreach (var other in idle)
        {
            await other.SendAsync("GET /other HTTP/1.1\r\nHost: test\r\n\r\n");
            await other.ReceiveAsync();
        }

        var stopping = edge.Server.StopAsync(TestContext.Current.CancellationToken);
        // The edge tells its connections one after the other: when all the idle ones are closed, this one knows.
        foreach (var other in idle)
        {
            Assert.True(await other.IsClosedAsync());
            other.Dispose();
        }
        goOn.SetResult();

        var response = await viewer.ReceiveAsync();
        Assert.Equal(("last", "close"), (response.Text, response["Connection"]));
        Assert.True(await viewer.IsClosedAsync());
        await stopping;
    }

    [Theory]
    [InlineData(EdgeScheduling.Inline)]
    [InlineData(EdgeScheduling.ThreadPool)]
    public async Task ManyViewersAtOnce_EachGetsItsOwnAnswers(EdgeScheduling scheduling)
    {
        await using var origin = new ScriptedOrigin();
        var echo = new ScriptedFunction(asked => new Brink.Functions.FunctionOutcome.Respond(new EdgeResponse { Body = new BytesBody(System.Text.Encoding.ASCII.GetBytes(asked.Request.Uri)) }));
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: echo, options: options => options with { Scheduling = scheduling });

        await Task.WhenAll(Enumerable.Range(0, 40).Select(async viewerNumber =>
        {
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            for (var round = 0; round < 50; round++)
            {
                var uris = Enumerable.Range(0, 1 + (viewerNumber + round) % 4).Select(i => $"/{viewerNumber}/{round}/{i}").ToArray();
                await viewer.SendAsync(string.Concat(uris.Select(uri => $"GET {uri} HTTP/1.1\r\nHost: test\r\n\r\n")));
                foreach (var uri in uris)
                    Assert.Equal(uri, (await viewer.ReceiveAsync()).Text);
            }
        }));
        Assert.Empty(edge.Log.Faults);
    }

    private static Brink.Policies.CachePolicy Cached { get; } = new()
    {
        Id = "cached",
        Name = "cached",
        MinTtl = TimeSpan.FromSeconds(60),
        DefaultTtl = TimeSpan.FromSeconds(60),
        MaxTtl = TimeSpan.FromSeconds(60),
    };

    private static async Task<string> EntryAsync(TestEdge edge) => (await edge.Log.NextAsync()).RequestId;
}
