using System.Globalization;
using System.Net;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>The samples that choose origins: two servers that speak S3 stand for two regions, and one of them fails.</summary>
public sealed class OriginSelectionTests : IAsyncLifetime
{
    private readonly SampleCopy _selection = new("origin-selection");
    private readonly SampleCopy _switching = new("origin-switching");

    public async ValueTask InitializeAsync() => await _selection.InstallAsync("servers");

    public ValueTask DisposeAsync()
    {
        _selection.Dispose();
        _switching.Dispose();
        return default;
    }

    [Fact]
    public async Task NearBucketIsAsked_AndTheOtherOneWhileItIsDown()
    {
        var europe = StartRegion("eu-central-1", "pictures-eu");
        var america = StartRegion("us-west-2", "pictures-us");
        await using var endOfEurope = europe;
        await using (america)
        {
            await using var fromGermany = Start("DE", europe.Port, america.Port);
            Assert.Equal("eu-central-1\n", await (await fromGermany.GetAsync("/region.txt")).TextAsync());
        }
        america = StartRegion("us-west-2", "pictures-us", america.Port);
        await using var endOfAmerica = america;
        await using var brink = Start("US", europe.Port, america.Port);
        Assert.Contains($"pictures-us.s3.us-west-2.amazonaws.com at http://127.0.0.1:{america.Port}, signed", brink.Started.GetProperty("distributions")[0].GetProperty("origin").GetString(), StringComparison.Ordinal);

        Assert.Equal("us-west-2\n", await (await brink.GetAsync("/region.txt")).TextAsync());
        Assert.Equal(("first", null, 1), Told(brink));

        await america.KillAsync();
        var site = await File.ReadAllTextAsync(Repository.PathTo("samples", "site", "index.html"), TestContext.Current.CancellationToken);
        var saved = await brink.GetAsync("/");
        Assert.Equal((HttpStatusCode.OK, "Miss from cloudfront", site), (saved.StatusCode, saved.Header("X-Cache"), await saved.TextAsync()));
        Assert.Equal(("second", $"first: pictures-us.s3.us-west-2.amazonaws.com, at 127.0.0.1:{america.Port}: Connection refused", 2), Told(brink));
        Assert.Equal("Hit from cloudfront", (await brink.GetAsync("/")).Header("X-Cache"));
        Told(brink);

        // Nothing sticks: the near one is asked first again.
        await using (StartRegion("us-west-2", "pictures-us", america.Port))
        {
            Assert.Equal(HttpStatusCode.OK, (await brink.GetAsync("/docs/index.html")).StatusCode);
            Assert.Equal(("first", null, 1), Told(brink));
            // A missing object is an answer, and no failure.
            Assert.Equal(HttpStatusCode.NotFound, (await brink.GetAsync("/nowhere")).StatusCode);
            Assert.Equal(("first", null, 1), Told(brink));
        }

        await europe.KillAsync();
        var page = await brink.GetAsync("/assets/none.css");
        Assert.Equal((HttpStatusCode.BadGateway, "Error from cloudfront"), (page.StatusCode, page.Header("X-Cache")));
        Assert.Contains($"pictures-eu.s3.eu-central-1.amazonaws.com, at 127.0.0.1:{europe.Port}: Connection refused", await page.TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerBecomesABucket_AndBucketBecomesAServer()
    {
        await using var europe = StartRegion("eu-central-1", "pictures-eu");
        await using var app = EchoOrigin.Start();
        var settings = Settings(europe.Port, europe.Port);
        await using (var brink = BrinkDev.Start(
            "--origin", app.Url, "--origin-request", _switching["function"], "--origin-request-policy", "AllViewerExceptHostHeader", "--s3", settings))
        {
            Assert.Equal("<p>from the origin</p>\n", await (await brink.GetAsync("/region.txt")).TextAsync());
        }
        await using (var brink = BrinkDev.Start(
            "--origin", app.Url, "--origin-request", _switching["function"], "--origin-request-policy", "AllViewerExceptHostHeader", "--s3", settings))
        {
            Assert.Equal("eu-central-1\n", await (await brink.GetAsync("/region.txt?useS3Origin=1")).TextAsync());
        }
        Assert.Single(await app.SeenAsync());

        var function = _switching["function/index.mjs"];
        var source = await File.ReadAllTextAsync(function, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(function, source.Replace("9003", new Uri(app.Url).Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await using (var brink = BrinkDev.Start("--distribution", _selection["distribution.json"], "--lambda", $"origin-selection={_switching["function"]}", "--s3", settings))
        {
            Assert.Equal("eu-central-1\n", await (await brink.GetAsync("/region.txt", ("Host", "pictures-eu.s3.eu-central-1.amazonaws.com"))).TextAsync());
            Assert.Equal("<p>from the origin</p>\n", await (await brink.GetAsync("/app/cart")).TextAsync());
        }
        var seen = Assert.Single(await app.SeenAsync());
        Assert.Equal(("/app/cart", "localhost", "the edge"), (seen.Target, seen.Headers["Host"], seen.Headers["X-From"]));
        Assert.DoesNotContain("Authorization", seen.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("origin-selection", "first", "s3", "pictures-us.s3.us-west-2.amazonaws.com")]
    [InlineData("origin-selection", "second", "s3", "pictures-eu.s3.eu-central-1.amazonaws.com")]
    [InlineData("origin-switching", "custom-to-s3", "s3", "pictures-eu.s3.eu-central-1.amazonaws.com")]
    [InlineData("origin-switching", "s3-to-custom", "custom", "localhost")]
    public async Task Event_LeadsToTheOrigin_AndItsHost(string sample, string name, string kind, string domainName)
    {
        var folder = Repository.PathTo("samples", "lambda", sample);
        await using var process = ChildProcess.Start(Repository.Executable, ["lambda", "invoke", Path.Combine(folder, "function"), "--event", Path.Combine(folder, "events", name + ".json")]);

        var output = process.ReadToEnd();

        Assert.True(await process.WaitForExitAsync() == 0, process.ErrorText);
        using var document = JsonDocument.Parse(output);
        var origin = Assert.Single(document.RootElement.GetProperty("origin").EnumerateObject());
        Assert.Equal((kind, domainName), (origin.Name, origin.Value.GetProperty("domainName").GetString()));
        Assert.Equal(domainName, document.RootElement.GetProperty("headers").GetProperty("host")[0].GetProperty("value").GetString());
    }

    private static (string? Origin, string? Failover, int Runs) Told(BrinkDev brink)
    {
        var line = brink.WaitFor("request");
        return (
            line.TryGetProperty("origin", out var origin) ? origin.GetString() : null,
            line.TryGetProperty("failover", out var failover) ? failover.GetString() : null,
            line.TryGetProperty("lambda", out var runs) ? runs.GetArrayLength() : 0);
    }

    private BrinkDev Start(string country, int europe, int america) => BrinkDev.Start(
        "--distribution", _selection["distribution.json"], "--s3", Settings(europe, america), "--lambda", $"origin-selection={_selection["function"]}", "--viewer-country", country);

    private BucketServer StartRegion(string region, string bucket, int port = 0) =>
        BucketServer.Start(_selection["servers/start.mjs"], region, bucket, _selection.Folder, port);

    private string Settings(int europe, int america)
    {
        var file = _selection["s3-here.json"];
        File.WriteAllText(file, File.ReadAllText(_selection["s3.json"])
            .Replace("9001", europe.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("9002", america.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return file;
    }
}
