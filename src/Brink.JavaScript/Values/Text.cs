using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brink.JavaScript.Values;

/// <summary>
/// Owns text without code points above U+FFFF: one char is one code point, so indexing is direct. Strings are slices of it. An arena chunk
/// is such an owner that still grows behind the slices; what a slice covers never changes.
/// </summary>
internal class Text(char[] chars) : Cell(CellKind.Text)
{
    public readonly char[] Chars = chars;

    /// <summary>The property key that this whole text spells, when it is a literal or a name: computed keys then need no hashing.</summary>
    public Atom? Atom;
}

/// <summary>
/// Owns text that lives as long as its program or the process. Scripts look up one character after the other in an alphabet that stands in
/// their source: such a text knows where its characters are.
/// </summary>
internal sealed class PermanentText(char[] chars) : Text(chars)
{
    /// <summary>Shorter texts are searched at once.</summary>
    private const int ShortestIndexed = 17;

    /// <summary>Up to here a place, and none, fit into a byte.</summary>
    private const int LongestIndexed = byte.MaxValue;

    private const int IndexedCharacters = 128;

    /// <summary>For each ASCII character its first place and 1, or 0 for none. Any thread may make it: all make the same.</summary>
    private byte[]? _places;

    /// <summary>The first place of a character, or -1.</summary>
    public int IndexOf(char character)
    {
        if (Chars.Length is < ShortestIndexed or > LongestIndexed || character >= IndexedCharacters)
            return Chars.AsSpan().IndexOf(character);
        return (_places ?? MakePlaces())[character] - 1;
    }

    private byte[] MakePlaces()
    {
        var places = new byte[IndexedCharacters];
        for (var i = Chars.Length - 1; i >= 0; i--)
        {
            if (Chars[i] < IndexedCharacters)
                places[Chars[i]] = (byte)(i + 1);
        }
        Volatile.Write(ref _places, places);
        return places;
    }
}

/// <summary>Owns text that has code points above U+FFFF: one int is one code point (functions spec 5.5, 1).</summary>
internal class AstralText : Cell
{
    public AstralText(int[] codePoints) : this(codePoints, CellKind.AstralText) { }

    protected AstralText(int[] units, CellKind kind) : base(kind) => CodePoints = units;

    public readonly int[] CodePoints;

    public Atom? Atom;
}

/// <summary>
/// Owns a byte string of 1.0 (functions spec 5.3): one int is one byte. It takes the ways of astral text, so that ordinary text, whose ways
/// ask for <see cref="CellKind.Text"/>, pays nothing for it. Beside other text its bytes decide: <see cref="TextBytes"/>.
/// </summary>
internal sealed class ByteText(int[] bytes) : AstralText(bytes, CellKind.ByteText);

/// <summary>A look at a string's code points, whichever kind its owner is. Two words, so that it travels in registers.</summary>
internal readonly ref struct TextView
{
    private readonly ref byte _first;

    public TextView(ReadOnlySpan<char> bmp)
    {
        _first = ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(bmp));
        Length = bmp.Length;
    }

    /// <param name="astral">Code points, or bytes.</param>
    /// <param name="kind">Which of them.</param>
    public TextView(ReadOnlySpan<int> astral, CellKind kind = CellKind.AstralText)
    {
        _first = ref Unsafe.As<int, byte>(ref MemoryMarshal.GetReference(astral));
        Length = astral.Length;
        _kind = (byte)(kind - CellKind.Text);
    }

    /// <summary>The owner's kind, counted from text on: no view at all is one of no text.</summary>
    private readonly byte _kind;

    public int Length { get; }

    /// <summary>Whether <see cref="CodePoints"/> holds the text; else <see cref="Chars"/> does.</summary>
    public bool IsAstral
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _kind != 0;
    }

    /// <summary>Whether it is a byte string: <see cref="CodePoints"/> are bytes.</summary>
    public bool IsBytes => _kind == CellKind.ByteText - CellKind.Text;

    /// <summary>Empty for the other kind.</summary>
    public ReadOnlySpan<char> Chars
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsAstral ? default : MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, char>(ref _first), Length);
    }

    /// <summary>Empty for the other kind.</summary>
    public ReadOnlySpan<int> CodePoints
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsAstral ? MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, int>(ref _first), Length) : default;
    }

    public int this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsAstral ? CodePoints[index] : Chars[index];
    }

    public TextView Slice(int start, int length) =>
        IsAstral ? new TextView(CodePoints.Slice(start, length), CellKind.Text + _kind) : new TextView(Chars.Slice(start, length));

    public bool SequenceEqual(in TextView other)
    {
        if (Length != other.Length)
            return IsBytes != other.IsBytes && TextBytes.Compare(this, other) == 0;
        if (!IsAstral && !other.IsAstral)
            return Chars.SequenceEqual(other.Chars);
        if (IsBytes != other.IsBytes)
            return TextBytes.Compare(this, other) == 0;
        if (IsAstral && other.IsAstral)
            return CodePoints.SequenceEqual(other.CodePoints);
        return (IsAstral
            ? Values.CodePoints.CommonPrefixLength(CodePoints, other.Chars)
            : Values.CodePoints.CommonPrefixLength(other.CodePoints, Chars)) == Length;
    }

    /// <summary>By code point; a byte string and text by the bytes of both.</summary>
    public int CompareTo(in TextView other)
    {
        if (!IsAstral && !other.IsAstral)
            return Chars.SequenceCompareTo(other.Chars);
        if (IsBytes != other.IsBytes)
            return TextBytes.Compare(this, other);
        var shared = !IsAstral ? Values.CodePoints.CommonPrefixLength(other.CodePoints, Chars)
            : other.IsAstral ? CodePoints.CommonPrefixLength(other.CodePoints)
            : Values.CodePoints.CommonPrefixLength(CodePoints, other.Chars);
        return shared == Math.Min(Length, other.Length) ? Length - other.Length : this[shared] - other[shared];
    }

    /// <summary>Where <paramref name="sought"/> begins at or after <paramref name="start"/>, or -1.</summary>
    public int IndexOf(in TextView sought, int start)
    {
        if (start > Length)
            return -1;
        if (!IsAstral && !sought.IsAstral)
        {
            var found = Chars[start..].IndexOf(sought.Chars);
            return found < 0 ? -1 : found + start;
        }
        if (sought.Length == 0)
            return start;
        if (IsBytes != sought.IsBytes)
            return TextBytes.IndexOf(this, sought, start);
        // The first code point is looked for many at a time, the rest where that one stands.
        var first = sought[0];
        for (var i = start; i + sought.Length <= Length; i++)
        {
            var rest = Slice(i, Length - sought.Length + 1 - i);
            var next = rest.IsAstral ? rest.CodePoints.IndexOf(first) : first <= char.MaxValue ? rest.Chars.IndexOf((char)first) : -1;
            if (next < 0)
                return -1;
            i += next;
            if (Slice(i, sought.Length).SequenceEqual(sought))
                return i;
        }
        return -1;
    }

    /// <summary>Copies it to room for ints.</summary>
    public void CopyTo(Span<int> destination)
    {
        if (IsAstral)
            CodePoints.CopyTo(destination);
        else
            Values.CodePoints.Widen(Chars, destination);
    }

    /// <summary>UTF-16, for the world outside: of a byte string the UTF-8 that it spells.</summary>
    public override string ToString() =>
        IsBytes ? TextBytes.ToDotNetString(CodePoints)
            : IsAstral
            ? string.Create(Values.CodePoints.Utf16Length(CodePoints), CodePoints,
                static (room, codePoints) => Values.CodePoints.ToUtf16(codePoints, room))
            : new string(Chars);
}

/// <summary>Numbers as text and back, apart from the language's own forms.</summary>
internal static class TextFacts
{
    public const int ReplacementCharacter = 0xFFFD;

    /// <summary>Whether UTF-16 text has surrogates, paired or not, and so needs <see cref="AstralText"/> or repair.</summary>
    public static bool HasSurrogates(ReadOnlySpan<char> utf16) => utf16.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;

    /// <summary>An owner for text that lives as long as the program or the process: literals, names.</summary>
    public static Value Permanent(string utf16)
    {
        if (!HasSurrogates(utf16))
            return Value.String(new PermanentText(utf16.ToCharArray()), 0, utf16.Length);
        var codePoints = CodePoints.FromUtf16(utf16);
        if (Array.Exists(codePoints, c => c > char.MaxValue))
            return Value.String(new AstralText(codePoints), 0, codePoints.Length);
        return Value.String(new PermanentText(Array.ConvertAll(codePoints, c => (char)c)), 0, codePoints.Length);
    }
}
