using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>The directives of Cache-Control, in seconds.</summary>
internal sealed record Directives
{
    public bool ForbidsStoring { get; private init; }

    public long? MaxAge { get; private init; }

    public long? SharedMaxAge { get; private init; }

    public long StaleWhileRevalidate { get; private init; }

    public long? StaleIfError { get; private init; }

    public bool MustRevalidate { get; private init; }

    public bool ProxyRevalidate { get; private init; }

    public static Directives Of(string? field)
    {
        var all = (field ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new Directives
        {
            ForbidsStoring = all.Any(each => each is "no-cache" or "no-store" or "private"),
            MaxAge = Seconds("max-age"),
            SharedMaxAge = Seconds("s-maxage"),
            StaleWhileRevalidate = Seconds("stale-while-revalidate") ?? 0,
            StaleIfError = Seconds("stale-if-error"),
            MustRevalidate = all.Contains("must-revalidate"),
            ProxyRevalidate = all.Contains("proxy-revalidate"),
        };

        long? Seconds(string name) => all.FirstOrDefault(each => each.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
            ? long.Parse(found[(name.Length + 1)..], CultureInfo.InvariantCulture)
            : null;
    }
}

/// <summary>What Range and If-Range ask for.</summary>
internal static class Ranges
{
    /// <summary>The parts of that version; empty: none of them exists; null: the whole is the answer.</summary>
    public static (long From, long To)[]? Of(Question asked, Reply version, long length)
    {
        if (asked.Method != "GET" || asked.Range is null)
            return null;
        if (asked.IfRangeTag is { } tag && (tag.StartsWith("W/", StringComparison.Ordinal) || tag != version.ETag))
            return null;
        if (asked.IfRangeDate is { } date && date != version.LastModified)
            return null;
        var parts = new List<(long From, long To)>();
        foreach (var text in Specifiers(asked.Range))
        {
            if (Read(text) is not { } read)
                return null;
            var (from, to) = read.From is { } first ? (first, Math.Min(length, read.Last ?? length)) : (Math.Max(0, length - read.Last!.Value), length);
            if (from >= length)
                continue;
            if (parts.Count > 0 && from < parts[^1].To)
                return null; // 3.6: ascending, and apart
            parts.Add((from, to));
        }
        return [.. parts];
    }

    /// <summary>The one part that is asked for by its first byte; the end is <see cref="long.MaxValue"/> where it is open.</summary>
    public static (long From, long To)? One(Question asked) =>
        asked is { Method: "GET", Range: { } field } && Specifiers(field) is [var text] && Read(text) is { From: { } from } read
            ? (from, read.Last ?? long.MaxValue)
            : null;

    private static string[] Specifiers(string field) => field["bytes=".Length..].Split(',', StringSplitOptions.TrimEntries);

    // The end is the byte after the last one; without a beginning it is the length of the end.
    private static (long? From, long? Last)? Read(string text)
    {
        var ends = text.Split('-');
        if (ends.Length != 2 || ends.Any(end => end.Any(digit => !char.IsAsciiDigit(digit))) || text == "-")
            return null;
        long? from = ends[0].Length == 0 ? null : long.Parse(ends[0], CultureInfo.InvariantCulture);
        long? last = ends[1].Length == 0 ? null : long.Parse(ends[1], CultureInfo.InvariantCulture);
        if (from > last)
            return null;
        return (from, from is null ? last : last + 1);
    }
}
