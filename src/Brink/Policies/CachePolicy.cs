using System.Collections.Immutable;
using Brink.Configuration;

namespace Brink.Policies;

/// <summary>Which part of a request's headers, cookies or query strings is meant.</summary>
public enum ItemSelection
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>The listed ones.</summary>
    Whitelist,
    /// <summary>All but the listed ones.</summary>
    AllExcept,
    /// <summary>Everything.</summary>
    All,
}

/// <summary>A selection and its list.</summary>
/// <param name="Selection">Which part.</param>
/// <param name="Names">The listed names; empty for none and all.</param>
public sealed record ItemSet(ItemSelection Selection, ImmutableArray<string> Names)
{
    /// <summary>Nothing.</summary>
    public static ItemSet None { get; } = new(ItemSelection.None, []);

    /// <summary>Everything.</summary>
    public static ItemSet All { get; } = new(ItemSelection.All, []);

    /// <summary>Just these.</summary>
    public static ItemSet Whitelist(params ImmutableArray<string> names) => new(ItemSelection.Whitelist, names);

    /// <summary>Everything but these.</summary>
    public static ItemSet AllExcept(params ImmutableArray<string> names) => new(ItemSelection.AllExcept, names);

    /// <summary>
    /// Names with the wildcards <c>*</c> and <c>?</c>, listed beside <see cref="Names"/>: cookies of the older settings have them
    /// (distribution spec 2.5). They compare with case. Default none.
    /// </summary>
    public ImmutableArray<string> Patterns { get; init; } = [];

    /// <summary>Whether an item of that name belongs to the set.</summary>
    public bool Includes(ReadOnlySpan<char> name, StringComparison comparison) => Selection switch
    {
        ItemSelection.None => false,
        ItemSelection.All => true,
        ItemSelection.Whitelist => Lists(name, comparison),
        _ => !Lists(name, comparison),
    };

    private bool Lists(ReadOnlySpan<char> name, StringComparison comparison)
    {
        foreach (var listed in Names)
        {
            if (name.Equals(listed, comparison))
                return true;
        }
        foreach (var pattern in Patterns)
        {
            if (Wildcards.Match(pattern, name))
                return true;
        }
        return false;
    }
}

/// <summary>The cache key and the TTLs (distribution spec 2.5). Everything in the key also goes to the origin.</summary>
public sealed record CachePolicy
{
    /// <summary>The id, a UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The name; managed ones carry the prefix <c>Managed-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The least time an object is kept.</summary>
    public required TimeSpan MinTtl { get; init; }

    /// <summary>The time where the origin gives none. Default one day, or MinTtl if larger.</summary>
    public required TimeSpan DefaultTtl { get; init; }

    /// <summary>The most time an object is kept. Default one year, or DefaultTtl if larger. Zero: nothing is cached.</summary>
    public required TimeSpan MaxTtl { get; init; }

    /// <summary>Headers in the key: none or whitelist. Names compare without case.</summary>
    public ItemSet Headers { get; init; } = ItemSet.None;

    /// <summary>Cookies in the key. Names compare with case.</summary>
    public ItemSet Cookies { get; init; } = ItemSet.None;

    /// <summary>Query parameters in the key, kept in the viewer's order. Names compare with case.</summary>
    public ItemSet QueryStrings { get; init; } = ItemSet.None;

    /// <summary>Whether gzip takes part in the normalised Accept-Encoding.</summary>
    public bool EnableAcceptEncodingGzip { get; init; }

    /// <summary>Whether br takes part in the normalised Accept-Encoding.</summary>
    public bool EnableAcceptEncodingBrotli { get; init; }

    /// <summary>No response is ever kept under this policy, errors apart (spec 3.13).</summary>
    public bool CachingDisabled => MaxTtl == TimeSpan.Zero;
}

/// <summary>What goes to the origin beyond the key (distribution spec 2.6).</summary>
public sealed record OriginRequestPolicy
{
    /// <summary>The id, a UUID.</summary>
    public required string Id { get; init; }

    /// <summary>The name; managed ones carry the prefix <c>Managed-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Viewer headers that are forwarded: none, whitelist, all (the API's allViewer, or allViewerAndWhitelistCloudFront together with
    /// <see cref="CloudFrontHeaders"/>), allExcept. A whitelist may name CloudFront headers as well.
    /// </summary>
    public ItemSet Headers { get; init; } = ItemSet.None;

    /// <summary>The CloudFront headers added by allViewerAndWhitelistCloudFront; empty in the other modes.</summary>
    public ImmutableArray<string> CloudFrontHeaders { get; init; } = [];

    /// <summary>
    /// Methods with which Authorization is forwarded though <see cref="Headers"/> leaves it out: with the older settings those whose
    /// answers are not cached (spec 3.9). Default none.
    /// </summary>
    public ImmutableArray<string> AuthorizationWith { get; init; } = [];

    /// <summary>Cookies that are forwarded.</summary>
    public ItemSet Cookies { get; init; } = ItemSet.None;

    /// <summary>Query parameters that are forwarded.</summary>
    public ItemSet QueryStrings { get; init; } = ItemSet.None;
}
