namespace Brink.Distributions;

/// <summary>
/// A path pattern: <c>*</c> is any run of characters, <c>/</c> included, <c>?</c> exactly one; anchored at both ends, case-sensitive,
/// the leading slash without meaning (distribution spec 2.4). Matching is linear: each star is backed up to at most once.
/// </summary>
/// <param name="Pattern">The pattern as configured.</param>
public sealed record PathPattern(string Pattern)
{
    /// <summary>The default behavior's pattern.</summary>
    public static PathPattern Any { get; } = new("*");

    /// <summary>Whether the path, without query, matches.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        var pattern = Pattern.AsSpan().TrimStart('/');
        path = path.TrimStart('/');
        int p = 0, s = 0, star = -1, resume = 0;
        while (s < path.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = s;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == path[s]))
            {
                p++;
                s++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                s = ++resume;
            }
            else
            {
                return false;
            }
        }
        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }
}
