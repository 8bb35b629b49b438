using System.Collections.Frozen;

namespace Brink.Http;

/// <summary>
/// Fields of viewers that no origin gets, whatever a policy lists (distribution spec 3.9). What they say would split the cache for nothing.
/// </summary>
public static class UnforwardedFields
{
    private static readonly FrozenSet<string> HopByHop =
        FrozenSet.Create(
            StringComparer.OrdinalIgnoreCase, "Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
            "HTTP2-Settings");

    private static readonly FrozenSet<string> OfTheEdge =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "Content-Length", "Expect", "X-Forwarded-Proto", "X-Real-IP", "X-Amz-Cf-Id");

    /// <summary>Whether the name is one: a field for one connection, or one that the edge sets itself.</summary>
    public static bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsHopByHop(name) || OfTheEdge.Contains(name) || name.StartsWith("X-Edge-", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether HTTP itself says that the field is for one connection (RFC 9110 section 7.6.1). Proxy-* is among them.</summary>
    public static bool IsHopByHop(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return HopByHop.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase);
    }
}
