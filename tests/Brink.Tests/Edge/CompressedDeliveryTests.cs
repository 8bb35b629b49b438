using System.Globalization;
using System.Text;
using Brink.Distributions;
using Brink.Policies;
using Brink.Tests.Edge.Cache;

namespace Brink.Tests.Edge;

/// <summary>Compressed objects as viewers see them: over the wire, on polled connections and on Kestrel's.</summary>
public sealed class CompressedDeliveryTests
{
    private static readonly string Body = string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{\"id\":{i},\"name\":\"item {i * 7919 % 1000}\"}},"));

    private static readonly DirectoryOrigin NoFolder = new() { Id = "origin", Directory = "/nowhere" };

    private static CacheBehavior Compressing(CacheBehavior behavior) => behavior with
    {
        Compress = true,
        CachePolicy = ManagedPolicies.FindCachePolicy("CachingOptimized")!,
        OriginRequestPolicy = null,
    };

    private static string Answer(string more = "") =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nETag: \"v1\"\r\n{more}Content-Length: {Body.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n{Body}";

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    public async Task MissStreams_HitHasALength_HeadTheSame(string offer, string coding)
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing);
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        var miss = await AskAsync(viewer, "GET", $"Accept-Encoding: {offer}\r\n");
        var hit = await AskAsync(viewer, "GET", $"Accept-Encoding: {offer}\r\n");
        var head = await AskAsync(viewer, "HEAD", $"Accept-Encoding: {offer}\r\n");
        var unchanged = await AskAsync(viewer, "GET", $"Accept-Encoding: {offer}\r\nIf-None-Match: W/\"v1\"\r\n");

        Assert.Equal(("Miss from cloudfront", "chunked", null), (miss["X-Cache"], miss["Transfer-Encoding"], miss["Content-Length"]));
        Assert.Equal("Hit from cloudfront", hit["X-Cache"]);
        Assert.Equal(hit.Body.Length.ToString(CultureInfo.InvariantCulture), hit["Content-Length"]);
        Assert.Equal(hit["Content-Length"], head["Content-Length"]);
        foreach (var answer in new[] { miss, hit })
            Assert.Equal(Body, CompressionTests.Decode(Encoding.Latin1.GetString(answer.Body), answer["Content-Encoding"]));
        foreach (var answer in new[] { miss, hit, head })
            Assert.Equal((coding, "Accept-Encoding", "W/\"v1\""), (answer["Content-Encoding"], answer["Vary"], answer["ETag"]));
        Assert.Equal((304, "W/\"v1\"", null), (unchanged.Status, unchanged["ETag"], unchanged["Content-Encoding"]));
        Assert.Single(origin.Requests);
    }

    // The same objects through Kestrel: TLS is not polled.
    [Fact]
    public async Task OverTls_TheSameObjects()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing, options: options => options with { HttpsPort = 0 });
        await edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br\r\n\r\n");
        using var viewer = await RawViewer.ConnectSecurelyAsync(edge.HttpsPort);

        var hit = await AskAsync(viewer, "GET", "Accept-Encoding: gzip, deflate, br, zstd\r\n");

        Assert.Equal(("Hit from cloudfront", "br"), (hit["X-Cache"], hit["Content-Encoding"]));
        Assert.Equal(Body, CompressionTests.Decode(Encoding.Latin1.GetString(hit.Body), "br"));
    }

    [Fact]
    public async Task Http10_GetsThePlainObject()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing);

        var answer = await edge.AskAsync("GET /a HTTP/1.0\r\nHost: test\r\nAccept-Encoding: gzip, br\r\n\r\n");

        Assert.Equal((null, Body), (answer["Content-Encoding"], answer.Text));
        Assert.Null(origin.Requests[0]["Accept-Encoding"]);
    }

    [Fact]
    public async Task OriginThatBreaksOff_TheViewersConnectionIsEnded_AndNothingIsStored()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            await conversation.SayAsync(Answer()[..^1000]);
            conversation.Close();
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing);

        await Assert.ThrowsAnyAsync<IOException>(() => edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n"));
        origin.Reply(Answer());
        var whole = await edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n");

        Assert.Equal("Miss from cloudfront", whole["X-Cache"]);
        Assert.Equal(Body, CompressionTests.Decode(Encoding.Latin1.GetString(whole.Body), "gzip"));
    }

    // Small files are read at once, on the thread that polls: compressing them must not stay there.
    [Theory]
    [InlineData(2_000)]
    [InlineData(200_000)]
    public async Task LocalFolder_IsCompressedToo(int size)
    {
        var folder = Directory.CreateTempSubdirectory("brink-test-");
        try
        {
            var text = string.Concat(Enumerable.Repeat("a line of text\n", size / 15));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "a.txt"), text, TestContext.Current.CancellationToken);
            await using var edge = await TestEdge.StartAsync(NoFolder with { Directory = folder.FullName }, Compressing);

            foreach (var _ in new[] { "miss", "hit" })
            {
                var answer = await edge.AskAsync("GET /a.txt HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br\r\n\r\n");
                Assert.Equal("br", answer["Content-Encoding"]);
                Assert.Equal(text, CompressionTests.Decode(Encoding.Latin1.GetString(answer.Body), "br"));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // What the origin has compressed is a few bytes here and could be a gigabyte at the viewer: it goes through as it is.
    [Fact]
    public async Task CompressedBodyOfTheOrigin_IsNeverExpanded()
    {
        using var bomb = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(bomb, System.IO.Compression.CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[20_000_000]);
        var bytes = Encoding.Latin1.GetString(bomb.ToArray());
        await using var origin = new ScriptedOrigin().Reply(
            $"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {bytes.Length.ToString(CultureInfo.InvariantCulture)}\r\n\r\n{bytes}");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing);

        foreach (var offer in new[] { "Accept-Encoding: br, gzip\r\n", "Accept-Encoding: br, gzip\r\n", "" })
        {
            var answer = await edge.AskAsync($"GET /a HTTP/1.1\r\nHost: test\r\n{offer}\r\n");
            Assert.Equal(("gzip", bytes), (answer["Content-Encoding"], answer.Text));
        }
    }

    [Fact]
    public async Task ViewerThatLeaves_LeavesTheOthersTheWhole()
    {
        var mayGoOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            var answer = Answer();
            await conversation.SayAsync(answer[..^50_000]);
            await mayGoOn.Task;
            await conversation.SayAsync(answer[^50_000..]);
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Compressing);
        const string request = "GET /a HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br\r\n\r\n";
        using var leaves = await RawViewer.ConnectAsync(edge.Port);
        await leaves.SendAsync(request);
        await leaves.ReadUntilAsync("\r\n\r\n");
        using var stays = await RawViewer.ConnectAsync(edge.Port);
        await stays.SendAsync(request);
        await stays.ReadUntilAsync("X-Amz-Cf-Id");
        leaves.Vanish();
        mayGoOn.SetResult();
        await stays.ReadUntilAsync("0\r\n\r\n");

        var hit = await edge.AskAsync(request);

        Assert.Equal("Hit from cloudfront", hit["X-Cache"]);
        Assert.Equal(Body, CompressionTests.Decode(Encoding.Latin1.GetString(hit.Body), "br"));
        Assert.Single(origin.Requests);
    }

    private static async Task<RawResponse> AskAsync(RawViewer viewer, string method, string headers)
    {
        await viewer.SendAsync($"{method} /a HTTP/1.1\r\nHost: test\r\n{headers}\r\n");
        return await viewer.ReceiveAsync(method == "HEAD");
    }
}
