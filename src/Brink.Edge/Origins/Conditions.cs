using System.Globalization;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>Conditional requests against a file (RFC 9110 section 13).</summary>
internal static class Conditions
{
    /// <summary>304, 412, or 0 to go on.</summary>
    public static int Judge(RegionalRequest asked, string tag, DateTime modified)
    {
        // The edge asks for itself: its own validators count, the viewer's do not.
        var now = asked.StartedAt;
        if (asked.Revalidation is { } stale)
            return IsUnchanged(stale.ETag, stale.LastModified, tag, modified, now) ? 304 : 0;

        var headers = asked.Request.Headers;
        var hasFailed = headers.Get("If-Match") is { } match
            ? !Lists(match, tag, strong: true)
            : headers.Get("If-Unmodified-Since") is { } before && IsNewer(modified, before, now);
        if (hasFailed)
            return 412;
        return IsUnchanged(headers.Get("If-None-Match"), headers.Get("If-Modified-Since"), tag, modified, now) ? 304 : 0;
    }

    /// <summary>Whether a Range counts: always, unless If-Range names another version (RFC 9110 section 13.1.5).</summary>
    public static bool RangeApplies(EdgeRequest request, string tag, string lastModified) =>
        request.Headers.Get("If-Range") is not { } wanted || wanted == tag || wanted == lastModified;

    private static bool IsUnchanged(string? noneMatch, string? since, string tag, DateTime modified, DateTimeOffset now)
    {
        if (noneMatch is not null)
            return Lists(noneMatch, tag, strong: false);
        return since is not null && HttpDate.TryParse(since, now, out var date) && !IsLater(modified, date);
    }

    private static bool Lists(string tags, string tag, bool strong)
    {
        foreach (var range in tags.AsSpan().Split(','))
        {
            var candidate = tags.AsSpan()[range].Trim(" \t");
            if (candidate is "*")
                return true;
            if (!strong && candidate.StartsWith("W/"))
                candidate = candidate[2..];
            if (candidate.SequenceEqual(tag))
                return true;
        }
        return false;
    }

    private static bool IsNewer(DateTime modified, string date, DateTimeOffset now) =>
        HttpDate.TryParse(date, now, out var than) && IsLater(modified, than);

    /// <summary>HTTP dates have whole seconds; the file's fraction does not count.</summary>
    private static bool IsLater(DateTime modified, DateTimeOffset date) =>
        modified.Ticks / TimeSpan.TicksPerSecond > date.UtcTicks / TimeSpan.TicksPerSecond;
}

/// <summary>One range of bytes (RFC 9110 section 14.1.2).</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many, at least one.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    public enum Outcome
    {
        /// <summary>Not one single valid range: the whole is sent.</summary>
        Whole,
        /// <summary>A part.</summary>
        Part,
        /// <summary>A valid range, but none of the bytes exist: 416.</summary>
        Unsatisfiable,
    }

    public static Outcome Parse(string header, long size, out ByteRange range)
    {
        range = default;
        var text = header.AsSpan().Trim();
        if (!text.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || text.Contains(','))
            return Outcome.Whole;
        text = text["bytes=".Length..].Trim();
        var dash = text.IndexOf('-');
        if (dash < 0)
            return Outcome.Whole;

        if (dash == 0)
        {
            if (!TryNumber(text[1..], out var last))
                return Outcome.Whole;
            if (last == 0 || size == 0)
                return Outcome.Unsatisfiable;
            last = Math.Min(last, size);
            range = new ByteRange(size - last, last);
            return Outcome.Part;
        }

        if (!TryNumber(text[..dash], out var start))
            return Outcome.Whole;
        var end = size - 1;
        if (dash < text.Length - 1)
        {
            if (!TryNumber(text[(dash + 1)..], out var given) || given < start)
                return Outcome.Whole;
            end = Math.Min(given, size - 1);
        }
        if (start >= size)
            return Outcome.Unsatisfiable;
        range = new ByteRange(start, end - start + 1);
        return Outcome.Part;
    }

    /// <summary>A position too large for a number is beyond the end of every file.</summary>
    private static bool TryNumber(ReadOnlySpan<char> text, out long number) => WireNumber.TryReadSaturating(text, out number);
}
