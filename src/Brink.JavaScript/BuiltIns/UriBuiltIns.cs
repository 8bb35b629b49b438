using System.Buffers;
using System.Text;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>encodeURI, decodeURI and their component forms.</summary>
internal static class UriBuiltIns
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()";
    private const string ReservedAndHash = ";/?:@&=+$,#";

    private static readonly SearchValues<char> KeptInComponents = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> KeptInUris = SearchValues.Create(Unreserved + ReservedAndHash);

    public static void Build(IntrinsicsBuilder builder)
    {
        Define("encodeURI", (realm, in self, arguments) => Encode(realm, arguments, KeptInUris));
        Define("encodeURIComponent", (realm, in self, arguments) => Encode(realm, arguments, KeptInComponents));
        Define("decodeURI", (realm, in self, arguments) => Decode(realm, arguments, ReservedAndHash));
        Define("decodeURIComponent", (realm, in self, arguments) => Decode(realm, arguments, ""));

        void Define(string name, NativeCode code) => builder.Global(name, Value.Object(builder.Function(name, 1, code)));
    }

    private static Value Encode(Realm realm, ReadOnlySpan<Value> arguments, SearchValues<char> kept)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        realm.Charge(1 + text.Length / Price.CopiedCharacters);
        if (text.IsBmp && text.Chars.IndexOfAnyExcept(kept) < 0)
            return text;
        const string Hex = "0123456789ABCDEF";
        var builder = new TextBuilder(realm, stackalloc char[256]);
        Span<byte> utf8 = stackalloc byte[4];
        var view = text.View;
        for (var i = 0; i < view.Length; i++)
        {
            if ((i & 7) == 0)
                realm.Charge(1);
            var codePoint = view[i];
            if (codePoint < 128 && kept.Contains((char)codePoint))
            {
                builder.AppendCodePoint(codePoint);
                continue;
            }
            var count = new Rune(codePoint).EncodeToUtf8(utf8);
            foreach (var b in utf8[..count])
            {
                builder.Append('%');
                builder.Append(Hex[b >> 4]);
                builder.Append(Hex[b & 15]);
            }
        }
        return builder.ToText();
    }

    private static Value Decode(Realm realm, ReadOnlySpan<Value> arguments, string keptEscaped)
    {
        var text = realm.ToText(arguments.At(0));
        if (text.IsThrew)
            return text;
        var view = text.View;
        realm.Charge(1 + view.Length / Price.CopiedCharacters);
        if (view.IndexOf(new TextView("%"), 0) < 0)
            return text;
        var builder = new TextBuilder(realm, stackalloc char[256]);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < view.Length;)
        {
            realm.Charge((i & 7) == 0 ? 1 : 0);
            if (view[i] != '%')
            {
                builder.AppendCodePoint(view[i++]);
                continue;
            }
            // An escaped UTF-8 sequence: its first byte says how many there are.
            var start = i;
            var count = 1;
            for (var k = 0; k < count; k++, i += 3)
            {
                if (i + 2 >= view.Length || view[i] != '%' || HexDigit(view[i + 1]) is not (>= 0 and var high) || HexDigit(view[i + 2]) is not (>= 0 and var low))
                    return Malformed(realm, ref builder);
                utf8[k] = (byte)(high * 16 + low);
                if (k == 0)
                    count = utf8[0] switch { < 0x80 => 1, < 0xC0 => 0, < 0xE0 => 2, < 0xF0 => 3, < 0xF8 => 4, _ => 0 };
                if (count == 0)
                    return Malformed(realm, ref builder);
            }
            if (Rune.DecodeFromUtf8(utf8[..count], out var rune, out var consumed) != OperationStatus.Done || consumed != count)
                return Malformed(realm, ref builder);
            if (rune.IsAscii && keptEscaped.Contains((char)rune.Value))
                builder.Append(view.Slice(start, 3));
            else
                builder.AppendCodePoint(rune.Value);
        }
        return builder.ToText();
    }

    private static Value Malformed(Realm realm, ref TextBuilder builder)
    {
        builder.Dispose();
        return realm.Throw(ErrorType.UriError, "malformed URI");
    }

    private static int HexDigit(int c) => c is >= 0 and < 128 && char.IsAsciiHexDigit((char)c) ? c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10 : -1;
}
