using System.Text.Json.Nodes;
using Brink.Configuration;
using Brink.Distributions;
using Brink.Resources;

namespace Brink.Tests.Distributions;

public sealed class OriginGroupReaderTests
{
    private const string Config = """
        {
          "CallerReference": "r", "Comment": "", "Enabled": true,
          "Origins": { "Quantity": 3, "Items": [
            { "Id": "main", "DomainName": "main.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } },
            { "Id": "spare", "DomainName": "spare.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 8443, "OriginProtocolPolicy": "https-only", "IpAddressType": "ipv6" } },
            { "Id": "other", "DomainName": "other.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "match-viewer", "IpAddressType": "ipv4" } } ] },
          "OriginGroups": { "Quantity": 1, "Items": [ {
            "Id": "pair", "SelectionCriteria": "default",
            "FailoverCriteria": { "StatusCodes": { "Quantity": 2, "Items": [500, 503] } },
            "Members": { "Quantity": 2, "Items": [ { "OriginId": "main" }, { "OriginId": "spare" } ] } } ] },
          "DefaultCacheBehavior": { "TargetOriginId": "pair", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" },
          "CacheBehaviors": { "Quantity": 1, "Items": [
            { "PathPattern": "/o/*", "TargetOriginId": "other", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" } ] }
        }
        """;

    private const string Group = "OriginGroups.Items[0].";

    private static ConfigResult<Distribution> Read(string json) => DistributionConfigReader.Read(json, "E1", "d1.cloudfront.net", ResourceCatalog.Empty);

    [Fact]
    public void OriginsAndGroups_AreWhatBehaviorsName()
    {
        var (distribution, mistakes) = Read(Config);

        Assert.Empty(mistakes);
        var pair = distribution!.TargetById(distribution.DefaultCacheBehavior.TargetOriginId);
        Assert.Equal(("main", "spare"), (pair.Primary.Id, pair.Secondary?.Id));
        Assert.Equal([500, 503], pair.FailoverStatusCodes);
        var other = distribution.TargetById(distribution.CacheBehaviors[0].TargetOriginId);
        Assert.Equal(("other", null), (other.Primary.Id, other.Secondary));
        Assert.Equal(
            [OriginIpAddressType.DualStack, OriginIpAddressType.IPv6, OriginIpAddressType.IPv4],
            distribution.Origins.Cast<CustomOrigin>().Select(origin => origin.IpAddressType));
    }

    [Theory]
    [InlineData(Group + "Id", "\"\"", Group + "Id", "no or more than 128 characters")]
    [InlineData(Group + "Id", "\"main\"", Group + "Id", "another origin or origin group has the id 'main'")]
    [InlineData(Group + "SelectionCriteria", "\"media-quality-based\"", Group + "SelectionCriteria", "not supported")]
    [InlineData(Group + "SelectionCriteria", "\"fastest\"", Group + "SelectionCriteria", "not one of")]
    [InlineData(Group + "Members.Items[1].OriginId", "\"nobody\"", Group + "Members.Items[1].OriginId", "no origin has the id 'nobody'")]
    [InlineData(Group + "Members.Items[1].OriginId", "\"pair\"", Group + "Members.Items[1].OriginId", "no origin has the id 'pair'")]
    [InlineData(Group + "Members.Items[1].OriginId", "\"main\"", Group + "Members.Items[1].OriginId", "both members")]
    [InlineData(Group + "Members", "{\"Quantity\":1,\"Items\":[{\"OriginId\":\"main\"}]}", Group + "Members.Items", "instead of two")]
    [InlineData(Group + "Members", "null", Group + "Members", "required")]
    [InlineData(Group + "FailoverCriteria.StatusCodes.Items[0]", "401", Group + "FailoverCriteria.StatusCodes.Items", "401 cannot")]
    [InlineData(Group + "FailoverCriteria.StatusCodes.Items[0]", "503", Group + "FailoverCriteria.StatusCodes.Items", "twice")]
    [InlineData(Group + "FailoverCriteria.StatusCodes.Items[0]", "\"500\"", Group + "FailoverCriteria.StatusCodes.Items[0]", "whole number")]
    [InlineData(Group + "FailoverCriteria.StatusCodes", "{\"Quantity\":0}", Group + "FailoverCriteria.StatusCodes.Items", "nothing would ever fail over")]
    [InlineData(Group + "FailoverCriteria", "null", Group + "FailoverCriteria", "required")]
    [InlineData(Group + "Nonsense", "1", Group + "Nonsense", "no such setting")]
    [InlineData("OriginGroups.Quantity", "2", "OriginGroups.Quantity", "Items has 1")]
    public void Mistake_IsNamedWithItsPath(string path, string json, string expectedPath, string expectedRule)
    {
        var (distribution, mistakes) = Read(Change(path, json));

        Assert.Null(distribution);
        Assert.Contains(mistakes, each => each.Path == "$." + expectedPath && each.Rule.Contains(expectedRule, StringComparison.Ordinal));
    }

    [Fact]
    public void MoreThanTenGroups_AreRefused()
    {
        var root = JsonNode.Parse(Config)!;
        var items = root["OriginGroups"]!["Items"]!.AsArray();
        for (var i = 0; i < 10; i++)
        {
            var copy = items[0]!.DeepClone();
            copy["Id"] = $"pair{i}";
            items.Add(copy);
        }
        root["OriginGroups"]!["Quantity"] = items.Count;

        Assert.Equal("$.OriginGroups.Items", Assert.Single(Read(root.ToJsonString()).Mistakes).Path);
    }

    private static string Change(string path, string json)
    {
        var root = JsonNode.Parse(Config)!;
        var steps = path.Replace("[", ".[", StringComparison.Ordinal).Split('.');
        var node = root;
        foreach (var step in steps[..^1])
            node = step[0] == '[' ? node[Index(step)]! : node[step]!;
        if (steps[^1][0] == '[')
            node[Index(steps[^1])] = JsonNode.Parse(json);
        else
            node[steps[^1]] = JsonNode.Parse(json);
        return root.ToJsonString();

        static int Index(string step) => int.Parse(step[1..^1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
