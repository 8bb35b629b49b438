using System.Collections.Frozen;

namespace Brink.Distributions;

/// <summary>The countries that a distribution serves, or those that it does not (distribution spec 2.11).</summary>
/// <param name="isWhitelist">Whether only the listed ones are served; else all others are.</param>
/// <param name="countries">ISO 3166-1 alpha-2 codes.</param>
public sealed class GeoRestriction(bool isWhitelist, IEnumerable<string> countries)
{
    private readonly FrozenSet<string> _countries = countries.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a viewer from there is served. One whose country is not known (null) always is.</summary>
    public bool Allows(string? country) => country is null || _countries.Contains(country) == isWhitelist;
}
