using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Functions;

/// <summary><c>brink function test</c> as a user or a build runs it.</summary>
public sealed class FunctionTestTests : IDisposable
{
    private const string Code = """
        function handler(event) {
            var request = event.request;
            if (request.uri === '/fails') { request.nothing.at.all(); }
            request.uri += 'index.html';
            request.headers['x-a'] = { value: '1' };
            return request;
        }
        """;

    private const string Expected = """{ "request": { "method": "GET", "uri": "/docs/index.html", "headers": { "x-a": { "value": "1" } } } }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public FunctionTestTests()
    {
        Save("function.js", Code);
        Save("docs.json", EventFor("/docs/"));
        Save("fails.json", EventFor("/fails"));
        Save("expected.json", Expected);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task OneEvent_IsAnsweredAsTestFunctionIs()
    {
        var (output, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json");

        Assert.Equal((0, ""), (exitCode, errors));
        var root = JsonNode.Parse(output)!.AsObject();
        Assert.Equal(["TestResult"], root.Select(member => member.Key));
        Assert.Equal("/docs/index.html", (string?)JsonNode.Parse((string)root["TestResult"]!["FunctionOutput"]!)!["request"]!["uri"]);
    }

    [Fact]
    public async Task SeveralEvents_AreAnArray_AndOneThatFailsIsExitCode1()
    {
        var (output, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--event", "fails.json");

        Assert.Equal(1, exitCode);
        Assert.Contains("function.js:3:", errors, StringComparison.Ordinal);
        var results = JsonNode.Parse(output)!.AsArray();
        Assert.Equal(["docs.json", "fails.json"], results.Select(each => (string?)each!["Event"]));
        Assert.Equal(["", "TypeError"], results.Select(each => (string)each!["TestResult"]!["FunctionErrorMessage"]!).Select(text => text.Contains("TypeError", StringComparison.Ordinal) ? "TypeError" : text));
    }

    [Theory]
    [InlineData(Expected)]
    [InlineData("""{ "TestResult": { "FunctionErrorMessage": "", "FunctionExecutionLogs": [] } }""")]
    [InlineData("""{ "FunctionOutput": { "request": { "method": "GET", "uri": { "$matches": "^/docs/.*html$" }, "headers": { "x-a": { "value": "1" } }, "cookies": {}, "querystring": {} } } }""")]
    public async Task Expected_IsExitCode0(string expected)
    {
        Save("expected.json", expected);

        var (_, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--expect", "expected.json");

        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Theory]
    [InlineData("""{ "request": { "method": "GET", "uri": "/docs/", "headers": { "x-a": { "value": "1" } } } }""", "  request.uri: expected \"/docs/\", is \"/docs/index.html\"")]
    [InlineData("""{ "request": { "method": "GET", "uri": "/docs/index.html" } }""", "  request.headers: not expected, is {\"x-a\":{\"value\":\"1\"}}")]
    [InlineData("""{ "request": { "method": "GET", "uri": "/docs/index.html", "headers": { "x-a": { "value": "1" }, "x-b": { "value": "2" } } } }""", "  request.headers.x-b: expected {\"value\":\"2\"}, is absent")]
    [InlineData("""{ "response": { "statusCode": 302 } }""", "  response: expected {\"statusCode\":302}, is absent")]
    [InlineData("""{ "FunctionErrorMessage": "no" }""", "  FunctionErrorMessage: expected \"no\", is \"\"")]
    [InlineData("""{ "FunctionOutput": { "request": { "method": "GET", "uri": { "$matches": "^/x" }, "headers": { "x-a": { "value": "1" } } } } }""", "  request.uri: expected to match \"^/x\", is \"/docs/index.html\"")]
    public async Task AnotherResult_IsExitCode1_AndNamesThePlace(string expected, string difference)
    {
        Save("expected.json", expected);

        var (output, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--expect", "expected.json");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("{", output, StringComparison.Ordinal);
        Assert.Contains("docs.json: not what expected.json expects:\n", errors, StringComparison.Ordinal);
        Assert.Contains(difference, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailureThatIsExpected_IsExitCode0()
    {
        Save("failure.json", """{ "FunctionErrorMessage": { "$matches": "TypeError: cannot get property" } }""");

        var (_, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--event", "fails.json", "--expect", "expected.json", "--expect", "failure.json");

        Assert.Equal((0, ""), (exitCode, errors));
    }

    [Theory]
    [InlineData("[]", "expected.json: says what is expected of 0 events, and 1 are given: each needs its own")]
    [InlineData("{}", "expected.json: expects nothing: give {\"request\": ...}")]
    [InlineData("""{ "FunctionErrorMesage": "x", "FunctionOutput": {} }""", "expected.json: FunctionErrorMesage is no member of a TestResult; did you mean FunctionErrorMessage?")]
    [InlineData("""{ "FunctionOutput": [1] }""", "expected.json: FunctionOutput must be {\"request\": ...} or {\"response\": ...}")]
    [InlineData("""{ "FunctionOutput": "no" }""", "expected.json: FunctionOutput is not JSON: ")]
    [InlineData("""{ "request": 5 }""", "expected.json: request must be an object")]
    [InlineData("""{ "request": { "uri": { "$matches": "(" } } }""", "expected.json: $matches \"(\" is not a regular expression: ")]
    [InlineData("""{ "request": { "uri": { "$matches": 5 } } }""", "expected.json: $matches stands alone, with a regular expression as text")]
    [InlineData("{", "expected.json: is not JSON: ")]
    public async Task WhatExpectsNothing_IsSaid(string expected, string message)
    {
        Save("expected.json", expected);

        var (output, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--expect", "expected.json");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExpectationsAndEvents_GoInPairs()
    {
        var (_, errors, exitCode) = await TestAsync("function.js", "--event", "docs.json", "--event", "fails.json", "--expect", "expected.json");

        Assert.Equal(1, exitCode);
        Assert.Equal("expected.json: says what is expected of 1 events, and 2 are given: each needs its own", errors.TrimEnd('\n'));

        var three = await TestAsync("function.js", "--event", "docs.json", "--expect", "expected.json", "--expect", "expected.json");
        Assert.Equal(2, three.ExitCode);
        Assert.Contains("--expect is given 2 times and --event 1: each event needs its own", three.Errors, StringComparison.Ordinal);
    }

    /// <summary>What a run printed, or AWS did, is an expectation of the next: its utilization and its summary are those of that run.</summary>
    [Fact]
    public async Task PrintedResults_AreAnExpectation()
    {
        var (printed, _, _) = await TestAsync("function.js", "--event", "docs.json");
        Save("expected.json", printed.Replace("\"ComputeUtilization\": \"", "\"ComputeUtilization\": \"9", StringComparison.Ordinal).Replace("DEVELOPMENT", "LIVE", StringComparison.Ordinal));
        var one = await TestAsync("function.js", "--event", "docs.json", "--expect", "expected.json");
        Assert.Equal((0, ""), (one.ExitCode, one.Errors));

        var (several, _, _) = await TestAsync("function.js", "--event", "docs.json", "--event", "docs.json");
        Save("several.json", several);
        var both = await TestAsync("function.js", "--event", "docs.json", "--event", "docs.json", "--expect", "several.json");
        Assert.Equal((0, ""), (both.ExitCode, both.Errors));
        var other = await TestAsync("function.js", "--event", "docs.json", "--event", "fails.json", "--expect", "several.json");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("fails.json: not what several.json expects:", other.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test", "--event", "docs.json")]
    [InlineData("check")]
    public async Task TypeScript_IsNamedAsSuch(string command, params string[] more)
    {
        Save("function.ts", "const x: number = 1;");
        await using var brink = ChildProcess.Start(Repository.Executable, ["function", command, "function.ts", .. more], _folder.FullName);
        brink.ReadToEnd();

        Assert.NotEqual(0, await brink.WaitForExitAsync());
        Assert.StartsWith("function.ts: is TypeScript, which neither AWS nor Brink runs: compile it first, say with npx -p typescript@5 tsc --target es5 --module es2015 --lib es2020 function.ts", brink.ErrorText, StringComparison.Ordinal);
    }

    private static string EventFor(string uri) =>
        "{\"version\":\"1.0\",\"context\":{\"eventType\":\"viewer-request\"},\"viewer\":{\"ip\":\"198.51.100.1\"},\"request\":{\"method\":\"GET\",\"uri\":\"" + uri + "\"}}";

    private void Save(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private async Task<(string Output, string Errors, int ExitCode)> TestAsync(params string[] arguments)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, ["function", "test", .. arguments], _folder.FullName);
        var output = brink.ReadToEnd();
        var exitCode = await brink.WaitForExitAsync();
        return (output, brink.ErrorText, exitCode);
    }
}
