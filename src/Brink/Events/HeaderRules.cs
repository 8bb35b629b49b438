using System.Buffers;

namespace Brink.Events;

/// <summary>What a function may do with a header.</summary>
[Flags]
internal enum HeaderRule
{
    /// <summary>Read, add, edit, delete.</summary>
    None = 0,

    /// <summary>Hidden, and adding one is a validation error (functions spec 3.1).</summary>
    Disallowed = 1,

    /// <summary>Read-only in viewer-request (functions spec 3.2).</summary>
    ReadOnlyInRequest = 2,

    /// <summary>Read-only in viewer-response, and in a response that a viewer-request function makes.</summary>
    ReadOnlyInResponse = 4,

    /// <summary>Cookie: shown as <c>request.cookies</c>.</summary>
    Cookie = 8,

    /// <summary>Set-Cookie: shown as <c>response.cookies</c>.</summary>
    SetCookie = 16,

    /// <summary>Host: shown without port.</summary>
    Host = 32,

    /// <summary>A header that CloudFront adds; shown where a policy lists it.</summary>
    CloudFront = 64,

    /// <summary>Read-only in the origin-request of Lambda@Edge (lambda-edge spec 3.2).</summary>
    ReadOnlyInOriginRequest = 128,

    /// <summary>Read-only in the origin-response of Lambda@Edge.</summary>
    ReadOnlyInOriginResponse = 256,

    /// <summary>Read-only in the viewer-response of Lambda@Edge, beside those of <see cref="ReadOnlyInResponse"/>.</summary>
    ReadOnlyInLambdaViewerResponse = 512,

    /// <summary>
    /// Hidden from Lambda@Edge, beside those of <see cref="Disallowed"/>: the viewer's certificate (lambda-edge spec 3.1).
    /// </summary>
    DisallowedInLambda = 1024,
}

/// <summary>The lists of functions spec 3 and lambda-edge spec 3, and the spelling of header names in events and on the wire.</summary>
internal static class HeaderRules
{
    private static readonly (string Name, HeaderRule Rule)[] Known =
    [
        ("connection", HeaderRule.Disallowed), ("expect", HeaderRule.Disallowed), ("keep-alive", HeaderRule.Disallowed),
        ("proxy-authenticate", HeaderRule.Disallowed), ("proxy-authorization", HeaderRule.Disallowed),
        ("proxy-connection", HeaderRule.Disallowed), ("trailer", HeaderRule.Disallowed), ("upgrade", HeaderRule.Disallowed),
        ("x-accel-buffering", HeaderRule.Disallowed), ("x-accel-charset", HeaderRule.Disallowed),
        ("x-accel-limit-rate", HeaderRule.Disallowed), ("x-accel-redirect", HeaderRule.Disallowed), ("x-amzn-auth", HeaderRule.Disallowed),
        ("x-amzn-cf-billing", HeaderRule.Disallowed), ("x-amzn-cf-id", HeaderRule.Disallowed), ("x-amzn-cf-xff", HeaderRule.Disallowed),
        ("x-amzn-errortype", HeaderRule.Disallowed), ("x-amzn-fle-profile", HeaderRule.Disallowed),
        ("x-amzn-header-count", HeaderRule.Disallowed), ("x-amzn-header-order", HeaderRule.Disallowed),
        ("x-amzn-lambda-integration-tag", HeaderRule.Disallowed), ("x-amzn-requestid", HeaderRule.Disallowed),
        ("x-cache", HeaderRule.Disallowed), ("x-forwarded-proto", HeaderRule.Disallowed), ("x-real-ip", HeaderRule.Disallowed),

        ("cdn-loop", HeaderRule.ReadOnlyInRequest | HeaderRule.ReadOnlyInOriginRequest),
        ("content-length", HeaderRule.ReadOnlyInRequest | HeaderRule.ReadOnlyInOriginRequest | HeaderRule.ReadOnlyInLambdaViewerResponse),
        ("transfer-encoding",
            HeaderRule.ReadOnlyInRequest | HeaderRule.ReadOnlyInOriginRequest
            | HeaderRule.ReadOnlyInOriginResponse | HeaderRule.ReadOnlyInLambdaViewerResponse),
        ("via",
            HeaderRule.ReadOnlyInRequest | HeaderRule.ReadOnlyInOriginRequest
            | HeaderRule.ReadOnlyInOriginResponse | HeaderRule.ReadOnlyInResponse),
        ("host", HeaderRule.ReadOnlyInRequest | HeaderRule.Host),
        ("accept-encoding", HeaderRule.ReadOnlyInOriginRequest), ("if-modified-since", HeaderRule.ReadOnlyInOriginRequest),
        ("if-none-match", HeaderRule.ReadOnlyInOriginRequest), ("if-range", HeaderRule.ReadOnlyInOriginRequest),
        ("if-unmodified-since", HeaderRule.ReadOnlyInOriginRequest), ("content-encoding", HeaderRule.ReadOnlyInLambdaViewerResponse),
        ("client-cert", HeaderRule.DisallowedInLambda), ("client-cert-chain", HeaderRule.DisallowedInLambda),
        ("cloudfront-viewer-cert-pem", HeaderRule.CloudFront | HeaderRule.DisallowedInLambda),
        ("warning", HeaderRule.ReadOnlyInResponse),
        ("cookie", HeaderRule.Cookie), ("set-cookie", HeaderRule.SetCookie),

        // No rule: known so that their lower-case and wire spellings need not be made for each request.
        ("accept", 0), ("accept-language", 0), ("accept-ranges", 0), ("access-control-allow-credentials", 0),
        ("access-control-allow-headers", 0), ("access-control-allow-methods", 0), ("access-control-allow-origin", 0),
        ("access-control-expose-headers", 0), ("access-control-max-age", 0), ("access-control-request-headers", 0),
        ("access-control-request-method", 0), ("age", 0), ("authorization", 0), ("cache-control", 0), ("content-disposition", 0),
        ("content-language", 0), ("content-security-policy", 0), ("content-type", 0), ("cross-origin-embedder-policy", 0),
        ("cross-origin-opener-policy", 0), ("cross-origin-resource-policy", 0), ("date", 0), ("dnt", 0), ("etag", 0), ("expires", 0),
        ("last-modified", 0), ("link", 0), ("location", 0), ("origin", 0), ("permissions-policy", 0), ("pragma", 0), ("priority", 0),
        ("range", 0), ("referer", 0), ("referrer-policy", 0), ("sec-ch-ua", 0), ("sec-ch-ua-mobile", 0), ("sec-ch-ua-platform", 0),
        ("sec-fetch-dest", 0), ("sec-fetch-mode", 0), ("sec-fetch-site", 0), ("sec-fetch-user", 0), ("server", 0),
        ("strict-transport-security", 0), ("true-client-ip", 0), ("upgrade-insecure-requests", 0), ("user-agent", 0), ("vary", 0),
        ("www-authenticate", 0), ("x-content-type-options", 0), ("x-forwarded-for", 0), ("x-forwarded-host", 0), ("x-frame-options", 0),
        ("x-requested-with", 0), ("x-xss-protection", 0), ("cloudfront-viewer-country", HeaderRule.CloudFront),
    ];

    // Every header of every message is looked up. A table by length and three letters takes 5 to 10 ns; a frozen dictionary that disregards
    // case takes 20 to 30.
    private static readonly KnownHeader?[] Table = MakeTable();

    private sealed record KnownHeader(string LowerCase, string Wire, HeaderRule Rule)
    {
        public bool IsNamed(ReadOnlySpan<char> name) =>
            name.SequenceEqual(Wire) || name.SequenceEqual(LowerCase) || name.Equals(LowerCase, StringComparison.OrdinalIgnoreCase);
    }

    private static KnownHeader?[] MakeTable()
    {
        var table = new KnownHeader?[512];
        foreach (var (name, rule) in Known)
        {
            var place = PlaceOf(name);
            while (table[place] is not null)
                place = (place + 1) & (table.Length - 1);
            table[place] = new KnownHeader(name, Capitalise(name), rule);
        }
        return table;
    }

    private static int PlaceOf(ReadOnlySpan<char> name) =>
        ((name[0] | 0x20) + 7 * (name[name.Length / 2] | 0x20) + 31 * (name[^1] | 0x20) + 61 * name.Length) & 511;

    private static KnownHeader? Find(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
            return null;
        var table = Table;
        for (var place = PlaceOf(name); table[place] is { } known; place = (place + 1) & (table.Length - 1))
        {
            if (known.LowerCase.Length == name.Length && known.IsNamed(name))
                return known;
        }
        return null;
    }

    /// <summary>The characters of an HTTP token (RFC 9110 section 5.6.2), without the capitals.</summary>
    private static readonly SearchValues<char> LowerCaseToken = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The rule of a header, and its lower-case name.</summary>
    public static HeaderRule For(string name, out string lowerCase)
    {
        if (Find(name) is { } known)
        {
            lowerCase = known.LowerCase;
            return known.Rule;
        }
        lowerCase = name.AsSpan().ContainsAny(Capitals) ? name.ToLowerInvariant() : name;
        if (lowerCase.StartsWith("x-amz-cf-", StringComparison.Ordinal) || lowerCase.StartsWith("x-edge-", StringComparison.Ordinal))
            return HeaderRule.Disallowed;
        return lowerCase.StartsWith("cloudfront-", StringComparison.Ordinal) ? HeaderRule.CloudFront : HeaderRule.None;
    }

    /// <summary>The rule of a header.</summary>
    public static HeaderRule For(string name) => For(name, out _);

    /// <summary>Whether it has capitals, which a returned object may not have.</summary>
    public static bool HasCapitals(string name) => name.AsSpan().ContainsAny(Capitals);

    /// <summary>Whether it can be a header name in a returned object.</summary>
    public static bool IsLowerCaseToken(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(LowerCaseToken);

    /// <summary>As a changed header goes on the wire: each word between hyphens begins with a capital (functions spec 2.3).</summary>
    public static string ToWire(string lowerCase) => Find(lowerCase)?.Wire ?? Capitalise(lowerCase);

    private static string Capitalise(string name) => string.Create(name.Length, name, static (wire, name) =>
    {
        for (var i = 0; i < wire.Length; i++)
            wire[i] = i == 0 || name[i - 1] == '-' ? char.ToUpperInvariant(name[i]) : name[i];
    });
}
