namespace Brink;

/// <summary>
/// The named quotas, at the values AWS publishes (distribution spec 1.1, 2.1, 2.2, 2.4, 2.7, 2.13, 3.14;
/// functions spec 3.3, 8).
/// </summary>
public static class Limits
{
    /// <summary>Bytes of a URL, path and query: over it 413.</summary>
    public const int UrlBytes = 8_192;

    /// <summary>
    /// Bytes of request line, query and headers of a request, and of status line and headers of an origin's response; bodies excluded.
    /// </summary>
    public const int HeadBytes = 32_768;

    /// <summary>Bytes of a body that is cached: 50 GB. A larger one passes through.</summary>
    public const long CacheableBytes = 50L << 30;

    /// <summary>Cache behaviors of a distribution, the default one not counted.</summary>
    public const int CacheBehaviors = 75;

    /// <summary>Origins of a distribution.</summary>
    public const int Origins = 100;

    /// <summary>Origin groups of a distribution.</summary>
    public const int OriginGroups = 10;

    /// <summary>Alternate names of a distribution.</summary>
    public const int Aliases = 100;

    /// <summary>Characters of a distribution's comment.</summary>
    public const int CommentLength = 128;

    /// <summary>Characters of DefaultRootObject.</summary>
    public const int DefaultRootObjectLength = 255;

    /// <summary>Characters of a path pattern.</summary>
    public const int PathPatternLength = 255;

    /// <summary>Custom headers of an origin.</summary>
    public const int OriginCustomHeaders = 10;

    /// <summary>Characters of a custom header's name.</summary>
    public const int OriginCustomHeaderNameLength = 256;

    /// <summary>Characters of a custom header's value.</summary>
    public const int OriginCustomHeaderValueLength = 1_783;

    /// <summary>Characters of all custom headers of an origin, names and values.</summary>
    public const int OriginCustomHeadersLength = 10_240;

    /// <summary>Headers, cookies or query strings that one policy lists, each kind by itself.</summary>
    public const int PolicyItems = 10;

    /// <summary>Bytes of the names that one policy lists of one kind.</summary>
    public const int PolicyItemBytes = 1_024;

    /// <summary>Custom headers of a response headers policy, and headers that it removes, each kind by itself.</summary>
    public const int ResponseHeadersPolicyItems = 10;

    /// <summary>Characters of a response headers policy's Content-Security-Policy.</summary>
    public const int ContentSecurityPolicyLength = 1_783;

    /// <summary>The share of requests that a continuous deployment policy may send to the staging distribution.</summary>
    public const decimal StagingWeight = 0.15m;

    /// <summary>CloudFront Functions on one behavior.</summary>
    public const int FunctionAssociations = 2;

    /// <summary>Bytes of a function's source. Not adjustable at AWS.</summary>
    public const int FunctionBytes = 10_240;

    /// <summary>Bytes a function may hold while it runs.</summary>
    public const int FunctionMemoryBytes = 2 * 1024 * 1024;

    /// <summary>Bytes of the log lines of one invocation; the rest is cut off.</summary>
    public const int FunctionLogBytes = 10 * 1024;

    /// <summary>Bytes of a body made by a function. AWS publishes no number; this one is ours.</summary>
    public const int FunctionBodyBytes = 1024 * 1024;

    /// <summary>Bytes of the event object of a test (functions spec 9.2).</summary>
    public const int TestEventBytes = 40_960;

    /// <summary>How long an error is kept when nothing else is configured (distribution spec 3.13).</summary>
    public static readonly TimeSpan ErrorCachingMinTtl = TimeSpan.FromSeconds(10);

    /// <summary>Public keys in a key group (distribution spec 2.1).</summary>
    public const int KeysInGroup = 5;

    /// <summary>Distributions that a request may come through, each the origin of the one before: one more refuses it with 403.</summary>
    public const int DistributionsInAChain = 2;

    /// <summary>Key groups of a behavior.</summary>
    public const int KeyGroups = 4;

    /// <summary>Characters of the cookie names that legacy settings list, with one more for each name (distribution spec 2.9).</summary>
    public const int LegacyCookieNamesLength = 512;

    /// <summary>Characters of one query string name that legacy settings list.</summary>
    public const int LegacyQueryNameLength = 128;

    /// <summary>Characters of all query string names that legacy settings list.</summary>
    public const int LegacyQueryNamesLength = 512;

    /// <summary>
    /// Characters of a custom policy, as a URL or a cookie carries it. AWS publishes no number; this one is that of a URL.
    /// </summary>
    public const int SignedPolicyLength = UrlBytes;

    /// <summary>Tags of an object: those beyond are not stored (spec 3.14).</summary>
    public const int CacheTags = 50;

    /// <summary>Characters of a tag.</summary>
    public const int CacheTagLength = 256;

    /// <summary>Characters of a path of an invalidation.</summary>
    public const int InvalidationPathLength = 4_000;
}
