using System.Collections.Immutable;

namespace Brink.Policies;

/// <summary>
/// The policies that are always there, read-only, under AWS's own ids and names (distribution spec 2.8). A name is accepted with and
/// without its prefix <c>Managed-</c>; ids and names compare without case.
/// </summary>
public static class ManagedPolicies
{
    private const string Prefix = "Managed-";

    private static readonly ItemSet OriginControlHeaders =
        ItemSet.Whitelist("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override");

    /// <summary>The cache policies.</summary>
    public static ImmutableArray<CachePolicy> CachePolicies { get; } =
    [
        Cache("658327ea-f89d-4fab-a63d-7e88639e58f6", "CachingOptimized", 1, 86400, 31536000, gzip: true, brotli: true),
        Cache("b2884449-e4de-46a7-ac36-70bc7f1ddd6d", "CachingOptimizedForUncompressedObjects", 1, 86400, 31536000),
        Cache("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "CachingDisabled", 0, 0, 0),
        Cache("08627262-05a9-4f76-9ded-b50ca2e3a84f", "Elemental-MediaPackage", 0, 86400, 31536000, gzip: true) with
        {
            Headers = ItemSet.Whitelist("Origin"),
            QueryStrings = ItemSet.Whitelist("aws.manifestfilter", "start", "end", "m"),
        },
        Cache("2e54312d-136d-493c-8eb9-b001f22f67d2", "Amplify", 2, 2, 600, gzip: true, brotli: true) with
        {
            Headers = ItemSet.Whitelist("Authorization", "CloudFront-Viewer-Country", "Host"),
            Cookies = ItemSet.All,
            QueryStrings = ItemSet.All,
        },
        Cache("83da9c7e-98b4-4e11-a168-04f0df8e2c65", "UseOriginCacheControlHeaders", 0, 0, 31536000, gzip: true, brotli: true) with
        {
            Headers = OriginControlHeaders,
            Cookies = ItemSet.All,
        },
        Cache(
            "4cc15a8a-d715-48a4-82b8-cc0b614638fe", "UseOriginCacheControlHeaders-QueryStrings",
            0, 0, 31536000, gzip: true, brotli: true) with
        {
            Headers = OriginControlHeaders,
            Cookies = ItemSet.All,
            QueryStrings = ItemSet.All,
        },
    ];

    /// <summary>The origin request policies.</summary>
    public static ImmutableArray<OriginRequestPolicy> OriginRequestPolicies { get; } =
    [
        Origin("216adef6-5c7f-47e4-b989-5492eafa07d3", "AllViewer", ItemSet.All) with { Cookies = ItemSet.All, QueryStrings = ItemSet.All },
        Origin("b689b0a8-53d0-40ab-baf2-68738e2966ac", "AllViewerExceptHostHeader", ItemSet.AllExcept("Host")) with
        {
            Cookies = ItemSet.All,
            QueryStrings = ItemSet.All,
        },
        Origin("33f36d7e-f396-46d9-90e0-52428a34d9dc", "AllViewerAndCloudFrontHeaders-2022-06", ItemSet.All) with
        {
            CloudFrontHeaders = CloudFrontHeaders.Of202206,
            Cookies = ItemSet.All,
            QueryStrings = ItemSet.All,
        },
        Origin("59781a5b-3903-41f3-afcb-af62929ccde1", "CORS-CustomOrigin", ItemSet.Whitelist("Origin")),
        Origin(
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
            "CORS-S3Origin",
            ItemSet.Whitelist("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method")),
        Origin(
            "775133bc-15f2-49f9-abea-afb2e0bf67d2",
            "Elemental-MediaTailor-PersonalizedManifests",
            ItemSet.Whitelist(
                "Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method", "User-Agent", "X-Forwarded-For")) with
        {
            QueryStrings = ItemSet.All,
        },
        Origin("acba4595-bd28-49b8-b9fe-13317c0390fa", "UserAgentRefererHeaders", ItemSet.Whitelist("User-Agent", "Referer")),
        Origin("bf0718e1-ba1e-49d1-88b1-f726733018ae", "HostHeaderOnly", ItemSet.Whitelist("Host")),
    ];

    /// <summary>The response headers policies.</summary>
    public static ImmutableArray<ResponseHeadersPolicy> ResponseHeadersPolicies { get; } =
    [
        Response("60669652-455b-4ae9-85a4-c4c02393f86c", "SimpleCORS", SimpleCors, []),
        Response("5cc3b908-e619-4b99-88e5-2cf7f45965bd", "CORS-With-Preflight", CorsWithPreflight, []),
        Response("67f7725c-6f97-4210-82d7-5512b31e9d03", "SecurityHeadersPolicy", null, SecurityHeaders),
        Response("e61eb60c-9c35-4d20-a928-2b84e02af89c", "CORS-and-SecurityHeadersPolicy", SimpleCors, SecurityHeaders),
        Response(
            "eaab4381-ed33-4a86-88ca-d9558dc6cd63", "CORS-with-preflight-and-SecurityHeadersPolicy", CorsWithPreflight, SecurityHeaders),
    ];

    /// <summary>The cache policy of that id or name, or null.</summary>
    public static CachePolicy? FindCachePolicy(string idOrName)
    {
        foreach (var policy in CachePolicies)
        {
            if (Answers(policy.Id, policy.Name, idOrName))
                return policy;
        }
        return null;
    }

    /// <summary>The origin request policy of that id or name, or null.</summary>
    public static OriginRequestPolicy? FindOriginRequestPolicy(string idOrName)
    {
        foreach (var policy in OriginRequestPolicies)
        {
            if (Answers(policy.Id, policy.Name, idOrName))
                return policy;
        }
        return null;
    }

    /// <summary>The response headers policy of that id or name, or null.</summary>
    public static ResponseHeadersPolicy? FindResponseHeadersPolicy(string idOrName)
    {
        foreach (var policy in ResponseHeadersPolicies)
        {
            if (Answers(policy.Id, policy.Name, idOrName))
                return policy;
        }
        return null;
    }

    private static CorsHeaders SimpleCors => new([AllowedOrigin.Any], [], [], []);

    private static CorsHeaders CorsWithPreflight =>
        new([AllowedOrigin.Any], ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"], [], ["*"]);

    private static ImmutableArray<AddedHeader> SecurityHeaders =>
    [
        new("X-XSS-Protection", "1; mode=block", Override: false),
        new("X-Frame-Options", "SAMEORIGIN", Override: false),
        new("Referrer-Policy", "strict-origin-when-cross-origin", Override: false),
        new("X-Content-Type-Options", "nosniff", Override: true),
        new("Strict-Transport-Security", "max-age=31536000", Override: false),
    ];

    private static bool Answers(string id, string name, string asked) =>
        asked.Equals(id, StringComparison.OrdinalIgnoreCase)
        || asked.Equals(name, StringComparison.OrdinalIgnoreCase)
        || asked.AsSpan().Equals(name.AsSpan(Prefix.Length), StringComparison.OrdinalIgnoreCase);

    private static CachePolicy Cache(string id, string name, int min, int byDefault, int max, bool gzip = false, bool brotli = false) =>
        new()
    {
        Id = id,
        Name = Prefix + name,
        MinTtl = TimeSpan.FromSeconds(min),
        DefaultTtl = TimeSpan.FromSeconds(byDefault),
        MaxTtl = TimeSpan.FromSeconds(max),
        EnableAcceptEncodingGzip = gzip,
        EnableAcceptEncodingBrotli = brotli,
    };

    private static ResponseHeadersPolicy Response(string id, string name, CorsHeaders? cors, ImmutableArray<AddedHeader> added) => new()
    {
        Id = id,
        Name = Prefix + name,
        Cors = cors,
        AddedHeaders = added,
    };

    private static OriginRequestPolicy Origin(string id, string name, ItemSet headers) => new()
    {
        Id = id,
        Name = Prefix + name,
        Headers = headers,
    };
}
