using System.Net;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>Samples whose functions ask other servers, or keep what they were told: real servers, real processes.</summary>
public sealed class NetworkSampleTests
{
    [Fact]
    public async Task ThirdPartyApi_Answers_OneAnswerServesAll()
    {
        using var sample = new SampleCopy("third-party-api");
        await using var api = LocalServer.Node(sample["api.mjs"], "0");
        await using var brink = StartThirdParty(sample, api, patience: 10_000);

        var (first, second) = (await brink.GetAsync("/rate/EUR"), await brink.GetAsync("/rate/EUR"));

        Assert.Equal("""{"currency":"EUR","rate":0.931,"source":"live"}""", (await first.TextAsync()).Trim());
        Assert.Equal(("live", "max-age=60", "LambdaGeneratedResponse from cloudfront"), (first.Header("X-Rate-Source"), first.Header("Cache-Control"), first.Header("X-Cache")));
        Assert.Equal("Hit from cloudfront", second.Header("X-Cache"));
    }

    [Theory]
    [InlineData("badly", "answered 500")]
    [InlineData("strangely", "is not valid JSON")]
    [InlineData("slow", "due to timeout")]
    public async Task ThirdPartyApi_FailsInItsWay_OlderRatesServeForAWhile(string manner, string reason)
    {
        using var sample = new SampleCopy("third-party-api");
        await using var api = LocalServer.Node(sample["api.mjs"], "0");
        // A short time only where it is the point: elsewhere a busy machine could be taken for a slow API.
        await using var brink = StartThirdParty(sample, api, manner == "slow" ? 1500 : 10_000, "--cache-policy", "CachingDisabled");
        Assert.Equal("live", (await brink.GetAsync("/rate/EUR")).Header("X-Rate-Source"));
        brink.WaitFor("request");

        await api.PostAsync("/behave/" + manner);
        var (kept, shipped, unknown) = (await brink.GetAsync("/rate/EUR"), await brink.GetAsync("/rate/JPY"), await brink.GetAsync("/rate/XTS"));

        Assert.Equal(("""{"currency":"EUR","rate":0.931,"source":"kept"}""", "kept", "max-age=5"), ((await kept.TextAsync()).Trim(), kept.Header("X-Rate-Source"), kept.Header("Cache-Control")));
        Assert.Equal("""{"currency":"JPY","rate":149.5,"source":"shipped"}""", (await shipped.TextAsync()).Trim());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);
        Assert.Contains(reason, brink.WaitFor("request").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ThirdPartyApi_IsAway_ShippedRatesServe()
    {
        using var sample = new SampleCopy("third-party-api");
        var api = LocalServer.Node(sample["api.mjs"], "0");
        await using var brink = StartThirdParty(sample, api, patience: 10_000);
        await api.DisposeAsync();

        Assert.Equal("shipped", (await brink.GetAsync("/rate/GBP")).Header("X-Rate-Source"));
        Assert.Equal(HttpStatusCode.OK, (await brink.GetAsync("/index.html")).StatusCode);
    }

    [Fact]
    public async Task CountryFromFile_IsDownloadedOnce_AndReadFromThePackageUntilThen()
    {
        using var sample = new SampleCopy("country-from-file");
        await using var files = LocalServer.Files(sample["published"]);
        sample.Configure("function/config.json", ("url", files.Url + "/nowhere.csv"), ("pause_seconds", 0), ("timeout_seconds", 10));
        await using (var brink = StartCountry(sample))
        {
            Assert.Equal(("ZZ", "package"), await WhereAsync(brink, "127.0.0.1"));
            Assert.Contains("the networks are as before: HTTP Error 404", brink.WaitFor("request").ToString(), StringComparison.Ordinal);
        }

        sample.Configure("function/config.json", ("url", files.Url + "/networks.csv"));
        await using (var brink = StartCountry(sample))
        {
            foreach (var (address, country) in new[] { ("127.0.0.1", "AT"), ("127.0.0.2", "CH"), ("127.0.0.3", "ZZ"), ("127.0.0.1", "AT") })
                Assert.Equal((country, "tmp"), await WhereAsync(brink, address));
        }
        Assert.Equal(1, Count("\"GET /networks.csv HTTP/1.1\" 200", await files.LogAsync()));
    }

    [Fact]
    public async Task CountryFromFile_OldData_IsAskedForAgain_AndTakenOnlyWhenItIsWhole()
    {
        using var sample = new SampleCopy("country-from-file");
        await using var files = LocalServer.Files(sample["published"]);
        sample.Configure("function/config.json", ("url", files.Url + "/networks.csv"), ("max_age_seconds", 0), ("pause_seconds", 0), ("timeout_seconds", 10));
        await using var brink = StartCountry(sample);

        Assert.Equal(("AT", "tmp"), await WhereAsync(brink, "127.0.0.1"));
        Assert.Equal(("AT", "tmp"), await WhereAsync(brink, "127.0.0.1"));
        var log = await files.LogAsync();
        Assert.Equal((1, 1), (Count("\" 200 -", log), Count("\" 304 -", log)));

        Publish("network,country\n127.0.0.1/32,LI\nnot a network,XX\n", hoursFromNow: 1);
        Assert.Equal(("AT", "tmp"), await WhereAsync(brink, "127.0.0.1"));
        Publish("network,country\n127.0.0.1/32,LI\n", hoursFromNow: 2);
        Assert.Equal(("LI", "tmp"), await WhereAsync(brink, "127.0.0.1"));

        void Publish(string text, int hoursFromNow)
        {
            File.WriteAllText(sample["published/networks.csv"], text);
            File.SetLastWriteTimeUtc(sample["published/networks.csv"], DateTime.UnixEpoch.AddYears(60).AddHours(hoursFromNow));
        }
    }

    [Fact]
    public async Task CountryFromFile_GoesOnToTheOrigin_AndCountriesAreCachedApart()
    {
        using var sample = new SampleCopy("country-from-file");
        await using var files = LocalServer.Files(sample["published"]);
        await using var origin = EchoOrigin.Start();
        sample.Configure("function/config.json", ("url", files.Url + "/networks.csv"), ("timeout_seconds", 10));
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--viewer-request", sample["function"], "--cache-policy", sample["policy.json"]);

        foreach (var (address, cache) in new[] { ("127.0.0.1", "Miss"), ("127.0.0.2", "Miss"), ("127.0.0.1", "Hit"), ("127.0.0.2", "Hit") })
            Assert.Equal($"{cache} from cloudfront", (await brink.SendAsync(brink.ViewerFrom(address), "GET", "/max-age/60", ("X-Country", "US"))).Header("X-Cache"));

        Assert.Equal(["AT", "CH"], (await origin.SeenAsync()).Select(seen => seen.Headers["X-Country"]));
    }

    [Fact]
    public async Task BodyRewrite_ReplacesPages_BeforeTheyAreCached()
    {
        using var sample = new SampleCopy("body-rewrite");
        File.WriteAllText(sample["site/plain.txt"], "see https://old.example/docs/");
        File.WriteAllText(sample["site/large.html"], "<a href='https://old.example/'>" + new string('x', 1024 * 1024));
        await using var origin = LocalServer.Files(sample["site"]);
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--origin-response", sample["function"]);

        var (first, second) = (await brink.GetAsync("/index.html"), await brink.GetAsync("/index.html"));
        var page = await first.TextAsync();

        Assert.Contains("""<a href="/docs/">Documents</a>, <a href="/blog/">Blog</a>""", page, StringComparison.Ordinal);
        Assert.Equal(("Miss from cloudfront", page.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), "text/html; charset=utf-8"), (first.Header("X-Cache"), first.Header("Content-Length"), first.Header("Content-Type")));
        Assert.Equal(("Hit from cloudfront", page), (second.Header("X-Cache"), await second.TextAsync()));
        Assert.Equal("see https://old.example/docs/", await (await brink.GetAsync("/plain.txt")).TextAsync());
        Assert.StartsWith("<a href='https://old.example/'>xxx", await (await brink.GetAsync("/large.html")).TextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await brink.GetAsync("/nowhere.html")).StatusCode);
    }

    [Fact]
    public async Task ServerRendering_MakesPagesOfData_AndLeavesThemToTheBrowserWithoutIt()
    {
        using var sample = new SampleCopy("server-rendering");
        File.WriteAllText(sample["site/api/products/7.json"], "not json");
        File.WriteAllText(sample["site/api/products/8.json"], $$"""{ "name": "{{new string('x', 1024 * 1024)}}" }""");
        await using var origin = LocalServer.Files(sample["site"]);
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--origin-request", sample["function"]);

        foreach (var cache in new[] { "LambdaGeneratedResponse", "Hit" })
        {
            var page = await brink.GetAsync("/products/1");
            Assert.Equal(($"{cache} from cloudfront", "max-age=60"), (page.Header("X-Cache"), page.Header("Cache-Control")));
            Assert.Contains("<h1>Lamp &#60;small&#62;</h1>\n<p>Gives light, &#38; not much else.\n<p class=\"price\">12 €", await page.TextAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(1, Count("\"GET /api/products/1.json HTTP/1.1\" 200", await origin.LogAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await brink.GetAsync("/products/2")).StatusCode);
        foreach (var target in new[] { "/products/7", "/products/8" })
            Assert.Contains("<main></main>", await (await brink.GetAsync(target)).TextAsync(), StringComparison.Ordinal);
    }

    private static BrinkDev StartThirdParty(SampleCopy sample, LocalServer api, int patience, params string[] flags)
    {
        sample.Configure("function/config.json", ("api", api.Url), ("timeoutMilliseconds", patience));
        // A viewer event would have 5 s: this is an origin event, with 30.
        return BrinkDev.Start(["--origin", Repository.PathTo("samples", "site"), "--origin-request", sample["function"], .. flags]);
    }

    private static BrinkDev StartCountry(SampleCopy sample) =>
        BrinkDev.Start("--origin", Repository.PathTo("samples", "site"), "--viewer-request", sample["function"], "--cache-policy", sample["policy.json"]);

    private static async Task<(string? Country, string? Source)> WhereAsync(BrinkDev brink, string address)
    {
        var answer = JsonNode.Parse(await (await brink.SendAsync(brink.ViewerFrom(address), "GET", "/where")).TextAsync())!;
        return ((string?)answer["country"], (string?)answer["source"]);
    }

    private static int Count(string text, string log) => log.Split(text).Length - 1;
}
