using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Brink.Configuration;

namespace Brink.Lambda.Results;

/// <summary>Reads JSON that a stranger wrote, without ever throwing past <see cref="TryParse"/>.</summary>
internal static class ResultJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    /// <summary>
    /// Parses a result. What is not UTF-8 is refused here, and halves of surrogate pairs become U+FFFD, as they do wherever text becomes
    /// bytes: later readers meet neither. Of a name that an object has twice the last one counts, as in JavaScript and Python.
    /// </summary>
    public static JsonDocument? TryParse(ReadOnlyMemory<byte> json, out string? problem)
    {
        problem = null;
        if (!System.Text.Unicode.Utf8.IsValid(json.Span))
        {
            problem = "is not UTF-8";
            return null;
        }
        try
        {
            return JsonDocument.Parse(WithoutHalfPairs(json), Options);
        }
        catch (JsonException exception)
        {
            problem = $"is not JSON: {JsonMistake.Of(exception)}";
            return null;
        }
    }

    /// <summary>A text that is a value, the escapes undone.</summary>
    public static byte[] BytesOf(JsonElement text)
    {
        var raw = RawText(text);
        return raw.Contains((byte)'\\') ? Encoding.UTF8.GetBytes(text.GetString()!) : raw.ToArray();
    }

    /// <summary>The bytes of a text that is base64 and nothing else; null if it is not.</summary>
    public static byte[]? Base64BytesOf(JsonElement text)
    {
        var raw = RawText(text);
        if (raw.Contains((byte)'\\'))
            raw = Encoding.UTF8.GetBytes(text.GetString()!);
        // The platform skips white space; a body must be base64 and nothing else.
        if (raw.ContainsAny(" \t\r\n"u8))
            return null;
        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(raw.Length)];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(raw, bytes, out _, out var count) != OperationStatus.Done)
            return null;
        return count == bytes.Length ? bytes : bytes[..count];
    }

    /// <summary>The length in bytes of a text, escapes and all: never less than what it stands for.</summary>
    public static int RawLength(JsonElement text) => RawText(text).Length;

    private static ReadOnlySpan<byte> RawText(JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    /// <summary>A property that is there and not null.</summary>
    public static bool Has(JsonElement holder, ReadOnlySpan<byte> name, out JsonElement value) =>
        holder.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>What a value is, for messages.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    /// <summary>A value for messages: itself if it is short, else what it is.</summary>
    public static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when RawLength(value) <= 80 => $"'{Verdict.Shown(value.GetString()!)}'",
        JsonValueKind.Number when JsonMarshal.GetRawUtf8Value(value).Length <= 40 => value.GetRawText(),
        _ => Kind(value),
    };

    private static ReadOnlyMemory<byte> WithoutHalfPairs(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IndexOf("\\u"u8) < 0)
            return json;
        byte[]? mended = null;
        var text = json.Span;
        for (var i = text.IndexOf((byte)'\\'); i >= 0 && i < text.Length - 1;)
        {
            var next = i + 2;
            if (text[i + 1] == 'u')
            {
                var unit = UnitAt(text, i);
                next = i + 6;
                if (char.IsHighSurrogate(unit) && char.IsLowSurrogate(UnitAt(text, next)))
                    next += 6;
                else if (char.IsSurrogate(unit))
                    "fffd"u8.CopyTo((mended ??= json.ToArray()).AsSpan(i + 2));
            }
            if (next >= text.Length)
                break;
            var skip = text[next..].IndexOf((byte)'\\');
            i = skip < 0 ? -1 : next + skip;
        }
        return mended ?? json;
    }

    /// <summary>The code unit that an escape at this place stands for; NUL where there is none.</summary>
    private static char UnitAt(ReadOnlySpan<byte> text, int place)
    {
        if (place + 6 > text.Length || text[place] != '\\' || text[place + 1] != 'u')
            return '\0';
        var unit = 0;
        foreach (var digit in text.Slice(place + 2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return '\0';
            unit = unit * 16 + (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }
        return (char)unit;
    }
}
