using Brink.Checking;

namespace Brink.Host.Checking;

/// <summary>The result of checking one file.</summary>
/// <param name="File">As named on the command line.</param>
/// <param name="Runtime">The dialect it was checked for.</param>
/// <param name="Findings">In the order of the code, those of the events last.</param>
/// <param name="Events">One for each event that was given and could be run.</param>
/// <param name="Notes">What else is worth knowing.</param>
internal sealed record FileReport(
    string File, string Runtime, IReadOnlyList<CheckFinding> Findings, IReadOnlyList<EventReport> Events, IReadOnlyList<string> Notes)
{
    public int Errors => Findings.Count(finding => finding.Severity == CheckSeverity.Error);

    public int Warnings => Findings.Count - Errors;
}

/// <summary>One run on one event.</summary>
/// <param name="File">The event's file.</param>
/// <param name="ComputeUtilization">Percent of the compute budget.</param>
/// <param name="ErrorMessage">FunctionErrorMessage; empty if it succeeded.</param>
internal sealed record EventReport(string File, int ComputeUtilization, string ErrorMessage);
