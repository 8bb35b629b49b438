using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Geography;
using Brink.Edge.Messages;
using Brink.Http;
using Brink.Policies;
using Brink.Tests.Edge.Geography;

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

        new CloudFrontHeaderValues(behavior).Apply(request, Unknown);

        foreach (var device in Devices)
            Assert.Equal((device, expected.Split(' ').Contains(device) ? "true" : "false"), (device, request.Headers.Get($"CloudFront-Is-{device}-Viewer")));
    }

    /// <summary>Each header, by what it is found from; every one that a policy can list.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "CloudFront-Forwarded-Proto", "https" },
        { "CloudFront-Is-Android-Viewer", "true" },
        { "CloudFront-Is-Desktop-Viewer", "false" },
        { "CloudFront-Is-IOS-Viewer", "false" },
        { "CloudFront-Is-Mobile-Viewer", "true" },
        { "CloudFront-Is-SmartTV-Viewer", "false" },
        { "CloudFront-Is-Tablet-Viewer", "false" },
        { "CloudFront-Viewer-Address", "2001:db8::1:42838" },
        { "CloudFront-Viewer-ASN", "7018" },
        { "CloudFront-Viewer-Country", "GB" },
        { "CloudFront-Viewer-Country-Name", "United Kingdom" },
        { "CloudFront-Viewer-Country-Region", "ENG" },
        { "CloudFront-Viewer-Country-Region-Name", "England" },
        { "CloudFront-Viewer-City", "Saint-%C3%89tienne" },
        { "CloudFront-Viewer-Latitude", "51.75000" },
        { "CloudFront-Viewer-Longitude", "-1.25000" },
        { "CloudFront-Viewer-Metro-Code", "807" },
        { "CloudFront-Viewer-Postal-Code", "OX1" },
        { "CloudFront-Viewer-Time-Zone", "Europe/London" },
        { "CloudFront-Viewer-Http-Version", "2.0" },
        { "CloudFront-Viewer-TLS", "TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake" },
        { "CloudFront-Viewer-Header-Order", "Host:User-Agent" },
        { "CloudFront-Viewer-Header-Count", "2" },
        { "CloudFront-Viewer-JA3-Fingerprint", "98487aa16281980e7d1120d399efb6a4" },
        { "CloudFront-Viewer-JA4-Fingerprint", "t13d1516h2_8daaf6152771_d8a2da3f94cd" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void EachHeader_HasItsValue_WhateverTheViewerSent(string name, string value)
    {
        var request = new EdgeRequest { ClientIp = "2001:db8::1", ClientPort = 42838, HttpVersion = "2.0", IsHttps = true };
        request.Headers.Add("User-Agent", "Mozilla/5.0 (Linux; Android 14; Pixel 8) Mobile");
        request.Headers.Add(name.ToLowerInvariant(), "forged");

        Listing(name).Apply(request, InLondon);

        Assert.Equal(value, request.Headers.Get(name));
    }

    [Fact]
    public void EveryHeader_HasARow() => Assert.Equal(CloudFrontHeaders.All.Order(), Values.Select(row => row.Data.Item1).Order());

    [Fact]
    public void WhatIsNotKnown_IsAbsent_WhateverTheViewerSent()
    {
        foreach (var name in CloudFrontHeaders.All.Where(name => name.StartsWith("CloudFront-Viewer-C", StringComparison.Ordinal)))
        {
            var request = new EdgeRequest();
            request.Headers.Add(name, "forged");

            Listing(name).Apply(request, Unknown);

            Assert.Null(request.Headers.Get(name));
        }
    }

    private static CloudFrontHeaderValues Listing(params string[] names) => new(new CacheBehavior
    {
        TargetOriginId = "origin",
        CachePolicy = TestEdge.CachingDisabled,
        OriginRequestPolicy = new OriginRequestPolicy { Id = "id", Name = "n", Headers = ItemSet.Whitelist([.. names]), Cookies = ItemSet.None, QueryStrings = ItemSet.None },
    });

    private static ViewerFacts InLondon { get; } = Known([GeoDatabase.Of(MaxMindWriter.City), GeoDatabase.Of(MaxMindWriter.Asn)]);

    private static ViewerFacts Unknown { get; } = new(EdgeSnapshot.Empty, "81.2.69.1");

    private static ViewerFacts Known(ImmutableArray<GeoDatabase> databases) => new(new EdgeSnapshot { Places = new GeoDatabases(databases) }, "81.2.69.1")
    {
        Tls = "TLSv1.3:TLS_AES_128_GCM_SHA256:fullHandshake",
        Fingerprints = new TlsFingerprints("98487aa16281980e7d1120d399efb6a4", "t13d1516h2_8daaf6152771_d8a2da3f94cd"),
        HeaderOrder = new HeaderOrder("Host:User-Agent", "2"),
    };

    [Fact]
    public void RequestIds_Are56CharactersAndNeverTheSame()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => RequestIds.Next()).ToList();

        Assert.All(ids, id => Assert.Matches("^[A-Za-z0-9_-]{54}==$", id));
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
