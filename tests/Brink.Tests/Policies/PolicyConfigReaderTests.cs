using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Policies;

namespace Brink.Tests.Policies;

public sealed class PolicyConfigReaderTests
{
    private const string None =
        "\"HeadersConfig\":{\"HeaderBehavior\":\"none\"},\"CookiesConfig\":{\"CookieBehavior\":\"none\"},\"QueryStringsConfig\":{\"QueryStringBehavior\":\"none\"}";

    [Fact]
    public void CachePolicyConfig_BecomesAPolicy()
    {
        var (policy, mistakes) = PolicyConfigReader.ReadCachePolicy("""
            {
              "Name": "mine", "Comment": "c", "MinTTL": 1, "DefaultTTL": 2, "MaxTTL": 3,
              "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": true, "EnableAcceptEncodingBrotli": true,
                "HeadersConfig": { "HeaderBehavior": "whitelist", "Headers": { "Quantity": 2, "Items": ["Origin", "CloudFront-Viewer-Country"] } },
                "CookiesConfig": { "CookieBehavior": "allExcept", "Cookies": { "Quantity": 1, "Items": ["track"] } },
                "QueryStringsConfig": { "QueryStringBehavior": "all" }
              }
            }
            """, "id-1");
        Assert.Empty(mistakes);
        Assert.Equal(("id-1", "mine", 1d, 2d, 3d), (policy!.Id, policy.Name, policy.MinTtl.TotalSeconds, policy.DefaultTtl.TotalSeconds, policy.MaxTtl.TotalSeconds));
        Assert.True(policy.EnableAcceptEncodingGzip && policy.EnableAcceptEncodingBrotli);
        Assert.Equal((ItemSelection.Whitelist, ItemSelection.AllExcept, ItemSelection.All), (policy.Headers.Selection, policy.Cookies.Selection, policy.QueryStrings.Selection));
        Assert.Equal(["track"], policy.Cookies.Names);
    }

    [Theory]
    [InlineData("\"MinTTL\":0", 0, 86400, 31536000)]
    [InlineData("\"MinTTL\":100000", 100000, 100000, 31536000)]
    [InlineData("\"MinTTL\":0,\"DefaultTTL\":40000000", 0, 40000000, 40000000)]
    public void TtlsLeftOut_GetTheirDefaults(string ttls, int min, int byDefault, int max)
    {
        var policy = PolicyConfigReader.ReadCachePolicy($"{{\"Name\":\"n\",{ttls}}}", "i").Value!;
        Assert.Equal((min, byDefault, max), ((int)policy.MinTtl.TotalSeconds, (int)policy.DefaultTtl.TotalSeconds, (int)policy.MaxTtl.TotalSeconds));
    }

    [Theory]
    [InlineData("{\"Name\":\"n\"}", "$.MinTTL", "required")]
    [InlineData("{\"Name\":\"n\",\"MinTTL\":5,\"DefaultTTL\":4,\"MaxTTL\":9}", "$", "ascending")]
    [InlineData("{\"Name\":\"n\",\"MinTTL\":0,\"MaxTTL\":60}", "$", "ascending")]
    [InlineData("{\"Name\":\"n\",\"MinTTL\":-1}", "$.MinTTL", "between")]
    [InlineData("{\"Name\":\"Managed-n\",\"MinTTL\":0}", "$.Name", "Managed-")]
    [InlineData("{\"MinTTL\":0}", "$.Name", "required")]
    public void WrongTtlsAndNames_AreRefused(string json, string path, string rule) =>
        Assert.Contains(
            PolicyConfigReader.ReadCachePolicy(json, "i").Mistakes,
            each => each.Path == path && each.Rule.Contains(rule, StringComparison.Ordinal));

    [Theory]
    [InlineData("none", "\"Cookie\"", "takes no list")]
    [InlineData("whitelist", "\"Cookie\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"te\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"X-Real-Ip\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"X-Forwarded-Proto\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"X-Edge-A\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Trailer\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Expect\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Keep-Alive\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Content-Length\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"X-Amz-Cf-Id\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Transfer-Encoding\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"proxy-anything\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"Max-Forwards\"", "may not be in a cache key")]
    [InlineData("whitelist", "\"CloudFront-Viewer-Address\"", "origin request policy only")]
    [InlineData("whitelist", "\"A\",\"a\"", "twice")]
    [InlineData("whitelist", "\"a b\"", "not a valid name")]
    [InlineData("whitelist", "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"", "more than 10")]
    [InlineData("allViewer", "\"A\"", "is not one of none, whitelist")]
    public void KeyHeaders_ThatAreNotAllowed_AreRefused(string behavior, string items, string rule)
    {
        var json = $$$"""
            {"Name":"n","MinTTL":0,"ParametersInCacheKeyAndForwardedToOrigin":{"EnableAcceptEncodingGzip":false,
            "HeadersConfig":{"HeaderBehavior":"{{{behavior}}}","Headers":{"Quantity":{{{items.Split(',').Length}}},"Items":[{{{items}}}]}},
            "CookiesConfig":{"CookieBehavior":"none"},"QueryStringsConfig":{"QueryStringBehavior":"none"} } }
            """;
        Assert.Contains(PolicyConfigReader.ReadCachePolicy(json, "i").Mistakes, each => each.Rule.Contains(rule, StringComparison.Ordinal));
    }

    [Fact]
    public void NamesOver1024Bytes_AreRefused()
    {
        var items = string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"{new string((char)('a' + i), 114)}\""));
        var json = $$$"""
            {"Name":"n","HeadersConfig":{"HeaderBehavior":"none"},"CookiesConfig":{"CookieBehavior":"none"},
            "QueryStringsConfig":{"QueryStringBehavior":"whitelist","QueryStrings":{"Quantity":9,"Items":[{{{items}}}] } } }
            """;
        Assert.Contains("1024", Assert.Single(PolicyConfigReader.ReadOriginRequestPolicy(json, "i").Mistakes).Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void CachingDisabled_WithAKey_IsRefused()
    {
        var json = $$$"""{"Name":"n","MinTTL":0,"DefaultTTL":0,"MaxTTL":0,"ParametersInCacheKeyAndForwardedToOrigin":{"EnableAcceptEncodingGzip":true,{{{None}}} } }""";
        Assert.Contains("MaxTTL 0", Assert.Single(PolicyConfigReader.ReadCachePolicy(json, "i").Mistakes).Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", null, ItemSelection.None, 0, 0)]
    [InlineData("whitelist", "\"Origin\"", ItemSelection.Whitelist, 1, 0)]
    [InlineData("allViewer", null, ItemSelection.All, 0, 0)]
    [InlineData("allExcept", "\"Host\"", ItemSelection.AllExcept, 1, 0)]
    [InlineData("allViewerAndWhitelistCloudFront", "\"CloudFront-Viewer-Country\"", ItemSelection.All, 0, 1)]
    public void OriginRequestPolicyHeaders_AllModes(string behavior, string? items, ItemSelection selection, int names, int cloudFront)
    {
        var (policy, mistakes) = PolicyConfigReader.ReadOriginRequestPolicy(OriginPolicy(behavior, items), "i");
        Assert.Empty(mistakes);
        Assert.Equal((selection, names, cloudFront), (policy!.Headers.Selection, policy.Headers.Names.Length, policy.CloudFrontHeaders.Length));
    }

    [Theory]
    [InlineData("whitelist", "\"authorization\"", "Authorization")]
    [InlineData("whitelist", null, "required")]
    [InlineData("allViewerAndWhitelistCloudFront", "\"X-Mine\"", "not a CloudFront header")]
    [InlineData("allViewer", "\"X\"", "takes no list")]
    [InlineData("all", null, "not one of")]
    public void OriginRequestPolicyHeaders_Wrong_AreRefused(string behavior, string? items, string rule) =>
        Assert.Contains(
            PolicyConfigReader.ReadOriginRequestPolicy(OriginPolicy(behavior, items), "i").Mistakes,
            each => each.Rule.Contains(rule, StringComparison.Ordinal));

    [Theory]
    [InlineData("CachingOptimized")]
    [InlineData("managed-cachingoptimized")]
    [InlineData("658327ea-f89d-4fab-a63d-7e88639e58f6")]
    public void ManagedPolicy_IsFoundByIdAndName(string asked) =>
        Assert.Equal("Managed-CachingOptimized", ManagedPolicies.FindCachePolicy(asked)!.Name);

    [Fact]
    public void ManagedPolicies_AreAllThereOnce()
    {
        Assert.Equal(7, ManagedPolicies.CachePolicies.Select(policy => policy.Id).Distinct().Count());
        Assert.Equal(8, ManagedPolicies.OriginRequestPolicies.Select(policy => policy.Id).Distinct().Count());
        Assert.Equal(21, ManagedPolicies.FindOriginRequestPolicy("AllViewerAndCloudFrontHeaders-2022-06")!.CloudFrontHeaders.Distinct().Count());
        Assert.Null(ManagedPolicies.FindCachePolicy("AllViewer"));
        Assert.Null(ManagedPolicies.FindCachePolicy(""));
    }

    private static string OriginPolicy(string behavior, string? items)
    {
        var list = items is null ? "" : $",\"Headers\":{{\"Quantity\":1,\"Items\":[{items}]}}";
        return $$$"""
            {"Name":"n","HeadersConfig":{"HeaderBehavior":"{{{behavior}}}"{{{list}}}},
            "CookiesConfig":{"CookieBehavior":"none"},"QueryStringsConfig":{"QueryStringBehavior":"all"}}
            """;
    }

    /// <summary>The headers of CloudFront, in another spelling too, a newer one that has no value here, and a viewer's own.</summary>
    public static TheoryData<string, bool> CloudFrontNames => new(
        CloudFrontHeaders.All.Select(name => (name, true)).Append(("cloudfront-viewer-city", true)).Append(("CloudFront-Viewer-Cert-Pem", false)).Append(("CloudFront-Secret", true)));

    [Theory]
    [MemberData(nameof(CloudFrontNames))]
    public void HeaderWithoutAValue_IsRefusedByName_WhereverItIsListed(string name, bool isAccepted)
    {
        string Origin(string behavior) => $$"""{ "Name": "n", "HeadersConfig": { "HeaderBehavior": "{{behavior}}", "Headers": { "Quantity": 1, "Items": ["{{name}}"] } }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } }""";
        void Judge(ImmutableArray<ConfigMistake> mistakes)
        {
            if (isAccepted)
                Assert.DoesNotContain(mistakes, mistake => mistake.Rule.Contains("not supported yet", StringComparison.Ordinal));
            else
                Assert.Equal($"$.HeadersConfig.Headers: {name} is not supported yet. Take it off the list.", Assert.Single(mistakes).ToString());
        }
        Judge(PolicyConfigReader.ReadOriginRequestPolicy(Origin("whitelist"), "i").Mistakes);
        if (name != "CloudFront-Secret")
            Judge(PolicyConfigReader.ReadOriginRequestPolicy(Origin("allViewerAndWhitelistCloudFront"), "i").Mistakes);
        Assert.Empty(PolicyConfigReader.ReadOriginRequestPolicy(Origin("allExcept"), "i").Mistakes);
        var key = PolicyConfigReader.ReadCachePolicy(
            """{ "Name": "n", "MinTTL": 0, "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": false, "HeadersConfig": { "HeaderBehavior": "whitelist", "Headers": { "Quantity": 1, "Items": ["NAME"] } }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } }"""
                .Replace("NAME", name, StringComparison.Ordinal), "i").Mistakes;
        Assert.Equal(isAccepted && !CloudFrontHeaders.OriginRequestPolicyOnly.Contains(name), key.IsEmpty);
    }

    [Fact]
    public void ThereAreTwentyFiveHeaders() => Assert.Equal(25, CloudFrontHeaders.All.Distinct().Count());

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, false)]
    public void AcceptEncodingInTheKey_IsRefusedWhereACodingIsOn(bool gzip, bool brotli, bool isRefused)
    {
        var mistakes = PolicyConfigReader.ReadCachePolicy(
            $$"""{ "Name": "n", "MinTTL": 0, "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": {{(gzip ? "true" : "false")}}, "EnableAcceptEncodingBrotli": {{(brotli ? "true" : "false")}}, "HeadersConfig": { "HeaderBehavior": "whitelist", "Headers": { "Quantity": 1, "Items": ["accept-encoding"] } }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } }""",
            "i").Mistakes;

        Assert.Equal(isRefused ? ["accept-encoding may not be listed where EnableAcceptEncodingGzip or EnableAcceptEncodingBrotli is on: they put it into the key"] : [], mistakes.Select(mistake => mistake.Rule));
    }

    [Fact]
    public void AcceptEncodingInAnOriginRequestPolicy_IsRefused() =>
        Assert.Contains(
            PolicyConfigReader.ReadOriginRequestPolicy($$"""{ "Name": "n", {{None.Replace("\"none\"}", "\"whitelist\",\"Headers\":{\"Quantity\":1,\"Items\":[\"Accept-Encoding\"]}}", StringComparison.Ordinal)}} }""", "i").Mistakes,
            mistake => mistake.Rule == "Accept-Encoding cannot be listed in an origin request policy");

    [Theory]
    [InlineData("""{ "ETag": "E2", "CachePolicyConfig": CONFIG }""", "given")]
    [InlineData("""{ "ETag": "E2", "CachePolicy": { "Id": "printed", "LastModifiedTime": "2026-01-02T03:04:05.678000+00:00", "CachePolicyConfig": CONFIG } }""", "printed")]
    public void WhatTheCommandLinePrints_IsRead(string form, string id)
    {
        var (cache, mistakes) = PolicyConfigReader.ReadCachePolicy(form.Replace("CONFIG", """{ "Name": "n", "MinTTL": 7 }""", StringComparison.Ordinal), "given");
        Assert.Empty(mistakes);
        Assert.Equal((id, 7d), (cache!.Id, cache.MinTtl.TotalSeconds));

        var (origin, others) = PolicyConfigReader.ReadOriginRequestPolicy(
            form.Replace("CachePolicy", "OriginRequestPolicy", StringComparison.Ordinal).Replace("CONFIG", $$"""{ "Name": "n", {{None}} }""", StringComparison.Ordinal), "given");
        Assert.Empty(others);
        Assert.Equal((id, "n"), (origin!.Id, origin.Name));
    }
}
