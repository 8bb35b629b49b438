using System.Globalization;
using Brink.Configuration;
using Brink.Policies;

namespace Brink.Tests.Policies;

public sealed class ResponseHeadersPolicyReaderTests
{
    private const string Whole = """
        {
          "Comment": "c", "Name": "mine",
          "CorsConfig": {
            "AccessControlAllowOrigins": { "Quantity": 2, "Items": ["https://example.org", "https://*.example.net"] },
            "AccessControlAllowHeaders": { "Quantity": 3, "Items": ["Content-Type", "X-Api-*", "X-One"] },
            "AccessControlAllowMethods": { "Quantity": 1, "Items": ["ALL"] },
            "AccessControlAllowCredentials": false,
            "AccessControlExposeHeaders": { "Quantity": 2, "Items": ["ETag", "X-Two"] },
            "AccessControlMaxAgeSec": 600, "OriginOverride": true
          },
          "SecurityHeadersConfig": {
            "XSSProtection": { "Override": true, "Protection": true, "ModeBlock": false, "ReportUri": "/report" },
            "FrameOptions": { "Override": false, "FrameOption": "DENY" },
            "ReferrerPolicy": { "Override": true, "ReferrerPolicy": "no-referrer" },
            "ContentSecurityPolicy": { "Override": false, "ContentSecurityPolicy": "default-src 'self'" },
            "ContentTypeOptions": { "Override": true },
            "StrictTransportSecurity": { "Override": false, "IncludeSubdomains": true, "Preload": true, "AccessControlMaxAgeSec": 63072000 }
          },
          "ServerTimingHeadersConfig": { "Enabled": true, "SamplingRate": 12.3456 },
          "CustomHeadersConfig": { "Quantity": 2, "Items": [ { "Header": "X-A", "Value": " a b ", "Override": true }, { "Header": "X-Empty", "Value": "", "Override": false } ] },
          "RemoveHeadersConfig": { "Quantity": 2, "Items": [ { "Header": "X-Powered-By" }, { "Header": "Server" } ] }
        }
        """;

    [Fact]
    public void Config_BecomesFieldsAsTheyGoOnTheWire()
    {
        var (policy, mistakes) = PolicyConfigReader.ReadResponseHeadersPolicy(Whole, "id-1");

        Assert.Empty(mistakes);
        Assert.Equal(("id-1", "mine"), (policy!.Id, policy.Name));
        Assert.Equal(
            [
                new("X-XSS-Protection", "1; report=/report", true),
                new("X-Frame-Options", "DENY", false),
                new("Referrer-Policy", "no-referrer", true),
                new("Content-Security-Policy", "default-src 'self'", false),
                new("X-Content-Type-Options", "nosniff", true),
                new("Strict-Transport-Security", "max-age=63072000; includeSubDomains; preload", false),
                new("X-A", "a b", true),
                new("X-Empty", "", false),
            ], policy.AddedHeaders);
        Assert.Equal(["X-Powered-By", "Server"], policy.RemovedHeaders);
        Assert.Equal(123_456, policy.ServerTiming!.PerMillion);
        var cors = policy.Cors!;
        Assert.Equal("https://a.example.net", cors.AllowOriginFor("https://a.example.net"));
        Assert.Null(cors.AllowOriginFor("https://a.example.com"));
        Assert.Equal("DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT", cors.AllowMethods);
        Assert.Equal("Content-Type, X-One", cors.AllowHeadersFor(null));
        Assert.Equal("Content-Type, X-One, x-api-key", cors.AllowHeadersFor("content-type, x-api-key,x-other"));
        Assert.Equal(("ETag, X-Two", "600", false, true, false), (cors.ExposeHeaders, cors.MaxAge, cors.AllowsCredentials, cors.Override, cors.AllowsAnyOrigin));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("""{ "ETag": "E1", "ResponseHeadersPolicyConfig": """, "}")]
    [InlineData("""{ "ETag": "E1", "ResponseHeadersPolicy": { "Id": "given", "LastModifiedTime": "2026-01-01T00:00:00Z", "ResponseHeadersPolicyConfig": """, "}}")]
    public void Config_IsReadAsItIsPrinted(string before, string after)
    {
        var (policy, mistakes) = PolicyConfigReader.ReadResponseHeadersPolicy(before + Whole + after, "file");

        Assert.Empty(mistakes);
        Assert.Equal(before.Contains("given", StringComparison.Ordinal) ? "given" : "file", policy!.Id);
        Assert.Equal(8, policy.AddedHeaders.Length);
    }

    [Fact]
    public void NameAlone_IsAPolicyThatDoesNothing()
    {
        var (policy, mistakes) = PolicyConfigReader.ReadResponseHeadersPolicy("""{ "Name": "n", "CorsConfig": null, "CustomHeadersConfig": { "Quantity": 0 } }""", "i");

        Assert.Empty(mistakes);
        Assert.Equal(new ResponseHeadersPolicy { Id = "i", Name = "n", RemovedHeaders = policy!.RemovedHeaders, AddedHeaders = policy.AddedHeaders }, policy);
        Assert.Empty(policy.AddedHeaders);
        Assert.Empty(policy.RemovedHeaders);
    }

    [Theory]
    [InlineData("""{ "Protection": false }""", "0")]
    [InlineData("""{ "Protection": true }""", "1")]
    [InlineData("""{ "Protection": true, "ModeBlock": true }""", "1; mode=block")]
    [InlineData("""{ "Protection": true, "ModeBlock": true, "ReportUri": "" }""", "1; mode=block")]
    [InlineData("""{ "Protection": true, "ReportUri": "https://example.org/r" }""", "1; report=https://example.org/r")]
    public void XssProtection_HasItsForms(string block, string value) =>
        Assert.Equal(value, Security("XSSProtection", block.Replace("{ ", """{ "Override": true, """, StringComparison.Ordinal)));

    [Theory]
    [InlineData("\"AccessControlMaxAgeSec\": 0", "max-age=0")]
    [InlineData("\"AccessControlMaxAgeSec\": 31536000, \"IncludeSubdomains\": true", "max-age=31536000; includeSubDomains")]
    [InlineData("\"AccessControlMaxAgeSec\": 31536000, \"Preload\": true", "max-age=31536000; preload")]
    public void StrictTransportSecurity_HasItsForms(string members, string value) =>
        Assert.Equal(value, Security("StrictTransportSecurity", $$"""{ "Override": true, {{members}} }"""));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.0001", 1)]
    [InlineData("50", 500_000)]
    [InlineData("99.9999", 999_999)]
    [InlineData("100", 1_000_000)]
    public void SamplingRate_HasFourDecimals(string rate, int perMillion) =>
        Assert.Equal(
            perMillion,
            Read($$"""{ "Name": "n", "ServerTimingHeadersConfig": { "Enabled": true, "SamplingRate": {{rate}} } }""").Value!.ServerTiming!.PerMillion);

    [Fact]
    public void ServerTimingThatIsOff_IsNone() =>
        Assert.Null(Read("""{ "Name": "n", "ServerTimingHeadersConfig": { "Enabled": false, "SamplingRate": 100 } }""").Value!.ServerTiming);

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "{}", "$.Name", "required" },
        { """{ "Name": "Managed-x" }""", "$.Name", "Managed-" },
        { """{ "Name": "n", "CorsConfg": {} }""", "$.CorsConfg", "no such setting" },
        { With("ServerTimingHeadersConfig", """{ "Enabled": true, "SamplingRate": 100.1 }"""), "$.ServerTimingHeadersConfig.SamplingRate", "not between 0 and 100" },
        { With("ServerTimingHeadersConfig", """{ "Enabled": true, "SamplingRate": -1 }"""), "$.ServerTimingHeadersConfig.SamplingRate", "not between 0 and 100" },
        { With("ServerTimingHeadersConfig", """{ "Enabled": true, "SamplingRate": 0.00001 }"""), "$.ServerTimingHeadersConfig.SamplingRate", "at most 4 decimals" },
        { With("ServerTimingHeadersConfig", """{ "Enabled": true, "SamplingRate": "50" }"""), "$.ServerTimingHeadersConfig.SamplingRate", "not a number" },
        { With("ServerTimingHeadersConfig", """{ "Enabled": true, "SamplingRate": 1e400 }"""), "$.ServerTimingHeadersConfig.SamplingRate", "not a number" },
        { With("ServerTimingHeadersConfig", "{}"), "$.ServerTimingHeadersConfig.Enabled", "required" },
        { SecurityBlock("FrameOptions", """{ "Override": true, "FrameOption": "ALLOW-FROM" }"""), "$.SecurityHeadersConfig.FrameOptions.FrameOption", "not one of DENY, SAMEORIGIN" },
        { SecurityBlock("FrameOptions", """{ "FrameOption": "DENY" }"""), "$.SecurityHeadersConfig.FrameOptions.Override", "required" },
        { SecurityBlock("ReferrerPolicy", """{ "Override": true, "ReferrerPolicy": "never" }"""), "$.SecurityHeadersConfig.ReferrerPolicy.ReferrerPolicy", "not one of" },
        { SecurityBlock("ContentSecurityPolicy", """{ "Override": true, "ContentSecurityPolicy": "" }"""), "$.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy", "empty" },
        { SecurityBlock("ContentSecurityPolicy", """{ "Override": true, "ContentSecurityPolicy": "a\nb" }"""), "$.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy", "cannot stand in a header" },
        { SecurityBlock("ContentSecurityPolicy", $$"""{ "Override": true, "ContentSecurityPolicy": "{{new string('x', 1784)}}" }"""), "$.SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy", "1784 characters are more than 1783" },
        { SecurityBlock("XSSProtection", """{ "Override": true, "Protection": true, "ModeBlock": true, "ReportUri": "/r" }"""), "$.SecurityHeadersConfig.XSSProtection.ReportUri", "exclude each other" },
        { SecurityBlock("XSSProtection", """{ "Override": true, "Protection": true, "ReportUri": "/r\r\nX: y" }"""), "$.SecurityHeadersConfig.XSSProtection.ReportUri", "cannot stand" },
        { SecurityBlock("StrictTransportSecurity", """{ "Override": true, "AccessControlMaxAgeSec": -1 }"""), "$.SecurityHeadersConfig.StrictTransportSecurity.AccessControlMaxAgeSec", "not between" },
        { Custom("X A", "v"), "$.CustomHeadersConfig.Items[0].Header", "not a header name" },
        { Custom("X-A", "a\\r\\nb"), "$.CustomHeadersConfig.Items[0].Value", "cannot stand in a header" },
        { Custom("content-length", "1"), "$.CustomHeadersConfig.Items[0].Header", "the edge's own" },
        { Custom("X-Amz-Cf-Pop", "1"), "$.CustomHeadersConfig.Items[0].Header", "the edge's own" },
        { Custom("x-frame-options", "DENY"), "$.CustomHeadersConfig.Items[0].Header", "security header" },
        { Custom("access-control-allow-origin", "*"), "$.CustomHeadersConfig.Items[0].Header", "belongs to CORS" },
        { Listed("CustomHeadersConfig", ["X-A", "x-a"]), "$.CustomHeadersConfig.Items[1].Header", "listed twice" },
        { Listed("CustomHeadersConfig", Enumerable.Range(0, 11).Select(i => $"X-{i}")), "$.CustomHeadersConfig.Items", "11 headers are more than 10" },
        { Listed("RemoveHeadersConfig", Enumerable.Range(0, 11).Select(i => $"X-{i}")), "$.RemoveHeadersConfig.Items", "11 headers are more than 10" },
        { Listed("RemoveHeadersConfig", ["X-A", "x-a"]), "$.RemoveHeadersConfig.Items[1].Header", "listed twice" },
        { Cors("AccessControlAllowOrigins", "[]"), "$.CorsConfig.AccessControlAllowOrigins", "empty" },
        { Cors("AccessControlAllowOrigins", """["exa*mple.org"]"""), "$.CorsConfig.AccessControlAllowOrigins", "has a star" },
        { Cors("AccessControlAllowMethods", """["GET", "ALL"]"""), "$.CorsConfig.AccessControlAllowMethods", "stands beside" },
        { Cors("AccessControlAllowMethods", """["get"]"""), "$.CorsConfig.AccessControlAllowMethods", "not a method" },
        { Cors("AccessControlAllowHeaders", """["X-*-*"]"""), "$.CorsConfig.AccessControlAllowHeaders", "more than one star" },
        { Cors("AccessControlAllowHeaders", """["X A"]"""), "$.CorsConfig.AccessControlAllowHeaders", "not a header name" },
        { Cors("AccessControlAllowHeaders", """["*"]""").Replace("false", "true", StringComparison.Ordinal), "$.CorsConfig.AccessControlAllowHeaders", "AccessControlAllowCredentials is true" },
        { Cors("AccessControlExposeHeaders", """["a\nb"]"""), "$.CorsConfig.AccessControlExposeHeaders", "not a header name" },
        { With("CorsConfig", "{}"), "$.CorsConfig.AccessControlAllowMethods", "required" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void WrongSetting_IsRefused(string json, string path, string rule)
    {
        var (policy, mistakes) = Read(json);

        Assert.Null(policy);
        Assert.Contains(mistakes, each => each.Path == path && each.Rule.Contains(rule, StringComparison.Ordinal));
    }

    public static TheoryData<string> Unremovable =>
    [
        "Connection", "Content-Encoding", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Trailer",
        "Transfer-Encoding", "Upgrade", "Via", "Warning", "X-Accel-Buffering", "X-Accel-Charset", "X-Accel-Limit-Rate", "X-Accel-Redirect", "X-Amz-Cf-Id", "x-amz-cf-pop",
        "X-Amzn-Auth", "X-Amzn-Cf-Billing", "X-Amzn-Cf-Id", "X-Amzn-Cf-Xff", "X-Amzn-ErrorType", "X-Amzn-Fle-Profile", "X-Amzn-Header-Count", "X-Amzn-Header-Order",
        "X-Amzn-Lambda-Integration-Tag", "X-Amzn-RequestId", "X-Cache", "X-Edge-Location", "X-Forwarded-Proto", "X-Real-Ip",
    ];

    [Theory]
    [MemberData(nameof(Unremovable))]
    public void HeaderThatCannotBeRemoved_IsRefused(string name) =>
        Assert.Contains(
            Read(Listed("RemoveHeadersConfig", [name])).Mistakes,
            each => each.Path == "$.RemoveHeadersConfig.Items[0].Header" && each.Rule.Contains("cannot be removed", StringComparison.Ordinal));

    [Theory]
    [InlineData("60669652-455b-4ae9-85a4-c4c02393f86c", "SimpleCORS")]
    [InlineData("5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Preflight")]
    [InlineData("67f7725c-6f97-4210-82d7-5512b31e9d03", "SecurityHeadersPolicy")]
    [InlineData("e61eb60c-9c35-4d20-a928-2b84e02af89c", "CORS-and-SecurityHeadersPolicy")]
    [InlineData("eaab4381-ed33-4a86-88ca-d9558dc6cd63", "CORS-with-preflight-and-SecurityHeadersPolicy")]
    public void ManagedPolicy_IsFoundByIdAndName(string id, string name)
    {
        var byId = ManagedPolicies.FindResponseHeadersPolicy(id);

        Assert.NotNull(byId);
        Assert.Equal("Managed-" + name, byId.Name);
        foreach (var other in new[] { id.ToUpperInvariant(), name, name.ToLowerInvariant(), "Managed-" + name, "managed-" + name })
            Assert.Same(byId, ManagedPolicies.FindResponseHeadersPolicy(other));
        Assert.Equal(name.Contains("CORS", StringComparison.Ordinal), byId.Cors is not null);
        Assert.Equal(name.Contains("Security", StringComparison.Ordinal) ? 5 : 0, byId.AddedHeaders.Length);
        Assert.Equal(byId.AddedHeaders.Where(added => added.Name == "X-Content-Type-Options"), byId.AddedHeaders.Where(added => added.Override));
        Assert.Equal(name.Contains("preflight", StringComparison.OrdinalIgnoreCase) ? "*" : null, byId.Cors?.ExposeHeaders);
    }

    [Fact]
    public void NameOfNoPolicy_IsNotFound() => Assert.Null(ManagedPolicies.FindResponseHeadersPolicy("CachingOptimized"));

    private static Brink.Configuration.ConfigResult<ResponseHeadersPolicy> Read(string json) => PolicyConfigReader.ReadResponseHeadersPolicy(json, "i");

    private static string With(string block, string json) => $$"""{ "Name": "n", "{{block}}": {{json}} }""";

    private static string SecurityBlock(string name, string block) => With("SecurityHeadersConfig", $$"""{ "{{name}}": {{block}} }""");

    /// <summary>The value that a block makes.</summary>
    private static string Security(string name, string block) => Assert.Single(Read(SecurityBlock(name, block)).Value!.AddedHeaders).Value;

    private static string Custom(string name, string value) =>
        With("CustomHeadersConfig", $$"""{ "Quantity": 1, "Items": [ { "Header": "{{name}}", "Value": "{{value}}", "Override": true } ] }""");

    private static string Listed(string block, IEnumerable<string> names)
    {
        var values = block == "CustomHeadersConfig" ? ", \"Value\": \"v\", \"Override\": true" : "";
        var items = names.Select(name => $$"""{ "Header": "{{name}}"{{values}} }""").ToList();
        return With(block, $$"""{ "Quantity": {{items.Count.ToString(CultureInfo.InvariantCulture)}}, "Items": [ {{string.Join(", ", items)}} ] }""");
    }

    /// <summary>A block that is right but for one list.</summary>
    private static string Cors(string list, string items)
    {
        var lists = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AccessControlAllowOrigins"] = """["*"]""", ["AccessControlAllowHeaders"] = """["X-A"]""", ["AccessControlAllowMethods"] = """["GET"]""", ["AccessControlExposeHeaders"] = "[]",
            [list] = items,
        };
        string Of(KeyValuePair<string, string> each) =>
            $$"""
            "{{each.Key}}": { "Quantity": {{System.Text.Json.Nodes.JsonNode.Parse(each.Value)!.AsArray().Count.ToString(CultureInfo.InvariantCulture)}}, "Items": {{each.Value}} }
            """;
        return With("CorsConfig", $$"""{ {{string.Join(", ", lists.Select(Of))}}, "AccessControlAllowCredentials": false, "OriginOverride": false }""");
    }
}
