using System.Buffers;
using System.Buffers.Text;

namespace Brink.PrivateContent;

/// <summary>
/// Base64 as signed URLs have it: <c>-</c> for <c>+</c>, <c>_</c> for <c>=</c>, <c>~</c> for <c>/</c> (distribution spec 2.12). On the way
/// in the plain characters are taken too, percent-encoded ones, and a text without its padding, as in AWS's own example.
/// </summary>
public static class UrlBase64
{
    /// <summary>Bytes as text for a URL or a cookie.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) =>
        Convert.ToBase64String(bytes).Replace('+', '-').Replace('=', '_').Replace('/', '~');

    /// <summary>The bytes that a text says; false where it is not base64, or says more than there is room for.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes, out int written)
    {
        written = 0;
        var plain = ArrayPool<byte>.Shared.Rent(text.Length + 3);
        var isBase64 = TryMap(text, plain, out var length)
            && Base64.DecodeFromUtf8(plain.AsSpan(0, length), bytes, out _, out written) == OperationStatus.Done;
        ArrayPool<byte>.Shared.Return(plain);
        return isBase64;
    }

    private static bool TryMap(ReadOnlySpan<char> text, byte[] plain, out int length)
    {
        length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '%')
            {
                if (text.Length - i < 3 || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    return false;
                c = (char)Convert.FromHexString(text.Slice(i + 1, 2))[0];
                i += 2;
            }
            c = c switch { '-' => '+', '_' => '=', '~' => '/', _ => c };
            // White space, which the decoder would skip, is not base64 here.
            if (c is <= ' ' or > '~')
                return false;
            plain[length++] = (byte)c;
        }
        if (length > 0 && plain[length - 1] != '=')
        {
            while (length % 4 != 0)
                plain[length++] = (byte)'=';
        }
        return true;
    }
}
