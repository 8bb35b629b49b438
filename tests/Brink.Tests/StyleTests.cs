using System.Text.RegularExpressions;

namespace Brink.Tests;

/// <summary>Rules for the text of the source that no compiler knows. A violation fails with file, line and rule, all of them at once.</summary>
public partial class StyleTests
{
    private const int LongestLine = 140;

    /// <summary>Lines that quote another text: file below src, a part of the line, whose text it is.</summary>
    private static readonly (string File, string Part, string Reason)[] Quotations = [];

    private static readonly (Func<string, string, bool> IsBroken, string Rule)[] Rules =
    [
        ((line, _) => line.Length > LongestLine, $"a line has at most {LongestLine} columns"),
        ((line, _) => Person().IsMatch(line), "states and machines are things: name the thing, not somebody or nobody"),
        (
            (line, next) => NumberedTier().Match($"{line} {next.TrimStart(' ', '/')}") is { Success: true } match && match.Index < line.Length,
            "AWS's words are CloudFront Functions and Lambda@Edge, not tier 1 and tier 2"),
    ];

    [Fact]
    public void Source_KeepsTheRules()
    {
        var violations = Sources().SelectMany(ViolationsIn).ToList();
        Assert.True(violations.Count == 0, $"{violations.Count} violations:\n{string.Join('\n', violations)}");
    }

    /// <summary>A quotation that is no longer there would hide the next violation.</summary>
    [Fact]
    public void Quotations_AreThere()
    {
        foreach (var (file, part, _) in Quotations)
            Assert.Contains(part, File.ReadAllText(PathTo("src", file)), StringComparison.Ordinal);
    }

    /// <summary>The glossary says where each word lives.</summary>
    [Fact]
    public void Glossary_NamesFilesAndFoldersThatExist()
    {
        var glossary = File.ReadAllText(PathTo("docs", "glossary.md"));
        var missing = SourcePath().Matches(glossary).Select(match => match.Groups[1].Value)
            .Where(path => !Path.Exists(PathTo("src", path))).ToList();
        Assert.True(missing.Count == 0, $"docs/glossary.md names what is not below src:\n{string.Join('\n', missing)}");
    }

    private static string PathTo(params string[] parts) => Path.Combine([Repository.Root, .. parts]);

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(PathTo("src"), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static IEnumerable<string> ViolationsIn(string path)
    {
        var file = Path.GetRelativePath(PathTo("src"), path);
        var lines = File.ReadAllLines(path);
        for (var at = 0; at < lines.Length; at++)
        {
            var (line, next) = (lines[at], at + 1 < lines.Length ? lines[at + 1] : "");
            if (Quotations.Any(quotation => quotation.File == file && line.Contains(quotation.Part, StringComparison.Ordinal)))
                continue;
            foreach (var (isBroken, rule) in Rules)
            {
                if (isBroken(line, next))
                    yield return $"src/{file}:{at + 1}: {rule}: {line.Trim()}";
            }
        }
    }

    [GeneratedRegex(@"\b([Nn]obody|([Ss]ome|[Aa]ny|[Ee]very)(body|one)|[Ww]ho(m|se)?ever)\b")]
    private static partial Regex Person();

    [GeneratedRegex(@"\btiers?[- ](1|2|one|two)\b", RegexOptions.IgnoreCase)]
    private static partial Regex NumberedTier();

    [GeneratedRegex(@"`(Brink[A-Za-z.]*/[\w./]*)`")]
    private static partial Regex SourcePath();
}
