using System.Globalization;
using System.Text;
using Brink.Checking;
using Brink.Host.CommandLine;

namespace Brink.Host.Checking;

/// <summary>For people: <c>file:line:column: error rule: message</c>, the line with a caret, what to write instead.</summary>
internal static class TextReport
{
    private const int MaxLineShown = 160;

    public static string Write(IReadOnlyList<FileReport> files) => Write(files, Colors.OfOutput);

    public static string Write(IReadOnlyList<FileReport> files, Colors colors)
    {
        var text = new StringBuilder();
        foreach (var file in files)
        {
            foreach (var finding in file.Findings)
                Append(text, file.File, finding, colors);
            foreach (var run in file.Events)
                text.Append(Safe(file.File))
                    .Append(": ").Append(Safe(run.File))
                    .Append(CultureInfo.InvariantCulture, $": compute utilization {run.ComputeUtilization}")
                    .Append(run.ErrorMessage.Length > 0 ? ", failed" : "").Append('\n');
            foreach (var note in file.Notes)
                text.Append(Safe(file.File)).Append(": note: ").Append(Safe(note)).Append('\n');
            text.Append(Safe(file.File)).Append(": ").Append(SummaryOf(file, colors)).Append('\n');
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, string functionFile, CheckFinding finding, Colors colors)
    {
        var isError = finding.Severity == CheckSeverity.Error;
        var place = finding.File ?? functionFile;
        if (finding.Line > 0)
            place += string.Create(CultureInfo.InvariantCulture, $":{finding.Line}:{finding.Column}");
        text.Append(colors.Bold(Safe(place)));
        if (finding.GeneratedLine > 0)
            text.Append(CultureInfo.InvariantCulture, $" ({Safe(functionFile)}:{finding.GeneratedLine}:{finding.GeneratedColumn})");
        text.Append(": ")
            .Append(isError ? colors.Red("error") : colors.Yellow("warning")).Append(' ').Append(finding.Rule.Id).Append(": ")
            .Append(OneLine(finding.Message)).Append('\n');
        if (finding.SourceLine is { } line && finding.Column > 0)
            AppendSource(text, line, finding.Column, isError ? colors.Red("^") : colors.Yellow("^"));
        if (finding.Instead is { } instead)
            text.Append("  write instead: ").Append(colors.Green(Safe(instead))).Append('\n');
        if (finding.AwsError is { } aws)
            text.Append("  AWS says: ").Append(OneLine(aws)).Append('\n');
        AppendStack(text, finding.Detail);
    }

    /// <summary>The stack of calls, from the detail of an error.</summary>
    private static void AppendStack(StringBuilder text, string? detail)
    {
        foreach (var line in (detail ?? "").Split('\n'))
        {
            if (line.StartsWith("    at ", StringComparison.Ordinal)
                || line.TrimStart().StartsWith("write instead: ", StringComparison.Ordinal))
                text.Append("  ").Append(Safe(line.TrimStart())).Append('\n');
        }
    }

    private static void AppendSource(StringBuilder text, string line, int column, string caret)
    {
        var start = Math.Max(0, Math.Min(column - 1, line.Length) - MaxLineShown / 2);
        var shown = line.AsSpan(start, Math.Min(MaxLineShown, line.Length - start)).TrimEnd();
        text.Append("    ").Append(Safe(shown.ToString())).Append("\n    ");
        foreach (var c in shown[..Math.Min(shown.Length, Math.Max(0, column - 1 - start))])
            text.Append(c == '\t' ? '\t' : ' ');
        text.Append(caret).Append('\n');
    }

    /// <summary>How many errors and warnings, in a few words.</summary>
    public static string SummaryOf(FileReport file, Colors colors)
    {
        if (file.Findings.Count == 0)
            return colors.Green("nothing found") + $" ({file.Runtime})";
        var counts = $"{Count(file.Errors, "error")}, {Count(file.Warnings, "warning")}";
        return $"{(file.Errors > 0 ? colors.Red(counts) : colors.Yellow(counts))} ({file.Runtime})";
    }

    private static string Count(int number, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {what}{(number == 1 ? "" : "s")}");

    /// <summary>The same for a message that quotes a script: a line end in it does not end the line.</summary>
    private static string OneLine(string text) =>
        SafeText.Of(text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal));

    /// <summary>Control characters of a script never reach the terminal; its lines stay lines.</summary>
    private static string Safe(string text) => string.Join('\n', text.Split('\n').Select(line => SafeText.Of(line)));
}
