using Brink.ContinuousDeployment;
using Brink.Resources;

namespace Brink.Tests.ContinuousDeployment;

/// <summary>The forms and the rules of distribution spec 2.13.</summary>
public sealed class ContinuousDeploymentPolicyReaderTests
{
    private const string Names = """ "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["D222222ABCDEF8.cloudfront.net"] }, "Enabled": true """;

    [Fact]
    public void Header_IsRead()
    {
        var policy = Read(Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "AWS-CF-CD-Staging", "Value": "yes" } }"""));

        Assert.Equal(new ContinuousDeploymentPolicy("id", "d222222abcdef8.cloudfront.net", true, new TrafficConfig.SingleHeader("AWS-CF-CD-Staging", "yes")), policy);
    }

    [Theory]
    [InlineData("0.15", 150_000)]
    [InlineData("0.05", 50_000)]
    [InlineData("0.0000004", 0)]
    [InlineData("0", 0)]
    public void Weight_IsRead(string weight, int perMillion)
    {
        var policy = Read(Config($$"""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": {{weight}} } }"""));

        Assert.Equal(new TrafficConfig.SingleWeight(perMillion, null), policy.Traffic);
    }

    [Fact]
    public void Stickiness_IsRead()
    {
        var policy = Read(Config(Sticky("300", "3600")));

        Assert.Equal(new TrafficConfig.SingleWeight(100_000, new SessionStickiness(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(3600))), policy.Traffic);
    }

    [Fact]
    public void PolicyThatIsNotEnabled_NeedsNoTraffic() =>
        Assert.Null(Read("""{ "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["d1.cloudfront.net"] }, "Enabled": false }""").Traffic);

    public static TheoryData<string, string> Mistakes => new()
    {
        { """{ "StagingDistributionDnsNames": { "Quantity": 0 }, "Enabled": false }""", "$.StagingDistributionDnsNames: 0 staging distributions are named, and a policy has one" },
        { """{ "StagingDistributionDnsNames": { "Quantity": 2, "Items": ["a", "b"] }, "Enabled": false }""", "$.StagingDistributionDnsNames: 2 staging distributions are named" },
        { """{ "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["a"] }, "TrafficConfig": { "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0.1 } } }""", "$.Enabled: the setting is required" },
        { "{" + Names + "}", "$.TrafficConfig: the setting is required" },
        { Config("""{ "Type": "Both" }"""), "$.TrafficConfig.Type: 'Both' is not one of SingleWeight, SingleHeader" },
        { Config("""{ "Type": "SingleHeader" }"""), "$.TrafficConfig.SingleHeaderConfig: the setting is required" },
        { Config("""{ "Type": "SingleWeight" }"""), "$.TrafficConfig.SingleWeightConfig: the setting is required" },
        { Config("""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0.1 }, "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "b" } }"""), "$.TrafficConfig.SingleHeaderConfig: Type is SingleWeight, which SingleWeightConfig is for. Leave SingleHeaderConfig out" },
        { Config("""{ "Type": "SingleHeader", "SingleWeightConfig": { "Weight": 0.1 }, "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "b" } }"""), "$.TrafficConfig.SingleWeightConfig: Type is SingleHeader" },
        { Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "staging", "Value": "b" } }"""), "$.TrafficConfig.SingleHeaderConfig.Header: 'staging' does not begin with aws-cf-cd-. Write aws-cf-cd-staging." },
        { Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-", "Value": "b" } }"""), "$.TrafficConfig.SingleHeaderConfig.Header: 'aws-cf-cd-' is the prefix alone" },
        { Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-a b", "Value": "b" } }"""), "$.TrafficConfig.SingleHeaderConfig.Header: 'aws-cf-cd-a b' is not the name of a header" },
        { Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "" } }"""), "$.TrafficConfig.SingleHeaderConfig.Value: the value is empty" },
        { Config("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "a\r\nb" } }"""), "$.TrafficConfig.SingleHeaderConfig.Value: the value is empty, longer" },
        { Config("""{ "Type": "SingleWeight", "SingleWeightConfig": { } }"""), "$.TrafficConfig.SingleWeightConfig.Weight: the setting is required" },
        { Config("""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0.151 } }"""), "$.TrafficConfig.SingleWeightConfig.Weight: 0.151 is not between 0 and 0.15" },
        { Config("""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": -0.1 } }"""), "$.TrafficConfig.SingleWeightConfig.Weight: -0.1 is not between 0 and 0.15" },
        { Config("""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": "0.1" } }"""), "$.TrafficConfig.SingleWeightConfig.Weight: the value is not a number" },
        { Config(Sticky("299", "3600")), "$.TrafficConfig.SingleWeightConfig.SessionStickinessConfig.IdleTTL: 299 is not between 300 and 3600" },
        { Config(Sticky("300", "3601")), "$.TrafficConfig.SingleWeightConfig.SessionStickinessConfig.MaximumTTL: 3601 is not between 300 and 3600" },
        { Config(Sticky("301", "300")), "$.TrafficConfig.SingleWeightConfig.SessionStickinessConfig.IdleTTL: 301 is more than MaximumTTL, 300" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void WhatIsWrong_IsNamed(string json, string mistake) =>
        Assert.StartsWith(mistake, Assert.Single(ResourceReader.Read(json, "id").Mistakes).ToString(), StringComparison.Ordinal);

    private static string Config(string traffic) => $$"""{ {{Names}}, "TrafficConfig": {{traffic}} }""";

    private static string Sticky(string idle, string maximum) =>
        $$"""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0.1, "SessionStickinessConfig": { "IdleTTL": {{idle}}, "MaximumTTL": {{maximum}} } } }""";

    private static ContinuousDeploymentPolicy Read(string json)
    {
        var (catalog, mistakes) = ResourceReader.Read(json, "id");
        Assert.Empty(mistakes);
        return catalog!.ContinuousDeploymentPolicies["id"];
    }
}
