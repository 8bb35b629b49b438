using System.Security.Cryptography;
using System.Text.Json;
using Brink.PrivateContent;

namespace Brink.Tests.PrivateContent;

/// <summary>What <c>brink sign</c> prints is, for RSA, what AWS's signers print: PKCS #1 v1.5 leaves nothing to chance.</summary>
public sealed class PolicySignerTests
{
    private const string Url = "https://d111111abcdef8.cloudfront.net/image.jpg";
    private const long End = 1893456000, Start = 1861920000;

    private static JsonElement[] Vectors { get; } = [.. JsonDocument.Parse(File.ReadAllText(SigningKeys.PathTo("vectors.json"))).RootElement.EnumerateArray()];

    [Fact]
    public void Urls_AreThoseOfTheAwsCommandLine_LetterByLetter()
    {
        using var signer = SigningKeys.Signer();

        Assert.Equal(Vector("aws: canned"), signer.SignUrl(Url, End));
        Assert.Equal(Vector("aws: canned, with a query"), signer.SignUrl(Url + "?size=large&color=red", End));
        Assert.Equal(Vector("aws: an address range"), signer.SignUrl(Url, PolicySigner.PolicyOf(Url, End, null, "192.0.2.0/24")));
        Assert.Equal(Vector("aws: an address and a start"), signer.SignUrl(Url + "?a=1", PolicySigner.PolicyOf(Url + "?a=1", End, Start, "192.0.2.7")));
    }

    [Theory]
    [InlineData(SignatureHash.Sha1, "npm: rsa, SHA1, cookies, canned")]
    [InlineData(SignatureHash.Sha256, "npm: rsa, SHA256, cookies, canned")]
    public void Cookies_AreThoseOfTheNpmPackage(SignatureHash hash, string name)
    {
        using var signer = SigningKeys.Signer("rsa", hash);

        Assert.Equal(Vector(name).Split("; ").Order(StringComparer.Ordinal), signer.SignCookies(Url, End).Split("; ").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "there is no private key")]
    [InlineData("rsa.pub.pem", "this is a public key")]
    [InlineData("ec.pub.pem", "this is a public key")]
    [InlineData("1024", "the key has 1024 bits")]
    [InlineData("P-384", "the key has 384 bits")]
    public void KeyThatCannotSign_IsNamed(string which, string mistake)
    {
        var pem = which switch
        {
            "" => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "1024" => Pem(1024),
            "P-384" => EcPem(),
            _ => File.ReadAllText(SigningKeys.PathTo(which)),
        };

        Assert.Null(PolicySigner.FromPem(pem, "K", SignatureHash.Sha1, out var found));
        Assert.StartsWith(mistake, found, StringComparison.Ordinal);
    }

    private static string Pem(int bits)
    {
        using var key = RSA.Create(bits);
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static string EcPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return key.ExportECPrivateKeyPem();
    }

    private static string Vector(string name)
    {
        var vector = Vectors.Single(each => each.GetProperty("name").GetString() == name);
        return (vector.TryGetProperty("signed", out var signed) ? signed : vector.GetProperty("cookies")).GetString()!;
    }
}
