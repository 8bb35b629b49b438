namespace Brink.Edge.Requests;

/// <summary>The caches between viewer and origin, from the viewer on (distribution spec 1.1).</summary>
internal enum CacheLayer
{
    /// <summary>That of the edge location.</summary>
    Edge,
    /// <summary>The regional edge cache.</summary>
    Region,
    /// <summary>The Origin Shield of the origin.</summary>
    OriginShield,
}
