using System.Buffers;
using System.Globalization;
using System.Text;
using Brink.Http;
using Brink.Resources;

namespace Brink.PrivateContent;

/// <summary>
/// Whether a request may have private content: it must carry what one of these keys has signed for it (distribution spec 2.12). A policy
/// is read only after its signature has turned out right, so nothing unsigned gets to the JSON reader.
/// </summary>
/// <param name="keys">The public keys of the behavior's key groups.</param>
public sealed class SignatureCheck(IEnumerable<PublicKey> keys)
{
    /// <summary>Characters of a signature: RSA of 2048 bits takes 344, and every one may be percent-encoded.</summary>
    private const int SignatureLength = 3 * 344;

    private readonly VerifyingKey[] _keys = [.. keys.Select(key => new VerifyingKey(key))];

    /// <summary>
    /// Why not; null where it may. Then what was signed with is gone from the request: parameters and cookies.
    /// </summary>
    /// <param name="request">The request as the viewer sent it.</param>
    /// <param name="now">When it came.</param>
    /// <param name="limit">How many wrong signatures its viewer may have verified; null for any number.</param>
    public SignatureRefusal? Admit(EdgeRequest request, DateTimeOffset now, IVerificationLimit? limit = null)
    {
        var query = SignedQuery.Without(request.QueryString);
        if (Refusal(request, query, now, limit) is { } refusal)
            return refusal;
        request.QueryString = query;
        SignedCookies.RemoveFrom(request.Headers);
        return null;
    }

    private SignatureRefusal? Refusal(EdgeRequest request, string? query, DateTimeOffset now, IVerificationLimit? limit)
    {
        var parts = SignatureParts.Of(request);
        if (parts.KeyPairId.IsEmpty)
            return SignatureRefusal.MissingKey;
        if (KeyOf(parts.KeyPairId) is not { } key)
            return SignatureRefusal.UnknownKey(parts.KeyPairId);
        if (SignatureHashNames.HashOf(parts.HashAlgorithm) is not { } hash)
            return SignatureRefusal.AccessDenied($"the Hash-Algorithm {parts.HashAlgorithm} is not {SignatureHashNames.Sha256}");

        Span<byte> buffer = stackalloc byte[SignatureLength];
        if (parts.Signature.Length is 0 or > SignatureLength || !UrlBase64.TryDecode(parts.Signature, buffer, out var length))
            return SignatureRefusal.MalformedSignature;
        var check = new Verification(key, buffer[..length], hash, limit, request.ClientIp);
        return parts.Policy.IsEmpty
            ? CannedRefusal(UrlOf(request, query), parts.Expires, check, now)
            : CustomRefusal(request, query, parts.Policy, check, now);
    }

    private VerifyingKey? KeyOf(ReadOnlySpan<char> id)
    {
        foreach (var key in _keys)
        {
            if (id.SequenceEqual(key.Id))
                return key;
        }
        return null;
    }

    private static SignatureRefusal? CannedRefusal(string url, ReadOnlySpan<char> expires, in Verification check, DateTimeOffset now)
    {
        if (!SignedPolicy.TryReadEpoch(expires, out var end))
            return SignatureRefusal.MalformedPolicy("there is no Policy, and Expires is missing or no time in seconds");
        var bytes = ArrayPool<byte>.Shared.Rent(CannedPolicy.LengthOf(url, expires));
        var policy = bytes.AsSpan(0, CannedPolicy.Write(url, expires, bytes));
        var refusal = !check.TryVerify(policy, out var verified) ? SignatureRefusal.Unverified
            : verified is null ? SignatureRefusal.AccessDenied($"{check.Missing} {Encoding.Latin1.GetString(policy)} with {check.HashName}")
            : EndRefusal(end, now);
        ArrayPool<byte>.Shared.Return(bytes);
        return refusal;
    }

    private static SignatureRefusal? CustomRefusal(
        EdgeRequest request, string? query, ReadOnlySpan<char> policy, in Verification check, DateTimeOffset now)
    {
        if (policy.Length > Limits.SignedPolicyLength)
            return SignatureRefusal.MalformedPolicy($"the policy has more than {Limits.SignedPolicyLength} characters");
        var bytes = ArrayPool<byte>.Shared.Rent(policy.Length);
        var isBase64 = UrlBase64.TryDecode(policy, bytes, out var length);
        VerifiedSignature? verified = null;
        var mayVerify = !isBase64 || check.TryVerify(bytes.AsSpan(0, length), out verified);
        ArrayPool<byte>.Shared.Return(bytes);
        if (!isBase64)
            return SignatureRefusal.MalformedPolicy("the policy is not base64");
        if (!mayVerify)
            return SignatureRefusal.Unverified;
        if (verified is null)
            return SignatureRefusal.AccessDenied($"{check.Missing} the bytes of the policy with {check.HashName}");
        return verified.Policy.Policy is { } read
            ? PolicyRefusal(read, request, query, now)
            : SignatureRefusal.MalformedPolicy($"the policy is signed, and wrong: {verified.Policy.Mistake}");
    }

    private static SignatureRefusal? PolicyRefusal(SignedPolicy policy, EdgeRequest request, string? query, DateTimeOffset now)
    {
        if (EndRefusal(policy.DateLessThan, now) is { } late)
            return late;
        if (policy.DateGreaterThan is { } start && now < DateTimeOffset.FromUnixTimeSeconds(start))
            return SignatureRefusal.AccessDenied($"the policy begins at {Shown(start)}");
        if (policy.SourceIp is { } addresses && !addresses.Contains(request.ClientIp))
            return SignatureRefusal.AccessDenied($"the policy is not for the address {request.ClientIp}");
        var host = request.Headers.Get("Host");
        if (policy.Resource?.Matches(Scheme(request), host, request.Uri, query) == false)
            return SignatureRefusal.AccessDenied($"the policy is for {policy.Resource.Text}, not for {UrlOf(request, query)}");
        return null;
    }

    private static SignatureRefusal? EndRefusal(long end, DateTimeOffset now) =>
        now < DateTimeOffset.FromUnixTimeSeconds(end) ? null : SignatureRefusal.AccessDenied($"the signature ended at {Shown(end)}");

    private static string UrlOf(EdgeRequest request, string? query) =>
        $"{Scheme(request)}://{request.Headers.Get("Host")}{request.Uri}{(query is null ? "" : "?")}{query}";

    private static string Scheme(EdgeRequest request) => request.IsHttps ? "https" : "http";

    private static string Shown(long seconds) =>
        DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A signature and what it is to be verified with.</summary>
    private readonly ref struct Verification(
        VerifyingKey key, ReadOnlySpan<byte> signature, SignatureHash hash, IVerificationLimit? limit, string viewer)
    {
        private readonly ReadOnlySpan<byte> _signature = signature;

        public string Missing => $"{key.Id} has not signed";

        public string HashName => hash.Name().Name!;

        /// <summary>
        /// What is signed, or null where these bytes are not. False: it is not known, because the viewer had too many wrong ones verified.
        /// </summary>
        public bool TryVerify(ReadOnlySpan<byte> signed, out VerifiedSignature? verified)
        {
            verified = key.Remembered(signed, _signature, hash);
            if (verified is not null)
                return true;
            if (limit?.MayVerify(viewer) == false)
                return false;
            verified = key.Verify(signed, _signature, hash);
            if (verified is null)
                limit?.CountWrong(viewer);
            return true;
        }
    }
}
