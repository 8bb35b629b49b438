using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Brink.Configuration;
using Brink.Functions.Testing;
using Brink.Host.CommandLine;
using Brink.Host.Files;

namespace Brink.Host.Commands;

/// <summary>
/// The expected result of a test: a FunctionOutput, <c>{"request": …}</c> or <c>{"response": …}</c>, or the members of a TestResult that
/// count, with FunctionOutput as an object or as text. Members that an output always has may be left out where they are empty;
/// <c>{"$matches": "pattern"}</c> stands for any text that matches.
/// </summary>
internal sealed class Expectation
{
    private const string Matches = "$matches";
    private const string Output = "FunctionOutput", ErrorMessage = "FunctionErrorMessage", Logs = "FunctionExecutionLogs";

    /// <summary>The members that are compared.</summary>
    private static readonly string[] Members = [Output, ErrorMessage, Logs];

    /// <summary>
    /// Members of a whole TestResult that are not compared: the utilization differs between two runs of one function at AWS, and from
    /// Brink's.
    /// </summary>
    private static readonly string[] NotCompared = ["FunctionSummary", "ComputeUtilization"];

    /// <summary>A pattern that takes longer fails, so that no build hangs.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _expected;

    private Expectation(string file, JsonObject expected) => (File, _expected) = (file, expected);

    /// <summary>As named on the command line.</summary>
    public string File { get; }

    // ---------------------------------------------------------------- reading

    /// <summary>
    /// The expectations of a file: for one event, or for several where it is an array as <c>brink function test</c> prints it. Empty, with
    /// a mistake, if it cannot be used.
    /// </summary>
    public static IReadOnlyList<Expectation> Read(string file, Reading reading)
    {
        if (reading.Text(file) is not { } text)
            return [];
        try
        {
            var root = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
            var several = root as JsonArray ?? [root?.DeepClone()];
            return [.. several.Select((each, index) => new Expectation(file, Read(each, root is JsonArray ? $"[{index}]: " : "")))];
        }
        catch (JsonException exception)
        {
            reading.Unusable(file, $"is not JSON: {JsonMistake.Of(exception)}");
        }
        catch (UnusableException exception)
        {
            reading.Unusable(file, exception.Message);
        }
        return [];
    }

    /// <summary>Ends the reading with a sentence; caught in this file.</summary>
    private sealed class UnusableException(string message) : Exception(message);

    private static JsonObject Read(JsonNode? node, string place)
    {
        var root = node as JsonObject;
        if (root?["TestResult"] is JsonObject result)
            root = result;
        JsonObject expected;
        if (root is not null && (root.ContainsKey("request") || root.ContainsKey("response")))
        {
            expected = new JsonObject { [Output] = root.DeepClone() };
        }
        else if (root is not null && Members.Any(root.ContainsKey))
        {
            if (root.FirstOrDefault(member => !Members.Contains(member.Key) && !NotCompared.Contains(member.Key)).Key is { } unknown)
                throw new UnusableException(
                    $"{place}{unknown} is no member of a TestResult{DidYouMean.After(unknown, [.. Members, .. NotCompared])}");
            expected = (JsonObject)root.DeepClone();
        }
        else
        {
            throw new UnusableException(
                $"{place}expects nothing: give {{\"request\": ...}}, {{\"response\": ...}}, or one of {string.Join(", ", Members)}");
        }
        CheckOutput(expected, place);
        CheckPatterns(expected, place);
        return expected;
    }

    private static void CheckOutput(JsonObject expected, string place)
    {
        if (!expected.ContainsKey(Output))
            return;
        if (expected[Output] is JsonValue given && given.TryGetValue<string>(out var text))
        {
            if (text.Length == 0)
                return;                 // a failure has none
            try
            {
                expected[Output] = JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false });
            }
            catch (JsonException exception)
            {
                throw new UnusableException($"{place}{Output} is not JSON: {JsonMistake.Of(exception)}");
            }
        }
        if (expected[Output] is not JsonObject output)
            throw new UnusableException($"{place}{Output} must be {{\"request\": ...}} or {{\"response\": ...}}, or that as text");
        foreach (var (name, part) in output)
        {
            if (name is not ("request" or "response"))
                throw new UnusableException($"{place}{name} is no part of a FunctionOutput: it has request or response");
            if (part is not JsonObject)
                throw new UnusableException($"{place}{name} must be an object");
        }
    }

    private static void CheckPatterns(JsonNode? node, string place)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list)
                CheckPatterns(element, place);
        }
        foreach (var (name, member) in node as JsonObject ?? [])
        {
            if (name != Matches)
            {
                CheckPatterns(member, place);
                continue;
            }
            if (node is not JsonObject { Count: 1 } || member is not JsonValue value || !value.TryGetValue<string>(out var pattern))
                throw new UnusableException(
                    $"{place}{Matches} stands alone, with a regular expression as text: {{\"{Matches}\": \"^/docs/\"}}");
            try
            {
                _ = Regex.IsMatch("", pattern, RegexOptions.CultureInvariant, MatchTimeout);
            }
            catch (ArgumentException exception)
            {
                throw new UnusableException($"{place}{Matches} {Text(member)} is not a regular expression: {exception.Message}");
            }
        }
    }

    // ---------------------------------------------------------------- comparing

    /// <summary>A line for each difference.</summary>
    public List<string> DifferencesTo(TestResult result)
    {
        var differences = new List<string>();
        foreach (var (name, expected) in _expected)
        {
            switch (name)
            {
                case Output:
                    Compare(
                        "", expected, result.FunctionOutput.Length == 0 ? JsonValue.Create("") : JsonNode.Parse(result.FunctionOutput),
                        differences);
                    break;
                case ErrorMessage:
                    Compare(name, expected, JsonValue.Create(result.FunctionErrorMessage), differences);
                    break;
                case Logs:
                    Compare(
                        name, expected, new JsonArray([.. result.FunctionExecutionLogs.Select(line => JsonValue.Create(line))]),
                        differences);
                    break;
            }
        }
        // A failure has no output; the reason says more than its absence.
        if (!result.IsSuccess && !_expected.ContainsKey(ErrorMessage))
            differences.Add($"{ErrorMessage}: {result.FunctionErrorMessage}");
        return differences;
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? actual, List<string> differences)
    {
        if (expected is JsonObject { Count: 1 } pattern && pattern[Matches] is JsonValue regex)
        {
            if (!Fits(regex.GetValue<string>(), actual))
                differences.Add($"{path}: expected to match {Text(regex)}, is {Text(actual)}");
        }
        else if (path == "request.querystring"
            && expected?.GetValueKind() != actual?.GetValueKind() && QueryOf(expected) is { } query && QueryOf(actual) is { } other)
        {
            // The same query may be written as text and as an object.
            if (query != other)
                differences.Add($"{path}: expected {Text(expected)}, is {Text(actual)}");
        }
        else if (expected is JsonObject wanted && actual is JsonObject got)
        {
            CompareMembers(path, wanted, got, differences);
        }
        else if (expected is JsonArray list && actual is JsonArray found && list.Count == found.Count)
        {
            for (var i = 0; i < list.Count; i++)
                Compare($"{path}[{i}]", list[i], found[i], differences);
        }
        else if (!JsonNode.DeepEquals(expected, actual))
        {
            differences.Add($"{(path.Length == 0 ? Output : path)}: expected {Text(expected)}, is {Text(actual)}");
        }
    }

    private static void CompareMembers(string path, JsonObject wanted, JsonObject got, List<string> differences)
    {
        foreach (var (name, member) in wanted)
        {
            if (got.TryGetPropertyValue(name, out var other))
                Compare(Join(path, name), member, other, differences);
            else if (!MayBeLeftOut(path, name, member))
                differences.Add($"{Join(path, name)}: expected {Text(member)}, is absent");
        }
        foreach (var (name, member) in got)
        {
            if (!wanted.ContainsKey(name) && !MayBeLeftOut(path, name, member))
                differences.Add($"{Join(path, name)}: not expected, is {Text(member)}");
        }
    }

    /// <summary>The lists that an output always has, where they are empty.</summary>
    private static bool MayBeLeftOut(string path, string name, JsonNode? member) =>
        path is "request" or "response"
            && name is "headers" or "cookies" or "querystring"
            && (member is JsonObject { Count: 0 } || name == "querystring" && QueryOf(member) == "");

    private static bool Fits(string pattern, JsonNode? actual)
    {
        if (actual is not JsonValue value || !value.TryGetValue<string>(out var text))
            return false;
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>A query string as text, of text or of an object of values; null for anything else.</summary>
    private static string? QueryOf(JsonNode? query) => query switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        JsonObject values => string.Join('&', values.SelectMany(member => ValuesOf(member.Value).Select(value => $"{member.Key}={value}"))),
        _ => null,
    };

    private static IEnumerable<string> ValuesOf(JsonNode? parameter) =>
        ((parameter as JsonObject)?["multiValue"] as JsonArray ?? [parameter?.DeepClone()])
        .Select(value => (value as JsonObject)?["value"]?.ToString() ?? "");

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Text(JsonNode? node) => node?.ToJsonString(Readable) ?? "null";
}
