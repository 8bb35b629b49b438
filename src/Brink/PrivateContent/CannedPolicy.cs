using System.Text;

namespace Brink.PrivateContent;

/// <summary>
/// The policy that a URL and an end say between them, to the byte as every signer writes it (distribution spec 2.12). Nothing is escaped:
/// what is signed is the URL as it stands in the request.
/// </summary>
internal static class CannedPolicy
{
    private static ReadOnlySpan<byte> Start => "{\"Statement\":[{\"Resource\":\""u8;

    private static ReadOnlySpan<byte> Middle => "\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":"u8;

    private static ReadOnlySpan<byte> End => "}}}]}"u8;

    /// <summary>Room for a policy of these parts.</summary>
    public static int LengthOf(ReadOnlySpan<char> url, ReadOnlySpan<char> expires) =>
        Start.Length + url.Length + Middle.Length + expires.Length + End.Length;

    /// <summary>Writes it; the result is the number of bytes.</summary>
    /// <param name="url">The URL without the signature, Latin-1 text of its bytes.</param>
    /// <param name="expires">The end, as it stands in the request.</param>
    /// <param name="bytes">Where to.</param>
    public static int Write(ReadOnlySpan<char> url, ReadOnlySpan<char> expires, Span<byte> bytes)
    {
        var length = Append(Start, bytes, 0);
        length += Encoding.Latin1.GetBytes(url, bytes[length..]);
        length = Append(Middle, bytes, length);
        length += Encoding.Latin1.GetBytes(expires, bytes[length..]);
        return Append(End, bytes, length);
    }

    private static int Append(ReadOnlySpan<byte> part, Span<byte> bytes, int length)
    {
        part.CopyTo(bytes[length..]);
        return length + part.Length;
    }
}
