using System.Text.RegularExpressions;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>
/// The rows of tests/conformance/*.txt. Its README says how they are written.
/// </summary>
internal static partial class Corpus
{
    private const string ValueMark = " //=>";
    private const string ErrorMark = " //!!";

    private static readonly Lazy<string> ShowText = new(() => File.ReadAllText(Path.Combine(Folder, "show.js")));

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Repository.Root;

    /// <summary>tests/conformance.</summary>
    public static string Folder => Path.Combine(Root, "tests", "conformance");

    /// <summary>The script that shows values.</summary>
    public static string Show => ShowText.Value;

    /// <summary>The names of the files, in the order of the spec's sections.</summary>
    public static IEnumerable<string> Files() => Directory.EnumerateFiles(Folder, "*.txt").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    /// <summary>All rows of a file.</summary>
    /// <exception cref="FormatException">A line is neither a header, nor a comment, nor a row.</exception>
    public static List<CorpusRow> Read(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Folder, file));
        var rows = new List<CorpusRow>();
        var group = "";
        Runtime[] runtimes = [];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("## ", StringComparison.Ordinal) || string.IsNullOrWhiteSpace(line))
                continue;
            if (line.StartsWith('#'))
            {
                (group, runtimes) = Header(file, i, line);
                continue;
            }
            if (group.Length == 0)
                throw new FormatException($"{file}:{i + 1}: a row needs a header above it: # section rule [2.0 1.0]");
            if (BlockStart().Match(line) is { Success: true } start)
            {
                var first = i++;
                while (i < lines.Length && !BlockEnd().IsMatch(lines[i]))
                    i++;
                if (i == lines.Length)
                    throw new FormatException($"{file}:{first + 1}: the block has no end: a line }} {ValueMark} value");
                var (_, expected) = Split(file, i, lines[i]);
                rows.Add(new CorpusRow(file, first + 1, group, runtimes, KindOf(start.Groups[1].Value), string.Join('\n', lines[(first + 1)..i]), expected));
                continue;
            }
            var (text, result) = Split(file, i, line);
            rows.Add(Braces().Match(text) is { Success: true } braces
                ? new CorpusRow(file, i + 1, group, runtimes, KindOf(braces.Groups[1].Value), braces.Groups[2].Value, result)
                : new CorpusRow(file, i + 1, group, runtimes, RowKind.Expression, text, result));
        }
        return rows;
    }

    private static (string Group, Runtime[] Runtimes) Header(string file, int index, string line)
    {
        var header = HeaderLine().Match(line);
        if (!header.Success)
            throw new FormatException($"{file}:{index + 1}: a header reads: # section rule [2.0 1.0]");
        var runtimes = header.Groups[2].Value.Split(' ').Select(name => name switch
        {
            "2.0" => Runtime.CloudFrontJs20,
            "1.0" => Runtime.CloudFrontJs10,
            _ => throw new FormatException($"{file}:{index + 1}: '{name}' is no runtime; they are 2.0 and 1.0"),
        });
        return (header.Groups[1].Value, [.. runtimes]);
    }

    private static (string Text, string Expected) Split(string file, int index, string line)
    {
        var value = line.LastIndexOf(ValueMark, StringComparison.Ordinal);
        var error = line.LastIndexOf(ErrorMark, StringComparison.Ordinal);
        if (value < 0 && error < 0)
            throw new FormatException($"{file}:{index + 1}: a row ends with{ValueMark} value or{ErrorMark} error");
        return value > error
            ? (line[..value], line[(value + ValueMark.Length)..].TrimStart(' '))
            : (line[..error], "!!" + line[(error + ErrorMark.Length)..]);
    }

    private static RowKind KindOf(string word) => word.TrimEnd() switch
    {
        "async" => RowKind.Async,
        "script" => RowKind.Script,
        "log" => RowKind.Log,
        _ => RowKind.Body,
    };

    [GeneratedRegex(@"^# (\d\S* .*?) ?\[([^\]]+)\]$")]
    private static partial Regex HeaderLine();

    [GeneratedRegex(@"^(async |script |log )?\{$")]
    private static partial Regex BlockStart();

    [GeneratedRegex(@"^\} //(=>|!!)")]
    private static partial Regex BlockEnd();

    [GeneratedRegex(@"^(async |script |log )?\{ (.*) \}$")]
    private static partial Regex Braces();
}
