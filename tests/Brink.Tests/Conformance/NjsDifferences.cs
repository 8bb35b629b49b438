namespace Brink.Tests.Conformance;

/// <summary>
/// tests/conformance/njs-*.tsv: the rows on which an njs answers otherwise. A line <c># reason</c> opens a group; a row is
/// <c>file TAB script TAB answer of njs</c>, line ends of the script written as <c>\n</c>.
/// </summary>
internal sealed class NjsDifferences
{
    private readonly Dictionary<(string File, string Script), (string Answer, string Reason)> _known = [];

    public static NjsDifferences Read(string fileName)
    {
        var differences = new NjsDifferences();
        var reason = "";
        foreach (var line in File.ReadAllLines(Path.Combine(Corpus.Folder, fileName)))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                continue;
            if (line.StartsWith("# ", StringComparison.Ordinal))
                reason = line[2..];
            else if (line.Split('\t') is [var file, var script, var answer])
                differences._known[(file, script)] = (answer, reason);
        }
        return differences;
    }

    /// <summary>Whether that answer to that row is explained.</summary>
    public bool Explains(CorpusRow row, string answer) => _known.TryGetValue(Key(row), out var known) && known.Answer == answer;

    /// <summary>Whether the row stands among them.</summary>
    public bool AreAbout(CorpusRow row) => _known.ContainsKey(Key(row));

    /// <summary>The groups and how many of the rows each has, as a table.</summary>
    public string Table()
    {
        var groups = _known.Values.GroupBy(value => value.Reason).Select(group => $"| {group.Key.Replace("|", "\\|", StringComparison.Ordinal)} | {group.Count()} |\n");
        return "| reason | rows |\n| --- | ---: |\n" + string.Concat(groups);
    }

    /// <summary>The line for a difference.</summary>
    public static string Line(CorpusRow row, string answer) => $"{Key(row).File}\t{Key(row).Script}\t{answer}";

    private static (string File, string Script) Key(CorpusRow row) => (row.File, row.Text.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", " ", StringComparison.Ordinal));
}
