using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Brink.Functions.Testing;

/// <summary>What TestFunction answers, in AWS's names (functions spec 9.1, 9.3).</summary>
/// <param name="FunctionSummary">The function that was tested.</param>
/// <param name="ComputeUtilization">Integer percent of the compute budget, as a string.</param>
/// <param name="FunctionExecutionLogs">One string for each <c>console.log</c>.</param>
/// <param name="FunctionErrorMessage">Empty if the function succeeded.</param>
/// <param name="FunctionOutput">JSON text of the request or response that came out; empty if the function failed.</param>
public sealed record TestResult(
    FunctionSummary FunctionSummary,
    string ComputeUtilization,
    IReadOnlyList<string> FunctionExecutionLogs,
    string FunctionErrorMessage,
    string FunctionOutput)
{
    /// <summary>For the developer's eyes: file, line, column, caret. Not part of AWS's answer; null if there is nothing to say.</summary>
    [JsonIgnore]
    public string? ErrorDetail { get; init; }

    /// <summary>Where in the code it failed. Not part of AWS's answer; null if that is not known.</summary>
    [JsonIgnore]
    public ErrorPlace? ErrorPlace { get; init; }

    /// <summary>The function ran and returned something valid.</summary>
    [JsonIgnore]
    public bool IsSuccess => FunctionErrorMessage.Length == 0;

    /// <summary>As <c>aws cloudfront test-function</c> prints it.</summary>
    public string ToJson() => JsonSerializer.Serialize(new TestFunctionResult(this), TestResultJson.Readable.TestFunctionResult);

    /// <summary>Several results, each with the event that it is of: a JSON array.</summary>
    public static string ToJson(IEnumerable<(string Event, TestResult Result)> results) =>
        JsonSerializer.Serialize(results.Select(each => new TestFunctionResult(each.Result) { Event = each.Event }).ToArray(),
            TestResultJson.Readable.TestFunctionResultArray);
}

/// <summary>TestFunctionResult of the API: the one member that its answer has.</summary>
/// <param name="TestResult">What the run gave.</param>
internal sealed record TestFunctionResult([property: JsonPropertyOrder(1)] TestResult TestResult)
{
    /// <summary>The event's file where there are several. Not part of AWS's answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Event { get; init; }
}

/// <summary>FunctionSummary of the API.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Status"><c>UNPUBLISHED</c> for a local file.</param>
/// <param name="FunctionConfig">Comment and runtime.</param>
/// <param name="FunctionMetadata">ARN, stage and times.</param>
public sealed record FunctionSummary(string Name, string Status, FunctionConfig FunctionConfig, FunctionMetadata FunctionMetadata);

/// <summary>FunctionConfig of the API.</summary>
/// <param name="Comment">May be empty.</param>
/// <param name="Runtime"><c>cloudfront-js-1.0</c> or <c>cloudfront-js-2.0</c>.</param>
public sealed record FunctionConfig(string Comment, string Runtime);

/// <summary>FunctionMetadata of the API.</summary>
/// <param name="FunctionARN">The name in AWS's form.</param>
/// <param name="Stage"><c>DEVELOPMENT</c> for a local file.</param>
/// <param name="CreatedTime">ISO 8601.</param>
/// <param name="LastModifiedTime">ISO 8601.</param>
public sealed record FunctionMetadata(string FunctionARN, string Stage, DateTimeOffset CreatedTime, DateTimeOffset LastModifiedTime);

[JsonSerializable(typeof(TestFunctionResult))]
[JsonSerializable(typeof(TestFunctionResult[]))]
internal sealed partial class TestResultJson : JsonSerializerContext
{
    /// <summary>FunctionOutput is JSON in a string: with every quote as \u0022 it would be hard to read.</summary>
    public static TestResultJson Readable { get; } =
        new(new JsonSerializerOptions { WriteIndented = true, IndentSize = 4, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
