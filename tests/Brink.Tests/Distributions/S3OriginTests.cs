using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Tests.Distributions;

/// <summary>Origins that are S3 buckets, as a DistributionConfig says them (distribution spec 2.2).</summary>
public sealed class S3OriginTests
{
    [Theory]
    [InlineData("b.s3.eu-central-1.amazonaws.com", "b", "eu-central-1", "s3.eu-central-1.amazonaws.com")]
    [InlineData("www.example.com.s3.us-west-2.amazonaws.com", "www.example.com", "us-west-2", "s3.us-west-2.amazonaws.com")]
    [InlineData("b.s3.amazonaws.com", "b", "us-east-1", "s3.amazonaws.com")]
    [InlineData("b.s3-eu-west-1.amazonaws.com", "b", "eu-west-1", "s3-eu-west-1.amazonaws.com")]
    [InlineData("b.s3.dualstack.us-gov-west-1.amazonaws.com", "b", "us-gov-west-1", "s3.dualstack.us-gov-west-1.amazonaws.com")]
    [InlineData("b.s3.cn-north-1.amazonaws.com.cn", "b", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn")]
    [InlineData("a.s3.b.s3.amazonaws.com", "a.s3.b", "us-east-1", "s3.amazonaws.com")]
    [InlineData("a.s3-b.s3.eu-west-1.amazonaws.com", "a.s3-b", "eu-west-1", "s3.eu-west-1.amazonaws.com")]
    public void NameOfABucket_SaysBucketAndRegion(string host, string bucket, string region, string service)
    {
        Assert.True(BucketName.TryParse(host, out var name));
        Assert.Equal(new BucketName(bucket, region, service), name);
    }

    [Theory]
    [InlineData("s3.amazonaws.com")]
    [InlineData(".s3.amazonaws.com")]
    [InlineData("s3.eu-central-1.amazonaws.com")]
    [InlineData("b.s3-website-us-east-1.amazonaws.com")]
    [InlineData("b.s3-website.eu-central-1.amazonaws.com")]
    [InlineData("b.s3.nowhere.amazonaws.com")]
    [InlineData("b.s3.eu-central-1.amazonaws.com.example")]
    [InlineData("b.s3.eu-central-1.example.com")]
    [InlineData("amazonaws.com")]
    [InlineData("")]
    public void OtherName_IsNoBucket(string host) => Assert.False(BucketName.TryParse(host, out _));

    [Fact]
    public void Bucket_WithEverySetting_IsRead()
    {
        var origin = Read("""
            { "Id": "b", "DomainName": "B.s3.eu-central-1.amazonaws.com", "OriginPath": "/v1", "OriginAccessControlId": "E2",
              "ConnectionAttempts": 2, "ConnectionTimeout": 4, "ResponseCompletionTimeout": 60, "S3OriginConfig": { "OriginAccessIdentity": "", "OriginReadTimeout": 9 } }
            """);

        Assert.Equal(
            new S3Origin
            {
                Id = "b", DomainName = "b.s3.eu-central-1.amazonaws.com", Region = "eu-central-1", OriginPath = "/v1", AccessControl = new OriginAccessControl("E2"), ConnectionAttempts = 2,
                ConnectionTimeout = TimeSpan.FromSeconds(4), ReadTimeout = TimeSpan.FromSeconds(9), ResponseCompletionTimeout = TimeSpan.FromSeconds(60), CustomHeaders = origin!.CustomHeaders,
            },
            origin);
    }

    [Theory]
    [InlineData("", "", null, false)]
    [InlineData("origin-access-identity/cloudfront/E127EXAMPLE51Z", "", null, true)]
    [InlineData("", "E2", null, true)]
    [InlineData("", "E2", SigningBehavior.Always, true)]
    [InlineData("", "E2", SigningBehavior.NoOverride, true)]
    [InlineData("", "E2", SigningBehavior.Never, false)]
    public void IdentityOrAccessControl_DecidesWhatIsSigned(string identity, string control, SigningBehavior? described, bool isSigned)
    {
        var given = ResourceCatalog.Empty;
        if (described is { } behavior)
            given = given with { OriginAccessControls = ImmutableDictionary<string, OriginAccessControl>.Empty.Add(control, new OriginAccessControl(control, behavior)) };

        var origin = Read($$"""
            { "Id": "b", "DomainName": "b.s3.amazonaws.com", "OriginAccessControlId": "{{control}}", "S3OriginConfig": { "OriginAccessIdentity": "{{identity}}" } }
            """, given)!;

        Assert.Equal(isSigned, origin.Signs(hasAuthorization: false));
        Assert.Equal(isSigned && described != SigningBehavior.NoOverride, origin.Signs(hasAuthorization: true));
        Assert.Equal(identity.Length > 0 ? S3AuthMethod.OriginAccessIdentity : S3AuthMethod.None, origin.AuthMethod);
    }

    [Theory]
    [InlineData("""{ "Id": "b", "DomainName": "b.s3.amazonaws.com", "OriginAccessControlId": "E2", "S3OriginConfig": { "OriginAccessIdentity": "origin-access-identity/cloudfront/E1" } }""",
        "$.Origins.Items[0].OriginAccessControlId: an origin access control and an origin access identity exclude each other. Leave OriginAccessIdentity empty.")]
    [InlineData("""{ "Id": "b", "DomainName": "b.s3-website.eu-central-1.amazonaws.com", "S3OriginConfig": { "OriginAccessIdentity": "" } }""",
        "$.Origins.Items[0].DomainName: 'b.s3-website.eu-central-1.amazonaws.com' is a bucket's website, and no bucket. Use a CustomOriginConfig for it")]
    [InlineData("""{ "Id": "b", "DomainName": "b.s3.amazonaws.com", "ResponseCompletionTimeout": 8, "S3OriginConfig": { "OriginAccessIdentity": "", "OriginReadTimeout": 9 } }""",
        "$.Origins.Items[0].ResponseCompletionTimeout: 8 s are shorter than OriginReadTimeout")]
    public void BrokenRule_IsNamed(string origin, string mistake) =>
        Assert.StartsWith(mistake, Assert.Single(ReadAll(origin, ResourceCatalog.Empty).Mistakes).ToString(), StringComparison.Ordinal);

    private static S3Origin? Read(string origin, ResourceCatalog? given = null)
    {
        var (distribution, mistakes) = ReadAll(origin, given ?? ResourceCatalog.Empty);
        Assert.Empty(mistakes);
        return Assert.IsType<S3Origin>(Assert.Single(distribution!.Origins));
    }

    private static Brink.Configuration.ConfigResult<Distribution> ReadAll(string origin, ResourceCatalog given)
    {
        var config = JsonNode.Parse("""
            { "CallerReference": "r", "Comment": "", "Enabled": true, "Origins": { "Quantity": 1, "Items": [] },
              "DefaultCacheBehavior": { "TargetOriginId": "b", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" } }
            """)!;
        config["Origins"]!["Items"]!.AsArray().Add(JsonNode.Parse(origin));
        return DistributionConfigReader.Read(config.ToJsonString(), "E1", "d1.cloudfront.net", given);
    }
}
