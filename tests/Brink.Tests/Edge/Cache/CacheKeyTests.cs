using Brink.Edge.Cache;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

public sealed class CacheKeyTests
{
    private static readonly CachePolicy Everything = new()
    {
        Id = "p",
        Name = "p",
        MinTtl = TimeSpan.Zero,
        DefaultTtl = TimeSpan.Zero,
        MaxTtl = TimeSpan.FromDays(1),
        Headers = ItemSet.Whitelist("X-A", "X-B"),
        Cookies = ItemSet.AllExcept("track"),
        QueryStrings = ItemSet.All,
        EnableAcceptEncodingGzip = true,
        EnableAcceptEncodingBrotli = true,
    };

    private static readonly CachePolicy Nothing = ManagedPolicies.FindCachePolicy("CachingDisabled")!;

    public static TheoryData<string, string, bool> Pairs => new()
    {
        { "GET /a", "HEAD /a", true },
        { "GET /a", "OPTIONS /a", false },
        { "GET /a", "GET /A", false },
        { "GET /a?x=1&y=2", "GET /a?y=2&x=1", false },
        { "GET /a?x=1", "GET /a?X=1", false },
        { "GET /a", "GET /a?", true },
        { "GET /a?x=1;y=2", "GET /a?x=1&y=2", false },
        { "GET /a|X-A: 1|X-B: 2", "GET /a|x-b: 2|x-a: 1", true },
        { "GET /a|X-A: v", "GET /a|X-A: V", false },
        { "GET /a|X-A: ", "GET /a", false },
        { "GET /a|X-A: 1", "GET /a|X-B: 1", false },
        { "GET /a|X-C: 1", "GET /a", true },
        { "GET /a|Cookie: a=1; b=2", "GET /a|Cookie: b=2; a=1", true },
        { "GET /a|Cookie: a=1; b=2", "GET /a|Cookie: a=1|Cookie: b=2", true },
        { "GET /a|Cookie: a=1; track=7", "GET /a|Cookie: a=1; track=8", true },
        { "GET /a|Cookie: a=1", "GET /a|Cookie: A=1", false },
        { "GET /a|Cookie: nonsense", "GET /a", true },
        { "GET /a|Accept-Encoding: gzip, br", "GET /a|Accept-Encoding: br;q=1, gzip", true },
        { "GET /a|Accept-Encoding: gzip", "GET /a|Accept-Encoding: br", false },
        { "GET /a|Accept-Encoding: deflate", "GET /a", true },
        // Values that look like other parts do not become them.
        { "GET /a|X-A: 1|X-B: 2", "GET /a|X-A: 1=\u0001\u00002", false },
        { "GET /aQ", "GET /a?Q", false },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void TwoRequests_ShareAKeyOrNot(string left, string right, bool same)
    {
        var first = CacheKey.For(Everything, "E1", Request(left));
        var second = CacheKey.For(Everything, "E1", Request(right));
        Assert.Equal(same, first.Text.SequenceEqual(second.Text));
    }

    [Fact]
    public void Distribution_IsInTheKey() =>
        Assert.False(CacheKey.For(Nothing, "E1", Request("GET /a")).Text.SequenceEqual(CacheKey.For(Nothing, "E2", Request("GET /a")).Text));

    [Fact]
    public void PolicyWithoutKeyItems_TakesOnlyThePath() =>
        Assert.True(CacheKey.For(Nothing, "E1", Request("GET /a?x=1|Cookie: a=1|X-A: 2|Accept-Encoding: gzip")).Text
            .SequenceEqual(CacheKey.For(Nothing, "E1", Request("GET /a")).Text));

    [Fact]
    public void QueryWhitelist_KeepsTheViewersOrder()
    {
        var policy = Nothing with { QueryStrings = ItemSet.Whitelist("a", "b") };
        var one = CacheKey.For(policy, "E1", Request("GET /?b=2&z=9&a=1"));
        var same = CacheKey.For(policy, "E1", Request("GET /?b=2&a=1&y"));
        var other = CacheKey.For(policy, "E1", Request("GET /?a=1&b=2"));
        Assert.True(one.Text.SequenceEqual(same.Text));
        Assert.False(one.Text.SequenceEqual(other.Text));
    }

    [Fact]
    public void VeryLongRequest_StillHasItsWholeKey()
    {
        var path = "/" + new string('p', 70_000);
        var one = CacheKey.For(Everything, "E1", Request($"GET {path}1"));
        var two = CacheKey.For(Everything, "E1", Request($"GET {path}2"));
        Assert.False(one.Text.SequenceEqual(two.Text));
    }

    [Fact]
    public void CommonKey_AllocatesNothing()
    {
        var request = Request("GET /index.html?a=1|Accept-Encoding: gzip, br|Cookie: a=1; b=2|X-A: 1");
        CacheKey.For(Everything, "E1", request).Release();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            CacheKey.For(Everything, "E1", request).Release();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100);
    }

    // "METHOD target|Name: value|..."
    private static EdgeRequest Request(string text)
    {
        var parts = text.Split('|');
        var space = parts[0].IndexOf(' ', StringComparison.Ordinal);
        var target = parts[0][(space + 1)..];
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var request = new EdgeRequest
        {
            Method = parts[0][..space],
            Uri = query < 0 ? target : target[..query],
            QueryString = query < 0 ? null : target[(query + 1)..],
        };
        foreach (var part in parts[1..])
        {
            var colon = part.IndexOf(": ", StringComparison.Ordinal);
            request.Headers.Add(part[..colon], part[(colon + 2)..]);
        }
        return request;
    }
}
