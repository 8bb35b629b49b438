using System.Text;
using System.Text.Json;
using Brink.Tests.Settings;

namespace Brink.Tests.Host;

/// <summary>The operator's port and the caches: <c>brink dev</c> in this process, over sockets.</summary>
public sealed class CachePagesTests : IAsyncLifetime
{
    private readonly Site _site = Site.OfDistribution();

    public async ValueTask InitializeAsync()
    {
        _site.Set("CacheTagConfig", """{ "HeaderName": "X-Tags" }""");
        _site.One.Reply(Site.Ok.Replace("\r\n\r\n", "\r\nX-Tags: product:tv, brand:x\r\nETag: \"v1\"\r\n\r\n", StringComparison.Ordinal) + "one");
        _site.Flags.AddRange(["--admin-port", "0", "--tiers", "1"]);
        await _site.StartAsync();
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("""{ "paths": ["/a"] }""", true)]
    [InlineData("""{ "paths": ["/b", "/a*"] }""", true)]
    [InlineData("""{ "tags": ["PRODUCT:TV"] }""", true)]
    [InlineData("""{ "paths": ["#brand:x"] }""", true)]
    [InlineData("""{ "everything": true }""", true)]
    [InlineData("""{ "paths": ["/b"] }""", false)]
    [InlineData("""{ "tags": ["product"] }""", false)]
    public async Task Invalidation_HoldsAtOnce_AndSaysWhatItFound(string request, bool meansA)
    {
        await _site.Dev.AskAsync("/a");

        Assert.Equal(202, (await PostAsync(request)).Status);
        await _site.Dev.AskAsync("/a");

        Assert.Equal(meansA ? 2 : 1, _site.One.Requests.Count);
        var found = (await GetAsync("/invalidations")).GetProperty("invalidations").EnumerateArray().Sum(each => each.GetProperty("objectsFound").GetInt64());
        Assert.Equal(meansA ? 1 : 0, found);
    }

    [Theory]
    [InlineData("[]", "the request is no JSON object")]
    [InlineData("{", "the request is no JSON that can be read")]
    [InlineData("""{ "paths": ["a"] }""", "the path 'a' has no leading slash: write '/a'")]
    [InlineData("""{ "paths": ["/ok", "/a*b"] }""", "the path '/a*b' has a * before its end")]
    [InlineData("""{ "paths": "/a" }""", "paths is no array of strings")]
    [InlineData("""{ "paths": [1] }""", "paths has an item that is no string")]
    [InlineData("""{ "path": ["/a"] }""", "'path' is nothing that is read: there are distribution, paths, tags and everything")]
    [InlineData("""{ "paths": ["/a"], "paths": ["/b"] }""", "the request is no JSON that can be read")]
    [InlineData("""{ "everything": false }""", "everything is true, or is left out")]
    [InlineData("""{ "everything": true, "paths": ["/a"] }""", "everything stands beside paths or tags")]
    [InlineData("{}", "nothing is named: give paths, tags or everything")]
    [InlineData("""{ "distribution": "ENONE", "everything": true }""", "\"ENONE\" is no distribution here: there is E")]
    public async Task BadRequest_IsRefusedWhole(string request, string sentence)
    {
        await _site.Dev.AskAsync("/ok");

        var (status, text) = await PostAsync(request);

        Assert.Equal(400, status);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
        await _site.Dev.AskAsync("/ok");
        Assert.Single(_site.One.Requests);
    }

    [Fact]
    public async Task RequestThatIsTooLarge_IsRefused()
    {
        var many = string.Join(',', Enumerable.Range(0, 3001).Select(number => $"\"/{number}\""));
        Assert.Contains("3001 paths and tags are more than the 3000 of one request", (await PostAsync($$"""{ "paths": [{{many}}] }""")).Text, StringComparison.Ordinal);
        Assert.Equal(413, (await PostAsync(new string(' ', (16 * 1024 * 1024) + 1))).Status);
    }

    [Fact]
    public async Task Explanation_HasKeyEntryAndNextStep()
    {
        var before = await ExplainAsync("/a?x=1");
        Assert.Equal("Absent", before.GetProperty("tiers")[0].GetProperty("state").GetString());
        Assert.Equal("the edge's cache asks the origin one for the whole", before.GetProperty("next").GetString());
        Assert.Empty(_site.One.Requests);

        await _site.Dev.AskAsync("/a?x=1");
        var explanation = await ExplainAsync("/a?x=1");

        var entry = explanation.GetProperty("tiers")[0];
        Assert.Equal(("edge", "Fresh", 200, 3), (entry.GetProperty("tier").GetString(), entry.GetProperty("state").GetString(), entry.GetProperty("status").GetInt32(), entry.GetProperty("length").GetInt32()));
        Assert.Equal((60, "max-age=60 of the origin", "\"v1\""), (entry.GetProperty("lifetime").GetInt32(), entry.GetProperty("rule").GetString(), entry.GetProperty("eTag").GetString()));
        Assert.Equal(["product:tv", "brand:x"], entry.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal("the edge's cache answers: Hit", explanation.GetProperty("next").GetString());
        Assert.Contains(explanation.GetProperty("key").EnumerateArray(), part => part.GetProperty("name").GetString() == "path" && part.GetProperty("value").GetString() == "/a");
        Assert.Contains(explanation.GetProperty("notInKey").EnumerateArray(), left => left.GetString() == "query parameters x: QueryStringsConfig of Managed-CachingOptimized is none");
        Assert.Single(_site.One.Requests);

        await PostAsync("""{ "everything": true }""");
        Assert.Contains((await ExplainAsync("/a")).GetProperty("tiers")[0].GetProperty("state").GetString(), new[] { "NotServed", "Absent" }); // before and after it is dropped
    }

    [Fact]
    public async Task ExplainHeader_IsForThisMachine_AndSaysTheSame()
    {
        await _site.Dev.AskAsync("/a");

        var answer = await _site.Dev.AskAsync("/a", headers: "X-Brink-Explain: 1\r\n");

        Assert.Equal("application/json", answer["Content-Type"]);
        using var document = JsonDocument.Parse(answer.Text);
        Assert.Equal("the edge's cache answers: Hit", document.RootElement.GetProperty("next").GetString());
        Assert.Equal("one", (await _site.Dev.AskAsync("/a", headers: "X-Brink-Explain: 0\r\n")).Text);
        Assert.Single(_site.One.Requests);
    }

    [Theory]
    [InlineData("/cache/explain", "url=URL is missing")]
    [InlineData("/cache/explain?url=a", "'a' is no URL such as http://localhost:8080/a")]
    [InlineData("/cache/explain?url=http%3A%2F%2Ftest%2F%23a&header=b", "'b' is no header such as")]
    [InlineData("/cache/explain?url=http%3A%2F%2Ftest%2F&header=A:b%0D%0AC:d", "is no header such as")]
    [InlineData("/cache/explain?url=http%3A%2F%2Ftest%2F&header=A%20b:c", "'A b:c' is no header such as")]
    [InlineData("/cache/explain?url=http%3A%2F%2Ftest%2Fa%20b", "a viewer would be refused: the target contains a character that must be percent-encoded")]
    [InlineData("/cache/explain?url=http%3A%2F%2Ftest%2F{long}", "a viewer would be refused: ")]
    [InlineData("/cache/objects?state=fresh", "'state' is nothing that is read: there are distribution, prefix, status, limit")]
    [InlineData("/cache/objects?limit=1001", "limit 1001: a number from 1 to 1000")]
    [InlineData("/cache/objects?distribution=ENONE", "ENONE is no distribution here: there are E")]
    [InlineData("/cache/export?status=99", "status 99: a number from 100 to 599")]
    [InlineData("/cache/export?limit=1", "'limit' is nothing that is read: there are distribution, prefix, status")]
    [InlineData("/invalidations?limit=0", "limit 0: a number from 1 to 10000")]
    public async Task BadQuestion_IsRefused(string target, string sentence)
    {
        var (status, text) = await LogCases.AdminAsync(_site.Dev.Started, target.Replace("{long}", new string('a', 30_000), StringComparison.Ordinal));

        Assert.Equal(400, status);
        Assert.Contains(sentence, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_IsNarrowedAndBounded()
    {
        foreach (var path in new[] { "/a/1", "/a/2", "/b" })
            await _site.Dev.AskAsync(path);

        Assert.Equal(["/a/1", "/a/2", "/b"], await ListAsync(""));
        Assert.Equal(["/a/1", "/a/2"], await ListAsync("?prefix=/a/"));
        Assert.Empty(await ListAsync("?status=404"));
        Assert.Single(await ListAsync("?limit=1"));
        Assert.True((await GetAsync("/cache/objects?limit=1")).GetProperty("hasMore").GetBoolean());
        await PostAsync("""{ "paths": ["/a/*"] }""");
        Assert.Equal(["/b"], await ListAsync(""));
    }

    [Fact]
    public async Task Export_HasALineForEachObject()
    {
        foreach (var path in new[] { "/a/1", "/a/2", "/b" })
            await _site.Dev.AskAsync(path);

        var (_, text) = await LogCases.AdminAsync(_site.Dev.Started, "/cache/export?prefix=/a/");

        Assert.Equal(["/a/1", "/a/2"], text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("path").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Stats_CountWhatTheCachesDid()
    {
        foreach (var path in new[] { "/a", "/a", "/a", "/b" })
        {
            await _site.Dev.AskAsync(path);
            await _site.Dev.WaitForAsync("request");                // counted by then
        }

        var stats = await GetAsync("/cache/stats");

        Assert.Equal(2, stats.GetProperty("tiers")[0].GetProperty("objects").GetInt32());
        var distribution = Assert.Single(stats.GetProperty("distributions").EnumerateArray());
        Assert.Equal((4, 2, 2, 0.5), (distribution.GetProperty("requests").GetInt32(), distribution.GetProperty("hits").GetInt32(), distribution.GetProperty("misses").GetInt32(), distribution.GetProperty("hitRatio").GetDouble()));
    }

    private async Task<IReadOnlyList<string>> ListAsync(string query) =>
        [.. (await GetAsync("/cache/objects" + query)).GetProperty("objects").EnumerateArray().Select(each => each.GetProperty("path").GetString()!).Order(StringComparer.Ordinal)];

    private Task<JsonElement> ExplainAsync(string target) =>
        GetAsync("/cache/explain?url=" + Uri.EscapeDataString("http://test" + target));

    private async Task<JsonElement> GetAsync(string path)
    {
        var (status, text) = await LogCases.AdminAsync(_site.Dev.Started, path);
        Assert.True(status == 200, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private async Task<(int Status, string Text)> PostAsync(string json)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        using var response = await client.PostAsync(_site.Dev.Started.GetProperty("admin").GetString() + "/invalidations", content, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
