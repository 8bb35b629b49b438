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

    private const string ContinuousDeploymentPolicyConfig = """{ "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["d1.cloudfront.net"] }, "Enabled": false }""";

    private const string OriginAccessIdentityConfig = """{ "CallerReference": "r", "Comment": "" }""";

    /// <summary>Each kind with a bare configuration, and what AWS prints around it.</summary>
    public static TheoryData<string, string> Kinds => new()
    {
        { "CachePolicy", CachePolicyConfig },
        { "OriginRequestPolicy", OriginRequestPolicyConfig },
        { "OriginAccessControl", OriginAccessControlConfig },
        { "PublicKey", KeyConfig(RSA.Create(2048).ExportSubjectPublicKeyInfoPem()) },
        { "KeyGroup", KeyGroupConfig },
        { "ContinuousDeploymentPolicy", ContinuousDeploymentPolicyConfig },
        { "CloudFrontOriginAccessIdentity", OriginAccessIdentityConfig },
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

    /// <summary>Lists in the two forms: by one request, and put together of pages, where only the items are left.</summary>
    [Theory]
    [MemberData(nameof(Kinds))]
    public void ListThatIsWhole_IsRead(string kind, string config)
    {
        string Item(string id) => kind is "OriginAccessControl" or "PublicKey" or "CloudFrontOriginAccessIdentity"
            ? $$"""{ "Id": "{{id}}", {{config.TrimStart()[1..]}}"""
            : $$"""{ {{(kind.EndsWith("Policy", StringComparison.Ordinal) && kind[0] != 'C' ? "\"Type\": \"custom\", " : "")}}"{{kind}}": { "Id": "{{id}}", "LastModifiedTime": "2030-01-01T00:00:00Z", "{{kind}}Config": {{config}} } }""";
        foreach (var form in new[]
        {
            $$"""{ "{{kind}}List": { "MaxItems": 100, "Quantity": 2, "Items": [ {{Item("a")}}, {{Item("b")}} ] } }""",
            $$"""{ "{{kind}}List": { "Items": [ {{Item("a")}}, {{Item("b")}} ] } }""",
        })
        {
            var (catalog, mistakes) = ResourceReader.Read(form, "file-name");

            Assert.Empty(mistakes);
            Assert.Equal([(kind, "a"), (kind, "b")], catalog!.Names().Select(each => (each.Kind.Name, each.Id)).Order());
        }
        Assert.Empty(ResourceReader.Read($$"""{ "{{kind}}List": { "MaxItems": 100, "Quantity": 0 } }""", "file-name").Value!.Names());
    }

    [Fact]
    public void ItemOfAListThatCannotBeUsed_IsToldWhereItIsNamed()
    {
        var list = $$"""
            { "OriginAccessControlList": { "Items": [
              { "Id": "good", {{OriginAccessControlConfig.TrimStart()[1..]}}, { "Id": "bad", {{OriginAccessControlConfig.TrimStart()[1..].Replace("\"s3\"", "\"lambda\"", StringComparison.Ordinal)}} ] } }
            """;

        var catalog = ResourceReader.Read(list, "file-name").Value!;

        Assert.Equal("good", Assert.Single(catalog.Names()).Id);
        Assert.Equal(
            "A list has it, and it cannot be used: $.OriginAccessControlList.Items[1].OriginAccessControlOriginType: 'lambda' is not supported yet. Use s3.",
            ResourceCatalog.Empty.With(catalog).HowToGive(ResourceKind.OriginAccessControl, "bad"));
        Assert.StartsWith("Add its file", catalog.HowToGive(ResourceKind.OriginAccessControl, "other"), StringComparison.Ordinal);
    }

    [Fact]
    public void FunctionsStoresAndVersions_AreDescribed()
    {
        const string arn = "arn:aws:cloudfront::123456789012:key-value-store/6ae8d4f8-2a9c-4c8b-9d53-1c7a4f1d2e3b";
        var function = ResourceReader.Read($$"""
            { "ETag": "E", "FunctionSummary": { "Name": "f", "Status": "DEPLOYED",
              "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-1.0", "KeyValueStoreAssociations": { "Quantity": 1, "Items": [ { "KeyValueStoreARN": "{{arn}}" } ] } },
              "FunctionMetadata": { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "Stage": "LIVE", "CreatedTime": "x", "LastModifiedTime": "x" } } }
            """, "x").Value!;
        Assert.Equal(new FunctionResource("f", "cloudfront-js-1.0", arn), function.Functions["f"]);

        var store = ResourceReader.Read($$"""{ "ETag": "E", "KeyValueStore": { "Name": "s", "Id": "6ae8d4f8-2a9c-4c8b-9d53-1c7a4f1d2e3b", "Comment": "", "ARN": "{{arn}}", "Status": "READY", "LastModifiedTime": "x" } }""", "x").Value!;
        Assert.Equal(arn, store.KeyValueStores[FunctionResource.StoreIdOf(arn)].Arn);

        const string configuration = """
            { "FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f:3", "Version": "3", "Runtime": "nodejs22.x", "Handler": "app.go", "Timeout": 4, "MemorySize": 256, "PackageType": "Zip",
              "Architectures": ["x86_64"], "VpcConfig": { "SubnetIds": [], "SecurityGroupIds": [], "VpcId": "" }, "TracingConfig": { "Mode": "PassThrough" }, "EphemeralStorage": { "Size": 512 }, "NewerThanThis": {} }
            """;
        foreach (var json in new[] { configuration, $$"""{ "Configuration": {{configuration}}, "Code": { "RepositoryType": "S3", "Location": "https://x" }, "Tags": {} }""" })
        {
            var version = ResourceReader.Read(json, "x").Value!.LambdaVersions["f:3"];
            Assert.Equal(("nodejs22.x", "app.go", TimeSpan.FromSeconds(4), 256), (version.Runtime, version.Handler, version.Timeout, version.MemoryMegabytes));
        }
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
    [InlineData("""{ "Distribution": {} }""", "$: this is a distribution. Give it with --distribution, and keep it out of the folder of --resources")]
    [InlineData("""{ "DistributionList": { "Items": [] } }""", "$: this is a list of distributions. Give --distribution what aws cloudfront get-distribution --id ID prints")]
    [InlineData("""{ "data": [] }""", "$: these are the keys of a key value store. Name the file NAME.data.json")]
    [InlineData("""{ "Items": [ { "Key": "k", "Value": "v" } ] }""", "$: these are the keys of a key value store. Name the file NAME.data.json")]
    [InlineData("""{ "FunctionList": { "Items": [] } }""", "$.FunctionList: a list of functions has no code. Add its files to a folder of --resources: aws cloudfront describe-function --name NAME --stage LIVE > NAME.json")]
    [InlineData("""{ "KeyValueStoreList": { "Items": [] } }""", "$.KeyValueStoreList: a list of key value stores has no keys. Add its files")]
    [InlineData("""{ "Versions": [] }""", "$.Versions: a list of versions has no code. Add its files to a folder of --resources: aws lambda get-function-configuration --region us-east-1 --function-name NAME --qualifier N > NAME.json")]
    [InlineData("""{ "Functions": [] }""", "$.Functions: a list of functions has no code, and no version")]
    [InlineData("""{ "CertificateSummaryList": [] }""", "$.CertificateSummaryList: a list of certificates has neither certificates nor keys")]
    [InlineData("""{ "FunctionSummary": { "Name": "f", "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-3.0" } } }""", "$.FunctionSummary.FunctionConfig.Runtime: 'cloudfront-js-3.0' is not one of")]
    [InlineData("""{ "FunctionSummary": { "Name": "f", "FunctionConfig": { "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": { "Quantity": 2, "Items": [ { "KeyValueStoreARN": "a" }, { "KeyValueStoreARN": "b" } ] } } } }""", "$.FunctionSummary.FunctionConfig.KeyValueStoreAssociations: 2 stores are associated, and a function has one")]
    [InlineData("""{ "KeyValueStore": { "Name": "s", "Id": "1", "ARN": "arn:aws:cloudfront::123456789012:key-value-store/2" } }""", "$.KeyValueStore.ARN: the ARN arn:aws:cloudfront::123456789012:key-value-store/2 does not end with the id 1")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "$LATEST" }""", "$.Version: '$LATEST' is not the number of a version, and a distribution names a numbered one. Add --qualifier N to the command")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "Environment": { "Variables": { "A": "b" } } }""", "$.Environment: The function cannot have environment variables. Function: arn:f. Publish a version without it")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "VpcConfig": { "SubnetIds": ["s"] } }""", "$.VpcConfig: a function at the edge has no VPC")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "Layers": [ { "Arn": "l" } ] }""", "$.Layers: a function at the edge has no layers")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "DeadLetterConfig": { "TargetArn": "q" } }""", "$.DeadLetterConfig: a function at the edge has no dead letter queue")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "TracingConfig": { "Mode": "Active" } }""", "$.TracingConfig: a function at the edge has no X-Ray")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "PackageType": "Image" }""", "$.PackageType: a function at the edge is no container image")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "Architectures": ["arm64"] }""", "$.Architectures: a function at the edge is for x86_64")]
    [InlineData("""{ "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "EphemeralStorage": { "Size": 1024 } }""", "$.EphemeralStorage: a function at the edge has 512 MB in /tmp")]
    [InlineData("""{ "Configuration": 1 }""", "$.Configuration: the value is not an object")]
    [InlineData("[]", "$: the document is not a JSON object")]
    [InlineData("""{ "SigningProtocol": "sigv4", "SigningBehavior": "always", "Name": "n", "OriginAccessControlOriginType": "lambda" }""", "$.OriginAccessControlOriginType: 'lambda' is not supported yet. Use s3")]
    [InlineData("""{ "Name": "g", "Items": [] }""", "$.Items: the group has no key")]
    [InlineData("""{ "Name": "g", "Items": ["1", "2", "3", "4", "5", "6"] }""", "$.Items: 6 keys are more than 5")]
    [InlineData("""{ "CachePolicy": { "Id": "x" } }""", "$.CachePolicy.CachePolicyConfig: the setting is required")]
    public void BrokenDocument_IsNamed(string json, string mistake) => Assert.StartsWith(mistake, MistakeIn(json), StringComparison.Ordinal);

    private static string MistakeIn(string json) => Assert.Single(ResourceReader.Read(json, "id").Mistakes).ToString();

    private static string KeyConfig(string pem) => $$"""{ "CallerReference": "r", "Name": "mine", "EncodedKey": {{JsonSerializer.Serialize(pem)}}, "Comment": "" }""";
}
