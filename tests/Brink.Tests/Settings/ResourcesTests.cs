namespace Brink.Tests.Settings;

/// <summary><c>--resources</c> and <c>--ignore</c> from outside: what is given by id, what is missing, what is left out.</summary>
public sealed class ResourcesTests
{
    private const string Id = "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e";

    private const string Policy = """
        {
          "ETag": "E23ZP02F085DFQ",
          "CachePolicy": {
            "Id": "0d9c7e4a-3b5f-4b8e-9a57-1f2a3b4c5d6e", "LastModifiedTime": "2030-01-01T00:00:00+00:00",
            "CachePolicyConfig": {
              "Comment": "", "Name": "never", "DefaultTTL": 0, "MaxTTL": 0, "MinTTL": 0,
              "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": false, "EnableAcceptEncodingBrotli": false, "HeadersConfig": { "HeaderBehavior": "none" },
                "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" }
              }
            }
          }
        }
        """;

    [Fact]
    public async Task PolicyOfADistribution_ComesFromTheFolder_AndASaveTakesEffect()
    {
        await using var site = OfResources();
        site.Write("resources/any-name.json", Policy);
        await site.StartAsync();

        await site.Dev.AskAsync("/a");
        await site.Dev.AskAsync("/a");
        Assert.Equal(2, site.One.Requests.Count);

        site.Write("resources/any-name.json", Policy.Replace("\"MaxTTL\": 0", "\"MaxTTL\": 60", StringComparison.Ordinal).Replace("\"DefaultTTL\": 0", "\"DefaultTTL\": 60", StringComparison.Ordinal));
        await site.Dev.WaitForAsync("reloaded");
        await site.Dev.AskAsync("/b");
        await site.Dev.AskAsync("/b");
        Assert.Equal(3, site.One.Requests.Count);
    }

    [Fact]
    public async Task IdThatNothingGives_NamesTheFileAndTheCommand()
    {
        await using var site = OfResources();
        site.Set("DefaultCacheBehavior.OriginRequestPolicyId", "\"mine\"");

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"$.DefaultCacheBehavior.CachePolicyId: there is no cache policy '{Id}': it is neither managed nor given. Add its file to a folder of --resources: aws cloudfront get-cache-policy --id {Id} > {Id}.json.", errors, StringComparison.Ordinal);
        Assert.Contains("aws cloudfront get-origin-request-policy --id mine > mine.json", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BrokenFolder_IsNamedFileByFile()
    {
        await using var site = OfResources();
        site.Write("resources/a.json", Policy);
        site.Write("resources/b.json", Policy);
        site.Write("resources/c.json", "{ ");
        site.Write("resources/d.json", """{ "Name": "g", "Items": ["K404"] }""");
        site.Flags.AddRange(["--resources", site.In("nowhere")]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"a.json gives the cache policy {Id} already: leave one of them", errors, StringComparison.Ordinal);
        Assert.Contains("c.json", errors, StringComparison.Ordinal);
        Assert.Contains("the key group g has the public key K404, which is not given. Add its file to a folder of --resources: aws cloudfront get-public-key --id K404 > K404.json", errors, StringComparison.Ordinal);
        Assert.Contains("there is no such folder", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebAclThatIsLeftOut_IsSaidAgainEveryHour()
    {
        var time = new ManualTimeProvider();
        await using var site = Site.OfDistribution();
        site.Time = time;
        site.Set("WebACLId", "\"arn:aws:wafv2:us-east-1:123456789012:global/webacl/acl/1\"");
        site.Flags.AddRange(["--ignore", "WebACLId"]);
        await site.StartAsync();
        const string line = "WebACLId is left out (--ignore): what it would block gets through. A function on viewer-request can refuse requests instead";

        for (var i = 0; i < 3; i++)
        {
            var warning = (await site.Dev.WaitForAsync("warning")).GetProperty("warnings")[0].GetProperty("message").GetString();
            Assert.Equal(line, warning);
            time.Advance(TimeSpan.FromHours(1));
        }
    }

    [Theory]
    [InlineData("DefaultRootObject", "--ignore DefaultRootObject is enforced, or there is no such setting; AnycastIpListId")]
    [InlineData("WebACLId,Nope", "--ignore Nope is enforced, or there is no such setting")]
    public async Task WhatIsEnforcedOrUnknown_CannotBeLeftOut(string names, string mistake)
    {
        await using var site = Site.OfDistribution();
        site.Flags.AddRange(["--ignore", names]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(2, exitCode);
        Assert.Contains(mistake, errors, StringComparison.Ordinal);
    }

    private static Site OfResources()
    {
        var site = Site.OfDistribution();
        Directory.CreateDirectory(site.In("resources"));
        site.Set("DefaultCacheBehavior.CachePolicyId", $"\"{Id}\"");
        site.Flags.AddRange(["--resources", site.In("resources")]);
        return site;
    }
}
