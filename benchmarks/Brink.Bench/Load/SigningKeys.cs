using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Brink.Bench.Hostile;
using Brink.PrivateContent;

namespace Brink.Bench.Load;

/// <summary>Key pairs of both kinds, each with a group of its own, as files for <c>--resources</c>; and what is signed with them.</summary>
internal sealed class SigningKeys : IDisposable
{
    private const long End = 4102444800;

    private readonly Dictionary<string, PolicySigner> _signers = [];
    private readonly Dictionary<string, TimeSpan> _verifications = [];

    public SigningKeys(DirectoryInfo folder)
    {
        Folder = folder.FullName;
        using var rsa = RSA.Create(2048);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Add("RSA", rsa);
        Add("ECDSA", ecdsa);
    }

    public string Folder { get; }

    /// <summary>Path and query that a load tool asks for.</summary>
    /// <param name="host">The Host that it says.</param>
    /// <param name="path">The path.</param>
    /// <param name="key">The kind of key; null leaves the path as it is.</param>
    /// <param name="isRemembered">Otherwise the policy is longer than what the edge remembers: it is verified each time.</param>
    public string Target(string host, string path, string? key, bool isRemembered)
    {
        if (key is null)
            return path;
        var url = $"http://{host}{path}";
        var policy = Encoding.UTF8.GetString(PolicySigner.PolicyOf(url, End, null, null));
        var signed = isRemembered ? _signers[key].SignUrl(url, End) : _signers[key].SignUrl(url, Encoding.UTF8.GetBytes(policy + new string(' ', 1024)));
        return new Uri(signed).PathAndQuery;
    }

    /// <summary>What one verification costs by itself: that of a policy's bytes, with the hash that is not said, as the edge does it.</summary>
    public TimeSpan VerificationWith(string key) => _verifications[key];

    public void Dispose()
    {
        foreach (var signer in _signers.Values)
            signer.Dispose();
    }

    private void Add(string name, AsymmetricAlgorithm key)
    {
        _verifications[name] = Measure(key);
        _signers[name] = PolicySigner.FromPem(key.ExportPkcs8PrivateKeyPem(), name, SignatureHash.Sha1, out _)!;
        var pem = JsonSerializer.Serialize(key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(Folder, $"{name}.json"), $$"""{ "PublicKey": { "Id": "{{name}}", "PublicKeyConfig": { "CallerReference": "r", "Name": "{{name}}", "EncodedKey": {{pem}} } } }""");
        File.WriteAllText(Path.Combine(Folder, $"{name}-group.json"), $$"""{ "KeyGroup": { "Id": "{{name}}-group", "KeyGroupConfig": { "Name": "{{name}}", "Items": ["{{name}}"] } } }""");
    }

    private static TimeSpan Measure(AsymmetricAlgorithm key)
    {
        const int rounds = 5, verifications = 2_000;
        var policy = new byte[1200];
        var (rsa, ecdsa) = (key as RSA, key as ECDsa);
        var hash = SignatureHash.Sha1.Name();
        var signature = rsa?.SignData(policy, hash, RSASignaturePadding.Pkcs1) ?? ecdsa!.SignData(policy, hash, DSASignatureFormat.Rfc3279DerSequence);
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < rounds; round++)
        {
            var before = ThreadClock.Now;
            for (var i = 0; i < verifications; i++)
                _ = rsa?.VerifyData(policy, signature, hash, RSASignaturePadding.Pkcs1) ?? ecdsa!.VerifyData(policy, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
            var took = (ThreadClock.Now - before) / verifications;
            best = took < best ? took : best;
        }
        return best;
    }
}
