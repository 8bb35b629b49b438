using System.Globalization;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>A part of a body.</summary>
/// <param name="From">The first byte.</param>
/// <param name="To">The byte after the last one.</param>
internal readonly record struct ByteRange(long From, long To)
{
    /// <summary>Bytes in it.</summary>
    public long Length => To - From;
}

/// <summary>What a Range field asks of a body whose length is known (RFC 9110 section 14.2, distribution spec 3.6).</summary>
internal static class ByteRanges
{
    /// <summary>More parts than this are answered with the whole: each costs a head of its own, and no player asks for more.</summary>
    public const int MostParts = 32;

    /// <summary>No part exists in the body: 416.</summary>
    public static readonly ByteRange[] Unsatisfiable = [];

    /// <summary>
    /// The parts asked for; null where the field is absent, is not understood, or is to be ignored: the whole is the answer then.
    /// Several parts have to ascend and may not overlap (spec 3.6).
    /// </summary>
    public static ByteRange[]? Of(EdgeRequest request, long length)
    {
        if (TheField(request) is not { } field || !TryList(field, out var list))
            return null;
        var found = new List<ByteRange>();
        long end = 0;
        var count = 0;
        foreach (var each in list.Split(','))
        {
            var text = list[each].Trim(" \t");
            if (text.IsEmpty)
                continue;
            if (++count > MostParts || !TryRead(text, out var from, out var last))
                return null;
            var range = from is { } start
                ? new ByteRange(start, last is { } to ? Math.Min(to, length - 1) + 1 : length)
                : new ByteRange(Math.Max(0, length - last!.Value), length);
            if (range.From >= length)
                continue;
            if (range.From < end)
                return null;
            end = range.To;
            found.Add(range);
        }
        if (count == 0)
            return null;
        return found.Count == 0 ? Unsatisfiable : [.. found];
    }

    /// <summary>
    /// The one part that a request asks for by its first byte; <c>To</c> is <see cref="long.MaxValue"/> where it is open. Null for
    /// anything else.
    /// </summary>
    public static ByteRange? One(EdgeRequest request)
    {
        if (TheField(request) is not { } field || !TryList(field, out var list))
            return null;
        return TryRead(list.Trim(" \t"), out var from, out var last) && from is { } start
            ? new ByteRange(start, last is { } to and < long.MaxValue ? to + 1 : long.MaxValue)
            : null;
    }

    // Several fields are no list: what they mean together is not defined.
    private static string? TheField(EdgeRequest request)
    {
        if (request.Method != "GET")
            return null;
        var index = request.Headers.IndexOf("range");
        return index < 0 || request.Headers.IndexOf("range", index + 1) >= 0 ? null : request.Headers[index].Value;
    }

    private static bool TryList(ReadOnlySpan<char> field, out ReadOnlySpan<char> list)
    {
        const string unit = "bytes=";
        list = default;
        if (!field.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
            return false;
        list = field[unit.Length..];
        return true;
    }

    // "0-99", "100-" and "-50", where last is the length of the end.
    private static bool TryRead(ReadOnlySpan<char> text, out long? from, out long? last)
    {
        (from, last) = (null, null);
        var dash = text.IndexOf('-');
        if (dash < 0)
            return false;
        if (dash > 0)
        {
            if (!TryNumber(text[..dash], out var start))
                return false;
            from = start;
        }
        if (dash < text.Length - 1)
        {
            if (!TryNumber(text[(dash + 1)..], out var end))
                return false;
            last = end;
        }
        return from is { } first ? last is not { } final || first <= final : last is not null;
    }

    // 1*DIGIT; a number that no body reaches counts as one beyond its end.
    private static bool TryNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
            return false;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            number = long.MaxValue - 1;
        return true;
    }
}

/// <summary>A Content-Range field: which part came, of how much (RFC 9110 section 14.4).</summary>
/// <param name="Range">The part.</param>
/// <param name="Total">The length of the whole.</param>
internal readonly record struct ContentRange(ByteRange Range, long Total)
{
    /// <summary>Reads the field of a 206; null where it is absent, malformed, contradicts itself, or does not know the whole.</summary>
    public static ContentRange? Of(EdgeResponse response)
    {
        const string unit = "bytes ";
        var index = response.Headers.IndexOf("content-range");
        if (index < 0 || response.Headers.IndexOf("content-range", index + 1) >= 0)
            return null;
        var text = response.Headers[index].Value.AsSpan();
        if (!text.StartsWith(unit, StringComparison.OrdinalIgnoreCase))
            return null;
        text = text[unit.Length..].Trim(' ');
        var (dash, slash) = (text.IndexOf('-'), text.IndexOf('/'));
        if (dash <= 0 || slash < dash
            || !long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !long.TryParse(text[(dash + 1)..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            || !long.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            || last < first || last >= total)
            return null;
        var range = new ByteRange(first, last + 1);
        return response.Body.Length is { } length && length != range.Length ? null : new ContentRange(range, total);
    }

    /// <summary>The text of the field where no part exists in so many bytes.</summary>
    public static string OfNone(long total) => string.Create(CultureInfo.InvariantCulture, $"bytes */{total}");

    /// <summary>The text of the field.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"bytes {Range.From}-{Range.To - 1}/{Total}");
}
