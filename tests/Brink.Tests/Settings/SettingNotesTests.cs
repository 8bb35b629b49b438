using Brink.Edge;

namespace Brink.Tests.Settings;

/// <summary>Lines of <c>brink dev</c> about settings that do less, or more, than their reader may think: each once.</summary>
public sealed class SettingNotesTests
{
    [Theory]
    [InlineData(
        "Restrictions", """{ "GeoRestriction": { "RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"] } }""",
        "GeoRestriction restricts nothing, because no viewer's country is known: give --geo-database, or --viewer-country")]
    [InlineData(
        "DefaultCacheBehavior.OriginRequestPolicyId", "\"33f36d7e-f396-46d9-90e0-52428a34d9dc\"",
        "Managed-AllViewerAndCloudFrontHeaders-2022-06 adds CloudFront-Viewer-ASN, CloudFront-Viewer-Country, CloudFront-Viewer-Country-Name, CloudFront-Viewer-Country-Region, CloudFront-Viewer-Country-Region-Name, CloudFront-Viewer-City, "
        + "CloudFront-Viewer-Latitude, CloudFront-Viewer-Longitude, CloudFront-Viewer-Metro-Code, CloudFront-Viewer-Postal-Code, CloudFront-Viewer-Time-Zone: absent, without a --geo-database that has them")]
    [InlineData("DefaultCacheBehavior.CachePolicyId", "\"2e54312d-136d-493c-8eb9-b001f22f67d2\"", "Managed-Amplify adds CloudFront-Viewer-Country: absent, without --geo-database or --viewer-country")]
    [InlineData(
        "DefaultCacheBehavior.OriginRequestPolicyId", "\"216adef6-5c7f-47e4-b989-5492eafa07d3\"",
        "the default behavior: Managed-AllViewer sends Authorization to the origin, and Managed-CachingOptimized has it not in the key: what one viewer may see is served to others. List Authorization in the cache policy, or use CachingDisabled")]
    [InlineData(
        "DefaultCacheBehavior", """{ "TargetOriginId": "one", "ViewerProtocolPolicy": "allow-all", "Compress": true, "CachePolicyId": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d" }""",
        "the default behavior: Compress is true and nothing is compressed: Managed-CachingOptimizedForUncompressedObjects enables neither gzip nor brotli")]
    [InlineData(
        "DefaultCacheBehavior", """{ "TargetOriginId": "one", "ViewerProtocolPolicy": "allow-all", "Compress": true, "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" }""",
        "the default behavior: Compress is true and nothing is compressed: Managed-CachingDisabled caches nothing")]
    public async Task AtStart_OneLine(string path, string json, string expected)
    {
        await using var site = Site.OfDistribution();
        site.Set(path, json);

        await site.StartAsync();

        var warnings = await site.Dev.WaitForAsync("warning");
        Assert.Contains(warnings.GetProperty("warnings").EnumerateArray(), warning => warning.GetProperty("message").GetString() == expected);
    }

    [Theory]
    [InlineData("http2and3")]
    [InlineData("http3")]
    public async Task Http3_WhereTheMachineCannotSpeakIt_IsALine(string version)
    {
        Assert.SkipWhen(EdgeServer.CanSpeakHttp3, "libmsquic is installed");
        await AtStart_OneLine("HttpVersion", $"\"{version}\"", "HttpVersion asks for HTTP/3, which needs the library libmsquic: viewers speak HTTP/2 or HTTP/1.1");
    }

    [Fact]
    public async Task DroppedCookie_IsToldOnceForEachBehavior()
    {
        await using var site = Site.OfDistribution();
        site.One.Reply("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: a=1\r\n\r\none");
        site.Set("CacheBehaviors", """
            { "Quantity": 2, "Items": [
              { "PathPattern": "/b*", "TargetOriginId": "one", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad" },
              { "PathPattern": "/c*", "TargetOriginId": "one", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "83da9c7e-98b4-4e11-a168-04f0df8e2c65" } ] }
            """);
        await site.StartAsync();

        foreach (var target in new[] { "/a1", "/a2", "/b1", "/b2", "/c1", "/c2" })
            Assert.Equal(target[1] == 'c' ? "a=1" : null, (await site.Dev.AskAsync(target))["Set-Cookie"]);
        // A line of its own, behind that of its request: those of other requests may come between.
        for (var i = 0; i < 2; i++)
            await site.Dev.WaitForAsync("warning");
        await site.Dev.AskAsync("/b3");
        await site.Dev.WaitForAsync("request");

        var told = site.Dev.Output.Split('\n').Where(line => line.Contains("Set-Cookie", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, told.Count);
        // Requests on two connections are told of in any order.
        Assert.Single(told, line => line.Contains("the default behavior: the Set-Cookie of one was taken out, as at AWS", StringComparison.Ordinal));
        Assert.Single(told, line => line.Contains("/b*", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CleanSite_HasNoLine()
    {
        await using var site = Site.OfDistribution();
        await site.StartAsync();
        await site.Dev.AskAsync();
        await site.Dev.WaitForAsync("request");

        Assert.DoesNotContain("\"warning\"", site.Dev.Output, StringComparison.Ordinal);
    }
}
