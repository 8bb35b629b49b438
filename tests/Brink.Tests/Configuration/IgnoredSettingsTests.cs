using Brink.Configuration;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Tests.Configuration;

public sealed class IgnoredSettingsTests
{
    [Theory]
    [InlineData("$.WebACLId", "WebACLId")]
    [InlineData("$.CacheBehaviors.Items[12].SmoothStreaming", "DefaultCacheBehavior.SmoothStreaming")]
    [InlineData("$.OriginGroups.Items[0].SelectionCriteria", "OriginGroups.SelectionCriteria")]
    [InlineData("$.DistributionConfig.WebACLId", "WebACLId")]
    [InlineData("$.Distribution.DistributionConfig.CacheBehaviors.Items[1].SmoothStreaming", "DefaultCacheBehavior.SmoothStreaming")]
    public void NameOfASetting_IsThatOfTheTable(string path, string name) => Assert.Equal(name, IgnoredSettings.NameOf(path));

    [Theory]
    [InlineData("WebACLId", "WebACLId", true)]
    [InlineData("ViewerMtlsConfig", "ViewerMtlsConfig.TrustStoreConfig.TrustStoreId", true)]
    [InlineData("WebACLId", "WebACLIds", false)]
    [InlineData("TrustedSigners.Enabled", "DefaultCacheBehavior.TrustedSigners.Enabled", true)]
    [InlineData("SmoothStreaming", "DefaultCacheBehavior.SmoothStreaming", true)]
    [InlineData("CacheBehaviors.SmoothStreaming", "DefaultCacheBehavior.SmoothStreaming", true)]
    [InlineData("DefaultCacheBehavior.SmoothStreaming", "DefaultCacheBehavior.TrustedSigners.Enabled", false)]
    [InlineData("SelectionCriteria", "OriginGroups.SelectionCriteria", true)]
    public void Name_CoversWhatIsBelowIt(string ignored, string setting, bool covers)
    {
        var mistakes = new List<string>();

        Assert.Equal(covers, IgnoredSettings.Read([ignored], mistakes).Covers(setting));
        Assert.Empty(mistakes);
    }

    [Theory]
    [InlineData("DefaultRootObject")]
    [InlineData("Origins")]
    [InlineData("Logging")]
    [InlineData("webaclid")]
    [InlineData("")]
    public void SettingThatIsEnforcedOrUnknown_CannotBeLeftOut(string name)
    {
        var mistakes = new List<string>();

        Assert.Empty(IgnoredSettings.Read([name], mistakes).Names);
        Assert.StartsWith($"{name} is enforced, or there is no such setting; AnycastIpListId, ", Assert.Single(mistakes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "ETag": "E", "DistributionConfig": CONFIG }""")]
    [InlineData("""{ "ETag": "E", "Distribution": { "Id": "E1", "DomainName": "d1.cloudfront.net", "DistributionConfig": CONFIG } }""")]
    public void FormsThatTheCommandLinePrints_HaveTheSameNames(string form)
    {
        const string config = """
            {
              "CallerReference": "r", "Comment": "", "Enabled": true, "WebACLId": "arn:aws:wafv2:us-east-1:1:global/webacl/x/y",
              "Origins": { "Quantity": 1, "Items": [ { "Id": "a", "DomainName": "a.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": { "TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" }
            }
            """;
        var printed = form.Replace("CONFIG", config, StringComparison.Ordinal);

        var ignored = DistributionConfigReader.Read(printed, "E1", "d1.cloudfront.net", ResourceCatalog.Empty, IgnoredSettings.Read(["WebACLId"], []));
        var refused = DistributionConfigReader.Read(printed, "E1", "d1.cloudfront.net", ResourceCatalog.Empty, IgnoredSettings.None);

        Assert.Empty(ignored.Mistakes);
        Assert.Equal(["WebACLId"], ignored.Ignored);
        Assert.EndsWith("Leave it out, or say --ignore WebACLId.", Assert.Single(refused.Mistakes).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void LeftOut_IsTold_AndTheRestIsStillChecked()
    {
        const string config = """
            {
              "CallerReference": "r", "Comment": "", "Enabled": true, "WebACLId": "arn:aws:wafv2:us-east-1:1:global/webacl/x/y", "AnycastIpListId": "a",
              "Origins": { "Quantity": 1, "Items": [ { "Id": "a", "DomainName": "a.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": { "TargetOriginId": "a", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" }
            }
            """;

        var both = DistributionConfigReader.Read(config, "E1", "d1.cloudfront.net", ResourceCatalog.Empty, IgnoredSettings.Read(["WebACLId", "AnycastIpListId"], []));
        var one = DistributionConfigReader.Read(config, "E1", "d1.cloudfront.net", ResourceCatalog.Empty, IgnoredSettings.Read(["AnycastIpListId"], []));

        Assert.Empty(both.Mistakes);
        Assert.Equal(["WebACLId", "AnycastIpListId"], both.Ignored);
        Assert.Equal("$.WebACLId: web ACLs are not supported yet. Leave it out, or say --ignore WebACLId.", Assert.Single(one.Mistakes).ToString());
    }
}
