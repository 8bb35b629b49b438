using System.Buffers;
using System.Text;
using Brink.Functions.Metering;
using Brink.JavaScript.BuiltIns;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;

namespace Brink.Functions.Modules;

/// <summary><c>querystring</c>: parse (decode), stringify (encode), escape, unescape (functions spec 5.4).</summary>
internal static class QueryStringModule
{
    private const int DefaultMaxKeys = 1000;

    private static readonly ScriptName MaxKeysName = new("maxKeys");
    private static readonly ScriptName DecodeName = new("decodeURIComponent");
    private static readonly ScriptName EncodeName = new("encodeURIComponent");

    private static readonly HostFunction EscapeFunction = new("escape", 1, Escape);
    private static readonly HostFunction UnescapeFunction = new("unescape", 1, Unescape);

    public static HostModule Module { get; } = new()
    {
        Functions =
        [
            new HostFunction("parse", 4, Parse), new HostFunction("decode", 4, Parse),
            new HostFunction("stringify", 4, Stringify), new HostFunction("encode", 4, Stringify),
            EscapeFunction, UnescapeFunction,
        ],
    };

    // ---------------------------------------------------------------- parse

    private static ScriptValue Parse(HostCall call)
    {
        if (call.Runtime == Runtime.CloudFrontJs10 && !(call[0].IsString && call[0].TextLength > 0))
            return call.NewObject();                    // and nothing else is looked at
        if (!TryGetSeparator(call, 1, "&", out var separator, out var failure)
            || !TryGetSeparator(call, 2, "=", out var equals, out failure)
            || !TryGetCallback(call, DecodeName, UnescapeFunction, out var decode, out failure)
            || !TryGetMaxKeys(call, out var maxKeys, out failure))
            return failure;
        var result = call.NewObject();
        if (!call[0].IsString)
            return result;
        var text = Copy(call, call[0]);
        var keys = 0;
        for (var start = 0; start < text.Length && keys < maxKeys;)
        {
            var distance = text.AsSpan(start).IndexOf(separator);
            var end = distance < 0 ? text.Length : start + distance;
            call.Charge(HostPrice.QueryPair + (end - start) / HostPrice.CopiedOut);
            if (end > start)
            {
                var piece = text.AsSpan(start, end - start);
                var at = piece.IndexOf(equals);
                var name = Decoded(call, at < 0 ? piece : piece[..at], decode);
                if (name.IsThrew)
                    return name;
                var value = Decoded(call, at < 0 ? "" : piece[(at + equals.Length)..], decode);
                if (value.IsThrew)
                    return value;
                Put(call, result, name, value);
                keys++;
            }
            start = end + separator.Length;
        }
        return result;
    }

    private static void Put(HostCall call, ScriptValue result, ScriptValue name, ScriptValue value)
    {
        if (!result.TryGetOwn(name, out var before))
        {
            result.Set(name, value);
            return;
        }
        if (before.Kind == ScriptValueKind.Array)
        {
            before.Push(value);
            return;
        }
        var both = call.NewArray();
        both.Push(before);
        both.Push(value);
        result.Set(name, both);
    }

    private static ScriptValue Decoded(HostCall call, ReadOnlySpan<char> text, ScriptValue decode)
    {
        if (decode.IsUndefined || text.IsEmpty)
            return Unescaped(call, text);
        var decoded = call.Call(decode, call.Text(text));
        return decoded.IsThrew ? decoded : call.ToText(decoded);
    }

    // ---------------------------------------------------------------- stringify

    private static ScriptValue Stringify(HostCall call)
    {
        var source = call[0];
        if (!source.IsObject)
            return call.Text("");
        if (!TryGetSeparator(call, 1, "&", out var separator, out var failure)
            || !TryGetSeparator(call, 2, "=", out var equals, out failure)
            || !TryGetCallback(call, EncodeName, EscapeFunction, out var encode, out failure))
            return failure;
        var text = new TextUnderWay();
        using var properties = source.EnumerateOwn();
        while (properties.MoveNext())
        {
            var value = properties.Value;
            var name = call.Undefined;
            var isArray = value.Kind == ScriptValueKind.Array;
            var count = isArray ? value.ArrayLength : 1;
            for (var i = 0; i < count; i++)
            {
                // A function of the script is called for the name of every pair, not once for an array's.
                if (i == 0 || !encode.IsUndefined)
                    name = Encoded(call, properties.NameText, encode);
                var item = name.IsThrew ? name : isArray ? value.ElementAt(i) : value;
                if (!item.IsThrew)
                    item = EncodedValue(call, item, encode);
                if (item.IsThrew)
                {
                    text.Dispose();
                    return item;
                }
                if (text.Length > 0)
                    Append(call, ref text, separator);
                Append(call, ref text, name);
                Append(call, ref text, equals);
                Append(call, ref text, item);
            }
        }
        var query = properties.Threw ? properties.Value : call.Text(text.Text);
        text.Dispose();
        return query;
    }

    /// <summary>A value as text, escaped. In 2.0 one that has no text is not escaped, in 1.0 an empty one is not.</summary>
    private static ScriptValue EncodedValue(HostCall call, ScriptValue value, ScriptValue encode)
    {
        var text = TextOf(call, value);
        if (text.IsThrew)
            return text;
        var isEscaped = call.Runtime == Runtime.CloudFrontJs10 ? text.TextLength > 0 : value.IsString || text.TextLength > 0;
        return isEscaped ? Encoded(call, text, encode) : text;
    }

    private static ScriptValue Encoded(HostCall call, ScriptValue text, ScriptValue encode)
    {
        if (encode.IsUndefined)
            return text.EncodeUriComponent();
        var encoded = call.Call(encode, text);
        if (!encoded.IsThrew)
            encoded = call.ToText(encoded);
        return encoded.IsThrew || encoded.IsUtf8 ? encoded : call.Throw("TypeError", "got non-UTF8 string from encoder");
    }

    /// <summary>In 1.0 every value by the language's conversion; in 2.0 a primitive, and anything else is empty.</summary>
    private static ScriptValue TextOf(HostCall call, ScriptValue value)
    {
        if (call.Runtime == Runtime.CloudFrontJs10)
            return call.ToText(value);
        return value.Kind switch
        {
            ScriptValueKind.String => value,
            ScriptValueKind.Boolean => call.ToText(value),
            ScriptValueKind.Number when double.IsFinite(value.AsNumber) => call.ToText(value),
            _ => call.Text(""),
        };
    }

    /// <summary>The text under way is paid for before it grows: the same long string can be in thousands of properties.</summary>
    private static void Append(HostCall call, ref TextUnderWay text, string part)
    {
        call.Charge(HostPrice.QueryPart + part.Length / HostPrice.CopiedOut);
        call.Allocate(2L * part.Length);
        text.Append(part);
    }

    private static void Append(HostCall call, ref TextUnderWay text, ScriptValue part)
    {
        call.Charge(HostPrice.QueryPart + part.TextLength / HostPrice.CopiedOut);
        call.Allocate(2L * part.TextLength);
        text.Append(part);
    }

    // ---------------------------------------------------------------- escape, unescape

    private static ScriptValue Escape(HostCall call)
    {
        var text = call.ToText(call[0]);
        return text.IsThrew ? text : text.EncodeUriComponent();
    }

    private static ScriptValue Unescape(HostCall call)
    {
        var text = call.ToText(call[0]);
        return text.IsThrew ? text : Unescaped(call, Copy(call, text));
    }

    /// <summary>Plus is a space; what is not an escape stays as it is; what is not UTF-8 becomes U+FFFD.</summary>
    private static ScriptValue Unescaped(HostCall call, ReadOnlySpan<char> text)
    {
        if (!text.ContainsAny('%', '+'))
            return call.Text(text);
        call.Charge(1 + text.Length / HostPrice.Unescaped);
        call.Allocate(text.Length * 3L);
        // No escape takes more characters than it had.
        var room = ArrayPool<char>.Shared.Rent(text.Length);
        var bytes = ArrayPool<byte>.Shared.Rent(text.Length / EscapeLength + 1);
        var length = Unescape(text, room, bytes);
        var unescaped = call.Text(room.AsSpan(0, length));
        ArrayPool<char>.Shared.Return(room);
        ArrayPool<byte>.Shared.Return(bytes);
        return unescaped;
    }

    private static int Unescape(ReadOnlySpan<char> text, Span<char> room, Span<byte> bytes)
    {
        var length = 0;
        for (var i = 0; i < text.Length;)
        {
            var c = text[i];
            if (c != '%' || !IsEscape(text, i))
            {
                room[length++] = c == '+' ? ' ' : c;
                i++;
                continue;
            }
            // Escapes that follow each other are bytes of one text.
            var count = 0;
            for (; i < text.Length && IsEscape(text, i); i += EscapeLength)
                bytes[count++] = (byte)(HexDigit(text[i + 1]) << 4 | HexDigit(text[i + 2]));
            for (var rest = bytes[..count]; rest.Length > 0;)
            {
                Rune.DecodeFromUtf8(rest, out var rune, out var used);         // U+FFFD for what is not UTF-8
                length += rune.EncodeToUtf16(room[length..]);
                rest = rest[used..];
            }
        }
        return length;
    }

    private const int EscapeLength = 3;

    private static bool IsEscape(ReadOnlySpan<char> text, int at) =>
        text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);

    private static int HexDigit(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;

    // ---------------------------------------------------------------- arguments

    private static string Copy(HostCall call, ScriptValue text)
    {
        call.Charge(1 + text.TextLength / HostPrice.CopiedOut);
        call.Allocate(2L * text.TextLength);
        return text.AsText();
    }

    private static bool TryGetSeparator(HostCall call, int index, string whenAbsent, out string separator, out ScriptValue failure)
    {
        separator = whenAbsent;
        failure = default;
        if (call[index].IsNullish)
            return true;
        failure = call.ToText(call[index]);
        if (failure.IsThrew)
            return false;
        if (failure.TextLength > 0)
            separator = Copy(call, failure);
        return true;
    }

    /// <summary>
    /// The option's function or, without one, what the object that was called on has for a member now. Undefined where that is ours: then
    /// nothing need be called.
    /// </summary>
    private static bool TryGetCallback(
        HostCall call, ScriptName option, HostFunction member, out ScriptValue callback, out ScriptValue failure)
    {
        callback = default;
        failure = default;
        if (call[3].Kind is ScriptValueKind.Object or ScriptValueKind.Function)
        {
            callback = call[3].Get(option);
            if (callback.IsCallable)
                return true;
            if (callback.IsThrew || call[3].Has(option))
            {
                failure = callback.IsThrew ? callback : Fail(call, $"option {option.Text} is not a function");
                return false;
            }
        }
        callback = call.This.IsObject ? call.This.Get(member.Name) : call.Undefined;
        if (callback.Is(member))
        {
            callback = default;
            return true;
        }
        if (callback.IsCallable)
            return true;
        if (callback.IsThrew)
            call.TakeException();                       // a getter's error is not what is told
        failure = Fail(call, $"QueryString.{member.Name} is not a function");
        return false;
    }

    /// <summary>The class of these errors differs between the runtimes.</summary>
    private static ScriptValue Fail(HostCall call, string message) =>
        call.Throw(call.Runtime == Runtime.CloudFrontJs10 ? "TypeError" : "Error", message);

    private static bool TryGetMaxKeys(HostCall call, out double maxKeys, out ScriptValue failure)
    {
        maxKeys = DefaultMaxKeys;
        failure = default;
        if (call[3].Kind is not (ScriptValueKind.Object or ScriptValueKind.Function))
            return true;
        failure = call[3].Get(MaxKeysName);
        if (failure.IsThrew)
            return false;
        if (failure.IsUndefined)
            return true;
        if (!call.TryToNumber(failure, out maxKeys))
        {
            failure = call.Throwing;
            return false;
        }
        if (!(maxKeys >= 1))
            maxKeys = double.PositiveInfinity;          // 0: no limit
        return true;
    }
}
