using System.Collections.Immutable;
using System.Globalization;
using Brink.Configuration;

namespace Brink.Policies;

/// <summary>
/// Response headers policies from the JSON of the API (distribution spec 2.7). Values are made here, once for all responses.
/// </summary>
internal static class ResponseHeadersPolicyReader
{
    /// <summary>AccessControlAllowMethods that stands for all of them.</summary>
    private const string AllMethods = "ALL";

    private static readonly string[] Methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

    private static readonly string[] ReferrerPolicies =
    [
        "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin",
        "strict-origin-when-cross-origin", "unsafe-url",
    ];

    /// <summary>The fields that a policy can set only by the block that is for them.</summary>
    private static readonly string[] SecurityHeaders =
    [
        "X-XSS-Protection", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "X-Content-Type-Options",
        "Strict-Transport-Security",
    ];

    // Those that the edge frames the message with, and those that say what it did.
    private static readonly string[] Untouchable =
    [
        "Connection", "Content-Encoding", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Connection", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "Warning", "X-Accel-Buffering", "X-Accel-Charset",
        "X-Accel-Limit-Rate", "X-Accel-Redirect", "X-Amzn-Auth", "X-Amzn-Cf-Billing", "X-Amzn-Cf-Id", "X-Amzn-Cf-Xff", "X-Amzn-ErrorType",
        "X-Amzn-Fle-Profile", "X-Amzn-Header-Count", "X-Amzn-Header-Order", "X-Amzn-Lambda-Integration-Tag", "X-Amzn-RequestId", "X-Cache",
        "X-Forwarded-Proto", "X-Real-Ip",
    ];

    private static readonly string[] UntouchablePrefixes = ["X-Amz-Cf-", "X-Edge-"];

    /// <summary>The policy in a ResponseHeadersPolicyConfig.</summary>
    public static ResponseHeadersPolicy Read(ConfigObject root, string id, string name)
    {
        root.Ignore("Comment");
        return new ResponseHeadersPolicy
        {
            Id = id,
            Name = name,
            RemovedHeaders = ReadRemoved(root),
            Cors = ReadCors(root),
            AddedHeaders = [.. ReadSecurity(root), .. ReadCustom(root)],
            ServerTiming = ReadServerTiming(root),
        };
    }

    private static CorsHeaders? ReadCors(ConfigObject root)
    {
        if (root.Object("CorsConfig") is not { } config)
            return null;
        var origins = ReadOrigins(config);
        var credentials = config.Flag("AccessControlAllowCredentials", required: true) ?? false;
        var cors = new CorsHeaders(
            origins, ReadMethods(config), ReadAllowedHeaders(config, credentials), ReadFieldNames(config, "AccessControlExposeHeaders"))
        {
            AllowsCredentials = credentials,
            MaxAge = config.Number("AccessControlMaxAgeSec", 0, int.MaxValue)?.ToString(CultureInfo.InvariantCulture),
            Override = config.Flag("OriginOverride", required: true) ?? false,
        };
        config.Close();
        return cors;
    }

    private static ImmutableArray<AllowedOrigin> ReadOrigins(ConfigObject config)
    {
        const string list = "AccessControlAllowOrigins";
        var origins = ImmutableArray.CreateBuilder<AllowedOrigin>();
        foreach (var text in ReadSome(config, list))
        {
            if (AllowedOrigin.TryParse(text, out var origin, out var problem))
                origins.Add(origin);
            else
                config.Mistake(list, $"'{text}' {problem}", "Write *, or an origin such as https://example.org or https://*.example.org");
        }
        return origins.ToImmutable();
    }

    private static ImmutableArray<string> ReadMethods(ConfigObject config)
    {
        const string list = "AccessControlAllowMethods";
        var methods = ReadSome(config, list);
        if (methods is [AllMethods])
            return [.. Methods];
        foreach (var method in methods)
        {
            if (method == AllMethods)
                config.Mistake(list, $"{AllMethods} stands beside other methods", "List it alone");
            else if (!Methods.Contains(method))
                config.Mistake(list, $"'{method}' is not a method", $"Use {AllMethods}, or some of {string.Join(", ", Methods)}");
        }
        return [.. methods];
    }

    private static ImmutableArray<string> ReadAllowedHeaders(ConfigObject config, bool allowsCredentials)
    {
        const string list = "AccessControlAllowHeaders";
        var names = ReadSome(config, list);
        CheckFieldNames(config, list, names);
        foreach (var name in names)
        {
            if (allowsCredentials && name.Contains('*'))
                config.Mistake(
                    list, $"'{name}' has a star, which means nothing to a viewer where AccessControlAllowCredentials is true",
                    "Name the headers, or set AccessControlAllowCredentials to false");
            else if (name.Count(character => character == '*') > 1)
                config.Mistake(list, $"'{name}' has more than one star", "Leave one");
        }
        return [.. names];
    }

    private static ImmutableArray<string> ReadFieldNames(ConfigObject config, string list)
    {
        var names = config.TextList(list);
        CheckFieldNames(config, list, names);
        return [.. names];
    }

    private static void CheckFieldNames(ConfigObject config, string list, List<string> names)
    {
        foreach (var name in names)
        {
            if (!HeaderNames.IsToken(name)) // a star is the character of a token
                config.Mistake(list, $"'{name}' is not a header name", "Correct it, or write *");
        }
    }

    private static List<string> ReadSome(ConfigObject config, string list)
    {
        var texts = config.TextList(list, required: true);
        if (texts.Count == 0 && config.Has(list))
            config.Mistake(list, "the list is empty", "Name at least one item, or leave out CorsConfig");
        return texts;
    }

    private static List<AddedHeader> ReadSecurity(ConfigObject root)
    {
        var added = new List<AddedHeader>();
        if (root.Object("SecurityHeadersConfig") is not { } config)
            return added;
        Add("XSSProtection", "X-XSS-Protection", ReadXssProtection);
        Add("FrameOptions", "X-Frame-Options", block => block.OneOf("FrameOption", required: true, "DENY", "SAMEORIGIN"));
        Add("ReferrerPolicy", "Referrer-Policy", block => block.OneOf("ReferrerPolicy", required: true, ReferrerPolicies));
        Add("ContentSecurityPolicy", "Content-Security-Policy", ReadContentSecurityPolicy);
        Add("ContentTypeOptions", "X-Content-Type-Options", _ => "nosniff");
        Add("StrictTransportSecurity", "Strict-Transport-Security", ReadStrictTransportSecurity);
        config.Close();
        return added;

        void Add(string name, string header, Func<ConfigObject, string?> read)
        {
            if (config.Object(name) is not { } block)
                return;
            var replaces = block.Flag("Override", required: true) ?? false;
            added.Add(new AddedHeader(header, read(block) ?? "", replaces));
            block.Close();
        }
    }

    private static string ReadXssProtection(ConfigObject block)
    {
        var value = block.Flag("Protection", required: true) == true ? "1" : "0";
        var blocks = block.Flag("ModeBlock") == true;
        var report = block.Text("ReportUri") ?? "";
        if (!HeaderNames.IsValue(report) || report.Contains(';'))
            block.Mistake("ReportUri", $"'{report}' cannot stand in X-XSS-Protection", "Write a URI without line ends and semicolons");
        if (blocks && report.Length > 0)
            block.Mistake("ReportUri", "ModeBlock and ReportUri exclude each other", "Leave one of them");
        return blocks ? value + "; mode=block" : report.Length > 0 ? $"{value}; report={report}" : value;
    }

    private static string ReadContentSecurityPolicy(ConfigObject block)
    {
        const string name = "ContentSecurityPolicy";
        var value = block.Text(name, required: true) ?? "";
        if (value.Length > Limits.ContentSecurityPolicyLength)
            block.Mistake(
                name, $"{value.Length} characters are more than {Limits.ContentSecurityPolicyLength}", "Shorten it, or split the page");
        else if (block.Has(name) && (value.Length == 0 || !HeaderNames.IsValue(value)))
            block.Mistake(
                name, "the value is empty, or cannot stand in a header", "Write directives such as default-src 'self', in one line");
        return value;
    }

    private static string ReadStrictTransportSecurity(ConfigObject block)
    {
        var seconds = block.Number("AccessControlMaxAgeSec", 0, int.MaxValue, required: true) ?? 0;
        var value = string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}");
        if (block.Flag("IncludeSubdomains") == true)
            value += "; includeSubDomains";
        if (block.Flag("Preload") == true)
            value += "; preload";
        return value;
    }

    private static List<AddedHeader> ReadCustom(ConfigObject root)
    {
        var added = new List<AddedHeader>();
        if (root.Object("CustomHeadersConfig") is not { } list)
            return added;
        foreach (var item in list.Objects())
        {
            var name = item.Text("Header", required: true) ?? "";
            var value = item.Text("Value", required: true) ?? "";
            if (item.Has("Header"))
                CheckCustom(item, name, added);
            if (!HeaderNames.IsValue(value))
                item.Mistake("Value", "the value cannot stand in a header", "Write visible characters and blanks, in one line");
            added.Add(new AddedHeader(name, value.Trim(), item.Flag("Override", required: true) ?? false));
            item.Close();
        }
        if (added.Count > Limits.ResponseHeadersPolicyItems)
            list.Mistake("Items", $"{added.Count} headers are more than {Limits.ResponseHeadersPolicyItems}", "Shorten the list");
        list.Close();
        return added;
    }

    private static void CheckCustom(ConfigObject item, string name, List<AddedHeader> before)
    {
        const string header = "Header";
        if (!HeaderNames.IsToken(name))
            item.Mistake(header, $"'{name}' is not a header name", "Correct it");
        else if (IsUntouchable(name))
            item.Mistake(header, $"{name} is the edge's own", "Choose another header");
        else if (Contains(SecurityHeaders, name))
            item.Mistake(header, $"{name} is a security header, which cannot be a custom one", "Set it in SecurityHeadersConfig");
        else if (Contains(CorsHeaders.Names, name))
            item.Mistake(header, $"{name} belongs to CORS, and cannot be a custom header", "Set it in CorsConfig");
        else if (before.Any(other => other.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            item.Mistake(header, $"{name} is listed twice", "Leave one of them");
    }

    private static ImmutableArray<string> ReadRemoved(ConfigObject root)
    {
        var removed = new List<string>();
        if (root.Object("RemoveHeadersConfig") is not { } list)
            return [];
        foreach (var item in list.Objects())
        {
            var name = item.Text("Header", required: true) ?? "";
            if (item.Has("Header"))
                CheckRemoved(item, name, removed);
            removed.Add(name);
            item.Close();
        }
        if (removed.Count > Limits.ResponseHeadersPolicyItems)
            list.Mistake("Items", $"{removed.Count} headers are more than {Limits.ResponseHeadersPolicyItems}", "Shorten the list");
        list.Close();
        return [.. removed];
    }

    private static void CheckRemoved(ConfigObject item, string name, List<string> before)
    {
        const string header = "Header";
        if (!HeaderNames.IsToken(name))
            item.Mistake(header, $"'{name}' is not a header name", "Correct it");
        else if (IsUntouchable(name))
            item.Mistake(header, $"{name} cannot be removed", "Take it off the list");
        else if (Contains(before, name))
            item.Mistake(header, $"{name} is listed twice", "Leave one of them");
    }

    private static ServerTimingSampling? ReadServerTiming(ConfigObject root)
    {
        if (root.Object("ServerTimingHeadersConfig") is not { } config)
            return null;
        var isEnabled = config.Flag("Enabled", required: true) ?? false;
        // AWS does not say what it takes where there is none: then only requests that ask for it get the field.
        var percent = config.Decimal("SamplingRate", 0, 100, decimals: 4) ?? 0;
        config.Close();
        return isEnabled ? new ServerTimingSampling((int)(percent * 10_000)) : null;
    }

    private static bool IsUntouchable(string name) =>
        Contains(Untouchable, name) || UntouchablePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    private static bool Contains(IEnumerable<string> names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
