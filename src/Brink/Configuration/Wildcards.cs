namespace Brink.Configuration;

/// <summary>
/// Patterns in which <c>*</c> is any run of characters and <c>?</c> exactly one; anchored at both ends. Greedy, with one way back: to the
/// last star.
/// </summary>
internal static class Wildcards
{
    /// <summary>Whether the whole text matches.</summary>
    public static bool Match(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false)
    {
        int p = 0, s = 0, star = -1, resume = 0;
        while (s < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = s;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || Same(pattern[p], text[s], ignoreCase)))
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

    private static bool Same(char one, char other, bool ignoreCase) =>
        one == other || (ignoreCase && char.ToLowerInvariant(one) == char.ToLowerInvariant(other));
}
