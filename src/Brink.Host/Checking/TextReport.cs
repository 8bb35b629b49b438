using System.Globalization;
using System.Text;
using Brink.Checking;

namespace Brink.Host.Checking;

/// <summary>For people: <c>file:line:column: error rule: message</c>, the line with a caret, what to write instead.</summary>
internal static class TextReport
{
    private const int MaxLineShown = 160;

    public static string Write(IReadOnlyList<FileReport> files)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            foreach (var finding in file.Findings)
                Append(text, file.File, finding);
            foreach (var run in file.Events)
                text.Append(CultureInfo.InvariantCulture, $"{file.File}: {run.File}: compute utilization {run.ComputeUtilization}").Append(run.ErrorMessage.Length > 0 ? ", failed" : "").Append('\n');
            foreach (var note in file.Notes)
                text.Append(file.File).Append(": note: ").Append(note).Append('\n');
            text.Append(file.File).Append(": ").Append(SummaryOf(file)).Append('\n');
        }
        return Safe(text);
    }

    private static void Append(StringBuilder text, string functionFile, CheckFinding finding)
    {
        text.Append(finding.File ?? functionFile);
        if (finding.Line > 0)
            text.Append(CultureInfo.InvariantCulture, $":{finding.Line}:{finding.Column}");
        if (finding.GeneratedLine > 0)
            text.Append(CultureInfo.InvariantCulture, $" ({functionFile}:{finding.GeneratedLine}:{finding.GeneratedColumn})");
        text.Append(finding.Severity == CheckSeverity.Error ? ": error " : ": warning ").Append(finding.Rule.Id).Append(": ").Append(finding.Message).Append('\n');
        if (finding.SourceLine is { } line && finding.Column > 0)
            AppendSource(text, line, finding.Column);
        if (finding.Instead is { } instead)
            text.Append("  write instead: ").Append(instead).Append('\n');
        if (finding.AwsError is { } aws)
            text.Append("  AWS says: ").Append(aws).Append('\n');
        AppendStack(text, finding.Detail);
    }

    /// <summary>The calls under way, out of the developer's text of an error.</summary>
    private static void AppendStack(StringBuilder text, string? detail)
    {
        foreach (var line in (detail ?? "").Split('\n'))
        {
            if (line.StartsWith("    at ", StringComparison.Ordinal) || line.TrimStart().StartsWith("write instead: ", StringComparison.Ordinal))
                text.Append("  ").Append(line.TrimStart()).Append('\n');
        }
    }

    private static void AppendSource(StringBuilder text, string line, int column)
    {
        var start = Math.Max(0, Math.Min(column - 1, line.Length) - MaxLineShown / 2);
        var shown = line.AsSpan(start, Math.Min(MaxLineShown, line.Length - start)).TrimEnd();
        text.Append("    ").Append(shown).Append("\n    ");
        foreach (var c in shown[..Math.Min(shown.Length, Math.Max(0, column - 1 - start))])
            text.Append(c == '\t' ? '\t' : ' ');
        text.Append("^\n");
    }

    private static string SummaryOf(FileReport file)
    {
        if (file.Findings.Count == 0)
            return $"nothing found ({file.Runtime})";
        return string.Create(CultureInfo.InvariantCulture, $"{Count(file.Errors, "error")}, {Count(file.Warnings, "warning")} ({file.Runtime})");
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    /// <summary>Control characters of a script never reach the terminal.</summary>
    private static string Safe(StringBuilder text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\t'))
                text[i] = '\uFFFD';
        }
        return text.ToString();
    }
}
