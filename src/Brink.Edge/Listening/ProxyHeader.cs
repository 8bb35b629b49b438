using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Brink.Edge.Listening;

/// <summary>
/// What a proxy says at the start of a connection about whose connection it is: the PROXY protocol, version 1 (one line of text) and
/// version 2 (binary).
/// </summary>
/// <param name="Source">
/// Who connected to the proxy; null where the header does not say it: the proxy asks for itself (LOCAL), or serves something other than
/// TCP.
/// </param>
/// <param name="Destination">What was connected to; null likewise.</param>
/// <param name="Length">The bytes of the header; what is behind them is the connection's own.</param>
internal readonly record struct ProxyHeader(IPEndPoint? Source, IPEndPoint? Destination, int Length)
{
    /// <summary>The longest line of version 1, its end included.</summary>
    public const int MaxLine = 107;

    /// <summary>
    /// Bytes of addresses and TLVs in version 2. The format has room for 65,535; certificates in TLVs are what comes nearest to this.
    /// </summary>
    public const int MaxContent = 4096;

    private const int FixedPart = 16;
    private const int Local = 0x20, Proxied = 0x21;
    private const int Inet = 1, Inet6 = 2, Unix = 3, Stream = 1, Datagram = 2;
    private const int UnixAddresses = 216;

    /// <summary>What has been received so far.</summary>
    public enum Verdict
    {
        /// <summary>As far as it goes it is a header; the rest is to come.</summary>
        Incomplete,

        /// <summary>A header, whole.</summary>
        Whole,

        /// <summary>Something else.</summary>
        Invalid,
    }

    private static ReadOnlySpan<byte> Version1 => "PROXY "u8;

    private static ReadOnlySpan<byte> Version2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Reads the header at the start of a connection.</summary>
    public static Verdict Read(in ReadOnlySequence<byte> received, out ProxyHeader header)
    {
        header = default;
        Span<byte> room = stackalloc byte[MaxLine];
        var start = room[..(int)Math.Min(received.Length, MaxLine)];
        received.Slice(0, start.Length).CopyTo(start);
        if (Begins(start, Version1) is { } isLine)
            return isLine ? ReadLine(start, out header) : Verdict.Incomplete;
        if (Begins(start, Version2) is { } isBinary)
            return isBinary ? ReadBinary(start, received.Length, out header) : Verdict.Incomplete;
        return Verdict.Invalid;
    }

    /// <summary>False: as far as it goes it could; null: it does not.</summary>
    private static bool? Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature) =>
        bytes.StartsWith(signature) ? true : signature.StartsWith(bytes) ? false : null;

    private static Verdict ReadLine(ReadOnlySpan<byte> bytes, out ProxyHeader header)
    {
        header = default;
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length < MaxLine ? Verdict.Incomplete : Verdict.Invalid;
        var length = end + 2;
        var line = Encoding.Latin1.GetString(bytes[Version1.Length..end]);
        var parts = line.Split(' ');
        if (parts[0] == "UNKNOWN")
        {
            // What else stands there is to be passed over.
            header = new ProxyHeader(null, null, length);
            return Verdict.Whole;
        }
        var family = parts[0] switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unknown,
        };
        if (parts.Length != 5
            || EndPointOf(family, parts[1], parts[3]) is not { } source
            || EndPointOf(family, parts[2], parts[4]) is not { } destination)
            return Verdict.Invalid;
        header = new ProxyHeader(source, destination, length);
        return Verdict.Whole;
    }

    private static IPEndPoint? EndPointOf(AddressFamily family, string address, string port)
    {
        var isNumber = port.Length is > 0 and <= 5 && port is not ['0', _, ..];
        return isNumber && ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && AddressText.TryRead(address, out var parsed) && parsed.AddressFamily == family
                ? new IPEndPoint(parsed, number)
                : null;
    }

    private static Verdict ReadBinary(ReadOnlySpan<byte> bytes, long received, out ProxyHeader header)
    {
        header = default;
        if (bytes.Length < FixedPart)
            return Verdict.Incomplete;
        var (command, family, transport) = (bytes[12], bytes[13] >> 4, bytes[13] & 0xf);
        var content = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (command is not (Local or Proxied) || family > Unix || transport > Datagram || content > MaxContent)
            return Verdict.Invalid;
        var addressLength = family switch { Inet => 4, Inet6 => 16, _ => 0 };
        var addresses = family == Unix ? UnixAddresses : 2 * (addressLength + sizeof(ushort));
        if (command == Proxied && family != 0 && content < addresses)
            return Verdict.Invalid;
        if (received < FixedPart + content)
            return Verdict.Incomplete;

        var length = FixedPart + content;
        if (command == Local || addressLength == 0 || transport != Stream)
        {
            header = new ProxyHeader(null, null, length);
            return Verdict.Whole;
        }
        var rest = bytes[FixedPart..];
        var (from, to) = (new IPAddress(rest[..addressLength]), new IPAddress(rest.Slice(addressLength, addressLength)));
        var ports = rest[(2 * addressLength)..];
        header = new ProxyHeader(
            new IPEndPoint(from, BinaryPrimitives.ReadUInt16BigEndian(ports)),
            new IPEndPoint(to, BinaryPrimitives.ReadUInt16BigEndian(ports[2..])),
            length);
        return Verdict.Whole;
    }
}
