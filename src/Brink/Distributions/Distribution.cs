using System.Collections.Immutable;

namespace Brink.Distributions;

/// <summary>A distribution as we mean it. Converted once, from DistributionConfig, at the door (distribution spec section 2).</summary>
public sealed record Distribution
{
    /// <summary>The id, <c>E</c> and 13 capitals or digits.</summary>
    public required string Id { get; init; }

    /// <summary>The default name, <c>dxxxxxxxxxxxxx.cloudfront.net</c>.</summary>
    public required string DomainName { get; init; }

    /// <summary>A disabled distribution serves nothing, and still shadows a wildcard alias. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Alternate names, lower case; a wildcard only as the whole left-most label.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The object served for exactly <c>/</c>; empty for none. Default empty.</summary>
    public string DefaultRootObject { get; init; } = "";

    /// <summary>The origins, ids unique.</summary>
    public required ImmutableArray<Origin> Origins { get; init; }

    /// <summary>The behavior for paths that no pattern matches.</summary>
    public required CacheBehavior DefaultCacheBehavior { get; init; }

    /// <summary>The other behaviors in order: the first whose pattern matches wins.</summary>
    public ImmutableArray<CacheBehavior> CacheBehaviors { get; init; } = [];

    /// <summary>ErrorCachingMinTTL by status code, for the codes that configure one (spec 3.13). Absent codes use 10 s.</summary>
    public ImmutableDictionary<int, TimeSpan> ErrorCachingMinTtl { get; init; } = ImmutableDictionary<int, TimeSpan>.Empty;

    /// <summary>The origin of that id; behaviors are checked to name one that exists.</summary>
    public Origin OriginById(string id)
    {
        foreach (var origin in Origins)
        {
            if (origin.Id == id)
                return origin;
        }
        throw new ArgumentException($"no origin has the id {id}", nameof(id));
    }
}
