using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Edge.Configuration;

namespace Brink.Edge.Listening;

/// <summary>
/// What a client's TLS is known again by: JA3, the MD5 of what a ClientHello lists in its order, and JA4, which sorts before it hashes, so
/// that clients that shuffle their extensions stay the same. Values made up to keep servers tolerant (GREASE, RFC 8701) do not count.
/// </summary>
internal static class ClientHelloFingerprints
{
    private const ushort ServerName = 0, SupportedGroups = 10, PointFormats = 11, SignatureAlgorithms = 13, Alpn = 16;
    private const ushort SupportedVersions = 43;

    private const int Random = 32, HashDigits = 12, LargestCount = 99;

    private static readonly string NoHash = new('0', HashDigits);

    /// <summary>The fingerprints of a ClientHello, without the head of the message; null where it is malformed.</summary>
    public static TlsFingerprints? Of(ReadOnlySpan<byte> message)
    {
        var rest = new TlsFields(message);
        if (!rest.TryTakeNumber(out var version) || !rest.TrySkip(Random) || !rest.TryTake8(out _) || !rest.TryTake16(out var suiteField)
            || !rest.TryTake8(out _))
        {
            return null;
        }
        var suites = Numbers(suiteField);
        List<ushort> extensions = [], groups = [], algorithms = [], versions = [];
        byte[] formats = [], protocol = [];
        if (rest.TryTake16(out var fields))
        {
            while (fields.TryTakeNumber(out var type))
            {
                if (!fields.TryTake16(out var content))
                    return null;
                if (IsGrease(type))
                    continue;
                extensions.Add(type);
                switch (type)
                {
                    case SupportedGroups when content.TryTake16(out var list):
                        groups = Numbers(list);
                        break;
                    case SignatureAlgorithms when content.TryTake16(out var list):
                        algorithms = Numbers(list);
                        break;
                    case SupportedVersions when content.TryTake8(out var list):
                        versions = Numbers(list);
                        break;
                    case PointFormats when content.TryTake8(out var list):
                        formats = list.Rest.ToArray();
                        break;
                    case Alpn when content.TryTake16(out var list) && list.TryTake8(out var first):
                        protocol = first.Rest.ToArray();
                        break;
                    default:
                        break;
                }
            }
        }
        var ja3 = $"{version},{Decimal(suites)},{Decimal(extensions)},{Decimal(groups)},{string.Join('-', formats)}";
        var highest = versions.Count > 0 ? versions.Max() : version;
        return new TlsFingerprints(Md5(ja3), Ja4(highest, suites, extensions, algorithms, protocol));
    }

    private static string Ja4(
        ushort version, List<ushort> suites, List<ushort> extensions, List<ushort> algorithms, ReadOnlySpan<byte> protocol)
    {
        var sent = extensions.Where(type => type is not (ServerName or Alpn)).ToList();
        var (suiteCount, extensionCount) = (Math.Min(suites.Count, LargestCount), Math.Min(extensions.Count, LargestCount));
        var name = extensions.Contains(ServerName) ? 'd' : 'i';
        var signatures = algorithms.Count > 0 ? "_" + Hex(algorithms) : "";
        var suiteHash = suites.Count > 0 ? Hash(Hex(suites.Order())) : NoHash;
        var extensionHash = sent.Count > 0 ? Hash(Hex(sent.Order()) + signatures) : NoHash;
        return $"t{NameOf(version)}{name}{suiteCount:00}{extensionCount:00}{EndsOf(protocol)}_{suiteHash}_{extensionHash}";
    }

    private static string NameOf(ushort version) => version switch
    {
        0x0304 => "13",
        0x0303 => "12",
        0x0302 => "11",
        0x0301 => "10",
        0x0300 => "s3",
        0x0002 => "s2",
        _ => "00",
    };

    /// <summary>The first and the last character of the first protocol; of one that is no text, of its hexadecimal digits.</summary>
    private static string EndsOf(ReadOnlySpan<byte> protocol)
    {
        if (protocol.IsEmpty)
            return "00";
        var (first, last) = ((char)protocol[0], (char)protocol[^1]);
        if (char.IsAsciiLetterOrDigit(first) && char.IsAsciiLetterOrDigit(last))
            return $"{first}{last}";
        return $"{(protocol[0] >> 4):x}{(protocol[^1] & 0xF):x}";
    }

    private static List<ushort> Numbers(TlsFields list)
    {
        var numbers = new List<ushort>();
        while (list.TryTakeNumber(out var number))
        {
            if (!IsGrease(number))
                numbers.Add(number);
        }
        return numbers;
    }

    private static bool IsGrease(ushort number) => (number & 0x0F0F) == 0x0A0A && number >> 8 == (number & 0xFF);

    private static string Decimal(List<ushort> numbers) => string.Join('-', numbers);

    private static string Hex(IEnumerable<ushort> numbers) =>
        string.Join(',', numbers.Select(number => number.ToString("x4", CultureInfo.InvariantCulture)));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..HashDigits];

    [SuppressMessage("Security", "CA5351", Justification = "JA3 is an MD5: a name for what is seen, which protects nothing.")]
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.ASCII.GetBytes(text)));
}
