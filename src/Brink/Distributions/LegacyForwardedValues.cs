using Brink.Configuration;
using Brink.Policies;

namespace Brink.Distributions;

/// <summary>
/// The older way to say what is in the key: ForwardedValues and three TTLs on the behavior, still sent by
/// <c>create-distribution --origin-domain-name</c>. Becomes a cache policy and an origin request policy of its own (distribution spec 2.9).
/// </summary>
internal static class LegacyForwardedValues
{
    // Where nothing lists them these are not forwarded; every other header of the viewer is (spec 3.9).
    private static readonly string[] RemovedByDefault =
    [
        "Accept", "Accept-Charset", "Accept-Language", "Authorization", "Expect", "Host", "Referer", "TE", "Trailer", "Upgrade",
        "User-Agent",
        "X-Forwarded-Proto", "X-HTTP-Method-Override", "X-Real-IP",
    ];

    public static (CachePolicy CachePolicy, OriginRequestPolicy OriginRequestPolicy) Read(ConfigObject behavior, bool cachesOptions)
    {
        var (min, byDefault, max) = PolicyConfigReader.ReadTtls(behavior, minRequired: false);
        var cachePolicy = new CachePolicy
        {
            Id = "",
            Name = "ForwardedValues",
            MinTtl = min,
            DefaultTtl = byDefault,
            MaxTtl = max,
            // As at AWS with these settings, viewers that accept gzip get a key of their own.
            EnableAcceptEncodingGzip = true,
        };
        var originRequestPolicy = new OriginRequestPolicy
        {
            Id = "",
            Name = "ForwardedValues",
            Headers = ItemSet.AllExcept([.. RemovedByDefault]),
            AuthorizationWith = cachesOptions ? ["DELETE", "PATCH", "POST", "PUT"] : ["DELETE", "OPTIONS", "PATCH", "POST", "PUT"],
        };
        if (behavior.Object("ForwardedValues") is not { } values)
            return (cachePolicy, originRequestPolicy);

        var headers = values.TextList("Headers");
        if (headers is ["*"])
        {
            if (min > TimeSpan.Zero)
                behavior.Mistake("MinTTL", "with all headers forwarded nothing is cached, so MinTTL must be 0", "Set it to 0");
            cachePolicy = cachePolicy with
            {
                MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.Zero, EnableAcceptEncodingGzip = false,
            };
            originRequestPolicy = originRequestPolicy with { Headers = ItemSet.All };
        }
        else if (headers.Count > 0)
        {
            PolicyConfigReader.CheckNames(values, "Headers", headers, header: true);
            PolicyConfigReader.CheckKeyHeaders(values, headers);
            cachePolicy = cachePolicy with
            {
                Headers = ItemSet.Whitelist([.. headers]),
                // Listed, it is in the key and goes to the origin as the viewer wrote it.
                EnableAcceptEncodingGzip = !headers.Contains("Accept-Encoding", StringComparer.OrdinalIgnoreCase),
            };
        }
        var cookies = ReadCookies(values);
        var (keyQuery, sentQuery) = ReadQuery(values);
        values.Close();
        return (
            cachePolicy with { Cookies = cookies, QueryStrings = keyQuery },
            originRequestPolicy with { Cookies = cookies, QueryStrings = sentQuery });
    }

    private static ItemSet ReadCookies(ConfigObject values)
    {
        if (values.Object("Cookies", required: true) is not { } cookies)
            return ItemSet.None;
        var forward = cookies.OneOf("Forward", required: true, "none", "whitelist", "all");
        var names = cookies.TextList("WhitelistedNames", required: forward == "whitelist");
        PolicyConfigReader.CheckNames(cookies, "WhitelistedNames", names, header: false);
        if (names.Sum(name => name.Length + 1) > Limits.LegacyCookieNamesLength)
            cookies.Mistake(
                "WhitelistedNames",
                $"the names together are longer than {Limits.LegacyCookieNamesLength} characters, less one for each name",
                "Shorten the list");
        cookies.Close();
        return forward switch
        {
            "all" => ItemSet.All,
            "whitelist" => new ItemSet(ItemSelection.Whitelist, [.. names.Where(name => !HasWildcard(name))])
            {
                Patterns = [.. names.Where(HasWildcard)],
            },
            _ => ItemSet.None,
        };
    }

    private static bool HasWildcard(string name) => name.AsSpan().ContainsAny('*', '?');

    private static (ItemSet Key, ItemSet Sent) ReadQuery(ConfigObject values)
    {
        var forward = values.Flag("QueryString", required: true) ?? false;
        var keys = values.TextList("QueryStringCacheKeys");
        PolicyConfigReader.CheckNames(values, "QueryStringCacheKeys", keys, header: false);
        foreach (var key in keys.Where(key => key.Length > Limits.LegacyQueryNameLength))
            values.Mistake(
                "QueryStringCacheKeys", $"'{key[..32]}…' is longer than {Limits.LegacyQueryNameLength} characters", "Shorten the name");
        if (keys.Sum(key => key.Length) > Limits.LegacyQueryNamesLength)
            values.Mistake(
                "QueryStringCacheKeys",
                $"the names together are longer than {Limits.LegacyQueryNamesLength} characters",
                "Shorten the list");
        if (!forward)
        {
            if (keys.Count > 0)
                values.Mistake("QueryStringCacheKeys", "without QueryString there is nothing to list", "Set QueryString to true");
            return (ItemSet.None, ItemSet.None);
        }
        return (keys.Count == 0 ? ItemSet.All : ItemSet.Whitelist([.. keys]), ItemSet.All);
    }
}
