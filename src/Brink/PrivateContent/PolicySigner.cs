using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Brink.PrivateContent;

/// <summary>Signs URLs and cookies as <c>aws cloudfront sign</c> does (distribution spec 2.12).</summary>
public sealed class PolicySigner : IDisposable
{
    private const int RsaBits = 2048, EcBits = 256;

    private readonly AsymmetricAlgorithm _key;
    private readonly string _keyPairId;
    private readonly SignatureHash _hash;

    private PolicySigner(AsymmetricAlgorithm key, string keyPairId, SignatureHash hash) =>
        (_key, _keyPairId, _hash) = (key, keyPairId, hash);

    /// <summary>A signer with a private key from PEM text.</summary>
    /// <returns>The signer; or null, with what is wrong and how to mend it.</returns>
    public static PolicySigner? FromPem(string pem, string keyPairId, SignatureHash hash, out string mistake)
    {
        mistake = "there is no private key in PEM, or one with a passphrase: openssl pkey -in FILE writes it without";
        foreach (var create in (ReadOnlySpan<Func<AsymmetricAlgorithm>>)[RSA.Create, ECDsa.Create])
        {
            var key = create();
            try
            {
                key.ImportFromPem(pem);
                if (HoldsPrivate(key) && key.KeySize == (key is RSA ? RsaBits : EcBits))
                    return new PolicySigner(key, keyPairId, hash);
                mistake = HoldsPrivate(key)
                    ? $"the key has {key.KeySize} bits; AWS takes RSA of {RsaBits} bits, and ECDSA on P-256"
                    : "this is a public key; signing takes the private one";
            }
            catch (Exception exception) when (exception is ArgumentException or CryptographicException)
            {
                // It may be a key of the other kind.
            }
            key.Dispose();
        }
        return null;
    }

    /// <summary>The URL with its canned policy's end, signature and key.</summary>
    public string SignUrl(string url, long expires) => Join(url, Parts(url, expires));

    /// <summary>The URL with a custom policy, signature and key.</summary>
    public string SignUrl(string url, ReadOnlySpan<byte> policy) => Join(url, Parts(policy));

    /// <summary>The cookies for a canned policy, as a Cookie field has them.</summary>
    public string SignCookies(string url, long expires) => Cookies(Parts(url, expires));

    /// <summary>The cookies for a custom policy.</summary>
    public string SignCookies(ReadOnlySpan<byte> policy) => Cookies(Parts(policy));

    /// <summary>A custom policy as <c>aws cloudfront sign</c> writes it.</summary>
    public static byte[] PolicyOf(string resource, long expires, long? starts, string? sourceIp)
    {
        var text = new StringBuilder("{\"Statement\":[{\"Resource\":\"").Append(resource)
            .Append("\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":").Append(expires).Append('}');
        if (sourceIp is not null)
            text.Append(",\"IpAddress\":{\"AWS:SourceIp\":\"").Append(sourceIp).Append(sourceIp.Contains('/') ? "\"}" : "/32\"}");
        if (starts is not null)
            text.Append(",\"DateGreaterThan\":{\"AWS:EpochTime\":").Append(starts).Append('}');
        return Encoding.UTF8.GetBytes(text.Append("}}]}").ToString());
    }

    /// <inheritdoc/>
    public void Dispose() => _key.Dispose();

    private static bool HoldsPrivate(AsymmetricAlgorithm key)
    {
        try
        {
            _ = key.ExportPkcs8PrivateKey();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private List<(string Name, string Value)> Parts(string url, long expires)
    {
        var end = expires.ToString(CultureInfo.InvariantCulture);
        var policy = new byte[CannedPolicy.LengthOf(url, end)];
        CannedPolicy.Write(url, end, policy);
        return Parts(("Expires", end), policy);
    }

    private List<(string Name, string Value)> Parts(ReadOnlySpan<byte> policy) => Parts(("Policy", UrlBase64.Encode(policy)), policy);

    private List<(string Name, string Value)> Parts((string Name, string Value) first, ReadOnlySpan<byte> policy)
    {
        var signature = _key is RSA rsa
            ? rsa.SignData(policy, _hash.Name(), RSASignaturePadding.Pkcs1)
            : ((ECDsa)_key).SignData(policy, _hash.Name(), DSASignatureFormat.Rfc3279DerSequence);
        List<(string, string)> parts = [first, ("Signature", UrlBase64.Encode(signature)), ("Key-Pair-Id", _keyPairId)];
        if (_hash == SignatureHash.Sha256)
            parts.Add(("Hash-Algorithm", SignatureHashNames.Sha256));
        return parts;
    }

    private static string Join(string url, List<(string Name, string Value)> parts) =>
        $"{url}{(url.Contains('?') ? '&' : '?')}{string.Join('&', parts.Select(part => $"{part.Name}={part.Value}"))}";

    private static string Cookies(List<(string Name, string Value)> parts) =>
        string.Join("; ", parts.Select(part => $"{SignedCookies.Prefix}{part.Name}={part.Value}"));
}
