using System.Collections.Concurrent;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Host.Files;

namespace Brink.Host.Output;

/// <summary>Cookies that origins set and viewers never get: one line for each behavior.</summary>
internal sealed class DroppedCookies
{
    private readonly ConcurrentDictionary<(string? DistributionId, string? PathPattern), bool> _told = new();

    /// <summary>The line; null where no cookie was dropped, or the line has been printed.</summary>
    public FileMistake? NoteOf(in AccessLogEntry entry)
    {
        if (!entry.DroppedSetCookie || !_told.TryAdd((entry.DistributionId, entry.PathPattern), true))
            return null;
        var behavior = BehaviorName.Of(entry.PathPattern is { } pattern ? new PathPattern(pattern) : PathPattern.Any);
        return new FileMistake(
            "brink dev",
            $"{behavior}: the Set-Cookie of {entry.OriginId ?? "the origin"} was taken out, as at AWS: "
            + "neither its cache policy nor its origin request policy sends cookies to the origin");
    }
}
