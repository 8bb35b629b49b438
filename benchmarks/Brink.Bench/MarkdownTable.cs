using System.Text;

namespace Brink.Bench;

/// <summary>A table for a terminal and for docs/performance.md alike.</summary>
internal sealed class MarkdownTable(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, columns);
        Append(text, [.. columns.Select((_, i) => i == 0 ? "---" : "---:")]);
        foreach (var row in _rows)
            Append(text, row);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
