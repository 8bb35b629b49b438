using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>
/// The viewer's If-None-Match and If-Modified-Since against a stored object (RFC 9110 section 13, distribution spec 3.5).
/// </summary>
internal static class Preconditions
{
    /// <summary>Whether 304 is the answer. Weak comparison; If-None-Match, where present, decides alone.</summary>
    public static bool NotModified(EdgeRequest request, ObjectHead head, DateTimeOffset now)
    {
        if (head.StatusCode != 200 || request.Method is not ("GET" or "HEAD"))
            return false;
        var headers = request.Headers;
        var index = headers.IndexOf("if-none-match");
        if (index >= 0)
        {
            for (; index >= 0; index = headers.IndexOf("if-none-match", index + 1))
            {
                if (Lists(headers[index].Value, head.ETag))
                    return true;
            }
            return false;
        }
        if (headers.Get("if-modified-since") is not { } since || head.LastModified is null)
            return false;
        if (since == head.LastModified)
            return true;
        return HttpDate.TryParse(since, now, out var sinceDate)
            && HttpDate.TryParse(head.LastModified, now, out var modified)
            && modified <= sinceDate;
    }

    /// <summary>
    /// The parts that are wanted of the object, where parts may be the answer; null for the whole. An object that the edge compressed has
    /// none: its weak tag does not say which bytes it has.
    /// </summary>
    public static ByteRange[]? Parts(EdgeRequest request, ObjectHead head, long length)
    {
        var headers = request.Headers;
        if (head.StatusCode != 200 || head.EdgeCoding is not null || !headers.Contains("range"))
            return null;
        // If-Range: the part of this version, the whole of another one. A weak tag names no bytes (RFC 9110 section 13.1.5).
        if (headers.Get("if-range") is { } version
            && (version.StartsWith("W/", StringComparison.Ordinal) || (version != head.ETag && version != head.LastModified)))
            return null;
        return ByteRanges.Of(request, length);
    }

    /// <summary>Whether a copy with these validators is still the object.</summary>
    public static bool Holds(Revalidation copy, ObjectHead head)
    {
        if (head.StatusCode != 200)
            return false;
        return copy.ETag is { } tag
            ? head.ETag is { } own && Opaque(tag.AsSpan().Trim()).SequenceEqual(Opaque(own.AsSpan().Trim()))
            : copy.LastModified is { } date && date == head.LastModified;
    }

    private static bool Lists(ReadOnlySpan<char> list, string? etag)
    {
        if (list.Trim() is "*")
            return true;
        if (etag is null)
            return false;
        var wanted = Opaque(etag.AsSpan().Trim());
        while (true)
        {
            list = list.TrimStart(" \t,");
            if (list.IsEmpty)
                return false;
            var end = EndOfTag(list);
            if (Opaque(list[..end].TrimEnd()).SequenceEqual(wanted))
                return true;
            list = list[end..];
        }
    }

    // A quoted tag may hold commas; a tag that an origin forgot to quote ends at the next one.
    private static int EndOfTag(ReadOnlySpan<char> list)
    {
        var start = list.StartsWith("W/") ? 2 : 0;
        if (start < list.Length && list[start] == '"')
        {
            var close = list[(start + 1)..].IndexOf('"');
            return close < 0 ? list.Length : start + close + 2;
        }
        var comma = list.IndexOf(',');
        return comma < 0 ? list.Length : comma;
    }

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> tag) => tag.StartsWith("W/") ? tag[2..] : tag;
}
