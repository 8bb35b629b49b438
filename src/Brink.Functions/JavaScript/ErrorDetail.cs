using System.Text;
using Brink.Functions.SourceMaps;
using Brink.JavaScript;

namespace Brink.Functions.JavaScript;

/// <summary>
/// An error for the developer's eyes: where, the line with a caret under the place, the calls under way, what to write instead. Through a
/// source map the place is the original one, and the one in the file that runs stands in parentheses.
/// </summary>
internal static class ErrorDetail
{
    private const int MaxLineShown = 200;
    private const int MaxStackShown = 14;

    public static string For(ScriptError error, string fileName, SourceMap? map)
    {
        var text = new StringBuilder();
        var original = error.Line > 0 ? map?.Find(error.Line, error.Column) : null;
        AppendPlace(text, fileName, error.Line, error.Column, original);
        text.Append(": ").Append(error.Text);
        if (original?.SourceLine is { } originalLine)
            AppendSource(text, originalLine, original.Column);
        else if (original is null && error.SourceLine is { } line && error.Column > 0)
            AppendSource(text, line, error.Column);
        foreach (var frame in error.Stack.Take(MaxStackShown))
            AppendFrame(text, frame, fileName, map);
        if (error.Stack.Count > MaxStackShown)
            text.Append("\n    ...");
        if (error.Rewrite is { } rewrite)
            text.Append("\n  write instead: ").Append(rewrite);
        return text.ToString();
    }

    /// <summary>The place for programs: of the original, where a map knows it.</summary>
    public static ErrorPlace? PlaceOf(ScriptError error, string fileName, SourceMap? map)
    {
        if (error.Line == 0)
            return null;
        return map?.Find(error.Line, error.Column) is { } original
            ? new ErrorPlace(original.File, original.Line, original.Column, original.SourceLine, error.Line, error.Column)
            : new ErrorPlace(fileName, error.Line, error.Column, error.SourceLine, 0, 0);
    }

    private static void AppendFrame(StringBuilder text, ScriptFrame frame, string fileName, SourceMap? map)
    {
        text.Append("\n    at ");
        if (frame.Kind == ScriptFrameKind.Async)
            text.Append("async ");
        text.Append(frame.Name).Append(" (");
        if (frame.Kind == ScriptFrameKind.Native)
            text.Append("native");
        else
            AppendPlace(text, fileName, frame.Line, frame.Column, map?.Find(frame.Line, frame.Column));
        text.Append(')');
    }

    private static void AppendPlace(StringBuilder text, string fileName, int line, int column, OriginalPlace? original)
    {
        if (original is not null)
            text.Append(original.File).Append(':').Append(original.Line).Append(':').Append(original.Column).Append(" (");
        text.Append(fileName);
        if (line > 0)
            text.Append(':').Append(line).Append(':').Append(column);
        if (original is not null)
            text.Append(')');
    }

    /// <summary>A line, a piece of it if it is long, with a caret under a column.</summary>
    public static void AppendSource(StringBuilder text, string line, int column)
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
