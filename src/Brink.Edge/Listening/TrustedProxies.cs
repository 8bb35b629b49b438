using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Brink.Http;

namespace Brink.Edge.Listening;

/// <summary>
/// Proxies in front of this edge whose X-Forwarded-For is believed: the viewer is the right-most address there that is none of theirs.
/// What stands left of it the viewer may have made up.
/// </summary>
internal sealed class TrustedProxies(ImmutableArray<IPNetwork> networks)
{
    /// <summary>No more entries are looked at, and none that is longer: an address in brackets with a port has 47 characters.</summary>
    private const int MaxHops = 32, MaxEntry = 47;

    private const string Field = "X-Forwarded-For";

    /// <summary>The proxies of those networks; null for none.</summary>
    public static TrustedProxies? Of(ImmutableArray<IPNetwork> networks) => networks.IsEmpty ? null : new TrustedProxies(networks);

    /// <summary>Whether the address is a proxy's.</summary>
    public bool Contains(IPAddress address) => networks.Contain(address);

    /// <summary>
    /// The viewer of a request that a proxy sent; null where the field names none: then it is the proxy. An entry that is no address ends
    /// the search, and the viewer is the proxy that wrote it.
    /// </summary>
    public IPEndPoint? ViewerOf(HeaderList headers)
    {
        IPEndPoint? found = null;
        var hops = 0;
        for (var line = headers.Count - 1; line >= 0; line--)
        {
            var (name, value) = headers[line];
            if (name.Length != Field.Length || !name.Equals(Field, StringComparison.OrdinalIgnoreCase))
                continue;
            var rest = value.AsSpan();
            while (true)
            {
                var comma = rest.LastIndexOf(',');
                if (++hops > MaxHops || !TryRead(rest[(comma + 1)..].Trim(" \t"), out var hop))
                    return found;
                found = hop;
                if (!Contains(hop.Address))
                    return found;
                if (comma < 0)
                    break;
                rest = rest[..comma];
            }
        }
        return found;
    }

    /// <summary>An address as proxies write it: IPv4 or IPv6, in brackets or not, with a port or without (then 0).</summary>
    internal static bool TryRead(ReadOnlySpan<char> entry, out IPEndPoint hop)
    {
        hop = null!;
        if (entry.Length is 0 or > MaxEntry)
            return false;
        var address = entry;
        var port = ReadOnlySpan<char>.Empty;
        var hasPort = false;
        if (entry[0] == '[')
        {
            var end = entry.IndexOf(']');
            if (end < 0 || (end + 1 < entry.Length && entry[end + 1] != ':'))
                return false;
            hasPort = end + 1 < entry.Length;
            address = entry[1..end];
            port = hasPort ? entry[(end + 2)..] : port;
        }
        else if (entry.IndexOf(':') is >= 0 and var colon && entry.LastIndexOf(':') == colon)
        {
            hasPort = true;
            address = entry[..colon];
            port = entry[(colon + 1)..];
        }
        ushort number = 0;
        if (hasPort && !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            return false;
        if ((entry[0] == '[' && !address.Contains(':')) || !AddressText.TryRead(address, out var parsed))
            return false;
        hop = new IPEndPoint(parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed, number);
        return true;
    }
}
