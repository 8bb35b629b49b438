using System.Security.Cryptography;
using System.Text;
using Brink.Edge.Listening;

namespace Brink.Tests.Edge.Listening;

/// <summary>JA3 as Salesforce published it, JA4 as FoxIO did; values of theirs, and of a browser as browserleaks.com shows it.</summary>
public sealed class ClientHelloFingerprintsTests
{
    private static readonly byte[] H2 = "h2"u8.ToArray(), Http11 = "http/1.1"u8.ToArray();

    private static readonly ushort[] ChromeSuites =
        [0xAAAA, 0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC013, 0xC014, 0x009C, 0x009D, 0x002F, 0x0035];

    private static readonly ushort[] ChromeAlgorithms = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];

    private static readonly (ushort, byte[])[] ChromeExtensions =
    [
        (0x4A4A, []), (45, []), (51, []), (16, HelloWriter.Protocols(H2, Http11)), (65037, []), (23, []), (17613, []), (0, []), (11, [1, 0]),
        (10, HelloWriter.Numbers(0x3A3A, 4588, 29, 23, 24)), (43, HelloWriter.Versions(0x6A6A, 0x0304, 0x0303)), (65281, []), (35, []), (18, []), (5, []),
        (13, HelloWriter.Numbers(ChromeAlgorithms)), (27, []), (0x6A6A, [0]),
    ];

    [Fact]
    public void Chrome143()
    {
        var fingerprints = ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, ChromeSuites, ChromeExtensions))!;

        Assert.Equal("98487aa16281980e7d1120d399efb6a4", fingerprints.Ja3);
        Assert.Equal("t13d1516h2_8daaf6152771_d8a2da3f94cd", fingerprints.Ja4);
    }

    [Fact]
    public void ExtensionsInAnotherOrder_AreTheSameClientToJa4()
    {
        var random = new Random(7);
        var shuffled = ChromeExtensions.ToArray();
        random.Shuffle(shuffled);

        var fingerprints = ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, ChromeSuites, shuffled))!;

        Assert.NotEqual("98487aa16281980e7d1120d399efb6a4", fingerprints.Ja3);
        Assert.Equal("t13d1516h2_8daaf6152771_d8a2da3f94cd", fingerprints.Ja4);
    }

    [Fact]
    public void ExampleOfJa4()
    {
        (ushort, byte[])[] extensions =
        [
            (27, []), (0, []), (51, []), (16, HelloWriter.Protocols(H2)), (17513, []), (23, []), (45, []), (13, HelloWriter.Numbers(ChromeAlgorithms)), (5, []), (35, []), (18, []),
            (43, HelloWriter.Versions(0x0304)), (65281, []), (11, [1, 0]), (10, HelloWriter.Numbers(29)), (21, []),
        ];

        Assert.Equal("t13d1516h2_8daaf6152771_e5627efa2ab1", ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, ChromeSuites, extensions))!.Ja4);
    }

    [Fact]
    public void ExamplesOfJa3()
    {
        ushort[] suites = [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4];
        (ushort, byte[])[] extensions = [(0, []), (10, HelloWriter.Numbers(23, 24, 25)), (11, [1, 0])];
        Assert.Equal("ada70206e40642a3e4461f35503241d5", ClientHelloFingerprints.Of(HelloWriter.Write(769, suites, extensions))!.Ja3);

        ushort[] others = [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99];
        Assert.Equal("de350869b8c85de67a350c8d186f11e6", ClientHelloFingerprints.Of(HelloWriter.Write(769, others, null))!.Ja3);
    }

    [Theory]
    [InlineData("h2", "h2")]
    [InlineData("http/1.1", "h1")]
    [InlineData("x", "xx")]
    [InlineData("", "00")]
    [InlineData("\u00ab", "ab")]
    [InlineData("\u00ab\u00cd", "ad")]
    [InlineData("0\u00ab", "3b")]
    [InlineData("01\u00ab\u00cd", "3d")]
    [InlineData("0\u00ab\u00cd1", "01")]
    public void FirstProtocol_ByItsEnds(string protocol, string ends)
    {
        (ushort, byte[])[] extensions = [(16, HelloWriter.Protocols(Encoding.Latin1.GetBytes(protocol), Http11))];

        Assert.Equal(ends, ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, ChromeSuites, extensions))!.Ja4[8..10]);
    }

    [Theory]
    [InlineData(0x0303, new ushort[0], "12")]
    [InlineData(0x0302, new ushort[0], "11")]
    [InlineData(0x0301, new ushort[0], "10")]
    [InlineData(0x0300, new ushort[0], "s3")]
    [InlineData(0x0002, new ushort[0], "s2")]
    [InlineData(0x7777, new ushort[0], "00")]
    [InlineData(0x0303, new ushort[] { 0x0303, 0x0304, 0x0302 }, "13")]
    [InlineData(0x0303, new ushort[] { 0xFAFA, 0x0303 }, "12")] // made up values are no version
    public void HighestVersion_Counts(int version, ushort[] supported, string name)
    {
        (ushort, byte[])[] extensions = supported.Length == 0 ? [] : [(43, HelloWriter.Versions(supported))];

        Assert.Equal(name, ClientHelloFingerprints.Of(HelloWriter.Write((ushort)version, ChromeSuites, extensions))!.Ja4[1..3]);
    }

    [Fact]
    public void CountsEndAt99_AndNothingHasNoHash()
    {
        ushort[] many = [.. Enumerable.Range(1, 150).Select(number => (ushort)number)];

        Assert.StartsWith("t12i999900_", ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, many, [.. many.Skip(20).Select(type => (type, Array.Empty<byte>()))]))!.Ja4, StringComparison.Ordinal);
        Assert.Equal("t12i000000_000000000000_000000000000", ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, [0x0A0A], null))!.Ja4);
    }

    /// <summary>Without signature algorithms nothing follows the extensions.</summary>
    [Fact]
    public void ExtensionsAlone_AreHashedAlone()
    {
        var expected = Convert.ToHexStringLower(SHA256.HashData("0017,ff01"u8.ToArray()))[..12];

        Assert.EndsWith("_" + expected, ClientHelloFingerprints.Of(HelloWriter.Write(0x0303, ChromeSuites, [(65281, []), (23, [])]))!.Ja4, StringComparison.Ordinal);
    }

    [Fact]
    public void CutAndSpoiledOnes_AreReadWithoutFault_AndHaveTheirForm()
    {
        var good = HelloWriter.Write(0x0303, ChromeSuites, ChromeExtensions);
        var random = new Random(42);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            if (ClientHelloFingerprints.Of(bytes.AsSpan(0, random.Next(bytes.Length + 1))) is { } fingerprints)
                Assert.Equal((32, 36), (fingerprints.Ja3.Length, fingerprints.Ja4.Length));
        }
    }
}
