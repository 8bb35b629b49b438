using System.Globalization;
using System.Text;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using static Brink.Tests.Edge.Cache.CacheBench;

namespace Brink.Tests.Edge.Cache;

/// <summary>Parts of objects, whole ones and those of slices (distribution spec 3.6).</summary>
public sealed class PartsTests
{
    private const int Slice = SliceSet.SliceSize;

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=8-", "89", "bytes 8-9/10")]
    [InlineData("bytes=-1", "9", "bytes 9-9/10")]
    public async Task SmallObject_GivesAPart(string range, string body, string contentRange)
    {
        var bench = new CacheBench();
        bench.OriginSays(Ok("0123456789", ("ETag", "\"v\""), ("Content-Length", "10"), ("Content-Type", "text/plain")));
        await bench.GetAsync("/a");

        var part = await bench.GetAsync("/a", "GET", ("Range", range));

        Assert.Equal((206, body, contentRange, ResultType.Hit), (part.Status, part.Body, part.Headers.Get("content-range"), part.ResultType));
        Assert.Equal("text/plain", part.Headers.Get("content-type"));
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task SeveralParts_AreAMultipart()
    {
        var bench = new CacheBench();
        bench.OriginSays(Ok("0123456789", ("ETag", "\"v\""), ("Content-Type", "text/plain")));
        await bench.GetAsync("/a");

        var answer = await bench.SendAsync(bench.Request("/a", "GET", ("Range", "bytes=1-2,7-")), TestContext.Current.CancellationToken);
        var length = answer.Response.Body.Length;
        var parts = await ReadAsync(answer);

        var boundary = parts.Headers.Get("content-type")!.Split("boundary=")[1];
        Assert.StartsWith("multipart/byteranges; ", parts.Headers.Get("content-type"), StringComparison.Ordinal);
        Assert.Equal(
            $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 1-2/10\r\n\r\n12"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-9/10\r\n\r\n789\r\n--{boundary}--\r\n",
            parts.Body);
        Assert.Equal((206, parts.Body.Length), (parts.Status, length));
        Assert.False(parts.Headers.Contains("content-range"));
    }

    [Fact]
    public async Task PartThatDoesNotExist_Is416()
    {
        var bench = new CacheBench();
        bench.OriginSays(Ok("0123456789", ("ETag", "\"v\"")));
        await bench.GetAsync("/a");

        var answer = await bench.GetAsync("/a", "GET", ("Range", "bytes=10-"));

        Assert.Equal((416, "", "bytes */10"), (answer.Status, answer.Body, answer.Headers.Get("content-range")));
    }

    [Theory]
    [InlineData("\"v\"", 206)]
    [InlineData("\"w\"", 200)]
    [InlineData("W/\"v\"", 200)]
    [InlineData("Thu, 01 Jan 2026 00:00:00 GMT", 206)]
    [InlineData("Thu, 01 Jan 2026 00:00:01 GMT", 200)]
    public async Task IfRange_WantsThePartOfThatVersionOnly(string version, int status)
    {
        var bench = new CacheBench();
        bench.OriginSays(Ok("0123456789", ("ETag", "\"v\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")));
        await bench.GetAsync("/a");

        var answer = await bench.GetAsync("/a", "GET", ("Range", "bytes=0-0"), ("If-Range", version));

        Assert.Equal((status, status == 206 ? "0" : "0123456789"), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Condition_ComesBeforeTheRange()
    {
        var bench = new CacheBench();
        bench.OriginSays(Ok("0123456789", ("ETag", "\"v\"")));
        await bench.GetAsync("/a");

        Assert.Equal(304, (await bench.GetAsync("/a", "GET", ("Range", "bytes=0-0"), ("If-None-Match", "\"v\""))).Status);
    }

    [Fact]
    public async Task LargeObject_IsKeptInSlices()
    {
        var origin = new LargeOrigin(3 * Slice + 100);
        var bench = new CacheBench { Origin = origin.Answer };

        var first = await bench.GetAsync("/a");
        var second = await bench.GetAsync("/a");

        Assert.Equal(origin.Text, first.Body);
        Assert.Equal(origin.Text, second.Body);
        Assert.Equal((ResultType.Miss, ResultType.Hit, 1), (first.ResultType, second.ResultType, bench.Fetches));
        Assert.Equal(5, bench.Cache.Storage.Count);          // the head and four slices
    }

    [Fact]
    public async Task PartOfALargeObject_BringsItsSlicesAndNoMore()
    {
        var origin = new LargeOrigin(10 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };

        var first = await bench.GetAsync("/a", "GET", ("Range", $"bytes={3 * Slice + 5}-{4 * Slice + 5}"));
        var again = await bench.GetAsync("/a", "GET", ("Range", $"bytes={3 * Slice}-{5 * Slice - 1}"));

        Assert.Equal((206, origin.Text[(3 * Slice + 5)..(4 * Slice + 6)]), (first.Status, first.Body));
        Assert.Equal($"bytes {3 * Slice + 5}-{4 * Slice + 5}/{10 * Slice}", first.Headers.Get("content-range"));
        Assert.Equal((ResultType.Miss, ResultType.Hit), (first.ResultType, again.ResultType));
        Assert.Equal(origin.Text[(3 * Slice)..(5 * Slice)], again.Body);
        Assert.Equal([$"bytes={3 * Slice}-{5 * Slice - 1}"], origin.Ranges);
    }

    [Fact]
    public async Task WhatIsMissing_IsAskedForByVersion_AndJoined()
    {
        var origin = new LargeOrigin(6 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a", "GET", ("Range", $"bytes={2 * Slice}-{3 * Slice - 1}"));

        var whole = await bench.GetAsync("/a");
        var again = await bench.GetAsync("/a");

        Assert.Equal((200, origin.Text), (whole.Status, whole.Body));
        Assert.Equal(origin.Text, again.Body);
        Assert.Equal([$"bytes={2 * Slice}-{3 * Slice - 1}", $"bytes=0-{2 * Slice - 1}", $"bytes={3 * Slice}-{6 * Slice - 1}"], origin.Ranges);
        Assert.Equal([null, "\"1\"", "\"1\""], origin.IfRanges);
    }

    [Fact]
    public async Task ChangedObject_IsNeverMixed()
    {
        var origin = new LargeOrigin(4 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice}-{2 * Slice - 1}"));
        origin.Change();

        var missing = await bench.GetAsync("/a");            // its first slice has to be asked for: the new object
        var part = await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice}-{Slice + 9}"));

        Assert.Equal(origin.Text, missing.Body);
        Assert.Equal(origin.Text[Slice..(Slice + 10)], part.Body);
    }

    [Fact]
    public async Task ObjectThatChangesUnderAReader_BreaksOff()
    {
        var origin = new LargeOrigin(4 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a", "GET", ("Range", $"bytes=0-{Slice - 1}"));
        origin.Change();

        await Assert.ThrowsAsync<IOException>(() => bench.GetAsync("/a")); // begun with the old slice, and not ended with a new one
        Assert.Equal(origin.Text, (await bench.GetAsync("/a")).Body);
    }

    [Fact]
    public async Task OriginWithoutRanges_GivesTheWhole()
    {
        var origin = new LargeOrigin(3 * Slice) { KnowsRanges = false };
        var bench = new CacheBench { Origin = origin.Answer };

        var answer = await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice}-{Slice}"));

        Assert.Equal((200, origin.Text), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task WithoutAVersion_APartIsPassedOnAndNotKept()
    {
        var origin = new LargeOrigin(3 * Slice) { HasVersion = false };
        var bench = new CacheBench { Origin = origin.Answer };

        var first = await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice + 1}-{Slice + 4}"));
        await bench.GetAsync("/a", "GET", ("Range", $"bytes={Slice + 1}-{Slice + 4}"));

        Assert.Equal((206, origin.Text[(Slice + 1)..(Slice + 5)]), (first.Status, first.Body));
        Assert.Equal($"bytes {Slice + 1}-{Slice + 4}/{3 * Slice}", first.Headers.Get("content-range"));
        Assert.Equal((NotStoredReason.NoVersion, 2, 0), (first.Answer.NotStored, bench.Fetches, bench.Cache.Storage.Count));
    }

    [Fact]
    public async Task ReadersOfOneFill_ShareIt()
    {
        var origin = new LargeOrigin(5 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };

        var bodies = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => bench.GetAsync("/a"))));

        Assert.All(bodies, reply => Assert.Equal(origin.Text, reply.Body));
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task MemoryOfTwoSlices_ServesABodyOfMany()
    {
        var origin = new LargeOrigin(12 * Slice);
        var bench = new CacheBench(options: EdgeCacheOptions.Default with { MemoryBudget = 2 * Slice + 100_000 }) { Origin = origin.Answer };

        var bodies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.GetAsync("/a"))));

        Assert.All(bodies, reply => Assert.Equal(origin.Text, reply.Body));
        Assert.True(bench.Cache.Storage.Bytes <= 2 * Slice + 100_000);
    }

    [Fact]
    public async Task ReaderThatLeaves_EndsTheFill_UnlessItIsNearlyDone()
    {
        var far = new ScriptedStream().Send(new byte[Slice]);
        var near = new ScriptedStream().Send(new byte[2 * Slice]);
        var bench = new CacheBench { Origin = (asked, _) => ValueTask.FromResult(Streams(asked.Request.Uri == "/far" ? far : near, asked.Request.Uri == "/far" ? 9 * Slice : 3 * Slice, ("ETag", "\"v\""))) };

        foreach (var path in (string[])["/far", "/near"])
        {
            var answer = await bench.SendAsync(bench.Request(path), TestContext.Current.CancellationToken);
            var stream = ((WritableBody)answer.Response.Body).OpenRead();
            await stream.ReadExactlyAsync(new byte[Slice], TestContext.Current.CancellationToken);
            await stream.DisposeAsync();
        }

        await far.Disposed.WaitAsync(TestContext.Current.CancellationToken);
        near.Send(new byte[Slice]);
        await near.Disposed.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3 * Slice, near.BytesRead);
    }

    [Fact]
    public async Task ViewerThatLeavesBeforeAMissingSliceComes_EndsTheQuestion()
    {
        var origin = new LargeOrigin(9 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a", "GET", ("Range", "bytes=0-0"));
        var asked = new TaskCompletionSource<CancellationToken>();
        bench.Origin = async (_, gone) =>
        {
            asked.SetResult(gone);
            await Task.Delay(Timeout.Infinite, gone);
            throw new InvalidOperationException();
        };
        using var viewer = new CancellationTokenSource();

        var waiting = bench.SendAsync(bench.Request("/a", "GET", ("Range", $"bytes={Slice}-")), viewer.Token).AsTask();
        var stopped = await asked.Task;
        await viewer.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(stopped.IsCancellationRequested);
    }

    [Fact]
    public async Task LeaderOfALargeObjectLeavesBeforeTheAnswer_TheOthersGetAllOfIt()
    {
        var body = new ScriptedStream();
        var answer = new TaskCompletionSource();
        var bench = new CacheBench
        {
            Origin = async (_, gone) =>
            {
                gone.Register(() => body.Break());
                await answer.Task;
                return Streams(body, 2 * Slice, ("ETag", "\"v\""), ("Cache-Control", "max-age=1000"));
            },
        };
        using var viewer = new CancellationTokenSource();
        var leader = bench.SendAsync(bench.Request("/a"), viewer.Token).AsTask();
        var other = bench.SendAsync(bench.Request("/a"), TestContext.Current.CancellationToken).AsTask();
        await viewer.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);

        answer.SetResult();
        var reading = ReadAsync(await other);
        body.Send(new byte[2 * Slice]).Finish();

        Assert.Equal(2 * Slice, (await reading).Body.Length);
        Assert.Equal(1, bench.Fetches);
    }

    [Fact]
    public async Task LargeObject_IsRefreshedWithItsSlices()
    {
        var origin = new LargeOrigin(2 * Slice) { CacheControl = "max-age=10" };
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a");
        bench.Time.Advance(TimeSpan.FromSeconds(11));

        var refreshed = await bench.GetAsync("/a");
        var hit = await bench.GetAsync("/a", "GET", ("Range", "bytes=-5"));

        Assert.Equal((ResultType.RefreshHit, origin.Text), (refreshed.ResultType, refreshed.Body));
        Assert.Equal((206, origin.Text[^5..], ResultType.Hit), (hit.Status, hit.Body, hit.ResultType));
        Assert.Equal(2 * Slice, origin.BytesSent);
    }

    [Fact]
    public async Task Head_OfALargeObject_NeedsNoSlices()
    {
        var origin = new LargeOrigin(3 * Slice);
        var bench = new CacheBench { Origin = origin.Answer };
        await bench.GetAsync("/a", "GET", ("Range", "bytes=0-0"));

        var answer = await bench.SendAsync(bench.Request("/a", "HEAD"), TestContext.Current.CancellationToken);

        Assert.Equal((200, 3L * Slice, 1), (answer.Response.StatusCode, answer.Response.Body.Length, bench.Fetches));
    }

    [Fact]
    public async Task OriginThatBreaksOff_BreaksTheReaderOff_AndWhatCameIsNotAskedForAgain()
    {
        var origin = new LargeOrigin(4 * Slice) { BreaksAt = 2 * Slice + 7 };
        var bench = new CacheBench { Origin = origin.Answer };

        await Assert.ThrowsAsync<IOException>(() => bench.GetAsync("/a"));
        origin.BreaksAt = null;
        var again = await bench.GetAsync("/a");

        Assert.Equal(origin.Text, again.Body);
        Assert.Equal([null, $"bytes={2 * Slice}-{4 * Slice - 1}"], origin.Ranges);
    }
}
