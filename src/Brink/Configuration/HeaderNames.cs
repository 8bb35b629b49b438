using System.Buffers;

namespace Brink.Configuration;

/// <summary>What may stand in a header field (RFC 9110 section 5).</summary>
internal static class HeaderNames
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    public static bool IsToken(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenChars);

    /// <summary>Visible characters, blanks and Latin-1: nothing that could end the field.</summary>
    public static bool IsValue(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (c is (< ' ' and not '\t') or '\x7f' or > '\xff')
                return false;
        }
        return true;
    }
}
