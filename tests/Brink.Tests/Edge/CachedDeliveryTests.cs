using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>The cache as a viewer sees it: what comes over the wire on the second request.</summary>
public sealed class CachedDeliveryTests
{
    private static readonly CachePolicy Caching = new()
    {
        Id = "658327ea-f89d-4fab-a63d-7e88639e58f6",
        Name = "Managed-CachingOptimized",
        MinTtl = TimeSpan.FromSeconds(1),
        DefaultTtl = TimeSpan.FromDays(1),
        MaxTtl = TimeSpan.FromDays(365),
    };

    internal static CacheBehavior Cached(CacheBehavior behavior) => behavior with { CachePolicy = Caching, OriginRequestPolicy = null };

    [Fact]
    public async Task SecondRequest_IsAHitWithAge()
    {
        var function = ScriptedFunction.Editing(e => e.Response!.Headers.Add("x-run", "1"));
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nServer: nginx\r\nX-Origin: 1\r\nAge: 40\r\nETag: \"t\"\r\nContent-Length: 5\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached, viewerResponse: function);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        var age = 40;
        for (var i = 0; i < 3; i++)
        {
            await viewer.SendAsync("GET /a HTTP/1.1\r\nHost: test\r\n\r\n");
            var answer = await viewer.ReceiveAsync();
            Assert.Equal((200, "hello"), (answer.Status, answer.Text));
            Assert.Equal(i == 0 ? "Miss from cloudfront" : "Hit from cloudfront", answer["X-Cache"]);
            var next = int.Parse(Assert.Single(answer.All("Age")), CultureInfo.InvariantCulture);
            Assert.InRange(next, age, age + 30); // never backwards, from the miss on
            age = next;
            Assert.Equal("1", Assert.Single(answer.All("x-run"))); // an edit is for one viewer, not for the stored object
            Assert.Equal(("nginx", "1"), (answer["Server"], answer["X-Origin"]));
        }
        Assert.Single(origin.Requests);
        Assert.Equal(3, function.Runs);
    }

    [Fact]
    public async Task HitAtOnce_HasNoAge_UntilASecondHasPassed()
    {
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached, time: time);

        Assert.Null((await edge.GetAsync("/a"))["Age"]);
        var hit = await edge.GetAsync("/a");
        Assert.Equal(("Hit from cloudfront", null), (hit["X-Cache"], hit["Age"]));
        time.AdvanceSeconds(2);
        Assert.Equal("2", (await edge.GetAsync("/a"))["Age"]);
    }

    [Fact]
    public async Task Age_StandsInTheEventOfViewerResponse_WhichMayDeleteIt()
    {
        var seen = new List<string?>();
        var function = ScriptedFunction.Editing(e =>
        {
            seen.Add(e.Response!.Headers.Get("age"));
            e.Response.Headers.Remove("age");
        });
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nAge: 40\r\nContent-Length: 5\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached, viewerResponse: function);

        for (var i = 0; i < 3; i++)
            Assert.Null((await edge.GetAsync("/a"))["Age"]);

        Assert.Equal("40", seen[0]);
        Assert.All(seen, age => Assert.InRange(int.Parse(age!, CultureInfo.InvariantCulture), 40, 70));
    }

    [Fact]
    public async Task ViewerResponseFailsOnAHit_ThePageHasNoAge()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nAge: 40\r\nContent-Length: 5\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached, viewerResponse: ScriptedFunction.Failing(FunctionErrorKind.Execution, "no"));

        await edge.GetAsync("/a");
        var answer = await edge.GetAsync("/a");

        Assert.Equal((503, null), (answer.Status, answer["Age"]));
    }

    [Fact]
    public async Task FailedPrecondition_IsForTheViewerWhoSentIt()
    {
        await using var origin = new ScriptedOrigin().Script(conversation => conversation.SayAsync(
            conversation.Request["If-Match"] is null
                ? "HTTP/1.1 200 OK\r\nCache-Control: max-age=100\r\nContent-Length: 5\r\n\r\nhello"
                : "HTTP/1.1 412 Precondition Failed\r\nCache-Control: max-age=100\r\nContent-Length: 2\r\n\r\nno"));
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);

        Assert.Equal((412, "no"), Pair(await edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nIf-Match: \"other\"\r\n\r\n")));
        Assert.Equal((200, "hello"), Pair(await edge.GetAsync("/a")));

        static (int, string) Pair(RawResponse answer) => (answer.Status, answer.Text);
    }

    [Fact]
    public async Task LargeBody_IsTheSameFromTheCache()
    {
        var body = string.Concat(Enumerable.Range(0, 300_000).Select(i => (char)('a' + i % 26)));
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);

        var (first, second) = (await edge.GetAsync("/a"), await edge.GetAsync("/a"));

        Assert.Equal((body, body), (first.Text, second.Text));
        Assert.Equal("Hit from cloudfront", second["X-Cache"]);
    }

    [Fact]
    public async Task HeadAndConditionOnAHit_GetNoBody()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nETag: \"t\"\r\nContent-Length: 5\r\n\r\nhello");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);
        await edge.GetAsync("/a");
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync("HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n");
        var head = await viewer.ReceiveAsync(head: true);
        await viewer.SendAsync("GET /a HTTP/1.1\r\nHost: test\r\nIf-None-Match: W/\"t\"\r\n\r\n");
        var condition = await viewer.ReceiveAsync();
        await viewer.SendAsync("GET /a HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.Equal((200, "5", "Hit from cloudfront"), (head.Status, head["Content-Length"], head["X-Cache"]));
        Assert.Equal((304, "\"t\"", "Hit from cloudfront"), (condition.Status, condition["ETag"], condition["X-Cache"]));
        Assert.Equal("hello", (await viewer.ReceiveAsync()).Text);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task CachedError_StaysAnErrorAndSkipsViewerResponse()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
        var time = new ManualTimeProvider();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached, viewerResponse: function, time: time);

        await edge.GetAsync("/a");
        time.AdvanceSeconds(3);
        var second = await edge.GetAsync("/a");

        Assert.Equal((404, "gone", "Error from cloudfront"), (second.Status, second.Text, second["X-Cache"]));
        Assert.Equal("3", second["Age"]);
        Assert.Single(origin.Requests);
        Assert.Equal(0, function.Runs);
    }

    [Fact]
    public async Task OriginIsDown_TheErrorIsCachedAndTheReasonIsForTheFirstOnly()
    {
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(1), Cached, options: options => options with { DeveloperErrors = true });

        var first = await edge.GetAsync("/a");
        var firstLine = await edge.Log.NextAsync();     // written after the answer: the second request must not overtake it
        var second = await edge.GetAsync("/a");

        Assert.Equal((502, 502), (first.Status, second.Status));
        Assert.Contains("127.0.0.1:1", first.Text);
        Assert.DoesNotContain("127.0.0.1:1", second.Text);
        Assert.Equal("OriginConnectError", firstLine.DetailedResultType);
        Assert.Equal(ResultType.Error, (await edge.Log.NextAsync()).ResultType);
    }

    [Fact]
    public async Task InvalidateAll_AsksAgain()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);

        await edge.GetAsync("/a");
        edge.Server.Cache.InvalidateEverything(null, "test");
        Assert.Equal("Miss from cloudfront", (await edge.GetAsync("/a"))["X-Cache"]);
    }

    [Fact]
    public async Task BodyBreaksOffWhileCaching_ViewerIsCutAndNothingIsKept()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);

        await Assert.ThrowsAnyAsync<IOException>(() => edge.GetAsync("/a"));
        var entry = await edge.Log.NextAsync();
        Assert.Equal((5L, "OriginReadError"), (entry.BodyBytes, entry.DetailedResultType));
        origin.Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");

        Assert.Equal("whole", (await edge.GetAsync("/a")).Text);
        Assert.Empty(edge.Log.Faults);
    }

    [Fact]
    public async Task ManyViewersAtOnce_OneGoesToTheOrigin()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            asked.TrySetResult();
            await goOn.Task;
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Cached);

        var viewers = Enumerable.Range(0, 20).Select(_ => edge.GetAsync("/a")).ToList();
        await asked.Task;
        goOn.SetResult();

        Assert.All(await Task.WhenAll(viewers), answer => Assert.Equal("hello", answer.Text));
        Assert.Single(origin.Requests);
    }
}
