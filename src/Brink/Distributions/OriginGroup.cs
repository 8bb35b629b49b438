using System.Collections.Immutable;

namespace Brink.Distributions;

/// <summary>Two origins: the second answers where the first fails (distribution spec 2.3).</summary>
public sealed record OriginGroup
{
    /// <summary>The status codes that can be failover criteria, in order.</summary>
    public static ImmutableArray<int> AllowedStatusCodes { get; } = [400, 403, 404, 416, 429, 500, 502, 503, 504];

    /// <summary>Unique in the distribution, among origins too.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the origin that is asked first, on every request.</summary>
    public required string PrimaryOriginId { get; init; }

    /// <summary>The id of the origin that is asked when the first fails.</summary>
    public required string SecondaryOriginId { get; init; }

    /// <summary>What counts as failing: some of <see cref="AllowedStatusCodes"/>.</summary>
    public required ImmutableArray<int> FailoverStatusCodes { get; init; }
}

/// <summary>Where a request goes that the cache does not answer: to one origin, or to a second one as well when the first fails.</summary>
/// <param name="Primary">Asked first.</param>
public sealed record OriginTarget(Origin Primary)
{
    /// <summary>Asked when the first fails; null for none.</summary>
    public Origin? Secondary { get; init; }

    /// <summary>What counts as failing.</summary>
    public ImmutableArray<int> FailoverStatusCodes { get; init; } = [];

    /// <summary>Just this origin.</summary>
    public static implicit operator OriginTarget(Origin origin) => new(origin);
}
