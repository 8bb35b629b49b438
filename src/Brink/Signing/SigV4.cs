using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Http;

namespace Brink.Signing;

/// <summary>
/// AWS's signature version 4 for S3, as a pure function: what is to be signed goes in, the value of Authorization comes out. Header values
/// are Latin-1 text, one char for a byte of the wire, and are signed as those bytes.
/// </summary>
public static class SigV4
{
    /// <summary>The algorithm, as Authorization names it.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The payload hash of a request whose body is not signed.</summary>
    public const string UnsignedPayload = "UNSIGNED-PAYLOAD";

    /// <summary>The payload hash of a request without a body.</summary>
    public const string EmptyPayload = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>A moment as X-Amz-Date has it.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The value of Authorization.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, as <see cref="UriEncoding.Path"/> spells it.</param>
    /// <param name="query">The query, as <see cref="UriEncoding.Query"/> spells it; empty for none.</param>
    /// <param name="headers">What is signed, Host and X-Amz-Date among them; a name once.</param>
    /// <param name="payloadHash">The same as in X-Amz-Content-Sha256.</param>
    /// <param name="keys">What signs.</param>
    /// <param name="region">The region of the bucket.</param>
    /// <param name="timestamp">The same as in X-Amz-Date.</param>
    public static string Authorization(
        string method, string path, string query, IReadOnlyCollection<HeaderField> headers, string payloadHash, SigningKeys keys,
        string region, string timestamp)
    {
        var sorted = headers.Select(field => (Name: field.Name.ToLowerInvariant(), Value: Trim(field.Value)))
            .OrderBy(field => field.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(field => field.Name));
        var canonical = new StringBuilder()
            .Append(method).Append('\n')
            .Append(path.Length == 0 ? "/" : path).Append('\n')
            .Append(UriEncoding.Canonical(query)).Append('\n');
        foreach (var (name, value) in sorted)
            canonical.Append(name).Append(':').Append(value).Append('\n');
        canonical.Append('\n').Append(names).Append('\n').Append(payloadHash);

        var scope = $"{timestamp[..8]}/{region}/s3/aws4_request";
        var toSign = $"{Algorithm}\n{timestamp}\n{scope}\n{Hex(SHA256.HashData(Encoding.Latin1.GetBytes(canonical.ToString())))}";
        var signature = Hex(Hmac(KeyFor(keys, region, timestamp[..8]), toSign));
        return $"{Algorithm} Credential={keys.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}";
    }

    private static byte[] KeyFor(SigningKeys keys, string region, string date)
    {
        var key = Hmac(Encoding.UTF8.GetBytes("AWS4" + keys.SecretAccessKey), date);
        return Hmac(Hmac(Hmac(key, region), "s3"), "aws4_request");
    }

    /// <summary>Without blanks around, and with one for several in a row.</summary>
    private static string Trim(string value)
    {
        var trimmed = value.Trim(' ', '\t');
        return trimmed.Contains("  ", StringComparison.Ordinal)
            ? string.Join(' ', trimmed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : trimmed;
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
