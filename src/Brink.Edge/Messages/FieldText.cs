using System.Buffers;

namespace Brink.Edge.Messages;

/// <summary>
/// What may stand in a field (RFC 9110 sections 5.1 and 5.5). Checked for every message, received and sent: with a control
/// character in a value one message becomes two.
/// </summary>
internal static class FieldText
{
    // A tab is allowed.
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Select(c => (char)c), '\u007f']);

    private static readonly SearchValues<char> InName =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether it is the name of a field.</summary>
    public static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(InName);

    /// <summary>Whether it is the name of the field that every answer has, one of the edge where there is no other.</summary>
    public static bool IsDate(string name) => name.Length == 4 && name.Equals("Date", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a value holds no control character.</summary>
    public static bool IsSafe(string value) => !value.AsSpan().ContainsAny(Controls);

    /// <summary>
    /// Whether it can be the phrase behind a status: visible ASCII and blanks. Bytes above that are in no charset, and
    /// one of the two writers cannot send them.
    /// </summary>
    public static bool IsPhrase(string text) => text.Length > 0 && IsSafe(text) && System.Text.Ascii.IsValid(text);
}
