using System.Buffers;
using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>Strings of code points as UTF-8.</summary>
internal static class TextBytes
{
    /// <summary>
    /// How many bytes a string has in UTF-8. Charges what counting and writing them takes beyond what they would take of an ASCII text.
    /// </summary>
    public static int ChargedUtf8LengthOf(Realm realm, in Value text)
    {
        var length = Utf8LengthOf(text);
        realm.Charge((length - text.Length) / Price.ReadCharacters + (text.IsBmp ? 0 : text.Length / Price.AstralCharacters));
        return length;
    }

    /// <summary>How many bytes a string has in UTF-8.</summary>
    public static int Utf8LengthOf(in Value text)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetByteCount(text.Chars);
        var codePoints = text.View.CodePoints;
        var length = codePoints.Length;
        foreach (var codePoint in codePoints)
            length += (0x7F - codePoint >>> 31) + (0x7FF - codePoint >>> 31) + (0xFFFF - codePoint >>> 31);
        return length;
    }

    /// <summary>Writes a string as UTF-8; <paramref name="destination"/> has room for all of it. Gives the number of bytes.</summary>
    public static int EncodeUtf8(in Value text, Span<byte> destination)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetBytes(text.Chars, destination);
        var at = 0;
        foreach (var codePoint in text.View.CodePoints)
        {
            if (codePoint < 0x80)
                destination[at++] = (byte)codePoint;
            else
                at += EncodeUtf8(codePoint, destination[at..]);
        }
        return at;
    }

    /// <summary>Writes a code point that is no surrogate; gives the number of bytes.</summary>
    public static int EncodeUtf8(int codePoint, Span<byte> destination)
    {
        if (codePoint < 0x80)
        {
            destination[0] = (byte)codePoint;
            return 1;
        }
        if (codePoint < 0x800)
        {
            destination[1] = (byte)(codePoint & 0x3F | 0x80);
            destination[0] = (byte)(codePoint >> 6 | 0xC0);
            return 2;
        }
        if (codePoint < 0x1_0000)
        {
            destination[2] = (byte)(codePoint & 0x3F | 0x80);
            destination[1] = (byte)(codePoint >> 6 & 0x3F | 0x80);
            destination[0] = (byte)(codePoint >> 12 | 0xE0);
            return 3;
        }
        destination[3] = (byte)(codePoint & 0x3F | 0x80);
        destination[2] = (byte)(codePoint >> 6 & 0x3F | 0x80);
        destination[1] = (byte)(codePoint >> 12 & 0x3F | 0x80);
        destination[0] = (byte)(codePoint >> 18 | 0xF0);
        return 4;
    }

    /// <summary>Writes each character as a byte; false if one does not fit.</summary>
    public static bool TryGetLatin1(in Value text, Span<byte> destination)
    {
        if (text.IsBmp)
            return !text.Chars.ContainsAnyExceptInRange('\0', '\u00FF') && Encoding.Latin1.GetBytes(text.Chars, destination) == text.Length;
        var codePoints = text.View.CodePoints;
        for (var i = 0; i < codePoints.Length; i++)
        {
            if (codePoints[i] > byte.MaxValue)
                return false;
            destination[i] = (byte)codePoints[i];
        }
        return true;
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
