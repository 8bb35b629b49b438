namespace Brink.Tests.Settings;

/// <summary>The fields of policies, each sent in a file of its own.</summary>
internal static class PolicyCases
{
    private const string Key = "ParametersInCacheKeyAndForwardedToOrigin.";
    private const string Security = "SecurityHeadersConfig.";
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

    /// <summary>Each field in a policy of its own, in the form that AWS's model gives it.</summary>
    public static IReadOnlyDictionary<string, Case> ResponseHeadersPolicy { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Comment"] = Refused("Comment", "\"c\""),
        ["Name"] = Refused("Name", "\"mine\""),
        ["CorsConfig.AccessControlAllowOrigins"] = Refused("CorsConfig.AccessControlAllowOrigins", Items("\"*\"")),
        ["CorsConfig.AccessControlAllowHeaders"] = Refused("CorsConfig.AccessControlAllowHeaders", Items("\"X-A\"")),
        ["CorsConfig.AccessControlAllowMethods"] = Refused("CorsConfig.AccessControlAllowMethods", Items("\"GET\"")),
        ["CorsConfig.AccessControlAllowCredentials"] = Refused("CorsConfig.AccessControlAllowCredentials", "true"),
        ["CorsConfig.AccessControlExposeHeaders"] = Refused("CorsConfig.AccessControlExposeHeaders", Items("\"X-A\"")),
        ["CorsConfig.AccessControlMaxAgeSec"] = Refused("CorsConfig.AccessControlMaxAgeSec", "60"),
        ["CorsConfig.OriginOverride"] = Refused("CorsConfig.OriginOverride", "true"),
        [Security + "XSSProtection.Override"] = Refused(Security + "XSSProtection.Override", "true"),
        [Security + "XSSProtection.Protection"] = Refused(Security + "XSSProtection.Protection", "true"),
        [Security + "XSSProtection.ModeBlock"] = Refused(Security + "XSSProtection.ModeBlock", "true"),
        [Security + "XSSProtection.ReportUri"] = Refused(Security + "XSSProtection.ReportUri", "\"/report\""),
        [Security + "FrameOptions.Override"] = Refused(Security + "FrameOptions.Override", "true"),
        [Security + "FrameOptions.FrameOption"] = Refused(Security + "FrameOptions.FrameOption", "\"DENY\""),
        [Security + "ReferrerPolicy.Override"] = Refused(Security + "ReferrerPolicy.Override", "true"),
        [Security + "ReferrerPolicy.ReferrerPolicy"] = Refused(Security + "ReferrerPolicy.ReferrerPolicy", "\"no-referrer\""),
        [Security + "ContentSecurityPolicy.Override"] = Refused(Security + "ContentSecurityPolicy.Override", "true"),
        [Security + "ContentSecurityPolicy.ContentSecurityPolicy"] = Refused(Security + "ContentSecurityPolicy.ContentSecurityPolicy", "\"default-src 'self'\""),
        [Security + "ContentTypeOptions.Override"] = Refused(Security + "ContentTypeOptions.Override", "true"),
        [Security + "StrictTransportSecurity.Override"] = Refused(Security + "StrictTransportSecurity.Override", "true"),
        [Security + "StrictTransportSecurity.IncludeSubdomains"] = Refused(Security + "StrictTransportSecurity.IncludeSubdomains", "true"),
        [Security + "StrictTransportSecurity.Preload"] = Refused(Security + "StrictTransportSecurity.Preload", "true"),
        [Security + "StrictTransportSecurity.AccessControlMaxAgeSec"] = Refused(Security + "StrictTransportSecurity.AccessControlMaxAgeSec", "60"),
        ["ServerTimingHeadersConfig.Enabled"] = Refused("ServerTimingHeadersConfig.Enabled", "true"),
        ["ServerTimingHeadersConfig.SamplingRate"] = Refused("ServerTimingHeadersConfig.SamplingRate", "50"),
        ["CustomHeadersConfig.Header"] = Refused("CustomHeadersConfig", Items("""{ "Header": "X-A" }"""), "CustomHeadersConfig.Header"),
        ["CustomHeadersConfig.Value"] = Refused("CustomHeadersConfig", Items("""{ "Value": "a" }"""), "CustomHeadersConfig.Value"),
        ["CustomHeadersConfig.Override"] = Refused("CustomHeadersConfig", Items("""{ "Override": true }"""), "CustomHeadersConfig.Override"),
        ["RemoveHeadersConfig.Header"] = Refused("RemoveHeadersConfig", Items("""{ "Header": "X-A" }"""), "RemoveHeadersConfig.Header"),
    };

    private static Case Refused(string path, string json, string? field = null) => new(Case.IsRefused, async () =>
    {
        await using var site = Site.OfResponseHeadersPolicy();
        site.Set(path, json);
        var (exitCode, errors) = await site.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"{site.In("document.json")}: response headers policies are not supported yet: this one sets {field ?? path}. Leave --response-headers-policy out", errors, StringComparison.Ordinal);
    });

    private static string Items(string item) => $$"""{ "Quantity": 1, "Items": [ {{item}} ] }""";

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
