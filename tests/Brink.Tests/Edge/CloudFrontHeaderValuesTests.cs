using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge;

public sealed class CloudFrontHeaderValuesTests
{
    private static readonly string[] Devices = ["Android", "Desktop", "IOS", "Mobile", "SmartTV", "Tablet"];

    [Theory]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36", "Desktop")]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15", "Desktop")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", "IOS Mobile")]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1", "IOS Tablet")]
    [InlineData("Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Android Mobile")]
    [InlineData("Mozilla/5.0 (Linux; Android 13; SM-X900) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Android Tablet")]
    [InlineData("Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) AppleWebKit/537.36 Safari/537.36", "SmartTV")]
    [InlineData("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/79.0 Safari/537.36", "SmartTV")]
    [InlineData("curl/8.0", "Desktop")]
    [InlineData("", "Desktop")]
    public void UserAgent_TellsTheDevice(string userAgent, string expected)
    {
        var behavior = new CacheBehavior
        {
            TargetOriginId = "origin",
            CachePolicy = TestEdge.CachingDisabled with { Headers = ItemSet.Whitelist([.. Devices.Select(device => $"CloudFront-Is-{device}-Viewer")]) },
        };
        var request = new EdgeRequest();
        request.Headers.Add("User-Agent", userAgent);

        new CloudFrontHeaderValues(behavior).Apply(request, viewerCountry: null);

        foreach (var device in Devices)
            Assert.Equal((device, expected.Split(' ').Contains(device) ? "true" : "false"), (device, request.Headers.Get($"CloudFront-Is-{device}-Viewer")));
    }

    [Fact]
    public void RequestIds_Are56CharactersAndNeverTheSame()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => RequestIds.Next()).ToList();

        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{54}==$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
