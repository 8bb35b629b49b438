using Brink.Distributions;
using Brink.Http;

namespace Brink.Policies;

/// <summary>
/// What the policies of a behavior send to the origin: for headers, cookies and query strings alike, the key's set and the origin request
/// policy's set together (distribution spec 2.6). A pure view over the two; costs nothing to make.
/// </summary>
public readonly struct ForwardedItems(CachePolicy cachePolicy, OriginRequestPolicy? originRequestPolicy)
{
    /// <summary>The items of that behavior.</summary>
    public static ForwardedItems Of(CacheBehavior behavior) => new(behavior.CachePolicy, behavior.OriginRequestPolicy);

    /// <summary>The query for the origin, without <c>?</c>; null for no query at all. Byte for byte the viewer's when everything is sent.</summary>
    public string? QueryString(EdgeRequest request) => cachePolicy.QueryStrings.Selection == ItemSelection.None && originRequestPolicy is null ? null : request.QueryString;

    /// <summary>The one Cookie header for the origin, sorted by name; null for none.</summary>
    public string? Cookies(EdgeRequest request) => SendsAnyCookies ? request.Headers.Get("cookie") : null;

    /// <summary>
    /// Whether the policies send a viewer header of that name. Never true for Cookie (<see cref="Cookies"/>) and Accept-Encoding
    /// (<see cref="AcceptEncoding"/>). Says nothing about hop-by-hop headers: what HTTP forbids is the caller's to drop.
    /// </summary>
    public bool SendsHeader(ReadOnlySpan<char> name) => cachePolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase) || originRequestPolicy is not null;

    /// <summary>Whether the policies list this CloudFront-* header: the edge then writes its own value over the viewer's (spec 4).</summary>
    public bool AddsCloudFrontHeader(ReadOnlySpan<char> name) => cachePolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The Accept-Encoding for the origin; null for none (spec 3.1).</summary>
    public string? AcceptEncoding(EdgeRequest request) => cachePolicy.EnableAcceptEncodingGzip ? request.Headers.Get("accept-encoding") : null;

    /// <summary>Whether any cookie can reach the origin: decides about Set-Cookie, revalidation and collapsing (spec 3.2, 3.5, 3.7).</summary>
    public bool SendsAnyCookies => cachePolicy.Cookies.Selection != ItemSelection.None || originRequestPolicy is { Cookies.Selection: not ItemSelection.None };
}
