using System.Buffers;
using System.Text;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>Strings of code points as UTF-8. Nothing is charged here: the caller knows what the bytes are for.</summary>
internal static class TextBytes
{
    /// <summary>How many bytes a string has in UTF-8.</summary>
    public static int Utf8LengthOf(in Value text)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetByteCount(text.Chars);
        var length = 0;
        foreach (var codePoint in text.View.CodePoints)
            length += LengthOf(codePoint);
        return length;
    }

    /// <summary>Writes a string as UTF-8; <paramref name="destination"/> has room for all of it. Gives the number of bytes.</summary>
    public static int EncodeUtf8(in Value text, Span<byte> destination)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetBytes(text.Chars, destination);
        var at = 0;
        foreach (var codePoint in text.View.CodePoints)
            at += new Rune(codePoint).EncodeToUtf8(destination[at..]);
        return at;
    }

    /// <summary>Appends a string as UTF-8.</summary>
    public static void EncodeUtf8(in Value text, IBufferWriter<byte> destination)
    {
        var length = Utf8LengthOf(text);
        destination.Advance(EncodeUtf8(text, destination.GetSpan(length)));
    }

    /// <summary>How many bytes a code point has in UTF-8.</summary>
    public static int LengthOf(int codePoint) => codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
}
