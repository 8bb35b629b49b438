using System.Security.Cryptography;

namespace Brink.PrivateContent;

/// <summary>The hash of a policy that is signed.</summary>
public enum SignatureHash
{
    /// <summary>SHA-1, where no Hash-Algorithm is named.</summary>
    Sha1,
    /// <summary>SHA-256, named <c>SHA256</c>.</summary>
    Sha256,
}

/// <summary>The names of hashes.</summary>
internal static class SignatureHashNames
{
    /// <summary>Hash-Algorithm for SHA-256. SHA-1 has none: it is what is meant where there is no name.</summary>
    public const string Sha256 = "SHA256";

    /// <summary>The hash of that name; null for none.</summary>
    public static SignatureHash? HashOf(ReadOnlySpan<char> name) => name switch
    {
        "" or "SHA1" => SignatureHash.Sha1,
        Sha256 => SignatureHash.Sha256,
        _ => null,
    };

    public static HashAlgorithmName Name(this SignatureHash hash) =>
        hash == SignatureHash.Sha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1;
}
