using Brink.PrivateContent;
using Brink.Resources;

namespace Brink.Tests.PrivateContent;

/// <summary>The two key pairs of tests/private-content, and what is signed with them.</summary>
internal static class SigningKeys
{
    public const string Id = "K2JCJMDEHXQW5F";

    public static PublicKey Rsa { get; } = Public("rsa");

    public static PublicKey Ec { get; } = Public("ec");

    public static string PathTo(string file) => Path.Combine(Repository.Root, "tests", "private-content", file);

    public static PolicySigner Signer(string key = "rsa", SignatureHash hash = SignatureHash.Sha1, string id = Id) =>
        PolicySigner.FromPem(File.ReadAllText(PathTo($"{key}.pem")), id, hash, out _)!;

    /// <summary>A key by the name of its file.</summary>
    public static PublicKey Public(string key, string id = Id) => PublicKey.FromPem(id, key, File.ReadAllText(PathTo($"{key}.pub.pem")), out _)!;
}
