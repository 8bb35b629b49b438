using Brink.Edge.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Brink.Edge.Listening;

/// <summary>Viewers that send their request or take their answer too slowly: they are cut off.</summary>
internal static class SlowViewers
{
    /// <summary>The least of a body that a viewer sends.</summary>
    public static MinDataRate Sending(DoorLimits limits) => new(limits.SendingRate, gracePeriod: TimeSpan.FromSeconds(30));

    /// <summary>The least of an answer that a viewer takes.</summary>
    public static MinDataRate Taking(DoorLimits limits) => new(limits.TakingRate, gracePeriod: TimeSpan.FromSeconds(10));
}
