using System.Buffers;
using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>encodeURI, decodeURI and their component forms.</summary>
internal static class UriBuiltIns
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    private const string ReservedAndHash = ";/?:@&=+$,#";
    private const int EscapeLength = 3;

    private static readonly Kept KeptInComponents = new(Unreserved);
    private static readonly Kept KeptInUris = new(Unreserved + ReservedAndHash);
    private static readonly Kept KeptEscapedInUris = new(ReservedAndHash);
    private static readonly Kept None = new("");

    /// <summary>Characters of ASCII: for a look at one, and at many.</summary>
    private sealed class Kept(string characters)
    {
        private readonly bool[] _isKept = [.. Enumerable.Range(0, 128).Select(code => characters.Contains((char)code))];

        public SearchValues<char> All { get; } = SearchValues.Create(characters);

        public bool Has(int codePoint) => (uint)codePoint < (uint)_isKept.Length && _isKept[codePoint];
    }

    public static void Build(IntrinsicsBuilder builder)
    {
        Define("encodeURI", (realm, in self, arguments) => Encode(realm, arguments, KeptInUris));
        Define("encodeURIComponent", (realm, in self, arguments) => Encode(realm, arguments, KeptInComponents));
        Define("decodeURI", (realm, in self, arguments) => Decode(realm, arguments, KeptEscapedInUris));
        Define("decodeURIComponent", (realm, in self, arguments) => Decode(realm, arguments, None));

        void Define(string name, NativeCode code) => builder.Global(name, Value.Object(builder.Function(name, 1, code)));
    }

    // ---------------------------------------------------------------- encoding

    private static Value Encode(Realm realm, ReadOnlySpan<Value> arguments, Kept kept)
    {
        var text = realm.ToText(arguments.At(0));
        return text.IsThrew ? text : Encode(realm, text, kept);
    }

    /// <summary>A string as <c>encodeURIComponent</c> gives it.</summary>
    public static Value EncodeComponent(Realm realm, in Value text) => Encode(realm, text, KeptInComponents);

    private static Value Encode(Realm realm, in Value text, Kept kept)
    {
        realm.Charge(1 + text.Length / Price.CopiedCharacters);
        if (text.IsBmp && text.Chars.IndexOfAnyExcept(kept.All) < 0)
            return text;
        realm.Charge(text.Length / Price.EncodedCharacters);
        return text.IsBmp ? Encode(realm, text.Chars, kept) : Encode(realm, text.View.CodePoints, kept, areBytes: text.IsBytes);
    }

    private static Value Encode<T>(Realm realm, ReadOnlySpan<T> text, Kept kept, bool areBytes = false) where T : unmanaged
    {
        var escapes = 0;
        var plain = 0;
        foreach (var unit in text)
        {
            var codePoint = TextUnit.ToCodePoint(unit);
            if (kept.Has(codePoint))
                plain++;
            else
                escapes += areBytes ? 1 : TextBytes.LengthOf(codePoint);
        }
        realm.Pay(escapes * Price.UriEscape);
        const string Hex = "0123456789ABCDEF";
        var room = realm.NewTextRoom(plain + EscapeLength * escapes, out var encoded);
        Span<byte> utf8 = stackalloc byte[4];
        var at = 0;
        foreach (var unit in text)
        {
            var codePoint = TextUnit.ToCodePoint(unit);
            if (kept.Has(codePoint))
            {
                room[at++] = (char)codePoint;
                continue;
            }
            utf8[0] = (byte)codePoint;
            var count = areBytes ? 1 : TextBytes.EncodeUtf8(codePoint, utf8);
            for (var i = 0; i < count; i++, at += EscapeLength)
            {
                room[at + 2] = Hex[utf8[i] & 15];
                room[at + 1] = Hex[utf8[i] >> 4];
                room[at] = '%';
            }
        }
        return encoded;
    }

    // ---------------------------------------------------------------- decoding

    private static Value Decode(Realm realm, ReadOnlySpan<Value> arguments, Kept keptEscaped)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        text = realm.ToTextIfUtf8(text);
        realm.Charge(1 + text.Length / Price.CopiedCharacters);
        return text.IsBmp ? Decode(realm, text, text.Chars, keptEscaped) : Decode(realm, text, text.View.CodePoints, keptEscaped);
    }

    private static Value Decode<T>(Realm realm, in Value text, ReadOnlySpan<T> units, Kept keptEscaped) where T : unmanaged, IEquatable<T>
    {
        var percent = TextUnit.Of<T>('%');
        var next = units.IndexOf(percent);
        if (next < 0)
            return text;
        var builder = new TextBuilder(realm, stackalloc char[256]);
        var at = 0;
        while (next >= 0)
        {
            if (next > 0)
                builder.Append(text.View.Slice(at, next));
            at += next;
            if (!DecodeEscapes(realm, ref builder, units, ref at, keptEscaped))
            {
                builder.Dispose();
                return realm.Throw(ErrorType.UriError, "malformed URI");
            }
            next = units[at..].IndexOf(percent);
        }
        if (at < units.Length)
            builder.Append(text.View.Slice(at, units.Length - at));
        return builder.ToText();
    }

    /// <summary>Decodes escapes that follow each other; false if they are malformed.</summary>
    private static bool DecodeEscapes<T>(Realm realm, ref TextBuilder builder, ReadOnlySpan<T> units, ref int at, Kept keptEscaped)
        where T : unmanaged
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (at < units.Length && TextUnit.ToCodePoint(units[at]) == '%')
        {
            var first = ByteAt(units, at);
            // The first byte of UTF-8 says how many there are.
            var count = first switch { < 0 => 0, < 0x80 => 1, < 0xC0 => 0, < 0xE0 => 2, < 0xF0 => 3, < 0xF8 => 4, _ => 0 };
            realm.Pay(Math.Max(1, count) * Price.UriEscape);
            if (count == 0)
                return false;
            if (count == 1)
            {
                builder.Append(keptEscaped.Has(first) ? '%' : (char)first);
                if (keptEscaped.Has(first))
                {
                    builder.Append((char)TextUnit.ToCodePoint(units[at + 1]));
                    builder.Append((char)TextUnit.ToCodePoint(units[at + 2]));
                }
                at += EscapeLength;
                continue;
            }
            utf8[0] = (byte)first;
            for (var i = 1; i < count; i++)
            {
                var following = ByteAt(units, at + i * EscapeLength);
                if (following < 0)
                    return false;
                utf8[i] = (byte)following;
            }
            if (Rune.DecodeFromUtf8(utf8[..count], out var rune, out var consumed) != OperationStatus.Done || consumed != count)
                return false;
            builder.AppendCodePoint(rune.Value);
            at += count * EscapeLength;
        }
        return true;
    }

    /// <summary>The byte that is escaped at a place, or below zero.</summary>
    private static int ByteAt<T>(ReadOnlySpan<T> units, int at) where T : unmanaged =>
        at + 2 < units.Length && TextUnit.ToCodePoint(units[at]) == '%'
            ? HexDigit(TextUnit.ToCodePoint(units[at + 1])) << 4 | HexDigit(TextUnit.ToCodePoint(units[at + 2]))
            : -1;

    private static int HexDigit(int c) => c < 128 ? HexDigits[c] : -1;

    private static readonly sbyte[] HexDigits =
        [.. Enumerable.Range(0, 128).Select(c => (sbyte)(char.IsAsciiHexDigit((char)c) ? Convert.ToInt32(((char)c).ToString(), 16) : -1))];
}
