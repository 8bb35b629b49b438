using System.Globalization;
using System.IO.Compression;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary><c>Compress</c> in front of a plain server, with curl's decoders and gzip as referees.</summary>
public sealed class CompressionTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Page_IsCompressedOnce_AndEachClientReadsIt()
    {
        var page = string.Concat(Enumerable.Range(0, 2000).Select(i => $"<li>{i.ToString(CultureInfo.InvariantCulture)} times around</li>\n"));
        File.WriteAllText(Path.Combine(_folder.FullName, "page.html"), page);
        await using var origin = BrinkDev.Start("--origin", _folder.FullName);
        await using var brink = BrinkDev.Start("--distribution", WriteDistribution(new Uri(origin.Url).Port));
        var url = brink.Url + "/page.html";

        foreach (var (offer, coding) in new[] { ("br", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("gzip", "gzip"), ("identity", null) })
        {
            var (head, decoded) = await CurlAsync("--compressed", "-H", $"Accept-Encoding: {offer}", url);
            Assert.Equal(page, decoded);
            Assert.Equal(coding is not null, head.Contains($"Content-Encoding: {coding}", StringComparison.OrdinalIgnoreCase));
        }
        var (_, plain) = await CurlAsync(url);
        Assert.Equal(page, plain);
        var (http10, plainToo) = await CurlAsync("-0", "-H", "Accept-Encoding: gzip", url);
        Assert.Equal(page, plainToo);
        Assert.DoesNotContain("Content-Encoding", http10, StringComparison.OrdinalIgnoreCase);

        // What is stored has a length, and every byte of it.
        using var hit = await brink.GetAsync("/page.html", ("Accept-Encoding", "gzip"));
        Assert.Equal("Hit from cloudfront", Assert.Single(hit.Headers.GetValues("X-Cache")));
        var bytes = await hit.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(hit.Content.Headers.ContentLength, bytes.Length);
        await using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        Assert.Equal(page, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private async Task<(string Head, string Body)> CurlAsync(params string[] arguments)
    {
        var (head, body) = (Path.Combine(_folder.FullName, "head"), Path.Combine(_folder.FullName, "body"));
        await using var curl = ChildProcess.Start("curl", ["-sS", "-D", head, "-o", body, .. arguments]);
        Assert.Equal(0, await curl.WaitForExitAsync());
        return (File.ReadAllText(head), File.ReadAllText(body));
    }

    private string WriteDistribution(int port)
    {
        var file = Path.Combine(_folder.FullName, "distribution.json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "o", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": {{port.ToString(CultureInfo.InvariantCulture)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "Compress": true, "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" }
            }
            """);
        return file;
    }
}
