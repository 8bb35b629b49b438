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
        new(12, "to-server", "origin-request", ["--origin", "{folder}"], async run =>
        {
            Assert.Equal(200, (int)(await run.GetAsync("/page")).StatusCode);
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("/app/page", "app.example", "edge"), (seen.Target, seen.Headers["Host"], seen.Headers["X-From"]));
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
        new(17, "read-form", "viewer-request", ["{include-body}"], async run =>
        {
            await run.PostAsync("/form", "name=Ann+B&city=Graz");
            var seen = Assert.Single(await run.Origin.SeenAsync());
            Assert.Equal(("name,city", "name=Ann+B&city=Graz"), (seen.Headers["X-Fields"], seen.Body));
        }),
        new(18, "change-form", "viewer-request", ["{include-body}"], async run =>
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
        var code = Path.Combine(_folder.FullName, $"{function}.{language}");
        var port = new Uri(origin.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // The functions name an origin at port 3000, as documents do.
        File.WriteAllText(code, File.ReadAllText(Repository.PathTo("tests", "functions", "edge-uses", $"{function}.{language}")).Replace("3000", port, StringComparison.Ordinal));
        await using var brink = BrinkDev.Start([.. useCase.Flags is ["{include-body}"] ? WithBody(code, port) : Flags(useCase, code, origin)]);

        await useCase.Check(new Run(brink, origin));
    }

    /// <summary>Rows 10, 11 and 13: the bucket that is to be asked instead.</summary>
    [Theory]
    [InlineData("to-bucket", "archive", "archive.s3.amazonaws.com", "", "/2020")]
    [InlineData("to-bucket", "", null, null, null)]
    [InlineData("near-bucket", "", "site-eu-central-1.s3.eu-central-1.amazonaws.com", "eu-central-1", "")]
    [InlineData("gradual-move", "", "new-site.s3.amazonaws.com", "us-east-1", "")]
    public async Task RowsThatChooseABucket_NameItWithItsHost(string function, string query, string? bucket, string? region, string? path)
    {
        foreach (var language in new[] { "mjs", "py" })
        {
            var origin = function == "to-bucket"
                ? """{ "custom": { "domainName": "app.example", "port": 443, "protocol": "https", "path": "", "sslProtocols": ["TLSv1.2"], "readTimeout": 30, "keepaliveTimeout": 5, "customHeaders": {} } }"""
                : """{ "s3": { "domainName": "site.s3.amazonaws.com", "region": "us-east-1", "authMethod": "none", "path": "", "customHeaders": {} } }""";
            var request = $$"""
                { "clientIp": "192.0.2.1", "method": "GET", "uri": "/page", "querystring": "{{query}}", "origin": {{origin}},
                  "headers": { "host": [{ "key": "Host", "value": "app.example" }], "cloudfront-viewer-country": [{ "key": "CloudFront-Viewer-Country", "value": "DE" }] } }
                """;
            var file = Path.Combine(_folder.FullName, "event.json");
            File.WriteAllText(file, $$"""{ "Records": [{ "cf": { "config": { "distributionDomainName": "d1.cloudfront.net", "distributionId": "E1", "eventType": "origin-request", "requestId": "r" }, "request": {{request}} } }] }""");
            await using var process = ChildProcess.Start(Repository.Executable, [
                "lambda", "invoke", Repository.PathTo("tests", "functions", "edge-uses"), "--event", file, "--runtime", language == "py" ? "python3.9" : "nodejs18.x",
                "--handler", language == "py" ? $"{function}.lambda_handler" : $"{function}.handler"]);
            var result = process.ReadToEnd();
            Assert.True(await process.WaitForExitAsync() == 0, process.ErrorText);

            var changed = JsonNode.Parse(result)!;
            if (bucket is null)
            {
                Assert.True(JsonNode.DeepEquals(JsonNode.Parse(request), changed), result);
                continue;
            }
            var asked = changed["origin"]!["s3"]!;
            Assert.Null(changed["origin"]!["custom"]);
            Assert.Equal((bucket, region, path, bucket), ((string?)asked["domainName"], (string?)asked["region"], (string?)asked["path"], (string?)changed["headers"]!["host"]![0]!["value"]));
        }
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
            yield return flag == "{folder}" ? _folder.CreateSubdirectory("site").FullName : flag.StartsWith("{by-header:", StringComparison.Ordinal) ? WritePolicy(flag[11..^1].Split(',')) : flag;
    }

    /// <summary>The distribution of the sample with a form, for another function.</summary>
    private List<string> WithBody(string code, string port)
    {
        const string allViewer = "216adef6-5c7f-47e4-b989-5492eafa07d3";
        var distribution = JsonNode.Parse(File.ReadAllText(Repository.PathTo("samples", "lambda", "form-rewrite", "distribution.json")).Replace("3000", port, StringComparison.Ordinal))!;
        distribution["DefaultCacheBehavior"]!["OriginRequestPolicyId"] = allViewer;
        var file = Path.Combine(_folder.FullName, "distribution.json");
        File.WriteAllText(file, distribution.ToJsonString());
        return ["--distribution", file, "--lambda", $"form-rewrite={code}"];
    }

    private string WritePolicy(string[] headers)
    {
        var policy = JsonNode.Parse(File.ReadAllText(Repository.PathTo("samples", "lambda", "header-routing", "policy.json")))!;
        var listed = policy["ParametersInCacheKeyAndForwardedToOrigin"]!["HeadersConfig"]!["Headers"]!;
        listed["Quantity"] = headers.Length;
        listed["Items"] = new JsonArray([.. headers.Select(header => JsonValue.Create(header))]);
        var file = Path.Combine(_folder.FullName, "policy.json");
        File.WriteAllText(file, policy.ToJsonString());
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
