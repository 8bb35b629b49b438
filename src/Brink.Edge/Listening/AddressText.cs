using System.Collections.Immutable;
using System.Net;

namespace Brink.Edge.Listening;

/// <summary>Addresses as proxies write them, and the networks that they are in.</summary>
internal static class AddressText
{
    /// <summary>
    /// An address of IPv4 as four decimal numbers, or one of IPv6 without scope. .NET takes 127.1, 0x7f000001 and 010.0.0.1 as well, and
    /// proxies differ in that.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IsPlain(text) || !IPAddress.TryParse(text, out var parsed))
            return false;
        address = parsed;
        return true;
    }

    /// <summary>Whether an address is in one of the networks.</summary>
    public static bool Contain(this ImmutableArray<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    private static bool IsPlain(ReadOnlySpan<char> address)
    {
        if (address.Contains(':'))
            return !address.ContainsAny('%', '[');
        var parts = 0;
        foreach (var range in address.Split('.'))
        {
            var part = address[range];
            if (part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9') || part is ['0', _, ..])
                return false;
            parts++;
        }
        return parts == 4;
    }
}
