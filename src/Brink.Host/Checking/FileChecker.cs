using System.Globalization;
using Brink.Checking;
using Brink.Functions.JavaScript;
using Brink.Functions.SourceMaps;
using Brink.Functions.Testing;
using Brink.JavaScript;

namespace Brink.Host.Checking;

/// <summary>Checks one function: looks at its code, and runs it on the events that were given.</summary>
internal sealed class FileChecker(IReadOnlyList<(string File, byte[] Json)> events, FunctionLimits limits, int? maxUtilization)
{
    /// <param name="source">The function.</param>
    /// <param name="isRuntimeGiven">Whether the runtime was named.</param>
    /// <param name="mistake">Why an event cannot be used; null if all can.</param>
    public FileReport? Check(FunctionSource source, bool isRuntimeGiven, out string? mistake)
    {
        mistake = null;
        var file = source.FileName!;
        var findings = FunctionCheck.Run(source).Select(finding => Map(finding, source.SourceMap)).ToList();
        var notes = new List<string>();
        if (!isRuntimeGiven && findings.Exists(IsError))
            AddOtherRuntime(source, notes);
        var reports = new List<EventReport>();
        if (events.Count > 0 && source.Check() is not null)
            notes.Add("the events were not run: this cannot be a function");
        else if (events.Count > 0 && !Run(source, findings, reports, out mistake))
            return null;
        return new FileReport(file, source.Runtime.ToName(), findings, reports, notes);
    }

    private static bool IsError(CheckFinding finding) => finding.Severity == CheckSeverity.Error;

    private static void AddOtherRuntime(FunctionSource source, List<string> notes)
    {
        if (!FunctionCheck.Run(source with { Runtime = Runtime.CloudFrontJs10, SourceMap = null }).Any(IsError))
            notes.Add("no errors with --runtime cloudfront-js-1.0");
    }

    /// <summary>The place in the original, where a source map has it.</summary>
    private static CheckFinding Map(CheckFinding finding, SourceMap? map) =>
        finding.Line > 0 && map?.Find(finding.Line, finding.Column) is { } original
        ? finding with
        {
            File = original.File, Line = original.Line, Column = original.Column, SourceLine = original.SourceLine,
            GeneratedLine = finding.Line, GeneratedColumn = finding.Column,
        }
        : finding;

    // ---------------------------------------------------------------- events

    private bool Run(FunctionSource source, List<CheckFinding> findings, List<EventReport> reports, out string? mistake)
    {
        mistake = null;
        var function = JavaScriptFunction.Compile(source, limits, TimeProvider.System);
        foreach (var (file, json) in events)
        {
            switch (FunctionTestRunner.Test(function, json, DateTimeOffset.UnixEpoch))
            {
                case TestOutcome.InvalidArgument(var message):
                    mistake = $"{file}: {message}";
                    return false;
                case TestOutcome.Tested(var result):
                    var utilization = int.Parse(result.ComputeUtilization, CultureInfo.InvariantCulture);
                    reports.Add(new EventReport(file, utilization, result.FunctionErrorMessage));
                    // Code that does not compile fails on every event, and has its finding already.
                    if (!result.IsSuccess && function.CompileError is null)
                        findings.Add(Failed(file, result));
                    if (maxUtilization is { } most && utilization > most)
                        findings.Add(OverUtilized(file, utilization, most));
                    break;
            }
        }
        return true;
    }

    private static CheckFinding Failed(string file, TestResult result)
    {
        var place = result.ErrorPlace;
        return new CheckFinding(CheckRules.EventFailed, CheckSeverity.Error, place?.Line ?? 0, place?.Column ?? 0, $"fails on {file}")
        {
            AwsError = result.FunctionErrorMessage,
            SourceLine = place?.SourceLine,
            File = place is { GeneratedLine: > 0 } ? place.File : null,
            GeneratedLine = place?.GeneratedLine ?? 0,
            GeneratedColumn = place?.GeneratedColumn ?? 0,
            Detail = result.ErrorDetail,
        };
    }

    private static CheckFinding OverUtilized(string file, int utilization, int most) => new(
        CheckRules.Utilization, CheckSeverity.Error, 0, 0,
        string.Create(CultureInfo.InvariantCulture, $"compute utilization {utilization} on {file}; at most {most} was asked for"));
}
