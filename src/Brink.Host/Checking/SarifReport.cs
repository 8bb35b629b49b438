using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Checking;

namespace Brink.Host.Checking;

/// <summary>
/// SARIF 2.1.0 for code scanning: every rule of the tool, and a result for each finding with its region and the advice in its message.
/// </summary>
internal static class SarifReport
{
    private const string Schema = "https://json.schemastore.org/sarif-2.1.0.json";

    public static string Write(IReadOnlyList<FileReport> files)
    {
        var results = files.SelectMany(file => file.Findings.Select(finding => ResultOf(file, finding)));
        var log = new SarifLog(Schema, "2.1.0", [new SarifRun(new SarifTool(Driver()), "utf16CodeUnits", [.. results])]);
        return JsonSerializer.Serialize(log, CheckJsonContext.Readable.SarifLog) + "\n";
    }

    private static SarifDriver Driver() => new(
        "brink function check", typeof(SarifReport).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
        [.. CheckRules.All.Select(rule => new SarifRule(
            rule.Id, new SarifText(rule.Title), new SarifText(rule.Help), new SarifText($"{rule.Title}. {rule.Help}")))]);

    private static SarifResult ResultOf(FileReport file, CheckFinding finding)
    {
        var message = new StringBuilder(finding.Message);
        if (finding.Instead is { } instead)
            message.Append("\nWrite instead: ").Append(instead);
        if (finding.AwsError is { } aws)
            message.Append("\nAWS says: ").Append(aws);
        var index = 0;
        while (CheckRules.All[index].Id != finding.Rule.Id)
            index++;
        // A source map may name a file outside of the repository; code scanning has the file that was checked.
        var (line, column) = finding.GeneratedLine > 0 ? (finding.GeneratedLine, finding.GeneratedColumn) : (finding.Line, finding.Column);
        if (finding.GeneratedLine > 0)
            message.Append(System.Globalization.CultureInfo.InvariantCulture, $"\nFrom {finding.File}:{finding.Line}:{finding.Column}");
        var region = new SarifRegion(
            Math.Max(1, line), Math.Max(1, column), finding is { SourceLine: { } text, GeneratedLine: 0 } ? new SarifText(text) : null);
        return new SarifResult(
            finding.Rule.Id, index, finding.Severity == CheckSeverity.Error ? "error" : "warning", new SarifText(message.ToString()),
            [new SarifLocation(new SarifPhysicalLocation(new SarifArtifactLocation(UriOf(file.File)), region))],
            new SarifFingerprints(FingerprintOf(finding)));
    }

    /// <summary>A relative file stays relative, so that it is found in the repository.</summary>
    private static string UriOf(string file)
    {
        if (Path.IsPathRooted(file))
            return new Uri(file).AbsoluteUri;
        var segments = file.Replace('\\', '/').Split('/').Where(segment => segment is not ("." or ""));
        return string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    /// <summary>The same finding in the same line of code is the same alert, even when the line has moved.</summary>
    private static string FingerprintOf(CheckFinding finding)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Rule.Id}\n{finding.Message}\n{finding.SourceLine?.Trim()}"));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8)) + ":1";
    }
}

internal sealed record SarifLog([property: JsonPropertyName("$schema")] string Schema, string Version, IReadOnlyList<SarifRun> Runs);

internal sealed record SarifRun(SarifTool Tool, string ColumnKind, IReadOnlyList<SarifResult> Results);

internal sealed record SarifTool(SarifDriver Driver);

internal sealed record SarifDriver(string Name, string SemanticVersion, IReadOnlyList<SarifRule> Rules);

internal sealed record SarifRule(string Id, SarifText ShortDescription, SarifText FullDescription, SarifText Help);

internal sealed record SarifText(string Text);

internal sealed record SarifResult(
    string RuleId, int RuleIndex, string Level, SarifText Message, IReadOnlyList<SarifLocation> Locations,
    SarifFingerprints PartialFingerprints);

internal sealed record SarifLocation(SarifPhysicalLocation PhysicalLocation);

internal sealed record SarifPhysicalLocation(SarifArtifactLocation ArtifactLocation, SarifRegion Region);

internal sealed record SarifArtifactLocation(string Uri);

internal sealed record SarifRegion(int StartLine, int StartColumn, SarifText? Snippet);

internal sealed record SarifFingerprints(string PrimaryLocationLineHash);
