using System.Collections.Concurrent;
using System.Security.Cryptography;
using Brink.Resources;

namespace Brink.PrivateContent;

/// <summary>
/// A public key, ready to verify. It remembers signatures that were right: the same cookies come with every request of a viewer, and a
/// verification takes several times what a hit takes (docs/decisions/0031-signed-urls-and-cookies.md). What is remembered says only that
/// these bytes are signed with this key; times, addresses and URLs are looked at for every request.
/// </summary>
internal sealed class VerifyingKey
{
    /// <summary>
    /// Signatures remembered, and bytes of a policy that is: about a MiB for a key at most. Only what the key's owner signed gets in.
    /// </summary>
    private const int Places = 1024, RememberedBytes = 1024;

    private readonly PublicKey _key;
    private readonly ConcurrentBag<AsymmetricAlgorithm> _idle = [];
    private readonly VerifiedSignature?[] _verified = new VerifiedSignature?[Places];

    public VerifyingKey(PublicKey key) => _key = key;

    public string Id => _key.Id;

    /// <summary>What is known to be signed; null where it is to be verified. Costs little.</summary>
    /// <param name="signed">As of <see cref="Verify"/>.</param>
    /// <param name="signature">As of <see cref="Verify"/>.</param>
    /// <param name="hash">As of <see cref="Verify"/>.</param>
    public VerifiedSignature? Remembered(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, SignatureHash hash) =>
        Volatile.Read(ref _verified[PlaceOf(signature)]) is { } known && known.Is(signed, signature, hash) ? known : null;

    /// <summary>What is signed; null if it is not, or not with this key and hash.</summary>
    /// <param name="signed">The bytes of the policy.</param>
    /// <param name="signature">PKCS #1 v1.5 for RSA; DER for ECDSA, which is what AWS's signers write.</param>
    /// <param name="hash">The hash of the policy that was signed.</param>
    public VerifiedSignature? Verify(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, SignatureHash hash)
    {
        if (!IsSigned(signed, signature, hash))
            return null;
        var verified = new VerifiedSignature(signed.ToArray(), signature.ToArray(), hash);
        if (signed.Length <= RememberedBytes)
            Volatile.Write(ref _verified[PlaceOf(signature)], verified);
        return verified;
    }

    // Seeded anew in every process, so that nothing outside can tell which signatures share a place.
    private static int PlaceOf(ReadOnlySpan<byte> signature)
    {
        var hash = new HashCode();
        hash.AddBytes(signature);
        return (int)((uint)hash.ToHashCode() % Places);
    }

    private bool IsSigned(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, SignatureHash hash)
    {
        // One object serves one thread at a time.
        if (!_idle.TryTake(out var algorithm))
            algorithm = Create();
        var isSigned = algorithm is RSA rsa
            ? rsa.VerifyData(signed, signature, hash.Name(), RSASignaturePadding.Pkcs1)
            : ((ECDsa)algorithm).VerifyData(signed, signature, hash.Name(), DSASignatureFormat.Rfc3279DerSequence);
        _idle.Add(algorithm);
        return isSigned;
    }

    private AsymmetricAlgorithm Create()
    {
        AsymmetricAlgorithm algorithm = _key.Algorithm == PublicKeyAlgorithm.Rsa ? RSA.Create() : ECDsa.Create();
        algorithm.ImportSubjectPublicKeyInfo(_key.SubjectPublicKeyInfo.Span, out _);
        return algorithm;
    }
}

/// <summary>Bytes that are known to be signed.</summary>
internal sealed class VerifiedSignature(byte[] signed, byte[] signature, SignatureHash hash)
{
    private CustomPolicy? _policy;

    /// <summary>The bytes, as a custom policy.</summary>
    public CustomPolicy Policy => _policy ??= new CustomPolicy(SignedPolicy.Read(signed, out var mistake), mistake);

    public bool Is(ReadOnlySpan<byte> otherSigned, ReadOnlySpan<byte> otherSignature, SignatureHash otherHash) =>
        hash == otherHash && otherSignature.SequenceEqual(signature) && otherSigned.SequenceEqual(signed);
}

/// <summary>A policy, or what is wrong with it.</summary>
internal sealed record CustomPolicy(SignedPolicy? Policy, string Mistake);
