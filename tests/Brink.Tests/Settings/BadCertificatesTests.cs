using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Tests.Edge;

namespace Brink.Tests.Settings;

/// <summary>Certificates that cannot be used, among the resources: the start ends with the file and the reason, and so does a save, after which the old one serves.</summary>
public sealed class BadCertificatesTests
{
    private const string Arn = "arn:aws:acm:us-east-1:123456789012:certificate/1";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>What is wrong, the file that is named, and what is said.</summary>
    public static TheoryData<string, string, string> Wrong => new()
    {
        { "no file of a certificate", "shop.pem", "there is no such file" },
        { "no file of a key", "shop.key", "there is no such file" },
        { "no PEM", "shop.pem", "the file holds no certificate: it begins with -----BEGIN CERTIFICATE-----" },
        { "PEM without end", "shop.pem", "the file holds no certificate: it begins with -----BEGIN CERTIFICATE-----" },
        { "PEM of noise", "shop.pem", "the file holds no certificate that can be read" },
        { "a key in place of the certificate", "shop.pem", "the file holds no certificate" },
        { "the key of another", "shop.key", "this is no private key of the certificate in" },
        { "a key of noise", "shop.key", "this is no private key of the certificate in" },
        { "a key with a password", "shop.key", "this is no private key of the certificate in" },
        { "expired", "shop.pem", "the certificate is valid from" },
        { "not valid yet", "shop.pem", "and not now" },
        { "another name", "document.json", $"the certificate {Arn} does not cover the alias shop.test: give one that names it, or take the alias out" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task CertificateThatCannotBeUsed_IsNamedWithItsFile(string what, string file, string says)
    {
        await using var site = OfShop();
        Spoil(site, what);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"{file}: ", errors, StringComparison.Ordinal);
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PEM of noise")]
    [InlineData("the key of another")]
    [InlineData("expired")]
    public async Task Save_ThatCannotBeUsed_LeavesTheOldOneServing(string what)
    {
        await using var site = OfShop();
        Write(site, Request("shop.test", "CN=first"));
        await site.StartAsync();

        Spoil(site, what);
        await site.Dev.WaitForAsync("not-reloaded");

        using var viewer = await RawViewer.ConnectSecurelyAsync(site.Dev.HttpsPort);
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
    }

    private static Site OfShop()
    {
        var site = Site.OfDistribution();
        Directory.CreateDirectory(site.In("resources"));
        site.Flags.AddRange(["--https-port", "0", "--resources", site.In("resources")]);
        site.Set("Aliases", """{ "Quantity": 1, "Items": ["shop.test"] }""");
        site.Set("ViewerCertificate", $$"""{ "ACMCertificateArn": "{{Arn}}", "SSLSupportMethod": "sni-only" }""");
        site.Write("resources/shop.json", $$"""{ "Certificate": { "CertificateArn": "{{Arn}}", "DomainName": "shop.test", "Status": "ISSUED" } }""");
        return site;
    }

    private static void Spoil(Site site, string what)
    {
        var (certificate, key) = Request("shop.test", "CN=shop");
        using (certificate)
        using (key)
        {
            var (pem, keyPem) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
            switch (what)
            {
                case "no file of a certificate":
                    site.Write("resources/shop.key", keyPem);
                    return;
                case "no file of a key":
                    site.Write("resources/shop.pem", pem);
                    return;
                case "no PEM":
                    pem = "hello";
                    break;
                case "PEM without end":
                    pem = pem[..^40];
                    break;
                case "PEM of noise":
                    pem = PemEncoding.WriteString("CERTIFICATE", [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))]);
                    break;
                case "a key in place of the certificate":
                    pem = keyPem;
                    break;
                case "the key of another":
                    using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                        keyPem = other.ExportPkcs8PrivateKeyPem();
                    break;
                case "a key of noise":
                    keyPem = PemEncoding.WriteString("PRIVATE KEY", [1, 2, 3]);
                    break;
                case "a key with a password":
                    keyPem = key.ExportEncryptedPkcs8PrivateKeyPem("password", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
                    break;
                case "expired":
                    (pem, keyPem) = Pems(Request("shop.test", "CN=shop", Now.AddDays(-9), Now.AddDays(-1)));
                    break;
                case "not valid yet":
                    (pem, keyPem) = Pems(Request("shop.test", "CN=shop", Now.AddDays(1), Now.AddDays(9)));
                    break;
                case "another name":
                    (pem, keyPem) = Pems(Request("other.test", "CN=other"));
                    break;
                default:
                    throw new ArgumentException(what, nameof(what));
            }
            site.Write("resources/shop.pem", pem);
            site.Write("resources/shop.key", keyPem);
        }
    }

    private static void Write(Site site, (X509Certificate2 Certificate, ECDsa Key) pair)
    {
        var (pem, key) = Pems(pair);
        site.Write("resources/shop.pem", pem);
        site.Write("resources/shop.key", key);
    }

    private static (string Pem, string KeyPem) Pems((X509Certificate2 Certificate, ECDsa Key) pair)
    {
        using (pair.Certificate)
        using (pair.Key)
            return (pair.Certificate.ExportCertificatePem(), pair.Key.ExportPkcs8PrivateKeyPem());
    }

    private static (X509Certificate2 Certificate, ECDsa Key) Request(string name, string subject, DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return (request.CreateSelfSigned(from ?? Now.AddDays(-1), to ?? Now.AddDays(1)), key);
    }
}
