using System.Text;
using Brink.JavaScript;

namespace Brink.Functions.JavaScript;

/// <summary>An error for the developer's eyes: where, the line with a caret under the place, the calls under way, what to write instead.</summary>
internal static class ErrorDetail
{
    private const int MaxLineShown = 200;
    private const int MaxStackShown = 10;

    public static string For(ScriptError error, string fileName)
    {
        var text = new StringBuilder();
        text.Append(fileName);
        if (error.Line > 0)
            text.Append(':').Append(error.Line).Append(':').Append(error.Column);
        text.Append(": ").Append(error.Text);
        if (error.SourceLine is { } line && error.Column > 0)
            AppendSource(text, line, error.Column);
        foreach (var frame in error.Stack.Take(MaxStackShown))
            text.Append("\n    at ").Append(frame);
        if (error.Rewrite is { } rewrite)
            text.Append("\n  write instead: ").Append(rewrite);
        return text.ToString();
    }

    private static void AppendSource(StringBuilder text, string line, int column)
    {
        var start = Math.Max(0, Math.Min(column - 1, line.Length) - MaxLineShown / 2);
        var shown = line.AsSpan(start, Math.Min(MaxLineShown, line.Length - start));
        text.Append("\n  ").Append(shown).Append("\n  ");

        // Tabs stay tabs, so that the caret stands under the place whatever their width.
        foreach (var c in shown[..Math.Min(shown.Length, column - 1 - start)])
            text.Append(c == '\t' ? '\t' : ' ');
        text.Append('^');
    }
}
