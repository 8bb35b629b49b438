using System.Collections.Concurrent;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Host.Files;

namespace Brink.Host.Output;

/// <summary>Cookies that origins set and viewers never get: told once for each behavior, however many requests it has.</summary>
internal sealed class DroppedCookies
{
    private readonly ConcurrentDictionary<(string? DistributionId, string? PathPattern), bool> _told = new();

    /// <summary>The line, or null where there is nothing to tell, or it has been told.</summary>
    public FileMistake? NoteOf(in AccessLogEntry entry) =>
        entry.DroppedSetCookie && _told.TryAdd((entry.DistributionId, entry.PathPattern), true)
            ? new FileMistake(
                "brink dev",
                $"{BehaviorName.Of(entry.PathPattern is { } pattern ? new PathPattern(pattern) : PathPattern.Any)}: the Set-Cookie of {entry.OriginId ?? "the origin"} was taken out, as at AWS: "
                + "neither its cache policy nor its origin request policy sends cookies to the origin")
            : null;
}
