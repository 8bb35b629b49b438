using System.Text;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples.Lambda;

/// <summary>
/// The use cases that AWS documents for Lambda@Edge (lambda-edge spec 8), each by a function of our own in tests/functions/edge-uses, in Node.js and in Python.
/// </summary>
public sealed class UseCaseTests : IDisposable
{
    private static readonly UseCase[] All =
    [
        new(1, "ab-by-cookie", "viewer-request", [], async run =>
        {
            // Two Cookie lines are two entries. The path is part of the key, so each arm is cached for itself.
            foreach (var (arm, cache) in new[] { ("second", "Miss"), ("first", "Miss"), ("second", "Hit"), ("first", "Hit") })
            {
                var answer = await run.GetAsync("/", ("Cookie", "a=b"), ("Cookie", $"c=d; arm={arm}"));
                Assert.Equal($"{cache} from cloudfront", answer.Header("X-Cache"));
            }
            Assert.Equal(["/max-age/60/second", "/max-age/60/first"], await run.OriginTargetsAsync());
            Assert.Equal("Hit from cloudfront", (await run.GetAsync("/")).Header("X-Cache"));
        }),
        new(2, "header-from-another", "origin-response", [], async run =>
        {
            var answer = await run.GetAsync("/revised/2020");
            Assert.Equal(("2020", "2020"), (answer.Header("X-Revised"), answer.Header("X-Amz-Meta-Revised")));
            Assert.Null((await run.GetAsync("/")).Header("X-Revised"));
        }),
        new(3, "static-page", "viewer-request", [], async run =>
        {
            foreach (var _ in new[] { 1, 2 })
                await IsPageAsync(await run.GetAsync("/"), "LambdaGeneratedResponse");
            Assert.Empty(await run.OriginTargetsAsync());
        }),
        new(3, "static-page", "origin-request", [], async run =>
        {
            await IsPageAsync(await run.GetAsync("/"), "LambdaGeneratedResponse");
            await IsPageAsync(await run.GetAsync("/"), "Hit");
            Assert.Empty(await run.OriginTargetsAsync());
        }),
        new(4, "redirect", "viewer-request", [], IsElsewhereAsync),
        new(4, "redirect", "origin-request", [], IsElsewhereAsync),
        new(5, "query-to-header", "origin-request", ["--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewer"], async run =>
        {
            Assert.Equal(200, (int)(await run.GetAsync("/page?auth=ann&x=1")).StatusCode);
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("/page?x=1", "ann"), (seen.Target, seen.Headers["X-Auth"]));

            var invalid = await run.GetAsync("/page?x=1");
            Assert.Equal((502, "LambdaValidationError from cloudfront"), ((int)invalid.StatusCode, invalid.Header("X-Cache")));
            Assert.Contains("x-auth", await invalid.TextAsync(), StringComparison.Ordinal);
        }),
        new(6, "normalise-query", "viewer-request", ["--cache-policy", "UseOriginCacheControlHeaders-QueryStrings"], async run =>
        {
            Assert.Equal("Miss from cloudfront", (await run.GetAsync("/max-age/60?B=2&a=1")).Header("X-Cache"));
            Assert.Equal("Hit from cloudfront", (await run.GetAsync("/max-age/60?a=1&b=2")).Header("X-Cache"));
            Assert.Equal(["/max-age/60?a=1&b=2"], await run.OriginTargetsAsync());
        }),
        new(7, "sign-in", "viewer-request", [], async run =>
        {
            var answer = await run.GetAsync("/account?tab=2");
            Assert.Equal((302, $"https://sign-in.example/?back={Uri.EscapeDataString($"https://{new Uri(run.Brink.Url).Authority}/account?tab=2")}"), ((int)answer.StatusCode, answer.Header("Location")));
            Assert.Equal(200, (int)(await run.GetAsync("/account", ("Cookie", "a=b"), ("Cookie", "session=1"))).StatusCode);
            Assert.Equal(["/account"], await run.OriginTargetsAsync());
        }),
        new(8, "country-redirect", "origin-request", ["--cache-policy", "{by-header:CloudFront-Viewer-Country}", "--viewer-country", "FR"], async run =>
        {
            foreach (var cache in new[] { "LambdaGeneratedResponse", "Hit" })
            {
                // What a viewer claims is not where they are.
                var answer = await run.GetAsync("/boots", ("CloudFront-Viewer-Country", "DE"));
                Assert.Equal((302, "https://fr.shop.example/boots", $"{cache} from cloudfront"), ((int)answer.StatusCode, answer.Header("Location"), answer.Header("X-Cache")));
            }
        }),
        new(9, "device-path", "origin-request", ["--cache-policy", "{by-header:CloudFront-Is-Mobile-Viewer,CloudFront-Is-Tablet-Viewer}"], async run =>
        {
            const string phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1";
            const string tablet = "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1";
            const string desktop = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0";
            foreach (var agent in new[] { phone, tablet, desktop })
                await run.GetAsync("/page", ("User-Agent", agent));
            Assert.Equal(["/mobile/page", "/tablet/page", "/desktop/page"], await run.OriginTargetsAsync());
        }),
        new(10, "to-bucket", "origin-request", ["--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewerExceptHostHeader", "--s3", "{s3}"], async run =>
        {
            await run.GetAsync("/page?archive=1");
            await run.GetAsync("/page");
            Assert.Equal(["/archive/2020/page?archive=1", "/page"], await run.OriginTargetsAsync());
        }),
        new(11, "near-bucket", "origin-request", ["--origin", "{folder}", "--s3", "{s3}", "--cache-policy", "{by-header:CloudFront-Viewer-Country}", "--viewer-country", "JP"], async run =>
        {
            Assert.Equal(200, (int)(await run.GetAsync("/page")).StatusCode);
            Assert.Equal(["/site-ap-northeast-1/page"], await run.OriginTargetsAsync());
        }),
        new(12, "to-server", "origin-request", ["--origin", "{folder}"], async run =>
        {
            Assert.Equal(200, (int)(await run.GetAsync("/page")).StatusCode);
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("/app/page", "app.example", "edge"), (seen.Target, seen.Headers["Host"], seen.Headers["X-From"]));
        }),
        new(13, "gradual-move", "origin-request", ["--origin", "{folder}", "--s3", "{s3}"], async run =>
        {
            Assert.Equal("Miss from cloudfront", (await run.GetAsync("/max-age/60")).Header("X-Cache"));
            Assert.Equal("Hit from cloudfront", (await run.GetAsync("/max-age/60")).Header("X-Cache"));
            Assert.Equal(["/new-site/max-age/60"], await run.OriginTargetsAsync());
        }),
        new(14, "near-server", "origin-request", ["--cache-policy", "{by-header:CloudFront-Viewer-Country}", "--viewer-country", "DE"], async run =>
        {
            Assert.Equal(200, (int)(await run.GetAsync("/page")).StatusCode);
            Assert.Equal("localhost", Assert.Single(await run.Origin.SeenAsync()).Headers["Host"].Split(':')[0]);
        }),
        new(15, "error-to-page", "origin-response", [], async run =>
        {
            var answer = await run.GetAsync("/status/404");
            Assert.Equal((200, "closed for today", "text/plain"), ((int)answer.StatusCode, await answer.TextAsync(), answer.Header("Content-Type")));
            Assert.Equal("status", await (await run.GetAsync("/status/203")).TextAsync());
        }),
        new(16, "error-to-redirect", "origin-response", [], async run =>
        {
            var answer = await run.GetAsync("/status/403");
            Assert.Equal((302, "/index.html", ""), ((int)answer.StatusCode, answer.Header("Location"), await answer.TextAsync()));
        }),
        new(17, "read-form", "viewer-request", ["--include-body", "--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewer"], async run =>
        {
            await run.PostAsync("/form", "name=Ann+B&city=Graz");
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("name,city", "name=Ann+B&city=Graz"), (seen.Headers["X-Fields"], seen.Body));
        }),
        new(18, "change-form", "viewer-request", ["--include-body", "--cache-policy", "CachingDisabled", "--origin-request-policy", "AllViewer"], async run =>
        {
            await run.PostAsync("/form", "name=Ann+B");
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("name=Ann+B&from=127.0.0.1", "25"), (seen.Body, seen.Headers["Content-Length"]));
        }),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<int, string, string, string> OverHttp() =>
        [.. from useCase in All from language in new[] { "mjs", "py" } select (useCase.Row, useCase.Function, useCase.Event, language)];

    [Theory]
    [MemberData(nameof(OverHttp))]
    public async Task Row_Works(int row, string function, string @event, string language)
    {
        var useCase = All.Single(each => (each.Row, each.Function, each.Event) == (row, function, @event));
        await using var origin = EchoOrigin.Start();
        var port = new Uri(origin.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // The functions name an origin at port 3000, as documents do.
        var code = Write($"{function}.{language}", File.ReadAllText(Repository.PathTo("tests", "functions", "edge-uses", $"{function}.{language}")).Replace("3000", port, StringComparison.Ordinal));
        await using var brink = BrinkDev.Start([.. Flags(useCase, code, origin)]);

        await useCase.Check(new Run(brink, origin));
    }

    private static async Task IsPageAsync(HttpResponseMessage answer, string cache)
    {
        Assert.Equal((200, $"{cache} from cloudfront", "text/html; charset=utf-8"), ((int)answer.StatusCode, answer.Header("X-Cache"), answer.Header("Content-Type")));
        Assert.Equal("<!doctype html><title>Café</title>", await answer.TextAsync());
    }

    private static async Task IsElsewhereAsync(Run run)
    {
        var answer = await run.GetAsync("/a/b");
        Assert.Equal((302, "https://elsewhere.example/a/b", ""), ((int)answer.StatusCode, answer.Header("Location"), await answer.TextAsync()));
        Assert.Empty(await run.OriginTargetsAsync());
    }

    private IEnumerable<string> Flags(UseCase useCase, string code, EchoOrigin origin)
    {
        yield return "--" + useCase.Event;
        yield return code;
        if (!useCase.Flags.Contains("--origin"))
        {
            yield return "--origin";
            yield return origin.Url;
        }
        foreach (var flag in useCase.Flags)
        {
            yield return flag switch
            {
                "{folder}" => _folder.CreateSubdirectory("site").FullName,
                "{s3}" => Write("s3.json", $$"""{ "buckets": { "*.amazonaws.com": { "endpoint": "{{origin.Url}}" } } }"""),
                ['{', ..] => WritePolicy(flag["{by-header:".Length..^1].Split(',')),
                _ => flag,
            };
        }
    }

    private string WritePolicy(string[] headers)
    {
        var policy = JsonNode.Parse(File.ReadAllText(Repository.PathTo("samples", "lambda", "header-routing", "policy.json")))!;
        var listed = policy["ParametersInCacheKeyAndForwardedToOrigin"]!["HeadersConfig"]!["Headers"]!;
        listed["Quantity"] = headers.Length;
        listed["Items"] = new JsonArray([.. headers.Select(header => JsonValue.Create(header))]);
        return Write("policy.json", policy.ToJsonString());
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <param name="Row">The number in the spec's list.</param>
    /// <param name="Function">A file in tests/functions/edge-uses, in both languages.</param>
    /// <param name="Event">Where it runs.</param>
    /// <param name="Flags">Of <c>brink dev</c>; in braces what the test makes.</param>
    /// <param name="Check">What must be seen.</param>
    private sealed record UseCase(int Row, string Function, string Event, string[] Flags, Func<Run, Task> Check);

    private sealed record Run(BrinkDev Brink, EchoOrigin Origin)
    {
        public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => Brink.GetAsync(target, headers);

        public async Task PostAsync(string target, string form)
        {
            using var content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded");
            using var answer = await Brink.Viewer.PostAsync(new Uri(Brink.Url + target), content, TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }

        public async Task<IEnumerable<string>> OriginTargetsAsync() => (await Origin.SeenAsync()).Select(seen => seen.Target);
    }
}
