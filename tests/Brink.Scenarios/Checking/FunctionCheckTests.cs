using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Checking;

/// <summary><c>brink function check</c> as a user or a build runs it.</summary>
public sealed class FunctionCheckTests : IDisposable
{
    private const string Event = """{"version":"1.0","context":{"eventType":"viewer-request"},"viewer":{"ip":"198.51.100.1"},"request":{"method":"GET","uri":"/","headers":{},"cookies":{},"querystring":{}}}""";

    private const string Good = "function handler(event) {\n    return event.request;\n}\n";

    private const string Bad = "function handler(event) {\n    for (const x of event.list) { console.log(x); }\n    event.request.headers.host = { value: 'a' };\n    return event.request;\n}\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task CodeThatAwsRefuses_IsShownWithPlaceAndRewrite_AndTheExitCodeIs1()
    {
        Save("bad.js", Bad);

        var (output, _, exitCode) = await CheckAsync("bad.js");

        Assert.Equal(1, exitCode);
        Assert.Equal(
            """
            bad.js:2:18: error for-of: for...of is not supported
                    for (const x of event.list) { console.log(x); }
                                 ^
              write instead: event.list.forEach(function (x) { ... });
              AWS says: SyntaxError: Token "of" not supported in this version in 2
            """.ReplaceLineEndings("\n"), string.Join('\n', output.Split('\n')[..5]));
        Assert.Contains("bad.js:2:21: warning event-property: the event has no property list\n", output, StringComparison.Ordinal);
        Assert.Contains("bad.js:3:5: error header-read-only: host is read-only in viewer-request\n", output, StringComparison.Ordinal);
        Assert.EndsWith("bad.js: 2 errors, 1 warning (cloudfront-js-2.0)\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CodeWithoutErrors_OfSeveralFiles_GivesExitCode0()
    {
        Save("a.js", Good);
        Save("b.js", "import cf from 'cloudfront';\nconst kvs = cf.kvs();\n" + Good);

        var (output, errors, exitCode) = await CheckAsync("a.js", "b.js");

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.StartsWith("a.js: nothing found (cloudfront-js-2.0)\nb.js:2:13: warning kvs-not-associated", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoreIsGiven_NothingIsFound()
    {
        Save("b.js", "import cf from 'cloudfront';\nconst kvs = cf.kvs();\n" + Good);
        Save("store.json", """{"data":[{"key":"a","value":"b"}]}""");

        var (output, _, exitCode) = await CheckAsync("b.js", "--kvs", "store.json");

        Assert.Equal((0, "b.js: nothing found (cloudfront-js-2.0)\n"), (exitCode, output));
    }

    [Fact]
    public async Task EventsAreGiven_UtilizationAndFailuresAreReported()
    {
        Save("good.js", Good);
        Save("throws.js", "function handler(event) {\n    var x = event.request.cookies.a.value;\n    return event.request;\n}\n");
        Save("event.json", Event);

        var (within, _, withinCode) = await CheckAsync("good.js", "--event", "event.json", "--max-utilization", "100");
        Assert.Equal(0, withinCode);
        Assert.Matches("^good.js: event.json: compute utilization \\d+\n", within);

        var (over, _, overCode) = await CheckAsync("good.js", "--event", "event.json", "--max-utilization", "1");
        Assert.Equal(1, overCode);
        Assert.Matches("^good.js: error utilization: compute utilization \\d+ on event.json; at most 1 was asked for\n", over);

        var (failed, _, failedCode) = await CheckAsync("throws.js", "--event", "event.json");
        Assert.Equal(1, failedCode);
        Assert.StartsWith("throws.js:2:13: error event-failed: fails on event.json\n", failed, StringComparison.Ordinal);
        Assert.Contains("TypeError: cannot get property \"value\" of undefined\n  at handler (throws.js:2:13)\n", failed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_HasTheDocumentedShape()
    {
        Save("bad.js", Bad);
        Save("event.json", Event);

        var (output, _, exitCode) = await CheckAsync("bad.js", "--json");

        Assert.Equal(1, exitCode);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal((2, 1), (report.GetProperty("errors").GetInt32(), report.GetProperty("warnings").GetInt32()));
        var finding = report.GetProperty("files")[0].GetProperty("findings")[0];
        Assert.Equal(
            """{"rule":"for-of","severity":"error","file":"bad.js","line":2,"column":18,"message":"for...of is not supported","instead":"event.list.forEach(function (x) { ... });","awsError":"SyntaxError: Token \"of\" not supported in this version in 2","sourceLine":"    for (const x of event.list) { console.log(x); }"}""",
            string.Concat(finding.GetRawText().Split('\n').Select(line => line.Trim())).Replace("\": ", "\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sarif_HasWhatCodeScanningNeeds()
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "my functions"));
        Save("my functions/bad.js", Bad);

        var (output, _, exitCode) = await CheckAsync("./my functions/bad.js", "--sarif");

        Assert.Equal(1, exitCode);
        var log = JsonDocument.Parse(output).RootElement;
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        Assert.EndsWith("sarif-2.1.0.json", log.GetProperty("$schema").GetString(), StringComparison.Ordinal);
        var run = Assert.Single(log.GetProperty("runs").EnumerateArray());
        var driver = run.GetProperty("tool").GetProperty("driver");
        Assert.Equal("brink function check", driver.GetProperty("name").GetString());
        var rules = driver.GetProperty("rules").EnumerateArray().ToArray();
        Assert.All(rules, rule =>
        {
            Assert.NotEqual("", rule.GetProperty("id").GetString());
            Assert.NotEqual("", rule.GetProperty("shortDescription").GetProperty("text").GetString());
            Assert.NotEqual("", rule.GetProperty("help").GetProperty("text").GetString());
        });
        var results = run.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(3, results.Length);
        Assert.All(results, result =>
        {
            // The rule by name and by index must be the same one.
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.Contains(result.GetProperty("level").GetString(), new[] { "error", "warning" });
            var place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
            Assert.Equal("my%20functions/bad.js", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
            Assert.InRange(place.GetProperty("region").GetProperty("startLine").GetInt32(), 1, 5);
            Assert.InRange(place.GetProperty("region").GetProperty("startColumn").GetInt32(), 1, 80);
            Assert.NotEqual("", result.GetProperty("partialFingerprints").GetProperty("primaryLocationLineHash").GetString());
        });
        Assert.Contains("Write instead: event.list.forEach(function (x) { ... });", results[0].GetProperty("message").GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SourceMapBesideTheFile_NamesTheOriginal()
    {
        Save("bundle.js", "function handler(event) { return event; }");
        Save("bundle.js.map", """{"version":3,"sources":["src/handler.ts"],"sourcesContent":["// first\nexport function handler(e: Event) {\n  return e;\n}"],"names":[],"mappings":"AACA,yBAEE"}""");

        var (output, _, exitCode) = await CheckAsync("bundle.js");

        Assert.Equal(1, exitCode);
        Assert.Matches("^src/handler\\.ts:\\d+:\\d+ \\(bundle\\.js:1:27\\): error returns-event: handler returns the event itself\n", output);
    }

    [Fact]
    public async Task SourceMapThatIsBroken_IsOneWarning_AndTheCheckGoesOn()
    {
        Save("bundle.js", Good);
        Save("bundle.js.map", "{}");

        var (output, errors, exitCode) = await CheckAsync("bundle.js");

        Assert.Equal((0, "bundle.js: nothing found (cloudfront-js-2.0)\n"), (exitCode, output));
        Assert.Equal("warning: bundle.js: the source map bundle.js.map is not used: its version is not 3", errors);
    }

    [Theory]
    [InlineData("a.js: there is no such file", "a.js")]
    [InlineData("event.json: there is no such file", "good.js", "--event", "event.json")]
    [InlineData("InvalidArgument: bad.json: The event object must have context.eventType: viewer-request or viewer-response.", "good.js", "--event", "bad.json")]
    [InlineData("brink: --max-utilization needs --event: only a run has a utilization", "good.js", "--max-utilization", "50")]
    [InlineData("brink: --max-utilization 0: a number from 1 to 100", "good.js", "--event", "bad.json", "--max-utilization", "0")]
    [InlineData("brink: --json and --sarif: one of the two", "good.js", "--json", "--sarif")]
    [InlineData("brink: --runtime node: cloudfront-js-1.0 or cloudfront-js-2.0", "good.js", "--runtime", "node")]
    public async Task WrongUsage_IsNamed_AndTheExitCodeIs2(string expected, params string[] arguments)
    {
        Save("good.js", Good);
        Save("bad.json", "{}");

        var (output, errors, exitCode) = await CheckAsync(arguments);

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Equal(expected, errors.Split('\n')[0]);
    }

    private void Save(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private async Task<(string Output, string Errors, int ExitCode)> CheckAsync(params string[] arguments)
    {
        await using var process = ChildProcess.Start(Repository.Executable, ["function", "check", .. arguments], _folder.FullName);
        var output = process.ReadToEnd();
        var exitCode = await process.WaitForExitAsync();
        return (output.Length > 0 && !output.EndsWith('\n') ? output + "\n" : output, process.ErrorText, exitCode);
    }
}
