using System.Text;
using Brink.Http;

namespace Brink.Policies;

/// <summary>
/// What the policies of a behavior send to the origin: for headers, cookies and query strings alike, the key's set and the origin request
/// policy's set together (distribution spec 2.6). A pure view over the two; costs nothing to make.
/// </summary>
public readonly struct ForwardedItems(CachePolicy cachePolicy, OriginRequestPolicy? originRequestPolicy)
{
    /// <summary>
    /// Whether any cookie can reach the origin: decides about Set-Cookie, revalidation and collapsing (spec 3.2, 3.5, 3.7).
    /// </summary>
    public bool SendsAnyCookies =>
        cachePolicy.Cookies.Selection != ItemSelection.None || originRequestPolicy is { Cookies.Selection: not ItemSelection.None };

    /// <summary>
    /// The query for the origin, without <c>?</c>; null for no query at all. Byte for byte the viewer's when everything is sent, else the
    /// sent parameters in the viewer's order and spelling.
    /// </summary>
    public string? QueryString(EdgeRequest request)
    {
        var key = cachePolicy.QueryStrings;
        var policy = originRequestPolicy?.QueryStrings ?? ItemSet.None;
        if (request.QueryString is not { } query || key.Selection == ItemSelection.All || policy.Selection == ItemSelection.All)
            return request.QueryString;
        if (key.Selection == ItemSelection.None && policy.Selection == ItemSelection.None)
            return null;
        var kept = new StringBuilder(query.Length);
        foreach (var parameter in new QueryParameters(query))
        {
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals];
            if (!key.Includes(name, StringComparison.Ordinal) && !policy.Includes(name, StringComparison.Ordinal))
                continue;
            if (kept.Length > 0)
                kept.Append('&');
            kept.Append(parameter);
        }
        return kept.Length == 0 ? null : kept.ToString();
    }

    /// <summary>The one Cookie header for the origin, sorted by name; null for none.</summary>
    public string? Cookies(EdgeRequest request)
    {
        using var pairs = new CookiePairs(request.Headers, cachePolicy.Cookies, originRequestPolicy?.Cookies);
        if (pairs.Sorted.Length == 0)
            return null;
        var joined = new char[pairs.JoinedLength];
        pairs.Join(joined);
        return new string(joined);
    }

    /// <summary>
    /// Whether the policies send a viewer header of that name. Never true for Cookie (<see cref="Cookies"/>) and Accept-Encoding
    /// (<see cref="AcceptEncoding"/>). Says nothing about hop-by-hop headers: what HTTP forbids is the caller's to drop.
    /// </summary>
    public bool SendsHeader(ReadOnlySpan<char> name)
    {
        if (name.Equals("cookie", StringComparison.OrdinalIgnoreCase) || name.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase))
            return false;
        return SendsListed(name);
    }

    /// <summary>Whether the policies send a viewer header of that name with that method.</summary>
    public bool SendsHeader(ReadOnlySpan<char> name, string method) =>
        SendsHeader(name)
        || (originRequestPolicy is { AuthorizationWith.Length: > 0 } && name.Equals("authorization", StringComparison.OrdinalIgnoreCase)
            && originRequestPolicy.AuthorizationWith.Contains(method));

    /// <summary>
    /// Whether the policies list this CloudFront-* header: the edge then writes its own value over the viewer's (spec 4). Where this is
    /// false such a name is an ordinary viewer header.
    /// </summary>
    public bool AddsCloudFrontHeader(ReadOnlySpan<char> name)
    {
        if (cachePolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase))
            return true;
        if (originRequestPolicy is null)
            return false;
        if (originRequestPolicy.Headers.Selection == ItemSelection.Whitelist)
            return originRequestPolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase);
        foreach (var listed in originRequestPolicy.CloudFrontHeaders)
        {
            if (name.Equals(listed, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>
    /// The Accept-Encoding for the origin; null for none. Normalised where the cache policy enables a coding (the origin request policy
    /// then has no say, spec 2.6); else the viewer's own if a policy sends it.
    /// </summary>
    public string? AcceptEncoding(EdgeRequest request) => AcceptEncodingOffers.Read(cachePolicy, request) switch
    {
        AcceptEncodingOffer.NoHeader => null,
        AcceptEncodingOffer.Identity => "identity",
        AcceptEncodingOffer.NotNormalised => SendsListed("accept-encoding") ? request.Headers.Get("accept-encoding") : null,
        var offer => offer.KeyPart(),
    };

    private bool SendsListed(ReadOnlySpan<char> name)
    {
        if (cachePolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase))
            return true;
        if (originRequestPolicy is null)
            return false;
        if (originRequestPolicy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase))
            return true;
        foreach (var listed in originRequestPolicy.CloudFrontHeaders)
        {
            if (name.Equals(listed, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
