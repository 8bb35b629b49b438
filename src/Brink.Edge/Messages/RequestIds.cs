using System.Buffers.Text;
using System.Security.Cryptography;

namespace Brink.Edge.Messages;

/// <summary>Request ids: 40 random bytes as 56 characters of URL-safe base64, the last two <c>==</c> (distribution spec 3.11).</summary>
internal static class RequestIds
{
    private const int Bytes = 40;

    // A call of the system's generator costs about as much for 2,560 bytes as for 40, so each thread fetches 64 ids at a time.
    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _used;

    public static string Next() => string.Create(56, 0, static (text, _) =>
    {
        var random = _random ??= new byte[64 * Bytes];
        if (_used == 0)
            RandomNumberGenerator.Fill(random);
        var bytes = random.AsSpan(_used, Bytes);
        _used = (_used + Bytes) % random.Length;
        Base64Url.EncodeToChars(bytes, text, out _, out _);
        bytes.Clear();
        text[54] = '=';
        text[55] = '=';
    });
}
