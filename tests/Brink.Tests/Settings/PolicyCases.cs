namespace Brink.Tests.Settings;

/// <summary>The fields of policies, each sent in a file of its own.</summary>
internal static class PolicyCases
{
    private const string Key = "ParametersInCacheKeyAndForwardedToOrigin.";
    private const string Security = "SecurityHeadersConfig.";
    private const string Cors = "CorsConfig.", Allow = "Access-Control-Allow-", Hsts = "Strict-Transport-Security", Page = "https://page.example";
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

    public static IReadOnlyDictionary<string, Case> ResponseHeadersPolicy { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Comment"] = Case.NoEffect(Site.OfResponseHeadersPolicy, "Comment", null, "\"c\""),
        ["Name"] = Case.NoEffect(Site.OfResponseHeadersPolicy, "Name", "\"a\"", "\"b\""),
        [Cors + "AccessControlAllowOrigins"] = Headers(Cors + "AccessControlAllowOrigins", (Items("\"*\""), "*"), (Items($"\"{Page}\""), Page), Allow + "Origin", WithCors),
        [Cors + "AccessControlAllowHeaders"] = Headers(Cors + "AccessControlAllowHeaders", (Items("\"X-A\""), "X-A"), (Items("\"*\""), "*"), Allow + "Headers", WithCors),
        [Cors + "AccessControlAllowMethods"] = Headers(Cors + "AccessControlAllowMethods", (Items("\"GET\""), "GET"), (Items("\"PUT\""), "PUT"), Allow + "Methods", WithCors),
        [Cors + "AccessControlAllowCredentials"] = Headers(Cors + "AccessControlAllowCredentials", ("false", "none"), ("true", "true"), Allow + "Credentials", WithCors),
        [Cors + "AccessControlExposeHeaders"] = Headers(Cors + "AccessControlExposeHeaders", (null, "none"), (Items("\"ETag\""), "ETag"), "Access-Control-Expose-Headers", WithCors),
        [Cors + "AccessControlMaxAgeSec"] = Headers(Cors + "AccessControlMaxAgeSec", (null, "none"), ("60", "60"), "Access-Control-Max-Age", WithCors),
        [Cors + "OriginOverride"] = Headers(Cors + "OriginOverride", ("false", "https://origin.example"), ("true", "*"), Allow + "Origin", WithCors),
        [Security + "XSSProtection.Override"] = Overrides("XSSProtection", """ "Protection": true """, "X-XSS-Protection", "1"),
        [Security + "XSSProtection.Protection"] = SecurityField("XSSProtection", ("\"Protection\": false", "0"), ("\"Protection\": true", "1"), "X-XSS-Protection"),
        [Security + "XSSProtection.ModeBlock"] = SecurityField("XSSProtection", ("\"Protection\": true", "1"), ("\"Protection\": true, \"ModeBlock\": true", "1; mode=block"), "X-XSS-Protection"),
        [Security + "XSSProtection.ReportUri"] = SecurityField("XSSProtection", ("\"Protection\": true", "1"), ("\"Protection\": true, \"ReportUri\": \"/r\"", "1; report=/r"), "X-XSS-Protection"),
        [Security + "FrameOptions.Override"] = Overrides("FrameOptions", """ "FrameOption": "DENY" """, "X-Frame-Options", "DENY"),
        [Security + "FrameOptions.FrameOption"] = SecurityField("FrameOptions", ("\"FrameOption\": \"DENY\"", "DENY"), ("\"FrameOption\": \"SAMEORIGIN\"", "SAMEORIGIN"), "X-Frame-Options"),
        [Security + "ReferrerPolicy.Override"] = Overrides("ReferrerPolicy", """ "ReferrerPolicy": "no-referrer" """, "Referrer-Policy", "no-referrer"),
        [Security + "ReferrerPolicy.ReferrerPolicy"] = SecurityField("ReferrerPolicy", ("\"ReferrerPolicy\": \"origin\"", "origin"), ("\"ReferrerPolicy\": \"unsafe-url\"", "unsafe-url"), "Referrer-Policy"),
        [Security + "ContentSecurityPolicy.Override"] = Overrides("ContentSecurityPolicy", """ "ContentSecurityPolicy": "default-src 'self'" """, "Content-Security-Policy", "default-src 'self'"),
        [Security + "ContentSecurityPolicy.ContentSecurityPolicy"] = SecurityField(
            "ContentSecurityPolicy", ("\"ContentSecurityPolicy\": \"img-src *\"", "img-src *"), ("\"ContentSecurityPolicy\": \"default-src 'self'\"", "default-src 'self'"), "Content-Security-Policy"),
        [Security + "ContentTypeOptions.Override"] = Overrides("ContentTypeOptions", "", "X-Content-Type-Options", "nosniff"),
        [Security + "StrictTransportSecurity.Override"] = Overrides("StrictTransportSecurity", """ "AccessControlMaxAgeSec": 60 """, Hsts, "max-age=60"),
        [Security + "StrictTransportSecurity.IncludeSubdomains"] = SecurityField(
            "StrictTransportSecurity", ("\"AccessControlMaxAgeSec\": 60", "max-age=60"), ("\"AccessControlMaxAgeSec\": 60, \"IncludeSubdomains\": true", "max-age=60; includeSubDomains"), Hsts),
        [Security + "StrictTransportSecurity.Preload"] = SecurityField(
            "StrictTransportSecurity", ("\"AccessControlMaxAgeSec\": 60", "max-age=60"), ("\"AccessControlMaxAgeSec\": 60, \"Preload\": true", "max-age=60; preload"), Hsts),
        [Security + "StrictTransportSecurity.AccessControlMaxAgeSec"] = SecurityField(
            "StrictTransportSecurity", ("\"AccessControlMaxAgeSec\": 60", "max-age=60"), ("\"AccessControlMaxAgeSec\": 61", "max-age=61"), Hsts),
        ["ServerTimingHeadersConfig.Enabled"] = Case.Enforced(
            Site.OfResponseHeadersPolicy, "ServerTimingHeadersConfig", ("""{ "Enabled": false, "SamplingRate": 100 }""", "no"), ("""{ "Enabled": true, "SamplingRate": 100 }""", "yes"), HasTimingAsync),
        ["ServerTimingHeadersConfig.SamplingRate"] = Case.Enforced(
            Site.OfResponseHeadersPolicy, "ServerTimingHeadersConfig", ("""{ "Enabled": true, "SamplingRate": 0 }""", "no"), ("""{ "Enabled": true, "SamplingRate": 100 }""", "yes"), HasTimingAsync),
        ["CustomHeadersConfig.Header"] = Headers("CustomHeadersConfig", (Custom("X-A", "a"), "a"), (Custom("X-B", "a"), "none"), "X-A"),
        ["CustomHeadersConfig.Value"] = Headers("CustomHeadersConfig", (Custom("X-A", "a"), "a"), (Custom("X-A", "b"), "b"), "X-A"),
        ["CustomHeadersConfig.Override"] = Headers("CustomHeadersConfig", (Custom("X-Origin", "a"), "origin"), (Custom("X-Origin", "a", "true"), "a"), "X-Origin"),
        ["RemoveHeadersConfig.Header"] = Headers(
            "RemoveHeadersConfig", (Items("""{ "Header": "X-A" }"""), "origin"), (Items("""{ "Header": "X-Origin" }"""), "none"), "X-Origin"),
    };

    /// <summary>What a preflight gets of a field, with one value and with the other.</summary>
    private static Case Headers(string path, (string? Json, string Seen) one, (string? Json, string Seen) other, string field, Action<Site>? before = null) =>
        Case.Enforced(
            Site.OfResponseHeadersPolicy, path, one, other,
            site => AnsweredAsync(site, field, "OPTIONS", $"Origin: {Page}\r\nAccess-Control-Request-Method: PUT\r\n"),
            site =>
            {
                site.One.Reply($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Origin: origin\r\n{(path == Cors + "OriginOverride" ? "Access-Control-Allow-Origin: https://origin.example\r\n" : "")}\r\nok");
                before?.Invoke(site);
            });

    /// <summary>A CORS block that is whole.</summary>
    private static void WithCors(Site site) => site.Set("CorsConfig", """
        {
          "AccessControlAllowOrigins": { "Quantity": 1, "Items": ["*"] }, "AccessControlAllowHeaders": { "Quantity": 1, "Items": ["X-A"] },
          "AccessControlAllowMethods": { "Quantity": 1, "Items": ["GET"] }, "AccessControlAllowCredentials": false, "OriginOverride": false
        }
        """);

    private static Case SecurityField(string block, (string Members, string Seen) one, (string Members, string Seen) other, string field) =>
        Headers(Security + block, ($$"""{ "Override": true, {{one.Members}} }""", one.Seen), ($$"""{ "Override": true, {{other.Members}} }""", other.Seen), field);

    /// <summary>The field is the origin's, and then the policy's.</summary>
    private static Case Overrides(string block, string members, string field, string value)
    {
        string Block(string overrides) => $$"""{ "Override": {{overrides}}{{(members.Length > 0 ? "," : "")}}{{members}} }""";
        return Case.Enforced(
            Site.OfResponseHeadersPolicy, Security + block, (Block("false"), "origin"), (Block("true"), value), site => AnsweredAsync(site, field),
            site => site.One.Reply($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n{field}: origin\r\n\r\nok"));
    }

    private static string Custom(string name, string value, string overrides = "false") =>
        Items($$"""{ "Header": "{{name}}", "Value": "{{value}}", "Override": {{overrides}} }""");

    private static async Task<string> HasTimingAsync(Site site) => await AnsweredAsync(site, "Server-Timing") == "none" ? "no" : "yes";

    /// <summary>What the viewer gets of a field; <c>none</c> if nothing.</summary>
    internal static async Task<string> AnsweredAsync(Site site, string name, string method = "GET", string headers = "")
    {
        var answer = await site.Dev.AskAsync(method: method, headers: headers);
        Assert.Equal(200, answer.Status);
        return answer[name] ?? "none";
    }

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
