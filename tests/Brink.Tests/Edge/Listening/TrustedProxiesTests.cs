using System.Net;
using Brink.Edge.Listening;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Listening;

public sealed class TrustedProxiesTests
{
    private static readonly TrustedProxies Proxies = TrustedProxies.Of([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("127.0.0.1/32")])!;

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7:0")]
    [InlineData("198.51.100.1, 203.0.113.7", "203.0.113.7:0")] // left of it stands what the viewer made up
    [InlineData("203.0.113.7,10.0.0.1 ,\t10.0.0.2", "203.0.113.7:0")]
    [InlineData("10.9.9.9, 10.0.0.2", "10.9.9.9:0")] // all are proxies: the first of them asks
    [InlineData("203.0.113.7:4711", "203.0.113.7:4711")]
    [InlineData("2001:db9::1", "[2001:db9::1]:0")]
    [InlineData("[2001:db9::1]", "[2001:db9::1]:0")]
    [InlineData("[2001:db9::1]:4711, 2001:db8::5", "[2001:db9::1]:4711")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7:0")]
    [InlineData("203.0.113.7, ::ffff:10.0.0.1", "203.0.113.7:0")]
    [InlineData("203.0.113.7 | 10.0.0.1, 10.0.0.2", "203.0.113.7:0")] // several lines are one list
    [InlineData("198.51.100.1 | 203.0.113.7", "203.0.113.7:0")]
    [InlineData("unknown", null)]
    [InlineData("", null)]
    [InlineData("203.0.113.7, ", null)]
    [InlineData("203.0.113.7, _hidden, 10.0.0.1", "10.0.0.1:0")] // the proxy does not say who asked it
    [InlineData("203.0.113.7, 127.1", null)]
    [InlineData("203.0.113.7, 0x0a000001", null)]
    [InlineData("203.0.113.7, 010.0.0.1", null)]
    [InlineData("203.0.113.7, 10.0.0.256", null)]
    [InlineData("203.0.113.7, 10.0.0", null)]
    [InlineData("203.0.113.7, 10.0.0.1.", null)]
    [InlineData("203.0.113.7, fe80::1%eth0", null)]
    [InlineData("203.0.113.7, [10.0.0.1]", null)]
    [InlineData("203.0.113.7, [2001:db8::1", null)]
    [InlineData("203.0.113.7, [2001:db8::1]x", null)]
    [InlineData("203.0.113.7, [[2001:db8::1]]", null)]
    [InlineData("203.0.113.7, 10.0.0.1:", null)]
    [InlineData("203.0.113.7, 10.0.0.1:65536", null)]
    [InlineData("203.0.113.7, 10.0.0.1:-1", null)]
    public void TheViewer_IsTheRightMostThatIsNoProxy(string lines, string? expected)
    {
        var headers = new HeaderList();
        foreach (var line in lines.Split(" | "))
        {
            headers.Add("x-forwarded-for", line);
            headers.Add("X-Other", "198.51.100.9");
        }

        Assert.Equal(expected, Proxies.ViewerOf(headers)?.ToString());
    }

    [Fact]
    public void OfALongList_TheEndIsLookedAt()
    {
        var headers = new HeaderList();
        headers.Add("X-Forwarded-For", "203.0.113.7" + string.Concat(Enumerable.Repeat(", 10.0.0.1", 10_000)));

        Assert.Equal("10.0.0.1:0", Proxies.ViewerOf(headers)?.ToString());
    }

    [Fact]
    public void RandomLists_AreReadWithoutFault()
    {
        const string parts = "0123456789abcdef:.,[]% \tx";
        var random = new Random(42);
        for (var i = 0; i < 50_000; i++)
        {
            var headers = new HeaderList();
            headers.Add("X-Forwarded-For", string.Create(random.Next(60), random, static (text, random) =>
            {
                for (var at = 0; at < text.Length; at++)
                    text[at] = parts[random.Next(parts.Length)];
            }));
            Proxies.ViewerOf(headers);
        }
    }

    /// <summary>The log, functions, the edge's headers and geo restriction go by the viewer; the list towards the origin by what connected.</summary>
    [Theory]
    [InlineData("127.0.0.0/8", "203.0.113.7", "203.0.113.7:4711", "198.51.100.1, 203.0.113.7:4711,127.0.0.1")]
    [InlineData("10.0.0.0/8", "127.0.0.1", null, "198.51.100.1, 203.0.113.7:4711,127.0.0.1")]
    public async Task WhatAsksForTheViewer_GetsTheViewer_OnEveryPath(string trusted, string ip, string? address, string forwarded)
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewerAndCloudFrontHeaders-2022-06") },
            options: options => options with { TrustedProxies = [IPNetwork.Parse(trusted)] });
        // A GET is read by the edge itself, a POST by Kestrel.
        foreach (var method in new[] { "GET", "POST" })
        {
            await RawViewer.AskAsync(edge.Port, $"{method} / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\nX-Forwarded-For: 198.51.100.1, 203.0.113.7:4711\r\n\r\n".Replace(method == "GET" ? "Content-Length: 0\r\n" : "\0", "", StringComparison.Ordinal));
            var asked = origin.Requests[^1];

            Assert.Equal(forwarded, asked["X-Forwarded-For"]);
            Assert.StartsWith(address ?? "127.0.0.1:", asked["CloudFront-Viewer-Address"], StringComparison.Ordinal);
            Assert.Equal(ip, (await edge.Log.NextAsync()).ViewerIp);
        }
    }
}
