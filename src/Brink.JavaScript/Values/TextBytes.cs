using System.Buffers;
using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>
/// Strings as bytes: of text its UTF-8, of a byte string the bytes that it is. What a byte string is beside text is decided here.
/// </summary>
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

    /// <summary>How many bytes a string has.</summary>
    public static int Utf8LengthOf(in Value text)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetByteCount(text.Chars);
        if (text.IsBytes)
            return text.Length;
        var codePoints = text.View.CodePoints;
        var length = codePoints.Length;
        foreach (var codePoint in codePoints)
            length += (0x7F - codePoint >>> 31) + (0x7FF - codePoint >>> 31) + (0xFFFF - codePoint >>> 31);
        return length;
    }

    /// <summary>Writes a string's bytes; <paramref name="destination"/> has room for all of them. Gives their number.</summary>
    public static int EncodeUtf8(in Value text, Span<byte> destination)
    {
        if (text.IsBmp)
            return Encoding.UTF8.GetBytes(text.Chars, destination);
        var at = 0;
        if (text.IsBytes)
        {
            foreach (var one in text.View.CodePoints)
                destination[at++] = (byte)one;
            return at;
        }
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

    // ---------------------------------------------------------------- byte strings

    /// <summary>By their bytes.</summary>
    public static int Compare(in TextView left, in TextView right)
    {
        var ofLeft = new Bytes(left);
        var ofRight = new Bytes(right);
        while (true)
        {
            int a = ofLeft.Next(), b = ofRight.Next();
            if (a != b || a < 0)
                return a - b;
        }
    }

    /// <summary>Whether a string's bytes begin with those of another.</summary>
    public static bool StartsWith(in TextView text, in TextView sought)
    {
        var ofText = new Bytes(text);
        var ofSought = new Bytes(sought);
        for (var next = ofSought.Next(); next >= 0; next = ofSought.Next())
        {
            if (ofText.Next() != next)
                return false;
        }
        return true;
    }

    /// <summary>The place, in units of the text, from which its bytes go on with those of another string; or -1.</summary>
    public static int IndexOf(in TextView text, in TextView sought, int start)
    {
        for (var at = start; at < text.Length; at++)
        {
            if (StartsWith(text.Slice(at, text.Length - at), sought))
                return at;
        }
        return -1;
    }

    /// <summary>The UTF-8 that a byte string spells, as .NET holds it; what is not UTF-8 becomes U+FFFD.</summary>
    public static string ToDotNetString(ReadOnlySpan<int> bytes) => Encoding.UTF8.GetString(Narrow(bytes));

    /// <summary>Each int as a byte.</summary>
    public static byte[] Narrow(ReadOnlySpan<int> bytes)
    {
        var narrow = new byte[bytes.Length];
        for (var i = 0; i < narrow.Length; i++)
            narrow[i] = (byte)bytes[i];
        return narrow;
    }

    /// <summary>How many bytes a string has.</summary>
    public static int LengthOf(in TextView text)
    {
        if (text.IsBytes)
            return text.Length;
        var length = 0;
        for (var i = 0; i < text.Length; i++)
            length += LengthOf(text[i]);
        return length;
    }

    /// <summary>Writes a string's bytes, each as an int; gives their number.</summary>
    public static int Widen(in TextView text, Span<int> destination)
    {
        if (text.IsBytes)
        {
            text.CodePoints.CopyTo(destination);
            return text.Length;
        }
        var bytes = new Bytes(text);
        var count = 0;
        for (var next = bytes.Next(); next >= 0; next = bytes.Next())
            destination[count++] = next;
        return count;
    }

    /// <summary>
    /// A byte among UTF-16 that is no text: as a low surrogate that stands alone, which no text of the language has. ASCII is itself.
    /// </summary>
    public static char ToUtf16(int one) => (char)(one < FirstBeyondAscii ? one : FirstLowSurrogate + one);

    /// <summary>Bytes that stand among UTF-16 (<see cref="ToUtf16"/>), and the UTF-8 of the rest; gives their number.</summary>
    public static int FromUtf16(ReadOnlySpan<char> units, Span<byte> destination)
    {
        var count = 0;
        for (var i = 0; i < units.Length; i++)
        {
            if (char.IsLowSurrogate(units[i]))
                destination[count++] = (byte)(units[i] - FirstLowSurrogate);
            else if (char.IsHighSurrogate(units[i]))
                count += EncodeUtf8(char.ConvertToUtf32(units[i], units[++i]), destination[count..]);
            else
                count += EncodeUtf8(units[i], destination[count..]);
        }
        return count;
    }

    /// <summary>Bytes that one UTF-16 unit stands for, at most.</summary>
    public const int MostPerUnit = 3;

    private const int FirstBeyondAscii = 0x80, FirstLowSurrogate = 0xDC00;

    /// <summary>A string's bytes, one after the other.</summary>
    private ref struct Bytes(TextView text)
    {
        private const int BitsOfFollowing = 6, Following = 0x80, FollowingMask = 0x3F;

        private readonly TextView _text = text;
        private int _at, _codePoint, _left;

        /// <summary>The next byte, or -1.</summary>
        public int Next()
        {
            if (_left > 0)
            {
                _left--;
                return _codePoint >> BitsOfFollowing * _left & FollowingMask | Following;
            }
            if (_at == _text.Length)
                return -1;
            var unit = _text[_at++];
            if (unit < FirstBeyondAscii || _text.IsBytes)
                return unit;
            _codePoint = unit;
            _left = LengthOf(unit) - 1;
            return unit >> BitsOfFollowing * _left | (_left switch { 1 => 0xC0, 2 => 0xE0, _ => 0xF0 });
        }
    }

    /// <summary>How many bytes a code point has in UTF-8.</summary>
    public static int LengthOf(int codePoint) => codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_0000 ? 3 : 4;
}
