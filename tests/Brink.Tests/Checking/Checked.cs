using System.Text;
using Brink.Checking;
using Brink.Functions.JavaScript;
using Brink.JavaScript;

namespace Brink.Tests.Checking;

/// <summary>Checks scripts.</summary>
internal static class Checked
{
    public static IReadOnlyList<CheckFinding> Findings(string code, Runtime runtime = Runtime.CloudFrontJs20) =>
        FunctionCheck.Run(new FunctionSource { Name = "under-test", FileName = "under-test.js", Runtime = runtime, Code = Encoding.UTF8.GetBytes(code) });

    /// <summary>The statements inside of a viewer-request handler; their first line is line 1, and no other place has findings.</summary>
    public static IReadOnlyList<CheckFinding> InHandler(string statements, Runtime runtime = Runtime.CloudFrontJs20) =>
        Findings(statements.Length == 0 ? "" : $"{(runtime == Runtime.CloudFrontJs20 ? "async " : "")}function handler(event) {{ var request = event.request; {statements}\nreturn request; }}", runtime);

    /// <summary>A viewer-response handler.</summary>
    public static IReadOnlyList<CheckFinding> InResponse(string statements) =>
        Findings($"function handler(event) {{ var response = event.response; {statements}\nreturn response; }}");

    /// <summary>As a line: <c>error for-of 1:14: for...of is not supported -> instead</c>.</summary>
    public static string Line(CheckFinding finding) =>
        $"{(finding.Severity == CheckSeverity.Error ? "error" : "warning")} {finding.Rule.Id} {finding.Line}:{finding.Column}: {finding.Message}{(finding.Instead is { } instead ? " -> " + instead : "")}";

    /// <summary>The one finding, without its place.</summary>
    public static string Only(IReadOnlyList<CheckFinding> findings)
    {
        var finding = Assert.Single(findings);
        return $"{(finding.Severity == CheckSeverity.Error ? "error" : "warning")} {finding.Rule.Id}: {finding.Message}{(finding.Instead is { } instead ? " -> " + instead : "")}";
    }
}
