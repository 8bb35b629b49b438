using System.Globalization;
using Brink.Edge.Configuration;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge;

public sealed class HeaderOrderTests
{
    private const string Order = "CloudFront-Viewer-Header-Order", Count = "CloudFront-Viewer-Header-Count";

    [Theory]
    [InlineData("Host: test\r\nUser-Agent: a\r\naccept: b\r\nX-B: 1\r\nX-A: 2\r\nX-B: 3\r\n", "Host:User-Agent:accept:X-B:X-A:X-B", "6")]
    [InlineData("x-first: 1\r\nHOST: test\r\n", "x-first:HOST", "2")]
    [InlineData("Host: test\r\nCloudFront-Viewer-Header-Order: made:up\r\n", "Host:CloudFront-Viewer-Header-Order", "2")]
    [InlineData("Host: test\r\nCookie: a=1\r\nConnection: keep-alive\r\n", "Host:Cookie:Connection", "3")]
    public async Task NamesAsTheyCame(string fields, string order, string count)
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Order, Count);

        await RawViewer.AskAsync(edge.Port, $"GET / HTTP/1.1\r\n{fields}\r\n");

        Assert.Equal((order, count), (origin.Requests[0][Order], origin.Requests[0][Count]));
    }

    [Fact]
    public async Task OverTls_NamesAsTheyCame()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Order, Count);
        using var viewer = await RawViewer.ConnectSecurelyAsync(edge.HttpsPort);

        await viewer.SendAsync("GET / HTTP/1.1\r\nX-B: 1\r\nhOST: test\r\n\r\n");
        await viewer.ReceiveAsync();

        Assert.Equal(("X-B:hOST", "2"), (origin.Requests[0][Order], origin.Requests[0][Count]));
    }

    /// <summary>Kestrel has its own order of them: better none than a wrong one, and never the viewer's word.</summary>
    [Fact]
    public async Task WhereKestrelReads_ItIsAbsent()
    {
        await using var origin = Origin();
        await using var edge = await StartAsync(origin, Order, Count);

        await RawViewer.AskAsync(edge.Port, $"POST / HTTP/1.1\r\nHost: test\r\n{Order}: made:up\r\n{Count}: 9\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal((null, null), (origin.Requests[0][Order], origin.Requests[0][Count]));
    }

    [Theory]
    [InlineData(1, 1, 7680)]
    [InlineData(3840, 1, 7679)]
    [InlineData(3841, 1, 7680)]
    [InlineData(20, 1000, 7680)]
    public void LongLists_AreCut_AndCountedWhole(int fields, int length, int characters)
    {
        var headers = new HeaderList();
        for (var i = 0; i < fields; i++)
            headers.Add(new string('n', length), "");

        var order = HeaderOrder.Of(headers);

        Assert.Equal(Math.Min(characters, fields * (length + 1) - 1), order.Names.Length);
        Assert.Equal(fields.ToString(CultureInfo.InvariantCulture), order.Count);
    }

    private static ScriptedOrigin Origin() => new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, params string[] names) => TestEdge.StartAsync(TestEdge.To(origin), options: options => options with { HttpsPort = 0 }, behavior: behavior => behavior with
    {
        OriginRequestPolicy = new OriginRequestPolicy { Id = "id", Name = "n", Headers = ItemSet.Whitelist([.. names]), Cookies = ItemSet.None, QueryStrings = ItemSet.All },
    });
}
