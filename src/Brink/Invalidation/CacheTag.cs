namespace Brink.Invalidation;

/// <summary>
/// What is a tag of an object (distribution spec 3.14): visible ASCII without commas, 256 characters at most. Letter case does not count.
/// </summary>
public static class CacheTag
{
    /// <summary>What stands between two tags in the field that the origin sends.</summary>
    public const char Separator = ',';

    /// <summary>How tags compare.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Whether it is a tag.</summary>
    public static bool IsValid(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= Limits.CacheTagLength && !text.ContainsAnyExceptInRange('!', '~') && !text.Contains(Separator);
}
