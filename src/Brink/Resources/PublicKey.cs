using System.Security.Cryptography;

namespace Brink.Resources;

/// <summary>
/// A public key that signed URLs and cookies are checked with (distribution spec 2.12): RSA of 2048 bits, or ECDSA on the curve P-256.
/// </summary>
/// <param name="Id">Its id, <c>K</c> and 13 capitals or digits: what Key-Pair-Id names.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Algorithm">RSA or ECDSA.</param>
/// <param name="SubjectPublicKeyInfo">The key, DER.</param>
public sealed record PublicKey(string Id, string Name, PublicKeyAlgorithm Algorithm, ReadOnlyMemory<byte> SubjectPublicKeyInfo)
{
    private const int RsaBits = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";

    /// <summary>A key from PEM text, <c>-----BEGIN PUBLIC KEY-----</c>.</summary>
    /// <returns>The key; or null, with what is wrong and how to mend it.</returns>
    public static PublicKey? FromPem(string id, string name, string pem, out (string Rule, string Fix) mistake)
    {
        mistake = default;
        if (!PemEncoding.TryFind(pem, out var fields) || pem[fields.Label] != "PUBLIC KEY")
        {
            var found = pem.Contains("PRIVATE KEY", StringComparison.Ordinal) ? "a private key" : "no public key in PEM";
            mistake = ($"this is {found}", "Give what openssl pkey -pubout prints, -----BEGIN PUBLIC KEY-----");
            return null;
        }
        var der = Convert.FromBase64String(pem[fields.Base64Data].ReplaceLineEndings(""));
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(der, out _);
            if (rsa.KeySize == RsaBits)
                return new PublicKey(id, name, PublicKeyAlgorithm.Rsa, der);
            mistake = ($"the RSA key has {rsa.KeySize} bits", $"Make one of {RsaBits} bits: openssl genrsa -out private.pem {RsaBits}");
            return null;
        }
        catch (CryptographicException)
        {
            // It may be a key of the other kind.
        }
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(der, out _);
            if (ecdsa.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == P256)
                return new PublicKey(id, name, PublicKeyAlgorithm.Ecdsa, der);
        }
        catch (CryptographicException)
        {
            // Neither kind.
        }
        mistake = ($"the key is neither RSA of {RsaBits} bits nor ECDSA on P-256", "Make another one; AWS takes no others");
        return null;
    }
}

/// <summary>What a public key is for.</summary>
public enum PublicKeyAlgorithm
{
    /// <summary>RSA, signatures of PKCS #1 v1.5.</summary>
    Rsa,
    /// <summary>ECDSA on P-256.</summary>
    Ecdsa,
}
