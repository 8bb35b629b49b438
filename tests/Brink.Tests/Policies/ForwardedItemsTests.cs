using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Policies;

public sealed class ForwardedItemsTests
{
    private static readonly CachePolicy Key = new()
    {
        Id = "k", Name = "k", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.FromDays(1), MaxTtl = TimeSpan.FromDays(365),
    };

    private static readonly OriginRequestPolicy Origin = new() { Id = "o", Name = "o" };

    public static TheoryData<string, string, string?, string?> Queries => new()
    {
        { "none", "none", "b=2&a=1", null },
        { "none", "all", "b=2&a=%20&&c", "b=2&a=%20&&c" },
        { "all", "none", "", "" },
        { "all", "none", null, null },
        { "a", "none", "b=2&a=1&A=3&a=4", "a=1&a=4" },
        { "a", "b", "b=2&c=3&a=1;b=9", "b=2&a=1;b=9" },
        { "-a", "none", "b=2&a=1&c", "b=2&c" },
        { "-a", "a", "b=2&a=1&c", "b=2&a=1&c" },
        { "none", "-a", "a=1", null },
        { "a", "none", "%61=1", null },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public void QueryString_IsTheUnion_InTheViewersOrder(string key, string origin, string? query, string? sent)
    {
        var items = new ForwardedItems(Key with { QueryStrings = Set(key) }, Origin with { QueryStrings = Set(origin) });
        Assert.Equal(sent, items.QueryString(new EdgeRequest { QueryString = query }));
    }

    public static TheoryData<string, string, string[], string?> CookieHeaders => new()
    {
        { "none", "none", ["a=1"], null },
        { "all", "none", ["b=2; a=1"], "a=1; b=2" },
        { "none", "all", ["b=2", "a=1"], "a=1; b=2" },
        { "all", "none", ["b=2;a=1;  c=x=y;"], "a=1; b=2; c=x=y" },
        { "all", "none", ["a=2; B=1; a=1"], "B=1; a=2; a=1" },
        { "all", "none", ["flag; a=1", "b=2"], "b=2" },
        { "all", "none", ["=x"], null },
        { "a", "c", ["d=4; c=3; b=2; a=1"], "a=1; c=3" },
        { "-a", "none", ["b=2; a=1"], "b=2" },
        { "A", "none", ["a=1"], null },
        { "all", "none", [], null },
    };

    [Theory]
    [MemberData(nameof(CookieHeaders))]
    public void Cookies_AreTheUnion_SortedByName(string key, string origin, string[] fields, string? sent)
    {
        var request = new EdgeRequest();
        foreach (var field in fields)
            request.Headers.Add("Cookie", field);
        var items = new ForwardedItems(Key with { Cookies = Set(key) }, Origin with { Cookies = Set(origin) });
        Assert.Equal(sent, items.Cookies(request));
    }

    [Theory]
    [InlineData("none", "none", "X-A", false)]
    [InlineData("X-A", "none", "x-a", true)]
    [InlineData("none", "x-a", "X-A", true)]
    [InlineData("none", "all", "Host", true)]
    [InlineData("none", "-Host", "host", false)]
    [InlineData("Host", "-Host", "host", true)]
    [InlineData("none", "all", "Cookie", false)]
    [InlineData("none", "all", "Accept-Encoding", false)]
    public void Headers_AreTheUnion(string key, string origin, string name, bool sent) =>
        Assert.Equal(sent, new ForwardedItems(Key with { Headers = Set(key) }, Origin with { Headers = Set(origin) }).SendsHeader(name));

    [Fact]
    public void CloudFrontHeader_IsAddedOnlyWhereListed()
    {
        const string country = "CloudFront-Viewer-Country";
        Assert.False(new ForwardedItems(Key, null).AddsCloudFrontHeader(country));
        Assert.False(new ForwardedItems(Key, Origin with { Headers = ItemSet.All }).AddsCloudFrontHeader(country));
        Assert.False(new ForwardedItems(Key, Origin with { Headers = ItemSet.AllExcept("Host") }).AddsCloudFrontHeader(country));
        Assert.True(new ForwardedItems(Key with { Headers = ItemSet.Whitelist(country) }, null).AddsCloudFrontHeader("cloudfront-viewer-country"));
        Assert.True(new ForwardedItems(Key, Origin with { Headers = ItemSet.Whitelist(country) }).AddsCloudFrontHeader(country));
        Assert.True(new ForwardedItems(Key, Origin with { Headers = ItemSet.All, CloudFrontHeaders = [country] }).AddsCloudFrontHeader(country));
    }

    [Theory]
    [InlineData(true, true, "gzip, deflate, br", "1.1", "br,gzip")]
    [InlineData(true, true, "br;q=0, gzip;q=0.5", "1.1", "gzip")]
    [InlineData(true, true, "br;q=0.000, gzip;Q=0", "1.1", "identity")]
    [InlineData(true, true, "BR", "2.0", "br")]
    [InlineData(true, false, "br", "1.1", "identity")]
    [InlineData(false, true, "br, gzip", "1.1", "br")]
    [InlineData(true, true, "deflate", "1.1", "identity")]
    [InlineData(true, true, "", "1.1", "identity")]
    [InlineData(true, true, null, "1.1", null)]
    [InlineData(true, true, "gzip", "1.0", null)]
    [InlineData(false, false, "gzip, deflate", "1.1", null)]
    public void AcceptEncoding_IsNormalised(bool gzip, bool brotli, string? header, string version, string? sent)
    {
        var request = new EdgeRequest { HttpVersion = version };
        if (header is not null)
            request.Headers.Add("accept-encoding", header);
        var items = new ForwardedItems(Key with { EnableAcceptEncodingGzip = gzip, EnableAcceptEncodingBrotli = brotli }, null);
        Assert.Equal(sent, items.AcceptEncoding(request));
    }

    [Fact]
    public void AcceptEncoding_WithNeitherFlag_GoesOnByTheOriginRequestPolicy()
    {
        var request = new EdgeRequest();
        request.Headers.Add("Accept-Encoding", "zstd, gzip");
        Assert.Equal("zstd, gzip", new ForwardedItems(Key, Origin with { Headers = ItemSet.All }).AcceptEncoding(request));
    }

    private static ItemSet Set(string text) => text switch
    {
        "none" => ItemSet.None,
        "all" => ItemSet.All,
        _ when text[0] == '-' => ItemSet.AllExcept(text[1..]),
        _ => ItemSet.Whitelist(text),
    };
}
