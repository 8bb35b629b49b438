using System.Globalization;
using System.IO.Compression;
using System.Text;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Policies;
using static Brink.Tests.Edge.Cache.CacheBench;

namespace Brink.Tests.Edge.Cache;

/// <summary>Compression by the edge, row by row (distribution spec 3.8), and how stored codings answer (3.1).</summary>
public sealed class CompressionTests
{
    private const string Both = "gzip, deflate, br";

    private static readonly CachePolicy Policy = new()
    {
        Id = "p",
        Name = "p",
        MinTtl = TimeSpan.Zero,
        DefaultTtl = TimeSpan.FromSeconds(100),
        MaxTtl = TimeSpan.FromDays(1),
        EnableAcceptEncodingGzip = true,
        EnableAcceptEncodingBrotli = true,
    };

    private static readonly string Text = string.Concat(Enumerable.Range(0, 400).Select(i => $"<li class=\"row\">{i * 7919 % 1000}</li>\n"));

    [Theory]
    [InlineData(Both, "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("br;q=0, gzip", "gzip")]
    [InlineData("deflate", null)]
    [InlineData(null, null)]
    public async Task ViewersOffer_DecidesTheCoding(string? offer, string? coding)
    {
        var bench = Bench();

        var miss = await bench.GetAsync("/a", headers: Offer(offer));
        var hit = await bench.GetAsync("/a", headers: Offer(offer));

        foreach (var reply in new[] { miss, hit })
        {
            Assert.Equal((200, coding), (reply.Status, reply.Headers.Get("Content-Encoding")));
            Assert.Equal(Text, Decoded(reply));
            Assert.Equal(coding is null ? null : "Accept-Encoding", reply.Headers.Get("Vary"));
        }
        Assert.Equal((ResultType.Miss, ResultType.Hit, 1), (miss.ResultType, hit.ResultType, bench.Fetches));
        Assert.Equal(coding is not null, hit.Body.Length < Text.Length / 3);
        Assert.Equal(hit.Body.Length, hit.Answer.Response.Body.Length);
    }

    [Theory]
    [InlineData(false, false, Both, null)]
    [InlineData(true, false, Both, "gzip")]
    [InlineData(false, true, Both, "br")]
    [InlineData(true, false, "br", null)]
    [InlineData(false, true, "gzip", null)]
    public async Task PolicysFlags_DecideTheCoding(bool gzip, bool brotli, string offer, string? coding)
    {
        var bench = Bench(Policy with { EnableAcceptEncodingGzip = gzip, EnableAcceptEncodingBrotli = brotli });
        Assert.Equal(coding, (await bench.GetAsync("/a", headers: Offer(offer))).Headers.Get("Content-Encoding"));
    }

    [Fact]
    public async Task CompressIsFalse_NothingIsCompressed()
    {
        var bench = Bench();
        bench.Compress = false;
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));
    }

    [Fact]
    public async Task AllTtlsAreZero_NothingIsCompressed()
    {
        var bench = Bench(Policy with { MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.Zero });
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));
    }

    [Fact]
    public async Task AcceptEncodingIsAKeyHeader_NothingIsCompressed()
    {
        var bench = Bench(Policy with { Headers = ItemSet.Whitelist("Accept-Encoding") });
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));
    }

    [Fact]
    public async Task Http10_NothingIsCompressed_AndAStoredFormIsNoAnswer()
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer("gzip"));
        var request = bench.Request("/a", headers: Offer(Both));
        request.Request.HttpVersion = "1.0";

        var reply = await ReadAsync(await bench.SendAsync(request, TestContext.Current.CancellationToken));

        AssertPlain(reply);
        Assert.Equal(2, bench.Fetches);
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1_000, true)]
    [InlineData(10_000_000, true)]
    [InlineData(10_000_001, false)]
    public async Task Length_DecidesWithinBounds(int length, bool isCompressed)
    {
        var bench = Bench();
        OriginSends(bench, new string('x', length));

        var miss = await bench.GetAsync("/a", headers: Offer("gzip"));

        Assert.Equal(isCompressed ? "gzip" : null, miss.Headers.Get("Content-Encoding"));
        Assert.Equal(length, Decoded(miss).Length);
        Assert.Equal(miss.Body, (await bench.GetAsync("/a", headers: Offer("gzip"))).Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("-5000")]
    [InlineData("+5000")]
    [InlineData("99999999999999999999")]
    [InlineData("1000")] // not what comes
    public async Task ContentLengthMissingOrWrong_StaysPlain(string? said)
    {
        var bench = Bench();
        bench.OriginSays(said is null ? Ok(Text, ("Content-Type", "text/html")) : Ok(Text, ("Content-Type", "text/html"), ("Content-Length", said)));
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(403, true)]
    [InlineData(404, true)]
    [InlineData(201, false)]
    [InlineData(203, false)]
    [InlineData(206, false)]
    [InlineData(301, false)]
    [InlineData(400, false)]
    [InlineData(410, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public async Task Status_Decides(int status, bool isCompressed)
    {
        var bench = Bench();
        bench.OriginSays(Status(status, Text, Described()));

        var reply = await bench.GetAsync("/a", headers: Offer(Both));

        Assert.Equal((status, isCompressed ? "br" : null), (reply.Status, reply.Headers.Get("Content-Encoding")));
        Assert.Equal(Text, Decoded(reply));
    }

    [Theory]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML; charset=utf-8", true)]
    [InlineData("text/html;charset=utf-8", true)]
    [InlineData(" application/json ", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("application/wasm", true)]
    [InlineData("application/pdf", true)]
    [InlineData("font/otf", true)]
    [InlineData("vnd.apple.mpegurl", true)]
    [InlineData("image/png", false)]
    [InlineData("font/woff2", false)]
    [InlineData("application/octet-stream", false)]
    [InlineData("text/htmlx", false)]
    [InlineData("text", false)]
    [InlineData(";", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public async Task ContentType_Decides(string? type, bool isCompressed)
    {
        var bench = Bench();
        bench.OriginSays(type is null ? Ok(Text, LengthOf(Text)) : Ok(Text, LengthOf(Text), ("Content-Type", type)));
        Assert.Equal(isCompressed ? "br" : null, (await bench.GetAsync("/a", headers: Offer(Both))).Headers.Get("Content-Encoding"));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity")]
    [InlineData("")]
    [InlineData("zstd")]
    public async Task ContentEncodingOfTheOrigin_GoesThroughUntouched(string coding)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("Content-Encoding", coding), ("ETag", "\"x\"")]));

        foreach (var reply in new[] { await bench.GetAsync("/a", headers: Offer(Both)), await bench.GetAsync("/a", headers: Offer(Both)) })
            Assert.Equal((Text, coding, "\"x\""), (reply.Body, reply.Headers.Get("Content-Encoding"), reply.Headers.Get("ETag")));
    }

    [Theory]
    [InlineData("no-transform", false)]
    [InlineData("public, No-Transform, max-age=5", false)]
    [InlineData("max-age=5", true)]
    [InlineData("max-age=5, x=\"no-transform\"", true)]
    public async Task NoTransform_IsHeard(string cacheControl, bool isCompressed)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("Cache-Control", cacheControl)]));
        Assert.Equal(isCompressed ? "br" : null, (await bench.GetAsync("/a", headers: Offer(Both))).Headers.Get("Content-Encoding"));
    }

    [Theory]
    [InlineData("\"x\"", "W/\"x\"")]
    [InlineData("W/\"x\"", "W/\"x\"")]
    [InlineData("\"\"", "W/\"\"")]
    [InlineData("x", null)]
    [InlineData("w/\"x\"", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public async Task ETag_IsWeakened(string? tag, string? toViewers)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, tag is null ? Described() : [.. Described(), ("ETag", tag)]));

        foreach (var reply in new[] { await bench.GetAsync("/a", headers: Offer(Both)), await bench.GetAsync("/a", headers: Offer(Both)) })
            Assert.Equal(toViewers, reply.Headers.Get("ETag"));
        Assert.Equal(tag, (await bench.GetAsync("/a")).Headers.Get("ETag")); // the plain form has the origin's own
    }

    [Theory]
    [InlineData("Accept-Encoding", "Accept-Encoding")]
    [InlineData("accept-encoding", "accept-encoding")]
    [InlineData("X-Unknown", "Accept-Encoding")]
    [InlineData("Cookie", "Cookie, Accept-Encoding")]
    [InlineData("Cookie, ACCEPT-ENCODING", "Cookie, ACCEPT-ENCODING")]
    public async Task Vary_HasAcceptEncodingOnce(string vary, string toViewers)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("Vary", vary)]));
        Assert.Equal(toViewers, (await bench.GetAsync("/a", headers: Offer(Both))).Headers.Get("Vary"));
    }

    [Fact]
    public async Task FieldsAboutTheOriginsBytes_Go()
    {
        var bench = Bench();
        string[] names = ["Accept-Ranges", "Content-MD5", "Content-Digest", "Repr-Digest", "Digest"];
        bench.OriginSays(Ok(Text, [.. Described(), .. names.Select(name => (name, "bytes"))]));

        var coded = await bench.GetAsync("/a", headers: Offer(Both));
        var plain = await bench.GetAsync("/a");

        Assert.All(names, name => Assert.False(coded.Headers.Contains(name), name));
        Assert.All(names, name => Assert.True(plain.Headers.Contains(name), name));
        Assert.Null(coded.Headers.Get("Content-Length"));
    }

    // CloudFront answers with the form that it has, as long as the viewer accepts it (spec 3.1).
    [Theory]
    [InlineData("br", Both, "br", true)]
    [InlineData("gzip", Both, "gzip", true)]
    [InlineData(Both, "br", "br", true)]
    [InlineData(Both, "gzip", "gzip", false)]
    [InlineData("br", "gzip", "gzip", false)]
    [InlineData("gzip", "br", "br", false)]
    [InlineData(Both, null, null, false)]
    [InlineData(null, Both, "br", false)]
    public async Task StoredForm_AnswersViewersThatAcceptIt(string? first, string? second, string? coding, bool isHit)
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer(first));

        var reply = await bench.GetAsync("/a", headers: Offer(second));

        Assert.Equal((isHit ? ResultType.Hit : ResultType.Miss, coding), (reply.ResultType, reply.Headers.Get("Content-Encoding")));
        Assert.Equal(Text, Decoded(reply));
        Assert.Equal(isHit ? 1 : 2, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task BothForms_AreThere_BrotliAnswers()
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer("gzip"));
        await bench.GetAsync("/a", headers: Offer("br"));
        Assert.Equal("br", (await bench.GetAsync("/a", headers: Offer(Both))).Headers.Get("Content-Encoding"));
    }

    [Fact]
    public async Task FormUnderAnotherKey_AnswersWhileItIsFresh()
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer("gzip"));
        bench.Time.AdvanceSeconds(101);

        var reply = await bench.GetAsync("/a", headers: Offer(Both));

        Assert.Equal((ResultType.Miss, "br"), (reply.ResultType, reply.Headers.Get("Content-Encoding")));
    }

    [Fact]
    public async Task PlainObjectUnderAnotherKey_IsNoAnswer()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, LengthOf(Text), ("Content-Type", "image/png")));
        await bench.GetAsync("/a", headers: Offer("gzip"));
        await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal(2, bench.Fetches); // the origin chooses by what it is offered
    }

    [Fact]
    public async Task InvalidatedForm_IsNoAnswer()
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer("gzip"));
        bench.Cache.Invalidate(InvalidationRule.Everything);
        Assert.Equal(ResultType.Miss, (await bench.GetAsync("/a", headers: Offer(Both))).ResultType);
    }

    [Fact]
    public async Task PlainObjectFromBefore_StaysPlainUntilItExpires_AlsoAfter304()
    {
        var bench = Bench();
        bench.Compress = false;
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        bench.Compress = true;
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));

        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(Status(304, "", ("ETag", "\"x\""), ("Cache-Control", "max-age=10")));
        var refreshed = await bench.GetAsync("/a", headers: Offer(Both));

        AssertPlain(refreshed);
        Assert.Equal((ResultType.RefreshHit, "\"x\""), (refreshed.ResultType, refreshed.Headers.Get("ETag")));
    }

    [Theory]
    [InlineData("\"x\"", "\"x\"")]
    [InlineData("W/\"x\"", "W/\"x\"")]
    [InlineData("x", "x")] // viewers got none
    public async Task Stale_TheOriginIsAskedWithItsOwnTag(string tag, string asked)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", tag), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(Status(304, "", ("Cache-Control", "max-age=10"), ("X-New", "1")));

        var refreshed = await bench.GetAsync("/a", headers: Offer(Both));

        Assert.Equal(asked, bench.LastAsked!.Revalidation!.ETag);
        Assert.Equal((ResultType.RefreshHit, "br", "1"), (refreshed.ResultType, refreshed.Headers.Get("Content-Encoding"), refreshed.Headers.Get("X-New")));
        Assert.Equal(Text, Decoded(refreshed));
        // And again: the tag is kept over a 304 without one.
        bench.Time.AdvanceSeconds(11);
        await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal(asked, bench.LastAsked.Revalidation!.ETag);
    }

    [Fact]
    public async Task FieldsOf304_AreWeakenedLikeThoseBefore()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(Status(
            304, "", ("ETag", "\"x2\""), ("Cache-Control", "max-age=10"), ("Content-Length", "7"), ("Vary", "Cookie"), ("Accept-Ranges", "bytes"), ("Content-Digest", "y")));

        var refreshed = await bench.GetAsync("/a", headers: Offer(Both));

        Assert.Equal(
            ("W/\"x2\"", "br", "Cookie, Accept-Encoding", null, null, null),
            (refreshed.Headers.Get("ETag"), refreshed.Headers.Get("Content-Encoding"), refreshed.Headers.Get("Vary"), refreshed.Headers.Get("Content-Length"), refreshed.Headers.Get("Accept-Ranges"), refreshed.Headers.Get("Content-Digest")));
        bench.Time.AdvanceSeconds(11);
        await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal("\"x2\"", bench.LastAsked!.Revalidation!.ETag);
    }

    [Fact]
    public async Task NoTransformWithA304_TheOriginsOwnBytesAreFetched()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        bench.Time.AdvanceSeconds(11);
        bench.Origin = (asked, _) => ValueTask.FromResult(asked.Revalidation is null
            ? Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10, no-transform")])
            : Status(304, "", ("ETag", "\"x\""), ("Cache-Control", "max-age=10, no-transform")));

        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));

        Assert.Equal(3, bench.Fetches);
        AssertPlain(await bench.GetAsync("/a", headers: Offer(Both)));
        Assert.Equal(3, bench.Fetches);
    }

    [Theory]
    [InlineData("W/\"x\"", 304)]
    [InlineData("\"x\"", 304)]
    [InlineData("\"y\", W/\"x\"", 304)]
    [InlineData("*", 304)]
    [InlineData("\"y\"", 200)]
    [InlineData("W/\"y\"", 200)]
    public async Task IfNoneMatch_ComparesWeakly(string condition, int status)
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\"")]));
        await bench.GetAsync("/a", headers: Offer(Both));

        var reply = await bench.GetAsync("/a", headers: [.. Offer(Both), ("If-None-Match", condition)]);

        Assert.Equal((status, "W/\"x\"", "Accept-Encoding"), (reply.Status, reply.Headers.Get("ETag"), reply.Headers.Get("Vary")));
        Assert.Equal(1, bench.Fetches);
    }

    // A 304 says what its 200 would say; what the viewer has tells which.
    [Theory]
    [InlineData("W/\"x\"", Both, "W/\"x\"", "Accept-Encoding")]
    [InlineData("\"y\", W/\"x\"", "gzip", "W/\"x\"", "Accept-Encoding")]
    [InlineData("\"x\"", Both, "\"x\"", null)]
    [InlineData("*", Both, "\"x\"", null)]
    [InlineData("W/\"x\"", null, "\"x\"", null)]
    public async Task OriginsAnswerToTheViewersCondition_NamesTheTagThatTheViewerHas(string condition, string? offer, string tag, string? vary)
    {
        var bench = Bench();
        bench.OriginSays(Status(304, "", ("ETag", "\"x\"")));

        var reply = await bench.GetAsync("/a", headers: [.. Offer(offer), ("If-None-Match", condition)]);

        Assert.Equal((304, tag, vary), (reply.Status, reply.Headers.Get("ETag"), reply.Headers.Get("Vary")));
        Assert.Equal(condition, bench.LastAsked!.Request.Headers.Get("If-None-Match"));
    }

    [Fact]
    public async Task HeadAfterGet_SaysWhatGetSays()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\"")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        var get = await bench.GetAsync("/a", headers: Offer(Both));

        var head = await bench.GetAsync("/a", "HEAD", Offer(Both));

        Assert.Equal(ResultType.Hit, head.ResultType);
        Assert.Equal(get.Headers.Select(field => field), head.Headers.Select(field => field));
        Assert.Equal(get.Answer.Response.Body.Length, head.Answer.Response.Body.Length);
        Assert.Equal("", head.Body);
    }

    [Fact]
    public async Task HeadThatMisses_SaysWhatGetWouldSay_AndIsNotStored()
    {
        var bench = Bench();
        bench.OriginSays(Ok("", [.. Described(), ("ETag", "\"x\"")]));

        var head = await bench.GetAsync("/a", "HEAD", Offer(Both));

        Assert.Equal(
            ("br", "W/\"x\"", "Accept-Encoding", null),
            (head.Headers.Get("Content-Encoding"), head.Headers.Get("ETag"), head.Headers.Get("Vary"), head.Headers.Get("Content-Length")));
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task HeadOfTheSameVersion_LeavesAStaleForm()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", headers: Offer(Both));
        bench.Time.AdvanceSeconds(11);
        bench.OriginSays(Ok("", [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", "HEAD", Offer(Both));
        Assert.Equal(1, bench.Cache.Storage.Count);

        bench.OriginSays(Ok("", [.. Described(), ("ETag", "\"y\""), ("Cache-Control", "max-age=10")]));
        await bench.GetAsync("/a", "HEAD", Offer(Both));
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task AnswerThatIsNotStored_IsCompressedAllTheSame()
    {
        var bench = Bench();
        bench.OriginSays(Ok(Text, [.. Described(), ("Cache-Control", "no-store")]));
        var reply = await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal(("br", Text), (reply.Headers.Get("Content-Encoding"), Decoded(reply)));
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task Post_IsNotCompressed()
    {
        var bench = Bench();
        AssertPlain(await bench.GetAsync("/a", "POST", Offer(Both)));
    }

    [Fact]
    public async Task Range_PartOfTheOriginStaysAPart_TheWholeIsCompressed()
    {
        var bench = Bench();
        bench.OriginSays(Status(206, Text, [.. Described(), ("Content-Range", "bytes 0-9/10"), ("ETag", "\"x\"")]));
        var part = await bench.GetAsync("/a", headers: [.. Offer(Both), ("Range", "bytes=0-9")]);
        Assert.Equal((206, "\"x\"", null), (part.Status, part.Headers.Get("ETag"), part.Headers.Get("Content-Encoding")));

        bench.OriginSays(Ok(Text, Described()));
        var whole = await bench.GetAsync("/a", headers: [.. Offer(Both), ("Range", "bytes=0-9")]);
        Assert.Equal((200, "br"), (whole.Status, whole.Headers.Get("Content-Encoding")));
        var hit = await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal((ResultType.Hit, "br"), (hit.ResultType, hit.Headers.Get("Content-Encoding")));
    }

    [Theory]
    [InlineData(5_000, 4_000)]
    [InlineData(200_000, 100_000)]
    public async Task BodyThatIsShorterThanAnnounced_BreaksOff_AndIsNotStored(int announced, int sent)
    {
        var bench = Bench();
        var stream = new ScriptedStream().Send(new string('x', sent)).Finish();
        bench.Origin = (_, _) => ValueTask.FromResult(Streams(stream, announced, ("Content-Type", "text/html"), ("Content-Length", announced.ToString(CultureInfo.InvariantCulture))));

        var failure = await Assert.ThrowsAsync<IOException>(() => bench.GetAsync("/a", headers: Offer("gzip")));

        Assert.Equal($"the origin announced {announced} bytes and sent {sent}", failure.Message);
        await stream.Disposed;
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task BodyThatIsLongerThanAnnounced_EndsWhereItWasAnnounced()
    {
        var bench = Bench();
        var stream = new ScriptedStream().Send(new string('x', 5_000)).Send("and more").Finish();
        bench.Origin = (_, _) => ValueTask.FromResult(Streams(stream, 4_000, ("Content-Type", "text/html"), ("Content-Length", "4000")));
        Assert.Equal(new string('x', 4_000), Decoded(await bench.GetAsync("/a", headers: Offer("gzip"))));
    }

    [Fact]
    public async Task LastViewerLeaves_TheOriginIsLetGo_AndTheMemoryIsGivenBack()
    {
        var bench = Bench();
        var budget = bench.Cache.FillBudgetLeft;
        var stream = new ScriptedStream().Send(new string('x', 40_000));
        bench.Origin = (_, _) => ValueTask.FromResult(Streams(stream, 200_000, ("Content-Type", "text/html"), ("Content-Length", "200000")));

        var answer = await bench.SendAsync(bench.Request("/a", headers: Offer(Both)), TestContext.Current.CancellationToken);
        ((Brink.Edge.Cache.Storage.WritableBody)answer.Response.Body).Dispose();

        await stream.Disposed;
        while (bench.Cache.FillBudgetLeft != budget)
            await Task.Yield();
        Assert.Equal(0, bench.Cache.Storage.Count);
    }

    [Fact]
    public async Task NoMemoryForAnEncoder_TheBodyStaysAsItIs()
    {
        var bench = new CacheBench(Policy, new EdgeCacheOptions { MemoryBudget = 1 << 20 }) { Compress = true, RecordsSteps = true };
        bench.OriginSays(Ok(Text, Described()));
        var request = bench.Request("/a", headers: Offer("br"));

        AssertPlain(await ReadAsync(await bench.SendAsync(request, TestContext.Current.CancellationToken)));

        Assert.Contains("NotCompressed", request.Steps!.Select(step => step.ToString()));
        Assert.Equal(1L << 19, bench.Cache.FillBudgetLeft);
    }

    // A viewer reads what is not stored at its own pace: many slow ones leave the memory of fills alone.
    [Fact]
    public async Task WhatIsNotStored_TakesNoMemoryFromFills()
    {
        var bench = new CacheBench(Policy, new EdgeCacheOptions { MemoryBudget = 16 << 20 }) { Compress = true };
        var budget = bench.Cache.FillBudgetLeft;
        bench.OriginSays(Ok(Text, [.. Described(), ("Cache-Control", "no-store")]));
        var slow = await bench.SendAsync(bench.Request("/slow", headers: Offer("br")), TestContext.Current.CancellationToken);
        Assert.Equal(("br", budget), (slow.Response.Headers.Get("Content-Encoding"), bench.Cache.FillBudgetLeft));

        AssertPlain(await bench.GetAsync("/next", headers: Offer("br")));
        bench.OriginSays(Ok(Text, Described()));
        Assert.Equal("br", (await bench.GetAsync("/stored", headers: Offer("br"))).Headers.Get("Content-Encoding"));
        ((IDisposable)slow.Response.Body).Dispose();
        bench.OriginSays(Ok(Text, [.. Described(), ("Cache-Control", "no-store")]));
        Assert.Equal("br", (await bench.GetAsync("/next", headers: Offer("br"))).Headers.Get("Content-Encoding"));
    }

    [Fact]
    public async Task ManyAtOnce_EachGetsTheWhole_AndItIsCompressedOnce()
    {
        var bench = Bench();
        bench.RecordsSteps = true;
        var text = string.Concat(Enumerable.Repeat(Text, 40));
        var stream = new ScriptedStream();
        bench.Origin = (_, _) => ValueTask.FromResult(Streams(stream, text.Length, ("Content-Type", "text/html"), LengthOf(text)));
        var viewers = Enumerable.Range(0, 20).Select(_ => bench.GetAsync("/a", headers: Offer(Both))).ToArray();
        for (var at = 0; at < text.Length; at += 10_000)
            stream.Send(text[at..Math.Min(text.Length, at + 10_000)]);
        stream.Finish();

        foreach (var reply in await Task.WhenAll(viewers))
            Assert.Equal(text, Decoded(reply));

        Assert.Equal(1, bench.Fetches);
        var hit = await bench.GetAsync("/a", headers: Offer(Both));
        Assert.Equal((ResultType.Hit, text), (hit.ResultType, Decoded(hit)));
    }

    [Fact]
    public async Task TwoTiers_TheRegionCompresses_AndTheEdgeTakesItAsItIs()
    {
        var (edge, region) = (Bench(), Bench());
        region.OriginSays(Ok(Text, [.. Described(), ("ETag", "\"x\""), ("Cache-Control", "max-age=10")]));
        edge.Origin = async (asked, ct) =>
            (await region.Cache.GetOrFetchAsync(CacheKey.For(Policy, "E1", asked.Request), asked, region.Origin, ct)).ToFetchResult(CacheLayer.Region);

        Assert.Equal(Text, Decoded(await edge.GetAsync("/a", headers: Offer(Both))));
        var hit = await edge.GetAsync("/a", headers: Offer(Both));
        Assert.Equal(("br", "W/\"x\"", Text), (hit.Headers.Get("Content-Encoding"), hit.Headers.Get("ETag"), Decoded(hit)));

        edge.Time.AdvanceSeconds(11);
        var refreshed = await edge.GetAsync("/a", headers: Offer(Both));
        Assert.Equal(("W/\"x\"", ResultType.RefreshHit, Text), (edge.LastAsked!.Revalidation!.ETag, refreshed.ResultType, Decoded(refreshed)));
    }

    [Fact]
    public async Task Hit_IsAsCheapAsThatOfAPlainObject()
    {
        var bench = Bench();
        await bench.GetAsync("/a", headers: Offer(Both));
        await bench.GetAsync("/plain");
        Assert.InRange(await AllocatedAsync(bench, "/a", Both), 0, await AllocatedAsync(bench, "/plain", null) + 8);
    }

    private static async Task<long> AllocatedAsync(CacheBench bench, string path, string? offer)
    {
        const int count = 100;
        var requests = Enumerable.Range(0, count + 1).Select(_ => bench.Request(path, headers: Offer(offer))).ToArray();
        ((IDisposable)(await bench.SendAsync(requests[count])).Response.Body).Dispose();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++)
        {
            ((IDisposable)(await bench.SendAsync(requests[i])).Response.Body).Dispose();
        }
        return (GC.GetAllocatedBytesForCurrentThread() - before) / count;
    }

    private static CacheBench Bench(CachePolicy? policy = null)
    {
        var bench = new CacheBench(policy ?? Policy) { Compress = true };
        OriginSends(bench, Text);
        return bench;
    }

    private static void OriginSends(CacheBench bench, string text) => bench.OriginSays(Ok(text, ("Content-Type", "text/html"), LengthOf(text)));

    private static (string Name, string Value)[] Described() => [("Content-Type", "text/html"), LengthOf(Text)];

    private static (string Name, string Value) LengthOf(string text) => ("Content-Length", text.Length.ToString(CultureInfo.InvariantCulture));

    private static (string Name, string Value)[] Offer(string? codings) => codings is null ? [] : [("Accept-Encoding", codings)];

    private static void AssertPlain(Reply reply)
    {
        Assert.Null(reply.Headers.Get("Content-Encoding"));
        Assert.Equal(Text, reply.Body);
    }

    internal static string Decoded(Reply reply) => Decode(reply.Body, reply.Headers.Get("Content-Encoding"));

    internal static string Decode(string body, string? coding)
    {
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(body));
        using Stream decoding = coding switch
        {
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            "br" => new BrotliStream(bytes, CompressionMode.Decompress),
            _ => bytes,
        };
        using var reader = new StreamReader(decoding, Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
