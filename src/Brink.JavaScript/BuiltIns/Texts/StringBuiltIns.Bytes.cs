using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>
/// Byte strings, in 1.0 only (functions spec 5.3): text whose every code point is a byte, from U+0000 to U+00FF.
/// </summary>
internal static partial class StringBuiltIns
{
    private static void BuildByteStrings(IntrinsicsBuilder builder, JsObject constructor, JsObject prototype)
    {
        builder.Method(constructor, "bytesFrom", 0, BytesFrom);
        builder.Method(prototype, "fromBytes", 0, FromBytes);
        builder.Method(prototype, "fromUTF8", 0, FromUtf8);
        builder.Method(prototype, "toBytes", 0, ToBytes);
        builder.Method(prototype, "toUTF8", 0, ToUtf8);
    }

    private static Value BytesFrom(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var source = arguments.At(0);
        if (source.IsString)
            return Decode(realm, source, arguments.At(1));
        if (!source.IsObject)
            return realm.ThrowTypeError("value must be a string or array-like object");
        var length = realm.Get(source, Names.Length);
        if (length.IsThrew || !realm.ToInteger(length, out var count))
            return Value.Threw;
        if (count > Realm.MaxTextLength)
            throw ScriptStopped.OverMemory();
        var builder = new TextBuilder(realm, stackalloc char[256]);
        for (var i = 0; i < count; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.Get(realm, source.AsObject, i);
            if (element.IsThrew || !realm.ToInt32(element, out var number))
            {
                builder.Dispose();
                return Value.Threw;
            }
            builder.AppendCodePoint(number & 0xFF);
        }
        return builder.ToText();
    }

    private static Value Decode(Realm realm, in Value text, in Value encoding)
    {
        if (!encoding.IsString)
            return realm.ThrowTypeError("\"encoding\" must be a string");
        var view = text.View;
        realm.Charge(1 + view.Length / Price.EncodedCharacters);
        var name = encoding.View.Slice(0, Math.Min(encoding.Length, 32)).ToString();
        var builder = new TextBuilder(realm, stackalloc char[256]);
        switch (name)
        {
            case "hex":
                for (var i = 0; i + 1 < view.Length; i += 2)
                {
                    int high = HexDigit(view[i]), low = HexDigit(view[i + 1]);
                    if (high < 0 || low < 0)
                        break;
                    builder.AppendCodePoint(high * 16 + low);
                }
                return builder.ToText();
            case "base64" or "base64url":
                var (bits, held) = (0, 0);
                for (var i = 0; i < view.Length; i++)
                {
                    var digit = Base64Digit(view[i]);
                    if (digit < 0)
                        break;
                    bits = (bits << 6 | digit) & 0xFFFF;
                    held += 6;
                    if (held < 8)
                        continue;
                    held -= 8;
                    builder.AppendCodePoint(bits >> held & 0xFF);
                }
                return builder.ToText();
            default:
                builder.Dispose();
                return realm.ThrowTypeError($"Unknown encoding: \"{name}\"");
        }
    }

    private static int HexDigit(int c) =>
        c is >= 0 and < 128 && char.IsAsciiHexDigit((char)c) ? c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10 : -1;

    private static int Base64Digit(int c) => c switch
    {
        >= 'A' and <= 'Z' => c - 'A',
        >= 'a' and <= 'z' => c - 'a' + 26,
        >= '0' and <= '9' => c - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => -1,
    };

    /// <summary>this, cut as <c>slice</c> would.</summary>
    private static Value Part(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Slice(realm, thisValue, arguments);

    private static bool AreBytes(Realm realm, in Value text)
    {
        realm.Charge(1 + text.Length / Price.ReadCharacters);
        return text.IsBmp && text.Chars.IndexOfAnyExceptInRange('\0', '\u00FF') < 0;
    }

    /// <summary>Each byte a code point: as it is.</summary>
    private static Value FromBytes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Part(realm, thisValue, arguments);

    /// <summary>Each code point a byte; null if one does not fit.</summary>
    private static Value ToBytes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Part(realm, thisValue, arguments);
        return part.IsThrew || AreBytes(realm, part) ? part : Value.Null;
    }

    /// <summary>The text that the bytes spell; null if they are not UTF-8.</summary>
    private static Value FromUtf8(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Part(realm, thisValue, arguments);
        if (part.IsThrew)
            return part;
        if (!AreBytes(realm, part))
            return Value.Null;
        realm.Allocate(part.Length);
        var bytes = new byte[part.Length];
        Encoding.Latin1.GetBytes(part.Chars, bytes);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? realm.NewUtf8Text(bytes) : Value.Null;
    }

    private static Value ToUtf8(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var part = Part(realm, thisValue, arguments);
        if (part.IsThrew)
            return part;
        realm.Charge(1 + part.Length / Price.ReadCharacters);
        if (part.IsBmp && Ascii.IsValid(part.Chars))
            return part;
        realm.Charge(part.Length / Price.EncodedCharacters);
        var length = TextBytes.ChargedUtf8LengthOf(realm, part);
        realm.Allocate(length);
        var bytes = new byte[length];
        TextBytes.EncodeUtf8(part, bytes);
        return realm.NewLatin1Text(bytes);
    }
}
