namespace Brink.Tests.Settings;

/// <summary>Distributions that are served together, and what one of them alone can have.</summary>
public sealed class SeveralDistributionsTests
{
    [Theory]
    [InlineData("E1", "d2.cloudfront.net", "b.test", "id E1")]
    [InlineData("E2", "D1.cloudfront.net", "b.test", "domain name d1.cloudfront.net")]
    [InlineData("E2", "d2.cloudfront.net", "A.test", "alias a.test")]
    public async Task WhatTwoOfThemHave_IsAMistake(string id, string domainName, string alias, string twice)
    {
        await using var site = Site.OfDistribution();
        site.Flags.Clear();
        var first = Add(site, "first.json", "E1", "d1.cloudfront.net", "a.test");
        var second = Add(site, "second.json", id, domainName, alias);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"{second}: the distribution of {first} has the {twice} too: give one of them", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OthersAreServedTogether()
    {
        await using var site = Site.OfDistribution();
        site.Flags.Clear();
        Add(site, "first.json", "E1", "d1.cloudfront.net", "a.test");
        Add(site, "second.json", "E2", "d2.cloudfront.net", "*.a.test");

        await site.StartAsync();

        Assert.Equal(200, (await site.Dev.AskAsync(host: "b.a.test")).Status);
    }

    /// <summary>As get-distribution prints one, with the site's configuration.</summary>
    private static string Add(Site site, string file, string id, string domainName, string alias)
    {
        site.Set("Aliases", $$"""{ "Quantity": 1, "Items": ["{{alias}}"] }""");
        var json = $$"""{ "Distribution": { "Id": "{{id}}", "DomainName": "{{domainName}}", "DistributionConfig": {{site.Document!.ToJsonString()}} } }""";
        var path = site.Write(file, json);
        site.Flags.AddRange(["--distribution", path]);
        return path;
    }
}
