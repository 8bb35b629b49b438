using System.Buffers;
using System.Buffers.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>The ways to spell bytes as text that both runtimes know (functions spec 5.4).</summary>
internal enum BinaryEncoding : byte { Utf8, Hex, Base64, Base64Url }

/// <summary>
/// Bytes to text and back. Decoding is as tolerant as the engine AWS runs: it stops at the first character that is not of the encoding and
/// keeps what came before; an odd last hex digit or a lone last base64 digit is dropped.
/// </summary>
internal static class BinaryEncodings
{
    private const int NotADigit = -1;
    private const string HexDigits = "0123456789abcdef";

    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Base64Characters = SearchValues.Create(Digits + "+/");
    private static readonly SearchValues<char> Base64UrlCharacters = SearchValues.Create(Digits + "-_");
    private static readonly sbyte[] Base64Digits = DigitsOf('+', '/');
    private static readonly sbyte[] Base64UrlDigits = DigitsOf('-', '_');

    /// <summary>The encoding of that name; names are lower case only.</summary>
    public static bool TryParse(in TextView name, out BinaryEncoding encoding)
    {
        encoding = default;
        if (name.IsAstral)
            return false;
        switch (name.Chars)
        {
            case "utf8" or "utf-8":
                return true;
            case "hex":
                encoding = BinaryEncoding.Hex;
                return true;
            case "base64":
                encoding = BinaryEncoding.Base64;
                return true;
            case "base64url":
                encoding = BinaryEncoding.Base64Url;
                return true;
            default:
                return false;
        }
    }

    /// <summary>An encoding argument; undefined means UTF-8. False if it threw.</summary>
    public static bool FromArgument(Realm realm, in Value argument, out BinaryEncoding encoding)
    {
        encoding = BinaryEncoding.Utf8;
        if (argument.IsUndefined)
            return true;
        if (!argument.IsString)
        {
            realm.ThrowTypeError("encoding must be a string");
            return false;
        }
        if (TryParse(argument.View, out encoding))
            return true;
        realm.ThrowTypeError($"\"{argument.ToDotNetString()}\" encoding is not supported");
        return false;
    }

    /// <summary>Bytes as text, charged to the realm.</summary>
    public static Value ToText(Realm realm, ReadOnlySpan<byte> bytes, BinaryEncoding encoding)
    {
        realm.Charge(1 + bytes.Length / Price.ReadCharacters);
        return encoding switch
        {
            BinaryEncoding.Hex => ToHex(realm, bytes),
            BinaryEncoding.Base64 => ToBase64(realm, bytes),
            BinaryEncoding.Base64Url => ToBase64Url(realm, bytes),
            _ => realm.NewUtf8Text(bytes),
        };
    }

    /// <summary>
    /// How many bytes a string makes, at most: decoding says how many it really was when hex digits are followed by something else.
    /// </summary>
    public static int DecodedLength(Realm realm, in Value text, BinaryEncoding encoding)
    {
        realm.Charge(1 + text.Length / Price.ReadCharacters);
        return encoding switch
        {
            BinaryEncoding.Hex => text.Length / 2,
            BinaryEncoding.Base64 => Base64Length(text, Base64Digits, Base64Characters),
            BinaryEncoding.Base64Url => Base64Length(text, Base64UrlDigits, Base64UrlCharacters),
            _ => TextBytes.ChargedUtf8LengthOf(realm, text),
        };
    }

    /// <summary>
    /// Writes the bytes of a string; <paramref name="destination"/> has <see cref="DecodedLength"/> bytes. Gives the number of bytes.
    /// </summary>
    public static int Decode(Realm realm, in Value text, BinaryEncoding encoding, Span<byte> destination)
    {
        realm.Charge(1 + text.Length / Price.ReadCharacters);
        return encoding switch
        {
            BinaryEncoding.Hex => FromHex(text.View, destination),
            BinaryEncoding.Base64 => FromBase64(text, Base64Digits, destination),
            BinaryEncoding.Base64Url => FromBase64(text, Base64UrlDigits, destination),
            _ => TextBytes.EncodeUtf8(text, destination),
        };
    }

    /// <summary>The bytes of a string in a new array, charged to the realm.</summary>
    public static ReadOnlySpan<byte> Decode(Realm realm, scoped in Value text, BinaryEncoding encoding)
    {
        var length = DecodedLength(realm, text, encoding);
        realm.Allocate(length);
        var bytes = new byte[length];
        return bytes.AsSpan(0, Decode(realm, text, encoding, bytes));
    }

    /// <summary>The base64 digit that each character of ASCII is, or below zero.</summary>
    public static ReadOnlySpan<sbyte> Base64Table => Base64Digits;

    private static Value ToHex(Realm realm, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return Realm.EmptyText;
        var room = realm.NewTextRoom(checked(bytes.Length * 2), out var text);
        for (var i = 0; i < bytes.Length; i++)
        {
            room[i * 2] = HexDigits[bytes[i] >> 4];
            room[i * 2 + 1] = HexDigits[bytes[i] & 15];
        }
        return text;
    }

    private static Value ToBase64(Realm realm, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return Realm.EmptyText;
        Convert.TryToBase64Chars(bytes, realm.NewTextRoom(checked((bytes.Length + 2) / 3 * 4), out var text), out _);
        return text;
    }

    private static Value ToBase64Url(Realm realm, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0)
            return Realm.EmptyText;
        Base64Url.EncodeToChars(bytes, realm.NewTextRoom(Base64Url.GetEncodedLength(bytes.Length), out var text));
        return text;
    }

    private static int FromHex(in TextView text, Span<byte> destination)
    {
        var count = 0;
        for (var i = 0; i + 1 < text.Length; i += 2)
        {
            var high = HexDigit(text[i]);
            var low = HexDigit(text[i + 1]);
            if ((high | low) < 0)
                break;
            destination[count++] = (byte)(high << 4 | low);
        }
        return count;
    }

    private static int HexDigit(int character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'a' and <= 'f' => character - 'a' + 10,
        >= 'A' and <= 'F' => character - 'A' + 10,
        _ => NotADigit,
    };

    private static int Base64Length(in Value text, ReadOnlySpan<sbyte> digits, SearchValues<char> characters)
    {
        var count = 0;
        if (text.IsBmp)
        {
            count = text.Chars.IndexOfAnyExcept(characters);
            if (count < 0)
                count = text.Length;
        }
        else
        {
            var codePoints = text.View.CodePoints;
            while (count < codePoints.Length && (uint)codePoints[count] < (uint)digits.Length && digits[codePoints[count]] >= 0)
                count++;
        }
        return count / 4 * 3 + count % 4 * 3 / 4;
    }

    private static int FromBase64(in Value text, ReadOnlySpan<sbyte> digits, Span<byte> destination) =>
        text.IsBmp ? FromBase64(text.Chars, digits, destination) : FromBase64(text.View.CodePoints, digits, destination);

    private static int FromBase64<T>(ReadOnlySpan<T> text, ReadOnlySpan<sbyte> digits, Span<byte> destination) where T : unmanaged
    {
        var count = 0;
        var bits = 0;
        var bitCount = 0;
        foreach (var unit in text)
        {
            var character = TextUnit.ToCodePoint(unit);
            var digit = (uint)character < (uint)digits.Length ? digits[character] : NotADigit;
            if (digit < 0)
                break;
            bits = bits << 6 | digit;
            bitCount += 6;
            if (bitCount < 8)
                continue;
            bitCount -= 8;
            destination[count++] = (byte)(bits >> bitCount);
        }
        return count;
    }

    private static sbyte[] DigitsOf(char digit62, char digit63)
    {
        var table = new sbyte[128];
        Array.Fill(table, (sbyte)NotADigit);
        for (var i = 0; i < Digits.Length; i++)
            table[Digits[i]] = (sbyte)i;
        table[digit62] = 62;
        table[digit63] = 63;
        return table;
    }
}
