using System.Buffers;
using System.Text;
using Brink.Edge.Listening;
using static Brink.Edge.Listening.ProxyHeader;

namespace Brink.Tests.Edge.Listening;

public sealed class ProxyHeaderTests
{
    private const string Signature = "\r\n\r\n\0\r\nQUIT\n", Rest = "GET / HTTP/1.1\r\n\r\n";

    private const string Inet = "\u0011", Inet6 = "\u0021", UnixStream = "\u0031", Unspecified = "\0", Datagrams = "\u0012";

    private const string Inet4Addresses = "\u00cb\0\u0071\u0007" + "\u00c6\u0033\u0064\u0001" + "\u0012\u0067" + "\0\u0050"; // 203.0.113.7:4711 to 198.51.100.1:80

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\r\n", "203.0.113.7:4711", "198.51.100.1:80")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535", "255.255.255.255:65535")]
    [InlineData("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0", "0.0.0.0:0")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n", "[2001:db8::1]:4711", "[2001:db8::2]:443")]
    [InlineData("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535")]
    [InlineData("PROXY UNKNOWN\r\n", null, null)]
    [InlineData("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", null, null)] // the longest line there is
    [InlineData("PROXY UNKNOWN whatever it says\r\n", null, null)]
    public void Version1(string header, string? source, string? destination) => Reads(header, source, destination);

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80 \r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 80 1\r\n")]
    [InlineData("PROXY TCP4  203.0.113.7 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 4711 65536\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 04711 80\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 +4711 80\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1 -1 80\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 198.51.100.1  80\r\n")]
    [InlineData("PROXY TCP4 203.0.113.256 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP4 203.0.113 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP4 0x7f000001 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP4 010.0.0.1 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 2001:db8::2 4711 80\r\n")]
    [InlineData("PROXY TCP6 203.0.113.7 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 2001:db8::2 4711 80\r\n")]
    [InlineData("PROXY UDP4 203.0.113.7 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY tcp4 203.0.113.7 198.51.100.1 4711 80\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("proxy TCP4 203.0.113.7 198.51.100.1 4711 80\r\n")]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0")]
    [InlineData("\r\n\r\n\0\r\nQUIS\n")]
    public void WhatIsNone_IsInvalid(string bytes) => Assert.Equal(Verdict.Invalid, Read(Of(bytes + (bytes.StartsWith("PROXY ", StringComparison.Ordinal) ? new string('x', MaxLine) : "")), out _));

    [Fact]
    public void Version1_WithoutAnEnd_IsInvalid()
    {
        var line = "PROXY UNKNOWN ".PadRight(MaxLine - 1, 'x');

        Assert.Equal(Verdict.Incomplete, Read(Of(line), out _));
        Assert.Equal(Verdict.Incomplete, Read(Of(line[..^1] + "\r"), out _));
        Assert.Equal(Verdict.Whole, Read(Of(line[..^1] + "\r\n"), out _));
        Assert.Equal(Verdict.Invalid, Read(Of(line + "\r\n"), out _));
    }

    public static TheoryData<string, string, string?, string?> Binary => new()
    {
        { "TCP over IPv4", InBinary("\u0021", Inet, Inet4Addresses), "203.0.113.7:4711", "198.51.100.1:80" },
        { "with TLVs behind", InBinary("\u0021", Inet, Inet4Addresses + "\u0004\0\u0003abc"), "203.0.113.7:4711", "198.51.100.1:80" },
        { "with the longest TLVs", InBinary("\u0021", Inet, Inet4Addresses.PadRight(MaxContent, 't')), "203.0.113.7:4711", "198.51.100.1:80" },
        { "TCP over IPv6", InBinary("\u0021", Inet6, "\u0020\u0001\u000d\u00b8".PadRight(15, '\0') + "\u0001" + "\u0020\u0001\u000d\u00b8".PadRight(15, '\0') + "\u0002" + "\u0012\u0067" + "\u0001\u00bb"), "[2001:db8::1]:4711", "[2001:db8::2]:443" },
        { "LOCAL", InBinary("\u0020", Unspecified, ""), null, null },
        { "LOCAL with addresses, which do not count", InBinary("\u0020", Inet, Inet4Addresses), null, null },
        { "LOCAL with fewer bytes than its addresses have", InBinary("\u0020", Inet, "x"), null, null },
        { "nothing is known", InBinary("\u0021", Unspecified, ""), null, null },
        { "nothing is known, and bytes behind", InBinary("\u0021", Unspecified, "xyz"), null, null },
        { "a UNIX socket", InBinary("\u0021", UnixStream, new string('u', 216)), null, null },
        { "datagrams", InBinary("\u0021", Datagrams, Inet4Addresses), null, null },
    };

    [Theory]
    [MemberData(nameof(Binary))]
    public void Version2(string what, string header, string? source, string? destination)
    {
        Assert.NotEmpty(what);
        Reads(header, source, destination);
    }

    [Theory]
    [InlineData("version 1 in the binary form", "\u0011", Inet, Inet4Addresses)]
    [InlineData("an unknown command", "\u0022", Inet, Inet4Addresses)]
    [InlineData("an unknown family", "\u0021", "\u0041", Inet4Addresses)]
    [InlineData("an unknown transport", "\u0021", "\u0013", Inet4Addresses)]
    [InlineData("half the addresses", "\u0021", Inet, "\u00cb\0\u0071\u0007")]
    [InlineData("half the addresses of IPv6", "\u0021", Inet6, Inet4Addresses)]
    [InlineData("half a UNIX socket", "\u0021", UnixStream, Inet4Addresses)]
    public void Version2_Wrong(string what, string command, string family, string content)
    {
        Assert.NotEmpty(what);
        Assert.Equal(Verdict.Invalid, Read(Of(InBinary(command, family, content) + Rest), out _));
    }

    [Fact]
    public void Version2_TooLong_IsInvalidBeforeItHasCome() =>
        Assert.Equal(Verdict.Invalid, Read(Of(InBinary("\u0021", Inet, new string('t', MaxContent + 1))[..16]), out _));

    [Fact]
    public void RandomBytes_AreReadWithoutFault_AndLikeTheSameBytesInOnePiece()
    {
        var random = new Random(20260817);
        string[] starts = ["", "PROXY ", "PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN", Signature, Signature + "\u0021\u0011\0\u000c", Signature + "\u0021\u0021\0\u0024", Signature + "\u0020\0\0\0"];
        const string alphabet = "PROXYTC46UNKW .:0123456789abcdef\r\n\0\u0021\u0011\u0031\u00ff";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(starts[random.Next(starts.Length)]);
            for (var left = random.Next(160); left > 0; left--)
                text.Append(alphabet[random.Next(alphabet.Length)]);
            var bytes = Encoding.Latin1.GetBytes(text.ToString());

            var verdict = Read(new ReadOnlySequence<byte>(bytes), out var header);
            var inPieces = Read(Pieces(bytes, random), out var samePieces);

            Assert.Equal((verdict, header), (inPieces, samePieces));
            if (verdict == Verdict.Whole)
                Assert.InRange(header.Length, 15, bytes.Length);
            // More bytes never take back a verdict, and fewer never come to another one.
            var part = Read(new ReadOnlySequence<byte>(bytes, 0, random.Next(bytes.Length + 1)), out var ofPart);
            Assert.True(part == Verdict.Incomplete || (part, ofPart) == (verdict, header), $"{part} of a part, {verdict} of the whole: seed 20260817, {i}");
        }
    }

    private static void Reads(string header, string? source, string? destination)
    {
        for (var length = 0; length < header.Length; length++)
            Assert.True(Read(Of(header[..length]), out _) == Verdict.Incomplete, $"{length} of {header.Length}");
        foreach (var bytes in new[] { header, header + Rest })
        {
            Assert.Equal(Verdict.Whole, Read(Of(bytes), out var read));
            Assert.Equal((source, destination, header.Length), (read.Source?.ToString(), read.Destination?.ToString(), read.Length));
        }
    }

    private static string InBinary(string command, string family, string content) => $"{Signature}{command}{family}{(char)(content.Length >> 8)}{(char)(content.Length & 0xff)}{content}";

    private static ReadOnlySequence<byte> Of(string text) => new(Encoding.Latin1.GetBytes(text));

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, Random random)
    {
        Piece? first = null, last = null;
        for (var at = 0; at < bytes.Length;)
        {
            var length = random.Next(1, bytes.Length - at + 1);
            last = new Piece(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }
        return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
