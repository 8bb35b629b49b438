using System.Globalization;
using System.Text;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Operating;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;
using Brink.Invalidation;
using Brink.Policies;
using Brink.Tests.Edge.Cache.Disk;

namespace Brink.Tests.Edge.Cache;

/// <summary>
/// Invalidations beside requests and fills on two tiers. The origin's content counts up; a request that begins after an invalidation was
/// accepted never gets what the origin said before, though that is on its way from it, between the tiers, or arriving in slices.
/// </summary>
public sealed class InvalidationRaceTests
{
    private const int LineLength = 8, Pages = 3;

    private static readonly string[] Kinds = ["whole", "streamed", "refreshed", "stale-served", "large"];

    private readonly CacheBench _requests = new(ManagedPolicies.FindCachePolicy("CachingOptimized")! with { MinTtl = TimeSpan.Zero })
    {
        CacheTagHeader = "X-Tags",
    };

    private CacheTiers _tiers;
    private CacheOperations _operations;
    private readonly int[] _promised = new int[Kinds.Length * Pages];
    private int _version;
    private int _compared;

    public InvalidationRaceTests()
    {
        _tiers = new CacheTiers(EdgeCacheOptions.Default, 2, _requests.Time);
        _operations = new CacheOperations(_tiers, _requests.Time);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatWasAskedForBefore_IsNeverServedAfterwards(bool hasDisk)
    {
        using var disk = hasDisk ? new DiskBench() : null;
        if (disk is not null)
        {
            // So little memory that most is read from disk.
            _tiers = new CacheTiers(EdgeCacheOptions.Default with { MemoryBudget = 1 << 20 }, 2, _requests.Time, disk.Store);
            _operations = new CacheOperations(_tiers, _requests.Time);
        }
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        using var done = new CancellationTokenSource();
        var invalidating = Enumerable.Range(0, 2).Select(n => Task.Run(() => InvalidateAsync(new Random(seed + n), done.Token))).ToList();
        var reading = Enumerable.Range(0, 6).Select(n => Task.Run(() => ReadAsync(new Random(seed + 100 + n)))).ToList();

        await Task.WhenAll(reading);
        await done.CancelAsync();
        await Task.WhenAll(invalidating);

        Assert.True(_compared > 2000, $"{_compared} answers were compared");
        await _operations.Settled;
        Assert.All(_operations.LatestInvalidations, each => Assert.True(each.IsCompleted));
    }

    // The tiers get an invalidation one after the other. Between the two, the edge must not take from the region what it has just forgotten.
    [Fact]
    public async Task BetweenTheTwoTiers_TheEdgeTakesNothingOld()
    {
        await GetAsync(_tiers.Region!, AskOriginAsync);
        _version++;

        _tiers.Invalidate(new RulesTakenTwice(new InvalidationRule("E1", "/whole/0"), () => GetAsync(_tiers.Edge, AskRegionAsync).GetAwaiter().GetResult()));

        Assert.Equal("00000001", await GetAsync(_tiers.Edge, AskRegionAsync));
    }

    private async Task<string> GetAsync(EdgeCache tier, Fetch fetch)
    {
        var request = _requests.Request("/whole/0");
        return await CacheBench.ReadBodyAsync((await tier.GetOrFetchAsync(CacheKey.For(request), request, fetch, CancellationToken.None)).Response.Body);
    }

    private async Task ReadAsync(Random random)
    {
        for (var i = 0; i < 1500; i++)
        {
            var page = random.Next(_promised.Length);
            if (IsLarge(page) && random.Next(8) > 0)
                continue;
            var promised = Volatile.Read(ref _promised[page]);
            var request = _requests.Request(PathOf(page), random.Next(10) == 0 ? "HEAD" : "GET");
            if (random.Next(6) == 0)
                request.Request.Headers.Add("Range", "bytes=0-7");
            try
            {
                var answer = await _tiers.Edge.GetOrFetchAsync(CacheKey.For(request), request, AskRegionAsync, TestContext.Current.CancellationToken);
                var tag = answer.Response.Headers.Get("x-version")!;
                var body = await CacheBench.ReadBodyAsync(answer.Response.Body);
                var versions = Enumerable.Range(0, body.Length / LineLength).Select(n => body.Substring(n * LineLength, LineLength)).Append(tag).Distinct().ToList();
                Assert.True(versions.Count == 1, $"{PathOf(page)}: {string.Join(", ", versions)} in one answer");
                var version = int.Parse(tag, CultureInfo.InvariantCulture);
                Assert.True(version >= promised, $"{PathOf(page)}: version {version} after an invalidation at {promised}");
                Interlocked.Increment(ref _compared);
            }
            catch (IOException) when (IsLarge(page))
            {
                // The origin has another version by now, and the answer is cut off rather than joined of two.
            }
        }
    }

    private async Task InvalidateAsync(Random random, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            var version = Interlocked.Increment(ref _version);
            var page = random.Next(_promised.Length);
            var kind = page / Pages;
            var meant = Enumerable.Range(0, _promised.Length);
            switch (random.Next(6))
            {
                case 0:
                    _operations.InvalidateEverything(random.Next(2) == 0 ? null : ["E1"], "test");
                    break;
                case 1:
                    Invalidate($"/{Kinds[kind]}/*");
                    meant = meant.Where(each => each / Pages == kind);
                    break;
                case 2:
                    Invalidate($"#{Kinds[kind].ToUpperInvariant()}");
                    meant = meant.Where(each => each / Pages == kind);
                    break;
                default:
                    Invalidate(PathOf(page), "/another");
                    meant = [page];
                    break;
            }
            foreach (var each in meant)
                Promise(each, version);
            for (var i = random.Next(20); i > 0; i--)
                await Task.Yield();
        }
    }

    private void Promise(int page, int version)
    {
        var promised = Volatile.Read(ref _promised[page]);
        while (promised < version)
            promised = Interlocked.CompareExchange(ref _promised[page], version, promised) is var seen && seen == promised ? version : seen;
    }

    private void Invalidate(params string[] items) =>
        _operations.Invalidate("E1", items.Select(item => InvalidationItem.Read(item, out _)!), "test");

    private async ValueTask<FetchResult> AskRegionAsync(RegionalRequest request, CancellationToken ct) =>
        (await _tiers.Region!.GetOrFetchAsync(CacheKey.For(request), request, AskOriginAsync, ct)).ToFetchResult(CacheLayer.Region);

    // What it says is settled when it is asked, and comes later.
    private async ValueTask<FetchResult> AskOriginAsync(RegionalRequest request, CancellationToken ct)
    {
        var version = Volatile.Read(ref _version).ToString($"D{LineLength}", CultureInfo.InvariantCulture);
        for (var i = request.Request.Uri.Length % 7; i > 0; i--)
            await Task.Yield();
        var kind = request.Request.Uri.Split('/')[1];
        (string, string)[] headers =
        [
            ("ETag", $"\"{version}\""), ("X-Version", version), ("X-Tags", $"all, {kind}"),
            ("Cache-Control", kind switch
            {
                "refreshed" => "max-age=0",
                "stale-served" => "max-age=0, stale-while-revalidate=600",
                _ => "max-age=600",
            }),
        ];
        if (request.Revalidation is { ETag: { } known } && known == $"\"{version}\"")
            return CacheBench.Status(304, "", headers);
        if (kind is not ("streamed" or "large"))
            return CacheBench.Ok(version, headers);
        var (from, length) = (0, kind == "large" ? 5 << 18 : 5 * LineLength);
        if (request.Request.Headers.Get("range") is { } range && kind == "large")
        {
            from = int.Parse(range["bytes=".Length..].Split('-')[0], CultureInfo.InvariantCulture);
            headers = [.. headers, ("Content-Range", $"bytes {from}-{length - 1}/{length}")];
        }
        var body = new ScriptedStream();
        _ = SendAsync(body, version, length - from);
        var answer = CacheBench.Streams(body, length - from, headers);
        answer.Response.StatusCode = from > 0 || headers[^1].Item1 == "Content-Range" ? 206 : 200;
        return answer;
    }

    private static async Task SendAsync(ScriptedStream body, string version, int length)
    {
        const int piece = 1 << 18;
        for (var left = length; left > 0; left -= piece)
        {
            await Task.Yield();
            body.Send(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(version, Math.Min(left, piece) / LineLength))));
        }
        body.Finish();
    }

    private static bool IsLarge(int page) => Kinds[page / Pages] == "large";

    private static string PathOf(int page) => string.Create(CultureInfo.InvariantCulture, $"/{Kinds[page / Pages]}/{page % Pages}");

    /// <summary>One rule, and what is done when the second tier takes it.</summary>
    private sealed class RulesTakenTwice(InvalidationRule rule, Action between) : IReadOnlyList<InvalidationRule>
    {
        private int _taken;

        public int Count => 1;

        public InvalidationRule this[int index] => rule;

        public IEnumerator<InvalidationRule> GetEnumerator()
        {
            if (++_taken == 2)
                between();
            yield return rule;
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
