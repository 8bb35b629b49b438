using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Brink.Functions.JavaScript;
using Brink.Functions.Testing;
using Brink.Host.Development;
using Brink.JavaScript;

namespace Brink.Host.Commands;

/// <summary><c>brink function test</c> at work.</summary>
internal static class FunctionTest
{
    /// <summary>Runs the function on every event. The result is the exit code.</summary>
    public static async Task<int> RunAsync(string file, string[] events, string[] expected, Runtime runtime, string? storeFile, FunctionLimits limits)
    {
        var reading = new Reading();
        if (FunctionFiles.WhyNotJavaScript(file) is { } other)
            reading.Unusable(file, other);
        var code = reading.Bytes(file);
        var eventObjects = Array.ConvertAll(events, reading.Bytes);
        var expectations = expected.Select(each => Expectation.Read(each, reading)).ToArray();
        var store = storeFile is not null && reading.Bytes(storeFile) is { } json
            ? new FunctionFiles(limits, TimeProvider.System).ReadKeyValueStore(storeFile, json, reading.Mistakes)
            : null;
        var map = code is null ? null : SourceMapFiles.Read(file, code, reading, out _);
        foreach (var mistake in reading.Mistakes)
            await Console.Error.WriteLineAsync($"{mistake.File}: {mistake.Message}");
        if (reading.Mistakes.Count > 0)
            return Program.ExitCode.Failure;
        foreach (var warning in reading.Warnings)
            await Console.Error.WriteLineAsync($"warning: {warning.File}: {warning.Message}");

        var source = new FunctionSource { Name = NameFromFile.Of(file), FileName = file, Code = code, Runtime = runtime, KeyValueStore = store, SourceMap = map };
        if (source.Check() is { } problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Code}: {problem.Message}");
            return Program.ExitCode.Failure;
        }
        var function = JavaScriptFunction.Compile(source, limits, TimeProvider.System);
        var results = new List<(string Event, TestResult Result)>();
        for (var i = 0; i < events.Length; i++)
        {
            switch (FunctionTestRunner.Test(function, eventObjects[i], File.GetLastWriteTimeUtc(file)))
            {
                case TestOutcome.Tested(var result):
                    results.Add((events[i], result));
                    break;
                case TestOutcome.InvalidArgument(var message):
                    await Console.Error.WriteLineAsync($"InvalidArgument: {events[i]}: {message}");
                    return Program.ExitCode.Failure;
            }
        }
        Console.WriteLine(results is [var only] ? only.Result.ToJson() : TestResult.ToJson(results));
        return await JudgeAsync(results, expectations) ? Program.ExitCode.Success : Program.ExitCode.Failure;
    }

    /// <summary>Whether all is as expected, or has succeeded where nothing is. What is not is said on the error output.</summary>
    private static async Task<bool> JudgeAsync(List<(string Event, TestResult Result)> results, Expectation?[] expectations)
    {
        var isGood = true;
        for (var i = 0; i < results.Count; i++)
        {
            var (eventFile, result) = results[i];
            var differences = expectations.Length > 0 ? expectations[i]!.DifferencesTo(result) : [];
            if (expectations.Length > 0 ? differences.Count == 0 : result.IsSuccess)
                continue;
            isGood = false;
            if (differences.Count > 0)
                await Console.Error.WriteLineAsync($"{eventFile}: not what {expectations[i]!.File} expects:");
            foreach (var difference in differences)
                await Console.Error.WriteLineAsync($"  {difference}");
            if (result.ErrorDetail is { } detail)
                await Console.Error.WriteLineAsync(detail);
        }
        return isGood;
    }
}

/// <summary>
/// What a test is to give: a FunctionOutput, <c>{"request": …}</c> or <c>{"response": …}</c>, or the members of a TestResult that count, with FunctionOutput
/// as an object or as text. Members that an output always has may be left out where they are empty; <c>{"$matches": "pattern"}</c> stands for any text that fits.
/// </summary>
internal sealed class Expectation
{
    private static readonly string[] Members = ["FunctionOutput", "FunctionErrorMessage", "FunctionExecutionLogs", "ComputeUtilization"];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _expected;

    private Expectation(string file, JsonObject expected) => (File, _expected) = (file, expected);

    /// <summary>As named on the command line.</summary>
    public string File { get; }

    /// <summary>Null, with a mistake, if the file holds none.</summary>
    public static Expectation? Read(string file, Reading reading)
    {
        if (reading.Text(file) is not { } text)
            return null;
        try
        {
            var root = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject;
            if (root?["TestResult"] is JsonObject result)
                root = result;
            if (root is not null && (root.ContainsKey("request") || root.ContainsKey("response")))
                return new Expectation(file, new JsonObject { ["FunctionOutput"] = root.DeepClone() });
            if (root is not null && Members.Any(root.ContainsKey))
            {
                if (root["FunctionOutput"] is JsonValue given && given.TryGetValue<string>(out var output) && output.Length > 0)
                    root["FunctionOutput"] = JsonNode.Parse(output);
                return new Expectation(file, root);
            }
            reading.Unusable(file, $"expects nothing: give {{\"request\": ...}}, {{\"response\": ...}}, or one of {string.Join(", ", Members)}");
        }
        catch (JsonException exception)
        {
            reading.Unusable(file, $"is not JSON: {exception.Message}");
        }
        return null;
    }

    /// <summary>A line for each place where the result is another one.</summary>
    public List<string> DifferencesTo(TestResult result)
    {
        var differences = new List<string>();
        foreach (var (name, expected) in _expected)
        {
            switch (name)
            {
                case "FunctionOutput":
                    Compare("", expected, result.FunctionOutput.Length == 0 ? JsonValue.Create("") : JsonNode.Parse(result.FunctionOutput), differences);
                    break;
                case "FunctionErrorMessage":
                    Compare(name, expected, JsonValue.Create(result.FunctionErrorMessage), differences);
                    break;
                case "FunctionExecutionLogs":
                    Compare(name, expected, new JsonArray([.. result.FunctionExecutionLogs.Select(line => JsonValue.Create(line))]), differences);
                    break;
                case "ComputeUtilization":
                    Compare(name, expected, JsonValue.Create(result.ComputeUtilization), differences);
                    break;
            }
        }
        // What failed has no output: why is more than that it has none.
        if (!result.IsSuccess && !_expected.ContainsKey("FunctionErrorMessage"))
            differences.Add($"FunctionErrorMessage: {result.FunctionErrorMessage}");
        return differences;
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? actual, List<string> differences)
    {
        if (expected is JsonObject { Count: 1 } pattern && pattern["$matches"] is JsonValue regex && actual is JsonValue value && value.TryGetValue<string>(out var text))
        {
            if (!Fits(regex.ToString(), text, out var problem))
                differences.Add($"{path}: expected to match {Text(regex)}{problem}, is {Text(actual)}");
        }
        else if (path == "request.querystring" && (QueryOf(expected) ?? QueryOf(actual)) is not null && expected?.GetValueKind() != actual?.GetValueKind())
        {
            // The same query may stand there as text and as an object.
            if ((QueryOf(expected) ?? Text(expected)) != (QueryOf(actual) ?? Text(actual)))
                differences.Add($"{path}: expected {Text(expected)}, is {Text(actual)}");
        }
        else if (expected is JsonObject wanted && actual is JsonObject got)
        {
            foreach (var (name, member) in wanted)
            {
                if (got.TryGetPropertyValue(name, out var other))
                    Compare(Join(path, name), member, other, differences);
                else if (member is not JsonObject { Count: 0 })
                    differences.Add($"{Join(path, name)}: expected {Text(member)}, is absent");
            }
            foreach (var (name, member) in got)
            {
                if (!wanted.ContainsKey(name) && !(member is JsonObject { Count: 0 } && name is "headers" or "cookies" or "querystring"))
                    differences.Add($"{Join(path, name)}: not expected, is {Text(member)}");
            }
        }
        else if (expected is JsonArray list && actual is JsonArray found && list.Count == found.Count)
        {
            for (var i = 0; i < list.Count; i++)
                Compare($"{path}[{i}]", list[i], found[i], differences);
        }
        else if (!JsonNode.DeepEquals(expected, actual))
        {
            differences.Add($"{(path.Length == 0 ? "FunctionOutput" : path)}: expected {Text(expected)}, is {Text(actual)}");
        }
    }

    private static bool Fits(string pattern, string text, out string problem)
    {
        problem = "";
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException exception)
        {
            problem = $" (which is no regular expression: {exception.Message})";
        }
        catch (RegexMatchTimeoutException)
        {
            problem = " (which takes longer than a second)";
        }
        return false;
    }

    /// <summary>A query string as text, of text or of an object of values; null for anything else.</summary>
    private static string? QueryOf(JsonNode? query) => query switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonObject values => string.Join('&', values.SelectMany(member => ValuesOf(member.Value).Select(value => $"{member.Key}={value}"))),
        _ => null,
    };

    private static IEnumerable<string> ValuesOf(JsonNode? parameter) =>
        ((parameter as JsonObject)?["multiValue"] as JsonArray ?? [parameter?.DeepClone()]).Select(value => (value as JsonObject)?["value"]?.ToString() ?? "");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Text(JsonNode? node) => node?.ToJsonString(Readable) ?? "null";

}
