namespace Brink.Tests.Settings;

/// <summary>The fields of policies, each sent in a file of its own.</summary>
internal static class PolicyCases
{
    private const string Key = "ParametersInCacheKeyAndForwardedToOrigin.";
    private const string Encodings = "Accept-Encoding: gzip, br\r\n";

    public static IReadOnlyDictionary<string, Case> CachePolicy { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Comment"] = Case.NoEffect(Site.OfCachePolicy, "Comment", null, "\"c\""),
        ["Name"] = Case.NoEffect(Site.OfCachePolicy, "Name", "\"a\"", "\"b\""),
        ["MinTTL"] = Case.Enforced(Site.OfCachePolicy, "MinTTL", ("0", "2"), ("60", "1"), AskedTwiceAsync, Says("no-cache")),
        ["DefaultTTL"] = Case.Enforced(Site.OfCachePolicy, "DefaultTTL", ("0", "2"), ("60", "1"), AskedTwiceAsync, Says(null)),
        ["MaxTTL"] = Case.Enforced(Site.OfCachePolicy, "MaxTTL", ("0", "2"), ("60", "1"), AskedTwiceAsync, site => site.Set("DefaultTTL", "0")),
        [Key + "EnableAcceptEncodingGzip"] = Case.Enforced(Site.OfCachePolicy, Key + "EnableAcceptEncodingGzip", ("false", "none"), ("true", "gzip"), site => SentAsync(site, "Accept-Encoding", Encodings)),
        [Key + "EnableAcceptEncodingBrotli"] = Case.Enforced(Site.OfCachePolicy, Key + "EnableAcceptEncodingBrotli", (null, "none"), ("true", "br"), site => SentAsync(site, "Accept-Encoding", Encodings)),
        [Key + "HeadersConfig.HeaderBehavior"] = Case.Enforced(
            Site.OfCachePolicy, Key + "HeadersConfig", ("""{ "HeaderBehavior": "none" }""", "1"), ("""{ "HeaderBehavior": "whitelist", "Headers": { "Quantity": 1, "Items": ["X-A"] } }""", "2"), AskedWithHeadersAsync),
        [Key + "HeadersConfig.Headers"] = Case.Enforced(
            Site.OfCachePolicy, Key + "HeadersConfig.Headers", ("""{ "Quantity": 1, "Items": ["X-B"] }""", "1"), ("""{ "Quantity": 1, "Items": ["X-A"] }""", "2"), AskedWithHeadersAsync,
            site => site.Set(Key + "HeadersConfig.HeaderBehavior", "\"whitelist\"")),
        [Key + "CookiesConfig.CookieBehavior"] = Case.Enforced(
            Site.OfCachePolicy, Key + "CookiesConfig.CookieBehavior", ("\"none\"", "none"), ("\"all\"", "a=1; b=2"), site => SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n")),
        [Key + "CookiesConfig.Cookies"] = Case.Enforced(
            Site.OfCachePolicy, Key + "CookiesConfig.Cookies", ("""{ "Quantity": 1, "Items": ["a"] }""", "a=1"), ("""{ "Quantity": 1, "Items": ["b"] }""", "b=2"),
            site => SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n"), site => site.Set(Key + "CookiesConfig.CookieBehavior", "\"whitelist\"")),
        [Key + "QueryStringsConfig.QueryStringBehavior"] = Case.Enforced(
            Site.OfCachePolicy, Key + "QueryStringsConfig.QueryStringBehavior", ("\"none\"", "/?"), ("\"all\"", "/?a=1&b=2"), TargetAsync),
        [Key + "QueryStringsConfig.QueryStrings"] = Case.Enforced(
            Site.OfCachePolicy, Key + "QueryStringsConfig.QueryStrings", ("""{ "Quantity": 1, "Items": ["a"] }""", "/?a=1"), ("""{ "Quantity": 1, "Items": ["b"] }""", "/?b=2"), TargetAsync,
            site => site.Set(Key + "QueryStringsConfig.QueryStringBehavior", "\"whitelist\"")),
    };

    public static IReadOnlyDictionary<string, Case> OriginRequestPolicy { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Comment"] = Case.NoEffect(Site.OfOriginRequestPolicy, "Comment", null, "\"c\""),
        ["Name"] = Case.NoEffect(Site.OfOriginRequestPolicy, "Name", "\"a\"", "\"b\""),
        ["HeadersConfig.HeaderBehavior"] = Case.Enforced(
            Site.OfOriginRequestPolicy, "HeadersConfig.HeaderBehavior", ("\"none\"", "none"), ("\"allViewer\"", "1"), site => SentAsync(site, "X-A", "X-A: 1\r\n")),
        ["HeadersConfig.Headers"] = Case.Enforced(
            Site.OfOriginRequestPolicy, "HeadersConfig.Headers", ("""{ "Quantity": 1, "Items": ["X-B"] }""", "none"), ("""{ "Quantity": 1, "Items": ["X-A"] }""", "1"),
            site => SentAsync(site, "X-A", "X-A: 1\r\n"), site => site.Set("HeadersConfig.HeaderBehavior", "\"whitelist\"")),
        ["CookiesConfig.CookieBehavior"] = Case.Enforced(
            Site.OfOriginRequestPolicy, "CookiesConfig.CookieBehavior", ("\"none\"", "none"), ("\"all\"", "a=1; b=2"), site => SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n")),
        ["CookiesConfig.Cookies"] = Case.Enforced(
            Site.OfOriginRequestPolicy, "CookiesConfig.Cookies", ("""{ "Quantity": 1, "Items": ["a"] }""", "b=2"), ("""{ "Quantity": 1, "Items": ["b"] }""", "a=1"),
            site => SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n"), site => site.Set("CookiesConfig.CookieBehavior", "\"allExcept\"")),
        ["QueryStringsConfig.QueryStringBehavior"] = Case.Enforced(Site.OfOriginRequestPolicy, "QueryStringsConfig.QueryStringBehavior", ("\"none\"", "/?"), ("\"all\"", "/?a=1&b=2"), TargetAsync),
        ["QueryStringsConfig.QueryStrings"] = Case.Enforced(
            Site.OfOriginRequestPolicy, "QueryStringsConfig.QueryStrings", ("""{ "Quantity": 1, "Items": ["a"] }""", "/?b=2"), ("""{ "Quantity": 1, "Items": ["b"] }""", "/?a=1"), TargetAsync,
            site => site.Set("QueryStringsConfig.QueryStringBehavior", "\"allExcept\"")),
    };

    /// <summary>There is one place where such a policy could be named.</summary>
    public static IReadOnlyDictionary<string, Case> ResponseHeadersPolicy(string[] fields) => fields.ToDictionary(
        field => field,
        _ => Case.Refused(
            Site.OfDistribution, "DefaultCacheBehavior.ResponseHeadersPolicyId", "\"67f7725c-6f97-4210-82d7-5512b31e9d03\"", "response headers policies are not supported yet. Leave it out."),
        StringComparer.Ordinal);

    /// <summary>How often the origin is asked for two requests for one object.</summary>
    internal static async Task<string> AskedTwiceAsync(Site site)
    {
        for (var i = 0; i < 2; i++)
            Assert.Equal(200, (await site.Dev.AskAsync()).Status);
        return site.One.Requests.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What the origin gets of a field; <c>none</c> if nothing.</summary>
    internal static async Task<string> SentAsync(Site site, string name, string headers, string method = "GET")
    {
        Assert.Equal(200, (await site.Dev.AskAsync(method: method, headers: headers)).Status);
        return site.One.Requests[0][name] ?? "none";
    }

    internal static Action<Site> Says(string? cacheControl) => site =>
        site.One.Reply($"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n{(cacheControl is null ? "" : $"Cache-Control: {cacheControl}\r\n")}\r\none");

    private static async Task<string> AskedWithHeadersAsync(Site site)
    {
        foreach (var value in new[] { "1", "2" })
            Assert.Equal(200, (await site.Dev.AskAsync(headers: $"X-A: {value}\r\n")).Status);
        return site.One.Requests.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> TargetAsync(Site site)
    {
        Assert.Equal(200, (await site.Dev.AskAsync("/?a=1&b=2")).Status);
        var target = site.One.Requests[0].Target;
        return target.Contains('?', StringComparison.Ordinal) ? target : target + "?";
    }
}
