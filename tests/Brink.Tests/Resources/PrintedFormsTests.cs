using System.Text.Json;
using Brink.Resources;

namespace Brink.Tests.Resources;

/// <summary>What the aws command line can print, member by member, by AWS's own model: none of it is a setting that does not exist.</summary>
public sealed class PrintedFormsTests
{
    private static readonly string[] Operations =
    [
        "cloudfront:GetCachePolicy", "cloudfront:GetCachePolicyConfig", "cloudfront:ListCachePolicies",
        "cloudfront:GetOriginRequestPolicy", "cloudfront:GetOriginRequestPolicyConfig", "cloudfront:ListOriginRequestPolicies",
        "cloudfront:GetResponseHeadersPolicy", "cloudfront:GetResponseHeadersPolicyConfig", "cloudfront:ListResponseHeadersPolicies",
        "cloudfront:GetOriginAccessControl", "cloudfront:GetOriginAccessControlConfig", "cloudfront:ListOriginAccessControls",
        "cloudfront:GetPublicKey", "cloudfront:GetPublicKeyConfig", "cloudfront:ListPublicKeys",
        "cloudfront:GetKeyGroup", "cloudfront:GetKeyGroupConfig", "cloudfront:ListKeyGroups",
        "cloudfront:GetContinuousDeploymentPolicy", "cloudfront:GetContinuousDeploymentPolicyConfig", "cloudfront:ListContinuousDeploymentPolicies",
        "cloudfront:GetCloudFrontOriginAccessIdentity", "cloudfront:GetCloudFrontOriginAccessIdentityConfig", "cloudfront:ListCloudFrontOriginAccessIdentities",
        "cloudfront:DescribeFunction", "lambda:GetFunction", "lambda:GetFunctionConfiguration",
        "acm:DescribeCertificate", "iam:GetServerCertificate",
    ];

    /// <summary>Where the value of one member decides which others are looked at.</summary>
    private const string Values = """
        { "Id": "id", "Type": "SingleWeight", "SingleHeaderConfig": null, "EncodedKey": "none", "FunctionName": "f", "FunctionArn": "arn:f", "Version": "1", "FunctionARN": "arn:f" }
        """;

    private static readonly Lazy<JsonElement> Samples = new(Print);

    public static TheoryData<string> Printed => [.. Operations];

    [Theory]
    [MemberData(nameof(Printed))]
    public void EveryMemberIsKnown(string operation)
    {
        var json = Samples.Value.GetProperty(operation).GetRawText();

        var (catalog, mistakes) = ResourceReader.Read(json, "file-name");

        Assert.DoesNotContain(mistakes, mistake => mistake.Rule == "there is no such setting");
        Assert.DoesNotContain(mistakes, mistake => mistake.Rule.StartsWith("the document is none", StringComparison.Ordinal));
        // What a list has and what is wrong with it is kept for where it is named.
        if (catalog is not null && operation.Contains("List", StringComparison.Ordinal))
            Assert.All(ResourceKind.All, kind => Assert.DoesNotContain("there is no such setting", catalog.HowToGive(kind, "id"), StringComparison.Ordinal));
    }

    /// <summary>The model of Debian's library is older than key value stores; this is theirs, of botocore 1.43.11.</summary>
    [Theory]
    [InlineData("""{ "KeyValueStore": { "Name": "s", "Id": "i", "Comment": "c", "ARN": "x/i", "Status": "READY", "LastModifiedTime": "t" }, "ETag": "e" }""")]
    [InlineData("""{ "FunctionSummary": { "Name": "f", "Status": "s", "FunctionConfig": { "Comment": "", "Runtime": "cloudfront-js-2.0", "KeyValueStoreAssociations": { "Quantity": 1, "Items": [ { "KeyValueStoreARN": "x/i" } ] } }, "FunctionMetadata": {} }, "ETag": "e" }""")]
    public void NewerForms_AreRead(string json) => Assert.Empty(ResourceReader.Read(json, "file-name").Mistakes);

    private static JsonElement Print()
    {
        using var python = Botocore.Start("tests/Brink.Tests/Resources/botocore_shapes.py", [Values, .. Operations]);
        python.StandardInput.Close();
        var output = python.StandardOutput.ReadToEnd();
        Assert.True(output.Length > 0, python.StandardError.ReadToEnd());
        return JsonDocument.Parse(output).RootElement;
    }
}
