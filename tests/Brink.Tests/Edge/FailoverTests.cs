using System.Net;
using System.Net.Sockets;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>Two origins behind one behavior, as real sockets (distribution spec 2.3).</summary>
public sealed class FailoverTests
{
    private const string Spare = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nspare";

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(500, new[] { 500 }, true)]
    [InlineData(503, new[] { 500, 503 }, true)]
    [InlineData(404, new[] { 404 }, true)]
    [InlineData(429, new[] { 429 }, true)]
    [InlineData(500, new[] { 503 }, false)]
    [InlineData(200, new[] { 500, 503, 404 }, false)]
    [InlineData(301, new[] { 500 }, false)]
    public async Task PrimaryAnswers_TheSecondIsAskedForListedStatusesOnly(int status, int[] listed, bool failsOver)
    {
        await using var primary = new ScriptedOrigin().Reply($"HTTP/1.1 {status} X\r\nContent-Length: 4\r\n\r\nmain");
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.To(primary), spare, listed);

        var answer = await edge.GetAsync("/x?q");
        var entry = await edge.Log.NextAsync();

        if (failsOver)
        {
            Assert.Equal((200, "spare"), (answer.Status, answer.Text));
            Assert.Equal("/x?q", Assert.Single(spare.Requests).Target);
            Assert.Equal(("spare", $"main answered {status}"), (entry.OriginId, entry.FailoverReason));
        }
        else
        {
            Assert.Equal((status, "main"), (answer.Status, answer.Text));
            Assert.Empty(spare.Requests);
            Assert.Equal(("main", null), (entry.OriginId, entry.FailoverReason));
        }
        Assert.Single(primary.Requests);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(502, false)]
    [InlineData(504, false)]
    public async Task PrimaryRefusesTheConnection_FailsOverOnlyIf503IsListed(int listed, bool failsOver)
    {
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.ToPort(FreePort()), spare, [listed]);

        Assert.Equal(failsOver ? 200 : 502, (await edge.GetAsync("/")).Status);
        Assert.Equal(failsOver ? 1 : 0, spare.Requests.Count);
    }

    [Theory]
    [InlineData(503, true)]
    [InlineData(504, false)]
    public async Task PrimarysNameDoesNotResolve_FailsOverOnlyIf503IsListed(int listed, bool failsOver)
    {
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.ToPort(80) with { DomainName = "no-such-name.invalid" }, spare, [listed]);

        Assert.Equal(failsOver ? 200 : 502, (await edge.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData(504, true)]
    [InlineData(503, false)]
    [InlineData(500, false)]
    public async Task PrimaryTakesTooLong_FailsOverOnlyIf504IsListed(int listed, bool failsOver)
    {
        await using var primary = new ScriptedOrigin().Script(conversation => conversation.StallAsync());
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.To(primary) with { ReadTimeout = Short, ConnectionAttempts = 2 }, spare, [listed]);

        Assert.Equal(failsOver ? 200 : 504, (await edge.GetAsync("/")).Status);
        Assert.Equal(2, primary.Requests.Count);                                  // every attempt is made before the second origin is asked
        Assert.Equal(failsOver ? 1 : 0, spare.Requests.Count);
    }

    [Theory]
    [InlineData(502, true)]
    [InlineData(503, false)]
    public async Task PrimaryAnswersNonsense_CountsAsThe502ThatTheViewerWouldGet(int listed, bool failsOver)
    {
        await using var primary = new ScriptedOrigin().ReplyAndClose("this is not HTTP\r\n\r\n");
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.To(primary), spare, [listed]);

        Assert.Equal(failsOver ? 200 : 502, (await edge.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData("GET", false, true)]
    [InlineData("HEAD", false, true)]
    [InlineData("OPTIONS", false, false)]
    [InlineData("OPTIONS", true, true)]
    [InlineData("POST", true, false)]
    [InlineData("DELETE", true, false)]
    public async Task Method_DecidesWhetherTheSecondIsAsked(string method, bool cachesOptions, bool failsOver)
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        await using var spare = new ScriptedOrigin().Reply("HTTP/1.1 204 No Content\r\n\r\n");
        await using var edge = await StartAsync(TestEdge.To(primary), spare, [500], behavior => behavior with { CachesOptions = cachesOptions });

        var answer = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\n\r\n", head: method == "HEAD");

        Assert.Equal(failsOver ? 204 : 500, answer.Status);
        Assert.Equal(failsOver ? 1 : 0, spare.Requests.Count);
    }

    [Fact]
    public async Task RequestHasABody_TheSecondIsNotAsked()
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.To(primary), spare, [500], behavior => behavior with { CachesOptions = true });

        Assert.Equal(500, (await edge.AskAsync("OPTIONS / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc")).Status);
        Assert.Empty(spare.Requests);
    }

    [Fact]
    public async Task BothFail_TheViewerGetsTheSecondsAnswer()
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n");
        await using var spare = new ScriptedOrigin().Reply("HTTP/1.1 404 X\r\nContent-Length: 4\r\n\r\nnope");
        await using var edge = await StartAsync(TestEdge.To(primary), spare, [500, 404]);

        var answer = await edge.GetAsync("/");

        Assert.Equal((404, "nope"), (answer.Status, answer.Text));
        Assert.Single(spare.Requests);
    }

    [Fact]
    public async Task AnswerOfTheSecond_IsCached_AndEveryMissAsksTheFirstFirst()
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
        await using var spare = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 5\r\n\r\nspare");
        await using var edge = await StartAsync(
            TestEdge.To(primary), spare, [503], behavior => behavior with { CachePolicy = ManagedPolicies.FindCachePolicy("658327ea-f89d-4fab-a63d-7e88639e58f6")!, OriginRequestPolicy = null });

        Assert.Equal("Miss from cloudfront", (await edge.GetAsync("/a"))["X-Cache"]);
        Assert.Equal("Hit from cloudfront", (await edge.GetAsync("/a"))["X-Cache"]);
        Assert.Equal("Miss from cloudfront", (await edge.GetAsync("/b"))["X-Cache"]);

        Assert.Equal(["/a", "/b"], primary.Requests.Select(request => request.Target));
        Assert.Equal(["/a", "/b"], spare.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task ManyFailovers_KeepConnectionsToBoth()
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 500 X\r\nContent-Length: 4\r\n\r\nmain");
        await using var spare = new ScriptedOrigin().Reply(Spare);
        await using var edge = await StartAsync(TestEdge.To(primary), spare, [500]);

        for (var i = 0; i < 5; i++)
            Assert.Equal("spare", (await edge.GetAsync("/")).Text);

        Assert.Equal((5, 5), (primary.Requests.Count, spare.Requests.Count));
        Assert.Equal(1, spare.Connections);
    }

    private static Task<TestEdge> StartAsync(CustomOrigin primary, ScriptedOrigin spare, int[] listed, Func<CacheBehavior, CacheBehavior>? behavior = null)
    {
        var main = primary with { Id = "main" };
        var target = new OriginTarget(main) { Secondary = TestEdge.To(spare) with { Id = "spare" }, FailoverStatusCodes = [.. listed] };
        return TestEdge.StartAsync(main, behavior, snapshot: snapshot =>
        {
            var live = snapshot.Distributions[0];
            return new EdgeSnapshot
            {
                Distributions = [live with { DefaultBehavior = new LiveBehavior(live.DefaultBehavior.Behavior, target, BehaviorTriggers.None) }],
                AnyHostIsTheOnlyDistribution = true,
            };
        });
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
