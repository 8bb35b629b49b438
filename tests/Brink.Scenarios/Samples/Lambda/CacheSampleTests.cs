using System.Net;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>Samples that decide what is cached, and under which key.</summary>
public sealed class CacheSampleTests
{
    [Fact]
    public async Task AbTest_KeepsTheArm_AndCachesTheArmsApart()
    {
        using var sample = new SampleCopy("ab-test");
        await using var brink = Start(sample);

        foreach (var (cookie, heading, cache) in new[]
        {
            ("experiment-home=bold", "<strong>Welcome!</strong>", "Miss"), ("a=b; experiment-home=plain", "<h1>Welcome</h1>", "Miss"),
            ("experiment-home=bold", "<strong>Welcome!</strong>", "Hit"), ("experiment-home=plain; c=d", "<h1>Welcome</h1>", "Hit"),
        })
        {
            var page = await brink.GetAsync("/", ("Cookie", cookie));
            Assert.Contains(heading, await page.TextAsync(), StringComparison.Ordinal);
            Assert.Equal(($"{cache} from cloudfront", null), (page.Header("X-Cache"), page.Header("Set-Cookie")));
        }

        // A viewer that comes for the first time gets a page from the cache and a cookie of its own.
        var jar = new CookieJar();
        var first = await brink.GetAsync("/", ("X-New-Arm", "evil=1"));
        jar.Keep(first);
        Assert.Equal("Hit from cloudfront", first.Header("X-Cache"));
        Assert.Matches("^experiment-home=(plain|bold)$", jar.Header);
        Assert.EndsWith("; Path=/; Max-Age=2592000; Secure; SameSite=Lax", first.Header("Set-Cookie"), StringComparison.Ordinal);
        var again = await brink.GetAsync("/", ("Cookie", jar.Header));
        Assert.Equal((await first.TextAsync(), null), (await again.TextAsync(), again.Header("Set-Cookie")));
    }

    [Theory]
    [InlineData(1, 0, "plain")]
    [InlineData(0, 1, "bold")]
    public async Task AbTest_DrawsByWeight_AndDrawsAgainForAnArmThatIsGone(int plain, int bold, string expected)
    {
        using var sample = new SampleCopy("ab-test");
        sample.Configure("viewer-request/experiment.json", ("arms", new JsonArray(
            new JsonObject { ["name"] = "plain", ["weight"] = plain }, new JsonObject { ["name"] = "bold", ["weight"] = bold })));
        await using var brink = Start(sample);

        for (var i = 0; i < 20; i++)
            Assert.StartsWith($"experiment-home={expected};", (await brink.GetAsync("/")).Header("Set-Cookie"), StringComparison.Ordinal);
        Assert.StartsWith($"experiment-home={expected};", (await brink.GetAsync("/", ("Cookie", "experiment-home=gone"))).Header("Set-Cookie"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedirectTable_AnswersByTheMostExactRow_FromTheCacheTheSecondTime()
    {
        using var sample = new SampleCopy("redirect-table");
        await using var brink = BrinkDev.Start("--origin", Repository.PathTo("samples", "site"), "--origin-request", sample.Folder);

        foreach (var (target, status, location) in new[]
        {
            ("/old-home", 301, "/"), ("/blog/2024/first", 301, "/articles/2024/first"), ("/blog/feed", 301, "/feed.xml"), ("/sale", 302, "https://shop.example/summer"),
        })
        {
            foreach (var cache in new[] { "LambdaGeneratedResponse", "Hit" })
            {
                var answer = await brink.GetAsync(target);
                Assert.Equal((status, location, $"{cache} from cloudfront"), ((int)answer.StatusCode, answer.Header("Location"), answer.Header("X-Cache")));
            }
        }
        Assert.Equal(HttpStatusCode.OK, (await brink.GetAsync("/index.html")).StatusCode);

        // A table with another row is another version.
        File.AppendAllText(sample["redirects.csv"], "/new,/newer,308\n");
        brink.WaitFor("replica");
        Assert.Equal("/newer", (await brink.GetAsync("/new")).Header("Location"));
    }

    private static BrinkDev Start(SampleCopy sample) =>
        BrinkDev.Start("--origin", sample["site"], "--viewer-request", sample["viewer-request"], "--viewer-response", sample["viewer-response"]);
}
