using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Brink.Http;

/// <summary>
/// The one grammar of Host, for what viewers send and for what goes to origins: a name, an IPv4 address, or an IPv6 address in brackets,
/// and perhaps a port (RFC 9112 section 3.2, RFC 3986 section 3.2.2).
/// </summary>
/// <remarks>
/// Names are narrower than RFC 3986 allows, and as wide as DNS is used: labels of letters, digits, hyphens and underscores, at most 63
/// characters each and 253 in all, perhaps a dot behind the last one. No escapes, no <c>!$&amp;'()*+,;=</c>: no name in use has them, and
/// servers disagree about what they mean. A hyphen or an underscore begins the first label at most: .NET, which sends the requests to
/// origins, cannot read a Host where it begins another one.
/// </remarks>
public static class HostField
{
    private const int LongestName = 253, LongestLabel = 63, MostDigitsOfPort = 5, GreatestPort = 65535;

    private static readonly SearchValues<char> InLabel = SearchValues.Create(
        "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> InAddress = SearchValues.Create(":.0123456789ABCDEFabcdef");

    /// <summary>Whether the value is one, without blanks around it.</summary>
    public static bool IsValid(ReadOnlySpan<char> value)
    {
        var end = value is ['[', ..] ? value.IndexOf(']') + 1 : value.IndexOf(':');
        if (end < 0)
            return IsName(value);
        var host = value[..end];
        var port = value[end..];
        return (host is ['[', .. var address, ']'] ? IsAddress(address) : IsName(host)) && (port.IsEmpty || IsPort(port));
    }

    /// <summary>The name or address of a Host, without the port.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        if (host.StartsWith("["))
        {
            var end = host.IndexOf(']');
            return end < 0 ? host : host[..(end + 1)];
        }
        var colon = host.LastIndexOf(':');
        return colon < 0 ? host : host[..colon];
    }

    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name is [.. var relative, '.'])
            name = relative;
        if (name.Length is 0 or > LongestName)
            return false;
        for (var isFirst = true; ; isFirst = false)
        {
            var end = name.IndexOfAnyExcept(InLabel);
            if ((end < 0 ? name.Length : end) is 0 or > LongestLabel || !(isFirst || char.IsAsciiLetterOrDigit(name[0])))
                return false;
            if (end < 0)
                return true;
            if (name[end] != '.')
                return false;
            name = name[(end + 1)..];
        }
    }

    // No request can go to the unspecified address.
    private static bool IsAddress(ReadOnlySpan<char> address) =>
        address is not "::"
            && !address.ContainsAnyExcept(InAddress) && IPAddress.TryParse(address, out var parsed)
            && parsed.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsPort(ReadOnlySpan<char> port) =>
        port is [':', .. var digits] && digits.Length <= MostDigitsOfPort && WireNumber.TryRead(digits, GreatestPort, out _);
}
