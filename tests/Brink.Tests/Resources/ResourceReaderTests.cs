using System.Security.Cryptography;
using System.Text.Json;
using Brink.Resources;

namespace Brink.Tests.Resources;

public sealed class ResourceReaderTests
{
    private const string CachePolicyConfig = """
        {
          "Comment": "", "Name": "mine", "DefaultTTL": 60, "MaxTTL": 60, "MinTTL": 1,
          "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": true, "EnableAcceptEncodingBrotli": false, "HeadersConfig": { "HeaderBehavior": "none" },
            "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "all" }
          }
        }
        """;

    private const string OriginRequestPolicyConfig = """
        { "Name": "mine", "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "all" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } }
        """;

    private const string OriginAccessControlConfig = """
        { "Name": "mine", "Description": "", "SigningProtocol": "sigv4", "SigningBehavior": "no-override", "OriginAccessControlOriginType": "s3" }
        """;

    private const string KeyGroupConfig = """{ "Name": "mine", "Items": ["K1", "K2"], "Comment": "" }""";

    /// <summary>Each kind with a bare configuration, and what AWS prints around it.</summary>
    public static TheoryData<string, string> Kinds => new()
    {
        { "CachePolicy", CachePolicyConfig },
        { "OriginRequestPolicy", OriginRequestPolicyConfig },
        { "OriginAccessControl", OriginAccessControlConfig },
        { "PublicKey", KeyConfig(RSA.Create(2048).ExportSubjectPublicKeyInfoPem()) },
        { "KeyGroup", KeyGroupConfig },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryFormOfTheCommandLine_IsRead(string kind, string config)
    {
        // create-... takes it so; get-...-config prints it beside its ETag; get-... prints it within the resource.
        foreach (var (json, id) in new[]
        {
            (config, "file-name"),
            ($$"""{ "ETag": "E1", "{{kind}}Config": {{config}} }""", "file-name"),
            ($$"""{ "ETag": "E1", "{{kind}}": { "Id": "printed", "LastModifiedTime": "2030-01-01T00:00:00Z", "CreatedTime": "2030-01-01T00:00:00Z", "{{kind}}Config": {{config}} } }""", "printed"),
        })
        {
            if (json.Contains("LastModifiedTime", StringComparison.Ordinal) && kind == "OriginAccessControl")
                continue; // AWS prints no times here; the next test has its form
            var (catalog, mistakes) = ResourceReader.Read(json, "file-name");

            Assert.Empty(mistakes);
            var (named, given) = Assert.Single(catalog!.Names());
            Assert.Equal((kind, id), (named.Name, given));
        }
    }

    [Fact]
    public void WhatItSays_IsInTheCatalogue()
    {
        Assert.Equal("mine", ResourceReader.Read(CachePolicyConfig, "c").Value!.FindCachePolicy("c")!.Name);
        Assert.Equal(TimeSpan.FromSeconds(60), ResourceReader.Read(CachePolicyConfig, "c").Value!.FindCachePolicy("c")!.MaxTtl);
        Assert.Equal("mine", ResourceReader.Read(OriginRequestPolicyConfig, "o").Value!.FindOriginRequestPolicy("o")!.Name);
        var control = ResourceReader.Read($$"""{ "ETag": "E", "OriginAccessControl": { "Id": "E9", "OriginAccessControlConfig": {{OriginAccessControlConfig}} } }""", "x").Value!;
        Assert.Equal(SigningBehavior.NoOverride, control.OriginAccessControlOf("E9").SigningBehavior);
        Assert.Equal(["K1", "K2"], ResourceReader.Read(KeyGroupConfig, "g").Value!.KeyGroups["g"].PublicKeyIds);
    }

    [Fact]
    public void GroupsSayWhichKeysAreMissing()
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var catalog = ResourceReader.Read(KeyGroupConfig, "g").Value!.With(ResourceReader.Read(KeyConfig(pair.ExportSubjectPublicKeyInfoPem()), "K2").Value!);

        Assert.Equal("K1", Assert.Single(catalog.MissingKeys()).PublicKeyId);
        Assert.Equal(PublicKeyAlgorithm.Ecdsa, catalog.PublicKeys["K2"].Algorithm);
    }

    [Theory]
    [InlineData(1024, "the RSA key has 1024 bits. Make one of 2048 bits")]
    [InlineData(3072, "the RSA key has 3072 bits")]
    public void KeyOfAnotherSize_IsRefused(int bits, string mistake)
    {
        using var rsa = RSA.Create(bits);

        Assert.Contains(mistake, MistakeIn(KeyConfig(rsa.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOfAnotherKind_IsRefused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);

        Assert.Contains("neither RSA of 2048 bits nor ECDSA on P-256", MistakeIn(KeyConfig(curve.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.Contains("this is a private key", MistakeIn(KeyConfig(rsa.ExportPkcs8PrivateKeyPem())), StringComparison.Ordinal);
        Assert.DoesNotContain("MII", MistakeIn(KeyConfig(rsa.ExportPkcs8PrivateKeyPem())), StringComparison.Ordinal);
        Assert.Contains("no public key in PEM", MistakeIn(KeyConfig("abc")), StringComparison.Ordinal);
        Assert.Contains("neither RSA", MistakeIn(KeyConfig("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "$: the document is none of the resources that distributions name: CachePolicy, OriginRequestPolicy")]
    [InlineData("""{ "Distribution": {} }""", "$: the document is none of the resources")]
    [InlineData("[]", "$: the document is not a JSON object")]
    [InlineData("""{ "SigningProtocol": "sigv4", "SigningBehavior": "always", "Name": "n", "OriginAccessControlOriginType": "lambda" }""", "$.OriginAccessControlOriginType: 'lambda' is not supported yet. Use s3")]
    [InlineData("""{ "Name": "g", "Items": [] }""", "$.Items: the group has no key")]
    [InlineData("""{ "Name": "g", "Items": ["1", "2", "3", "4", "5", "6"] }""", "$.Items: 6 keys are more than 5")]
    [InlineData("""{ "CachePolicy": { "Id": "x" } }""", "$.CachePolicy.CachePolicyConfig: the setting is required")]
    public void BrokenDocument_IsNamed(string json, string mistake) => Assert.StartsWith(mistake, MistakeIn(json), StringComparison.Ordinal);

    private static string MistakeIn(string json) => Assert.Single(ResourceReader.Read(json, "id").Mistakes).ToString();

    private static string KeyConfig(string pem) => $$"""{ "CallerReference": "r", "Name": "mine", "EncodedKey": {{JsonSerializer.Serialize(pem)}}, "Comment": "" }""";
}
