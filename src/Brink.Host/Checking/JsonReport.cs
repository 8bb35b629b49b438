using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Checking;

namespace Brink.Host.Checking;

/// <summary>For programs: one JSON object (docs/function-check.md has its shape).</summary>
internal static class JsonReport
{
    public static string Write(IReadOnlyList<FileReport> files) =>
        JsonSerializer.Serialize(Of(files), CheckJsonContext.Readable.CheckJson) + "\n";

    /// <summary>The report as an object, for a larger document.</summary>
    public static CheckJson Of(IReadOnlyList<FileReport> files) =>
        new(files.Sum(file => file.Errors), files.Sum(file => file.Warnings), [.. files.Select(Of)]);

    private static CheckFileJson Of(FileReport file) => new(
        file.File, file.Runtime, file.Errors, file.Warnings, [.. file.Findings.Select(finding => Of(file, finding))],
        [.. file.Events.Select(run => new CheckEventJson(run.File, run.ComputeUtilization, run.ErrorMessage))], file.Notes);

    private static CheckFindingJson Of(FileReport file, CheckFinding finding) => new(
        finding.Rule.Id, finding.Severity == CheckSeverity.Error ? "error" : "warning", finding.File ?? file.File,
        finding.Line == 0 ? null : finding.Line, finding.Column == 0 ? null : finding.Column, finding.Message, finding.Instead,
        finding.AwsError, finding.SourceLine,
        finding.GeneratedLine == 0 ? null : finding.GeneratedLine, finding.GeneratedColumn == 0 ? null : finding.GeneratedColumn);
}

internal sealed record CheckJson(int Errors, int Warnings, IReadOnlyList<CheckFileJson> Files);

internal sealed record CheckFileJson(
    string File, string Runtime, int Errors, int Warnings, IReadOnlyList<CheckFindingJson> Findings, IReadOnlyList<CheckEventJson> Events,
    IReadOnlyList<string> Notes);

internal sealed record CheckFindingJson(
    string Rule, string Severity, string File, int? Line, int? Column, string Message, string? Instead, string? AwsError,
    string? SourceLine, int? GeneratedLine, int? GeneratedColumn);

internal sealed record CheckEventJson(string File, int ComputeUtilization, string ErrorMessage);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckJson))]
[JsonSerializable(typeof(SarifLog))]
internal sealed partial class CheckJsonContext : JsonSerializerContext
{
    /// <summary>The texts hold code, which could not be read with every quote as \u0022.</summary>
    public static CheckJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
