namespace Brink.Http;

/// <summary>Fields of viewers that no origin gets, whatever a policy lists (distribution spec 3.9). What they say would split the cache for nothing.</summary>
public static class UnforwardedFields
{
    /// <summary>Whether the name is one: those for one connection, and those that the edge says for itself.</summary>
    public static bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsHopByHop(name)
            || name.ToLowerInvariant() is "content-length" or "expect" or "x-forwarded-proto" or "x-real-ip" or "x-amz-cf-id"
            || name.StartsWith("X-Edge-", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether HTTP itself says that the field is for one connection (RFC 9110 section 7.6.1). Proxy-* is among them.</summary>
    public static bool IsHopByHop(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToLowerInvariant() is "connection" or "keep-alive" or "te" or "trailer" or "transfer-encoding" or "upgrade" or "http2-settings"
            || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase);
    }
}
