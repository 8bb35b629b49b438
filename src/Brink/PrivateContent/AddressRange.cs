using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Brink.PrivateContent;

/// <summary>IPv4 addresses with the same first bits, <c>192.0.2.0/24</c>; one address has all 32.</summary>
public readonly record struct AddressRange
{
    private readonly uint _network;
    private readonly uint _mask;

    private AddressRange(uint address, int bits)
    {
        _mask = bits == 0 ? 0 : uint.MaxValue << (32 - bits);
        _network = address & _mask;
    }

    /// <summary>A range from its text; false where it is none.</summary>
    public static bool TryParse(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/');
        var bits = 32;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > 32))
            return false;
        if (!TryRead(slash < 0 ? text : text[..slash], out var address))
            return false;
        range = new AddressRange(address, bits);
        return true;
    }

    /// <summary>Whether an address is one of them. One of IPv6 never is.</summary>
    public bool Contains(string address) => TryRead(address, out var number) && (number & _mask) == _network;

    // Nothing but four numbers: what else the parser takes for an address (127.1, octal digits) is written differently than it came.
    private static bool TryRead(string text, out uint number)
    {
        number = 0;
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != text)
            return false;
        Span<byte> bytes = stackalloc byte[4];
        address.TryWriteBytes(bytes, out _);
        number = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        return true;
    }
}
