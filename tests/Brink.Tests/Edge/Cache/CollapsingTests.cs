using System.IO.Pipelines;
using System.Text;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

public sealed class CollapsingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HundredMisses_AskTheOriginOnce_AndStreamWhatArrives()
    {
        var bench = new CacheBench();
        var body = new ScriptedStream();
        var answer = new TaskCompletionSource<FetchResult>();
        bench.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);
        var asked = Enumerable.Range(0, 100).Select(_ => bench.SendAsync(bench.Request("/a"), Ct).AsTask()).ToList();
        answer.SetResult(CacheBench.Streams(body, null, ("X-A", "1")));
        var responses = await Task.WhenAll(asked);

        // All have their head while the body has not even begun.
        Assert.All(responses, response => Assert.Equal("1", response.Response.Headers.Get("x-a")));
        Assert.Equal(1, bench.Fetches);
        Assert.Equal(1, responses.Count(response => response.ResultType == ResultType.Miss));
        Assert.Equal(99, responses.Count(response => response.ResultType == ResultType.Hit));

        var bodies = responses.Select(response => CacheBench.ReadBodyAsync(response.Response.Body)).ToList();
        var text = new string('x', 100_000);
        body.Send(text).Send("end").Finish();
        foreach (var read in await Task.WhenAll(bodies))
            Assert.Equal(text + "end", read);

        var late = await bench.GetAsync("/a");
        Assert.Equal((text + "end", ResultType.Hit), (late.Body, late.ResultType));
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task RequestWhileTheBodyArrives_JoinsFromTheFirstByte()
    {
        var bench = new CacheBench();
        var body = new ScriptedStream().Send("first ");
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, 12));
        var leader = await bench.SendAsync(bench.Request("/a"), Ct);
        var late = await bench.SendAsync(bench.Request("/a"), Ct);
        Assert.Equal(ResultType.Hit, late.ResultType);
        Assert.Equal(12, late.Response.Body.Length);
        body.Send("second").Finish();
        Assert.Equal("first second", await CacheBench.ReadBodyAsync(late.Response.Body));
        Assert.Equal("first second", await CacheBench.ReadBodyAsync(leader.Response.Body));
    }

    [Fact]
    public async Task OriginThinksBeforeItsFirstByte_TheHeadGoesOutAtOnce()
    {
        var bench = new CacheBench();
        var body = new ScriptedStream();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, null));
        var response = await bench.SendAsync(bench.Request("/a"), Ct);
        var viewer = new Pipe();
        // The head stands in the pipe, not flushed yet, as it does with Kestrel.
        viewer.Writer.GetMemory(4);
        viewer.Writer.Advance(4);
        var writing = ((WritableBody)response.Response.Body).WriteToAsync(viewer.Writer, Ct).AsTask();
        Assert.True(viewer.Reader.TryRead(out var head));
        Assert.Equal(4, head.Buffer.Length);
        viewer.Reader.AdvanceTo(head.Buffer.End);
        body.Send("body").Finish();
        await writing;
        Assert.Equal(4, ((WritableBody)response.Response.Body).BytesWritten);
    }

    [Fact]
    public async Task ViewerLeavesBehindTheLastByte_ItHasHadEverything()
    {
        var end = new TaskCompletionSource();
        var bench = new CacheBench();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(new ScriptedStream { MayEnd = end.Task }.Send("whole"), 5));
        var body = (WritableBody)(await bench.SendAsync(bench.Request("/a"), Ct)).Response.Body;
        using var gone = new CancellationTokenSource();
        var viewer = new Pipe();
        var writing = body.WriteToAsync(viewer.Writer, gone.Token).AsTask();
        await viewer.Reader.ReadAtLeastAsync(5, Ct);

        await gone.CancelAsync();
        end.SetResult();

        Assert.True(await writing);
        Assert.Equal(5, body.BytesWritten);
    }

    [Fact]
    public async Task ViewerLeavesWithinTheBody_WhatItHasTakenIsCounted()
    {
        var bench = new CacheBench();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(new ScriptedStream().Send("part"), 5));
        var body = (WritableBody)(await bench.SendAsync(bench.Request("/a"), Ct)).Response.Body;
        using var gone = new CancellationTokenSource();
        var viewer = new Pipe();
        var writing = body.WriteToAsync(viewer.Writer, gone.Token).AsTask();
        await viewer.Reader.ReadAtLeastAsync(4, Ct);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        Assert.Equal(4, body.BytesWritten);
    }

    [Theory]
    [InlineData("AllViewer", null)]
    [InlineData(null, "CachingDisabled")]
    public async Task CookiesForwardedOrNoCaching_EveryoneAsks(string? originRequestPolicy, string? cachePolicy)
    {
        var bench = new CacheBench(cachePolicy is null ? null : ManagedPolicies.FindCachePolicy(cachePolicy))
        {
            OriginRequestPolicy = originRequestPolicy is null ? null : ManagedPolicies.FindOriginRequestPolicy(originRequestPolicy),
        };
        var answer = new TaskCompletionSource();
        bench.Origin = async (_, _) =>
        {
            await answer.Task;
            return CacheBench.Ok("x");
        };
        var asked = Enumerable.Range(0, 20).Select(_ => bench.GetAsync("/a")).ToList();
        answer.SetResult();
        await Task.WhenAll(asked);
        Assert.Equal(20, bench.Fetches);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("no-store")]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    [InlineData("s-maxage=0")]
    public async Task PrivateAnswer_ReleasesTheOthersToAskThemselves(string cacheControl)
    {
        var bench = new CacheBench(ManagedPolicies.FindCachePolicy("UseOriginCacheControlHeaders")! with { Cookies = ItemSet.None });
        var answer = new TaskCompletionSource();
        var number = 0;
        bench.Origin = async (_, _) =>
        {
            await answer.Task;
            return CacheBench.Ok($"for {Interlocked.Increment(ref number)}", ("Cache-Control", cacheControl));
        };
        var asked = Enumerable.Range(0, 10).Select(_ => bench.GetAsync("/a")).ToList();
        answer.SetResult();
        var replies = await Task.WhenAll(asked);
        Assert.Equal(10, replies.Select(reply => reply.Body).Distinct().Count());
        Assert.All(replies, reply => Assert.Equal(ResultType.Miss, reply.ResultType));
        Assert.Equal(10, bench.Fetches);
    }

    [Fact]
    public async Task SharedError_IsAnErrorForEveryone()
    {
        var bench = new CacheBench();
        var answer = new TaskCompletionSource();
        bench.Origin = async (_, _) =>
        {
            await answer.Task;
            return CacheBench.Unreachable();
        };
        var asked = Enumerable.Range(0, 10).Select(_ => bench.GetAsync("/a")).ToList();
        answer.SetResult();
        Assert.All(await Task.WhenAll(asked), reply => Assert.Equal((502, ResultType.Error), (reply.Status, reply.ResultType)));
        Assert.Equal(1, bench.Fetches);
    }

    [Theory]
    [InlineData(412, 412)]
    [InlineData(412, 404)]
    [InlineData(304, 304)]
    [InlineData(406, 404)]
    public async Task AnswerToTheLeadersOwnField_IsNotForThoseWhoWait(int originStatus, int status)
    {
        var bench = new CacheBench();
        var answer = new TaskCompletionSource();
        bench.Origin = async (request, _) =>
        {
            await answer.Task;
            return request.Request.Headers.Contains("if-match")
                ? CacheBench.Status(status, "leader's", ("Cache-Control", "max-age=100")) with { OriginStatus = originStatus }
                : CacheBench.Ok("shared");
        };
        var leader = bench.GetAsync("/a", "GET", ("If-Match", "\"x\""), ("Accept", "image/png"));
        var waiting = Enumerable.Range(0, 5).Select(_ => bench.GetAsync("/a")).ToList();
        answer.SetResult();
        Assert.Equal((status, "leader's"), ((await leader).Status, (await leader).Body));
        Assert.All(await Task.WhenAll(waiting), reply => Assert.Equal((200, "shared"), (reply.Status, reply.Body)));
        Assert.Equal(("shared", ResultType.Hit), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task LeadersFunctionFails_ThoseWhoWaitAreAskedAnew()
    {
        var bench = new CacheBench();
        var answer = new TaskCompletionSource();
        bench.Origin = async (request, _) =>
        {
            await answer.Task;
            return request.Request.QueryString == "bad"
                ? CacheBench.Status(503, "page") with { EndedBy = ResultType.LambdaExecutionError }
                : CacheBench.Ok("well");
        };
        // The query is not in the key.
        var leader = bench.GetAsync("/a?bad");
        var waiting = Enumerable.Range(0, 5).Select(i => bench.GetAsync(i == 0 ? "/a?bad" : "/a?good")).ToList();
        answer.SetResult();
        Assert.Equal((503, ResultType.LambdaExecutionError), ((await leader).Status, (await leader).ResultType));
        Assert.Equal([503, 200, 200, 200, 200], (await Task.WhenAll(waiting)).Select(reply => reply.Status));
        Assert.Equal(("well", ResultType.Hit), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task WaitingTooLong_AsksByItself()
    {
        var bench = new CacheBench(options: new EdgeCacheOptions { CollapseWait = TimeSpan.FromSeconds(5) });
        var stuck = new TaskCompletionSource<FetchResult>();
        bench.Origin = (_, _) => new ValueTask<FetchResult>(stuck.Task);
        var leader = bench.GetAsync("/a");
        var waiter = bench.GetAsync("/a");
        bench.OriginSays(CacheBench.Ok("own"));
        bench.Time.AdvanceSeconds(6);
        Assert.Equal("own", (await waiter).Body);
        Assert.False(leader.IsCompleted);
        stuck.SetResult(CacheBench.Ok("late"));
        Assert.Equal("late", (await leader).Body);
    }

    [Fact]
    public async Task LeaderThrows_TheOthersAskThemselves()
    {
        var bench = new CacheBench();
        var answer = new TaskCompletionSource<FetchResult>();
        bench.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);
        var leader = bench.GetAsync("/a");
        var waiter = bench.GetAsync("/a");
        bench.OriginSays(CacheBench.Ok("own"));
        answer.SetException(new InvalidOperationException("a fault of ours"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => leader);
        Assert.Equal("own", (await waiter).Body);
    }

    [Fact]
    public async Task LeadersViewerLeavesBeforeTheAnswer_TheOthersStillGetIt()
    {
        var bench = new CacheBench();
        var answer = new TaskCompletionSource<FetchResult>();
        bench.Origin = (_, _) => new ValueTask<FetchResult>(answer.Task);
        using var viewer = new CancellationTokenSource();
        var leader = bench.SendAsync(bench.Request("/a"), viewer.Token).AsTask();
        var waiter = bench.GetAsync("/a");
        await viewer.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        answer.SetResult(CacheBench.Ok("shared"));
        var reply = await waiter;
        Assert.Equal(("shared", ResultType.Hit), (reply.Body, reply.ResultType));
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task EveryoneLeavesBeforeTheAnswer_TheFetchIsCalledOff()
    {
        var bench = new CacheBench();
        var cancelled = new TaskCompletionSource();
        bench.Origin = async (_, ct) =>
        {
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(ct);
            }
            finally
            {
                cancelled.SetResult();
            }
            return default;
        };
        using var viewer = new CancellationTokenSource();
        var one = bench.SendAsync(bench.Request("/a"), viewer.Token).AsTask();
        var two = bench.SendAsync(bench.Request("/a"), viewer.Token).AsTask();
        await viewer.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await cancelled.Task.WaitAsync(Ct);
        bench.OriginSays(CacheBench.Ok("again"));
        Assert.Equal("again", (await bench.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task LeaderLeavesMidBody_TheFillGoesOnForTheOthers()
    {
        var bench = new CacheBench();
        var body = new ScriptedStream().Send("one ");
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, null));
        var leader = await bench.SendAsync(bench.Request("/a"), Ct);
        var other = await bench.SendAsync(bench.Request("/a"), Ct);
        ((IDisposable)leader.Response.Body).Dispose();
        body.Send("two").Finish();
        Assert.Equal("one two", await CacheBench.ReadBodyAsync(other.Response.Body));
        Assert.Equal(("one two", ResultType.Hit), await BodyAndTypeAsync(bench));
    }

    [Fact]
    public async Task EveryoneLeavesMidBody_TheFillIsAbandonedAndNothingStored()
    {
        var bench = new CacheBench();
        var body = new ScriptedStream().Send("one ");
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, null));
        var leader = await bench.SendAsync(bench.Request("/a"), Ct);
        ((IDisposable)leader.Response.Body).Dispose();
        await body.Disposed.WaitAsync(Ct);
        Assert.Equal(0, bench.Cache.Storage.Count);
        bench.OriginSays(CacheBench.Ok("whole"));
        Assert.Equal(("whole", ResultType.Miss), await BodyAndTypeAsync(bench));
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(true, 100L)]
    [InlineData(false, 100L)]
    public async Task OriginBreaksOff_ReadersGetAnIOExceptionAndNothingIsStored(bool broken, long? announced)
    {
        var bench = new CacheBench();
        var body = new ScriptedStream().Send("part");
        _ = broken ? body.Break() : body.Finish();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, announced));
        var leader = await bench.SendAsync(bench.Request("/a"), Ct);
        await Assert.ThrowsAsync<IOException>(() => CacheBench.ReadBodyAsync(leader.Response.Body));
        Assert.Equal(0, bench.Cache.Storage.Count);
        Assert.Equal(0, bench.Cache.Storage.Bytes);
    }

    [Fact]
    public async Task BodyWithoutLengthThatEnds_IsStored()
    {
        var bench = new CacheBench();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(new ScriptedStream().Send("cut short?").Finish(), null));
        await bench.GetAsync("/a");
        Assert.Equal(("cut short?", ResultType.Hit), await BodyAndTypeAsync(bench));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(32 * 1024 - 1)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(64 * 1024)]
    [InlineData(200_000)]
    public async Task BodiesOfAnySize_ComeBackWhole(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var text = Encoding.Latin1.GetString(bytes);
        foreach (var announced in new long?[] { null, size })
        {
            var bench = new CacheBench();
            bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(new ScriptedStream().Send(bytes).Finish(), announced));
            Assert.Equal(text, (await bench.GetAsync("/a")).Body);
            Assert.Equal((text, ResultType.Hit), await BodyAndTypeAsync(bench));
            Assert.Equal((text, ResultType.Hit), await BodyAndTypeAsync(bench));
            Assert.Equal(1, bench.Fetches);
        }
    }

    [Fact]
    public async Task AnnouncedTooLarge_StreamsThrough()
    {
        var bench = new CacheBench(options: new EdgeCacheOptions { MaxObjectSize = 10 });
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(new ScriptedStream().Send("eleven char").Finish(), 11));
        Assert.Equal(("eleven char", ResultType.Miss), await BodyAndTypeAsync(bench));
        Assert.Equal(("eleven char", ResultType.Miss), await BodyAndTypeAsync(bench));
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task TurnsOutTooLarge_ReadersGetItAllAtTheirPace_AndNothingIsStored()
    {
        var bench = new CacheBench(options: new EdgeCacheOptions { MaxObjectSize = 100_000 });
        var chunk = new byte[64 * 1024];
        var body = new ScriptedStream();
        for (var i = 0; i < 40; i++)
            body.Send(chunk);
        body.Finish();
        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Streams(body, null));
        var leader = await bench.SendAsync(bench.Request("/a"), Ct);
        // The viewer has not read a byte: the origin was held once it had run a window ahead.
        Assert.InRange(body.BytesRead, 100_000, 1_000_000);
        Assert.Equal(40 * chunk.Length, (await CacheBench.ReadBodyAsync(leader.Response.Body)).Length);
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task ManyViewersComingAndGoing_NothingIsLeftBehind()
    {
        var options = new EdgeCacheOptions { MemoryBudget = 4 << 20 };
        var bench = new CacheBench(options: options);
        var random = new Random(7);
        bench.Origin = async (request, ct) =>
        {
            await Task.Yield();
            ct.ThrowIfCancellationRequested();
            var size = request.Request.Uri.Length * 20_000;
            var body = new ScriptedStream();
            for (var sent = 0; sent < size; sent += 10_000)
                body.Send(new byte[10_000]);
            _ = request.Request.Uri.EndsWith("bad", StringComparison.Ordinal) ? body.Break() : body.Finish();
            return CacheBench.Streams(body, null);
        };
        var plans = Enumerable.Range(0, 2000).Select(_ => (Path: "/" + new string('p', random.Next(8)) + (random.Next(9) == 0 ? "bad" : ""), Leaves: random.Next(4) == 0)).ToList();
        await Parallel.ForEachAsync(plans, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Ct }, async (plan, ct) =>
        {
            var response = await bench.SendAsync(bench.Request(plan.Path), ct);
            if (plan.Leaves)
            {
                (response.Response.Body as IDisposable)?.Dispose();
                return;
            }
            try
            {
                Assert.Equal(plan.Path.Length * 20_000, (await CacheBench.ReadBodyAsync(response.Response.Body)).Length);
            }
            catch (IOException) when (plan.Path.EndsWith("bad", StringComparison.Ordinal))
            {
            }
        });
        Assert.InRange(bench.Cache.Storage.Bytes, 1, options.MemoryBudget);
        Assert.Equal(0, bench.Cache.FetchesUnderWay);
        Assert.Equal(options.MemoryBudget / 2, bench.Cache.FillBudgetLeft);
    }

    private static async Task<(string, ResultType)> BodyAndTypeAsync(CacheBench bench)
    {
        var reply = await bench.GetAsync("/a");
        return (reply.Body, reply.ResultType);
    }
}
