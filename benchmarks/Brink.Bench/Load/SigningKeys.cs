using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Brink.PrivateContent;

namespace Brink.Bench.Load;

/// <summary>Key pairs of both kinds, each with a group of its own, as files for <c>--resources</c>; and what is signed with them.</summary>
internal sealed class SigningKeys : IDisposable
{
    private const long End = 4102444800;

    private readonly Dictionary<string, PolicySigner> _signers = [];

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

    public void Dispose()
    {
        foreach (var signer in _signers.Values)
            signer.Dispose();
    }

    private void Add(string name, AsymmetricAlgorithm key)
    {
        _signers[name] = PolicySigner.FromPem(key.ExportPkcs8PrivateKeyPem(), name, SignatureHash.Sha1, out _)!;
        var pem = JsonSerializer.Serialize(key.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(Path.Combine(Folder, $"{name}.json"), $$"""{ "PublicKey": { "Id": "{{name}}", "PublicKeyConfig": { "CallerReference": "r", "Name": "{{name}}", "EncodedKey": {{pem}} } } }""");
        File.WriteAllText(Path.Combine(Folder, $"{name}-group.json"), $$"""{ "KeyGroup": { "Id": "{{name}}-group", "KeyGroupConfig": { "Name": "{{name}}", "Items": ["{{name}}"] } } }""");
    }
}
