using Brink.Configuration;

namespace Brink.Distributions;

/// <summary>
/// A path pattern: <c>*</c> is any run of characters, <c>/</c> included, <c>?</c> exactly one; anchored at both ends, case-sensitive,
/// the leading slash without meaning (distribution spec 2.4).
/// </summary>
/// <param name="Pattern">The pattern as configured.</param>
public sealed record PathPattern(string Pattern)
{
    /// <summary>The default behavior's pattern.</summary>
    public static PathPattern Any { get; } = new("*");

    /// <summary>Whether the path, without query, matches.</summary>
    public bool Matches(ReadOnlySpan<char> path) => Wildcards.Match(Pattern.AsSpan().TrimStart('/'), path.TrimStart('/'));
}
