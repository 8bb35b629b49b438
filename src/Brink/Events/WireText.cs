using System.Buffers;
using System.Text;

namespace Brink.Events;

/// <summary>
/// Between the wire and scripts. The edge holds header values, paths and queries as Latin-1 text, one char for each byte; a script sees
/// what the bytes spell as UTF-8, and bytes that are not UTF-8 as ISO-8859-1 (functions spec 2.2). What a script changed leaves as UTF-8.
/// </summary>
internal static class WireText
{
    /// <summary>Control characters: none may get into the head of a message.</summary>
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(c => c != '\t').Select(c => (char)c), '\x7F']);

    /// <summary>As a script sees it. ASCII comes back as it is, the same object.</summary>
    public static string Decode(string wire) => Ascii.IsValid(wire) ? wire : DecodeBytes(wire);

    /// <summary>A part of a text as a script sees it; null if it is ASCII, so that the part itself can be used.</summary>
    public static string? DecodeUnlessAscii(ReadOnlySpan<char> wire) => Ascii.IsValid(wire) ? null : DecodeBytes(wire);

    private static string DecodeBytes(ReadOnlySpan<char> wire)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(wire.Length);
        var count = Encoding.Latin1.GetBytes(wire, bytes);
        var text = System.Text.Unicode.Utf8.IsValid(bytes.AsSpan(0, count)) ? Encoding.UTF8.GetString(bytes, 0, count) : new string(wire);
        ArrayPool<byte>.Shared.Return(bytes);
        return text;
    }

    /// <summary>As it goes on the wire: UTF-8, one char for each byte. ASCII comes back as it is, the same object.</summary>
    public static string Encode(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>Control characters other than tab: they would end a line, or worse.</summary>
    public static bool HasControls(ReadOnlySpan<char> text) => text.ContainsAny(Controls);

    /// <summary>White space, control characters or <c>#</c>: what a request target cannot hold.</summary>
    public static bool IsUnfitForTarget(ReadOnlySpan<char> text) => HasControls(text) || text.ContainsAny(" \t#");
}
