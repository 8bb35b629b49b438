using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Brink.Edge.Listening;

/// <summary>Viewers that take their answer too slowly.</summary>
internal static class SlowViewers
{
    /// <summary>A viewer that takes less of an answer than this is cut off.</summary>
    public static MinDataRate Slowest { get; } = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
}
