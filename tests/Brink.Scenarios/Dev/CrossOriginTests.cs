using System.Net;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>What a response headers policy lets pages of other origins do, with a browser as the judge.</summary>
public sealed class CrossOriginTests : IDisposable
{
    private const string Page = """
        <!doctype html><title>page</title><p id="seen"></p>
        <script>
          (async () => {
            const seen = [];
            for (const [url, options] of JSON.parse(decodeURIComponent(location.hash.slice(1)))) {
              try {
                const answer = await fetch(url, options);
                seen.push(`${answer.status} ${answer.headers.get('X-Two') ?? 'hidden'}`);
              } catch {
                seen.push('blocked');
              }
            }
            document.getElementById('seen').textContent = `seen: ${seen.join(', ')}.`;
          })();
        </script>
        """;

    // With what a policy must allow beside the origin of the page.
    private const string Get = "{}", Put = """{ "method": "PUT" }""", Header = """{ "headers": { "X-Api-Key": "1" } }""", OtherHeader = """{ "headers": { "X-Other": "1" } }""";
    private const string Credentials = """{ "credentials": "include" }""", Delete = """{ "method": "DELETE" }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(null, "blocked, blocked, blocked, blocked")]
    [InlineData("SecurityHeadersPolicy", "blocked, blocked, blocked, blocked")]
    [InlineData("SimpleCORS", "200 hidden, blocked, blocked, blocked")]
    [InlineData("CORS-With-Preflight", "200 hidden, 200 hidden, blocked, blocked")]
    [InlineData("Managed-CORS-with-preflight-and-SecurityHeadersPolicy", "200 hidden, 200 hidden, blocked, blocked")]
    public async Task ManagedPolicy_AllowsWhatItSays(string? policy, string seen)
    {
        await using var origin = EchoOrigin.Start();
        string[] flags = policy is null ? [] : ["--response-headers-policy", policy];
        await using var brink = BrinkDev.Start(["--origin", origin.Url, .. flags]);
        await using var pages = Pages();

        Assert.Equal(seen, await FetchAsync(pages.Url, brink, Get, Put, Header, Credentials));
    }

    [Fact]
    public async Task PolicyOfOnesOwn_AllowsItsPages()
    {
        await using var origin = EchoOrigin.Start();
        await using var pages = Pages();
        await using var others = Pages();
        var policy = Path.Combine(_folder.FullName, "policy.json");
        await File.WriteAllTextAsync(policy, $$"""
            {
              "ETag": "E1",
              "ResponseHeadersPolicy": {
                "Id": "11111111-2222-3333-4444-555555555555", "LastModifiedTime": "2026-01-01T00:00:00+00:00",
                "ResponseHeadersPolicyConfig": {
                  "Comment": "", "Name": "mine",
                  "CorsConfig": {
                    "AccessControlAllowOrigins": { "Quantity": 2, "Items": ["{{pages.Url}}", "https://*.example.org"] },
                    "AccessControlAllowHeaders": { "Quantity": 1, "Items": ["X-Api-Key"] },
                    "AccessControlAllowMethods": { "Quantity": 2, "Items": ["GET", "PUT"] },
                    "AccessControlAllowCredentials": true,
                    "AccessControlExposeHeaders": { "Quantity": 1, "Items": ["X-Two"] },
                    "AccessControlMaxAgeSec": 60,
                    "OriginOverride": true
                  },
                  "CustomHeadersConfig": { "Quantity": 1, "Items": [ { "Header": "X-Two", "Value": "two", "Override": true } ] }
                }
              }
            }
            """, TestContext.Current.CancellationToken);
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--response-headers-policy", policy);

        Assert.Equal("200 two, 200 two, 200 two, 200 two, blocked, blocked", await FetchAsync(pages.Url, brink, Get, Put, Header, Credentials, OtherHeader, Delete));
        Assert.Equal("blocked, blocked, blocked", await FetchAsync(others.Url, brink, Get, Put, Credentials));
        // The object that the page's requests left in the cache is the one that the others could not read.
        Assert.Equal("Hit from cloudfront", (await brink.GetAsync("/max-age/60", ("Accept-Encoding", "gzip, br"))).Headers.GetValues("X-Cache").Single());
    }

    private LocalServer Pages()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "page.html"), Page);
        return LocalServer.Files(_folder.FullName);
    }

    /// <summary>What the page of an origin learns from each request: the status and a header, or that the browser keeps the answer from it.</summary>
    private static async Task<string> FetchAsync(string pages, BrinkDev brink, params string[] requests)
    {
        var list = requests.Select(options => new[] { JsonSerializer.SerializeToElement(brink.Url + "/max-age/60"), JsonDocument.Parse(options).RootElement });
        var html = await Browser.OpenAsync($"{pages}/page.html#{Uri.EscapeDataString(JsonSerializer.Serialize(list))}");
        Assert.Contains("seen: ", html, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(html[(html.IndexOf("seen: ", StringComparison.Ordinal) + "seen: ".Length)..]);
        return text[..text.IndexOf('.', StringComparison.Ordinal)];
    }
}
