using System.Collections.Immutable;
using System.Text;
using Brink.Configuration;
using Brink.Http;

namespace Brink.Policies;

/// <summary>
/// Policies from the JSON of the API: what <c>aws cloudfront create-cache-policy --cache-policy-config</c>,
/// <c>create-origin-request-policy --origin-request-policy-config</c> and
/// <c>create-response-headers-policy --response-headers-policy-config</c> take (distribution spec 2.5 to 2.7), and what
/// <c>get-cache-policy</c> and its like print.
/// </summary>
public static class PolicyConfigReader
{
    private const string CloudFrontViewer = "CloudFront-Viewer-";
    private const long Day = 86_400;
    private const long Year = 31_536_000;

    // Beside those that no origin gets (distribution spec 2.5, 3.9).
    private static readonly string[] NeverInKey = ["Cookie", "Cache-Control", "Pragma", "Max-Forwards", "Request-Range"];

    /// <summary>Reads a CachePolicyConfig. The caller gives the id where the document has none.</summary>
    public static ConfigResult<CachePolicy> ReadCachePolicy(string json, string id) =>
        ConfigObject.Read(
            json, root => PrintedForm.Read(root, "CachePolicy", (config, printed) => ReadCachePolicy(config, printed?.Text("Id") ?? id)));

    /// <summary>Reads an OriginRequestPolicyConfig. The caller gives the id where the document has none.</summary>
    public static ConfigResult<OriginRequestPolicy> ReadOriginRequestPolicy(string json, string id) =>
        ConfigObject.Read(
            json,
            root => PrintedForm.Read(
                root, "OriginRequestPolicy", (config, printed) => ReadOriginRequestPolicy(config, printed?.Text("Id") ?? id)));

    /// <summary>Reads a ResponseHeadersPolicyConfig. The caller gives the id where the document has none.</summary>
    public static ConfigResult<ResponseHeadersPolicy> ReadResponseHeadersPolicy(string json, string id) =>
        ConfigObject.Read(
            json,
            root => PrintedForm.Read(
                root, "ResponseHeadersPolicy",
                (config, printed) => ReadResponseHeadersPolicy(config, printed?.Text("Id") ?? id)));

    internal static ResponseHeadersPolicy ReadResponseHeadersPolicy(ConfigObject config, string id) =>
        ResponseHeadersPolicyReader.Read(config, id, ReadName(config));

    /// <summary>The three TTLs with their defaults, checked against each other.</summary>
    internal static (TimeSpan Min, TimeSpan Default, TimeSpan Max) ReadTtls(ConfigObject config, bool minRequired)
    {
        var min = config.Number("MinTTL", 0, int.MaxValue, minRequired) ?? 0;
        var byDefault = config.Number("DefaultTTL", 0, int.MaxValue) ?? Math.Max(Day, min);
        var max = config.Number("MaxTTL", 0, int.MaxValue) ?? Math.Max(Year, byDefault);
        if (min > byDefault || byDefault > max)
        {
            config.Mistake(
                $"MinTTL {min}, DefaultTTL {byDefault} and MaxTTL {max} are not in ascending order",
                "Make MinTTL <= DefaultTTL <= MaxTTL; a DefaultTTL left out is 86400");
        }
        return (TimeSpan.FromSeconds(min), TimeSpan.FromSeconds(byDefault), TimeSpan.FromSeconds(max));
    }

    internal static CachePolicy ReadCachePolicy(ConfigObject root, string id)
    {
        root.Ignore("Comment");
        var name = ReadName(root);
        var (min, byDefault, max) = ReadTtls(root, minRequired: true);
        var policy = new CachePolicy { Id = id, Name = name, MinTtl = min, DefaultTtl = byDefault, MaxTtl = max };
        if (root.Object("ParametersInCacheKeyAndForwardedToOrigin") is not { } key)
            return policy;
        policy = policy with
        {
            EnableAcceptEncodingGzip = key.Flag("EnableAcceptEncodingGzip", required: true) ?? false,
            EnableAcceptEncodingBrotli = key.Flag("EnableAcceptEncodingBrotli") ?? false,
            Headers = ReadKeyHeaders(key, key.Flag("EnableAcceptEncodingGzip") == true || key.Flag("EnableAcceptEncodingBrotli") == true),
            Cookies = ReadItems(key, "CookiesConfig", "CookieBehavior", "Cookies"),
            QueryStrings = ReadItems(key, "QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
        };
        key.Close();
        if (policy.CachingDisabled && HasKey(policy))
        {
            root.Mistake(
                "ParametersInCacheKeyAndForwardedToOrigin",
                "with MaxTTL 0 nothing is cached, so nothing may be in the key",
                "Set every behavior to none and both encodings to false, or raise MaxTTL; to forward items use an origin request policy");
        }
        return policy;
    }

    internal static OriginRequestPolicy ReadOriginRequestPolicy(ConfigObject root, string id)
    {
        root.Ignore("Comment");
        var name = ReadName(root);
        var (headers, cloudFrontHeaders) = ReadForwardedHeaders(root);
        return new OriginRequestPolicy
        {
            Id = id,
            Name = name,
            Headers = headers,
            CloudFrontHeaders = cloudFrontHeaders,
            Cookies = ReadItems(root, "CookiesConfig", "CookieBehavior", "Cookies"),
            QueryStrings = ReadItems(root, "QueryStringsConfig", "QueryStringBehavior", "QueryStrings"),
        };
    }

    private static string ReadName(ConfigObject root)
    {
        var name = root.Text("Name", required: true) ?? "";
        if (name.Length > 128)
            root.Mistake("Name", "the name is longer than 128 characters", "Shorten it");
        if (name.StartsWith("Managed-", StringComparison.Ordinal))
            root.Mistake("Name", "the prefix Managed- belongs to AWS's own policies", "Choose another name");
        return name;
    }

    private static bool HasKey(CachePolicy policy) =>
        policy.EnableAcceptEncodingGzip || policy.EnableAcceptEncodingBrotli || policy.Headers.Selection != ItemSelection.None
        || policy.Cookies.Selection != ItemSelection.None || policy.QueryStrings.Selection != ItemSelection.None;

    private static ItemSet ReadKeyHeaders(ConfigObject key, bool normalisesAcceptEncoding)
    {
        if (key.Object("HeadersConfig", required: true) is not { } config)
            return ItemSet.None;
        var behavior = config.OneOf("HeaderBehavior", required: true, "none", "whitelist");
        var names = ReadNames(config, "Headers", behavior is "whitelist", header: true);
        foreach (var name in names)
        {
            if (NeverInKey.Contains(name, StringComparer.OrdinalIgnoreCase) || UnforwardedFields.Contains(name))
                config.Mistake("Headers", $"{name} may not be in a cache key", "Take it off the list");
            else if (CloudFrontHeaders.OriginRequestPolicyOnly.Contains(name, StringComparer.OrdinalIgnoreCase))
                config.Mistake("Headers", $"{name} may be in an origin request policy only", "List it there");
            else if (normalisesAcceptEncoding && IsAcceptEncoding(name))
                config.Mistake(
                    "Headers",
                    $"{name} may not be listed where EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli is on: "
                    + "they put it into the key",
                    "Take it off the list, or set both to false");
        }
        CheckCloudFrontHeaders(config, [.. names.Except(CloudFrontHeaders.OriginRequestPolicyOnly, StringComparer.OrdinalIgnoreCase)]);
        config.Close();
        return behavior == "whitelist" ? ItemSet.Whitelist(names) : ItemSet.None;
    }

    private static (ItemSet Headers, ImmutableArray<string> CloudFrontHeaders) ReadForwardedHeaders(ConfigObject root)
    {
        if (root.Object("HeadersConfig", required: true) is not { } config)
            return (ItemSet.None, []);
        var behavior = config.OneOf(
            "HeaderBehavior", required: true, "none", "whitelist", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept");
        var names = ReadNames(config, "Headers", behavior is "whitelist" or "allViewerAndWhitelistCloudFront" or "allExcept", header: true);
        foreach (var name in names)
        {
            if (behavior == "whitelist" && name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            {
                config.Mistake(
                    "Headers", "Authorization cannot be listed in an origin request policy",
                    "List it in the cache policy, or use allViewer or allExcept");
            }
            if (behavior == "whitelist" && UnforwardedFields.Contains(name))
                config.Mistake("Headers", $"{name} never goes on to an origin", "Take it off the list");
            if (behavior == "whitelist" && IsAcceptEncoding(name))
                config.Mistake(
                    "Headers", $"{name} cannot be listed in an origin request policy",
                    "Set EnableAcceptEncodingGzip and EnableAcceptEncodingBrotli in the cache policy");
            if (behavior == "whitelist" && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
                config.Mistake("Headers", "cookies are not listed as a header", "Use CookiesConfig");
            if (behavior == "allViewerAndWhitelistCloudFront"
                && !name.StartsWith(CloudFrontViewer, StringComparison.OrdinalIgnoreCase)
                && !CloudFrontHeaders.All.Contains(name, StringComparer.OrdinalIgnoreCase))
                config.Mistake(
                    "Headers", $"{name} is not a CloudFront header",
                    "List only CloudFront-* headers that exist; viewer headers all go anyway");
        }
        if (behavior != "allExcept")
            CheckCloudFrontHeaders(config, names);
        config.Close();
        return behavior switch
        {
            "whitelist" => (ItemSet.Whitelist(names), []),
            "allViewer" => (ItemSet.All, []),
            "allViewerAndWhitelistCloudFront" => (ItemSet.All, names),
            "allExcept" => (ItemSet.AllExcept(names), []),
            _ => (ItemSet.None, []),
        };
    }

    private static ItemSet ReadItems(ConfigObject parent, string configName, string behaviorName, string listName)
    {
        if (parent.Object(configName, required: true) is not { } config)
            return ItemSet.None;
        var behavior = config.OneOf(behaviorName, required: true, "none", "whitelist", "allExcept", "all");
        var names = ReadNames(config, listName, behavior is "whitelist" or "allExcept", header: false);
        config.Close();
        return behavior switch
        {
            "whitelist" => ItemSet.Whitelist(names),
            "allExcept" => ItemSet.AllExcept(names),
            "all" => ItemSet.All,
            _ => ItemSet.None,
        };
    }

    // Only some behaviors use a list; with none, all or allViewer an empty one does no harm.
    private static ImmutableArray<string> ReadNames(ConfigObject config, string listName, bool wanted, bool header)
    {
        var names = config.TextList(listName, required: wanted);
        if (!wanted && names.Count > 0)
            config.Mistake(listName, "this behavior takes no list", "Leave the list out, or choose a behavior that uses it");
        if (wanted && names.Count == 0 && config.Has(listName))
            config.Mistake(listName, "the list is empty", "Name at least one item, or use none");
        CheckNames(config, listName, names, header);
        return [.. names];
    }

    private static bool IsAcceptEncoding(string name) => name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Refuses headers of CloudFront, listed by name, that have no value here: newer ones than the guide's.
    /// </summary>
    internal static void CheckCloudFrontHeaders(ConfigObject config, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            var isCloudFronts = name.StartsWith(CloudFrontViewer, StringComparison.OrdinalIgnoreCase);
            if (isCloudFronts && !CloudFrontHeaders.All.Contains(name, StringComparer.OrdinalIgnoreCase))
                config.Mistake("Headers", $"{name} is not supported yet", "Take it off the list");
        }
    }

    /// <summary>Refuses headers, listed for the key of legacy settings, that cannot be in one.</summary>
    internal static void CheckKeyHeaders(ConfigObject config, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NeverInKey.Contains(name, StringComparer.OrdinalIgnoreCase) || UnforwardedFields.Contains(name))
                config.Mistake("Headers", $"{name} may not be in a cache key", "Take it off the list");
        }
        CheckCloudFrontHeaders(config, names);
    }

    internal static void CheckNames(ConfigObject config, string listName, List<string> names, bool header)
    {
        if (names.Count > Limits.PolicyItems)
            config.Mistake(listName, $"{names.Count} items are more than {Limits.PolicyItems}", "Shorten the list");
        if (names.Sum(Encoding.UTF8.GetByteCount) > Limits.PolicyItemBytes)
            config.Mistake(listName, $"the names together are longer than {Limits.PolicyItemBytes} bytes", "Shorten the list");
        var seen = new HashSet<string>(header ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (name.Length == 0 || (header && !HeaderNames.IsToken(name)))
                config.Mistake(listName, $"'{name}' is not a valid name", "Correct it");
            else if (!seen.Add(name))
                config.Mistake(listName, $"{name} is listed twice", "Leave one of them");
        }
    }
}
