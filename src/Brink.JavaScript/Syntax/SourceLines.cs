namespace Brink.JavaScript.Syntax;

/// <summary>Lines of a source, as messages quote them: what ends a line is what the lexer counts as an end.</summary>
public static class SourceLines
{
    private static readonly System.Buffers.SearchValues<char> LineEnds = System.Buffers.SearchValues.Create("\n\r\u2028\u2029");

    /// <summary>A line, from 1, without its end; null if there is none.</summary>
    public static string? LineOf(string text, int line)
    {
        var rest = text.AsSpan();
        for (var i = 1; ; i++)
        {
            var end = rest.IndexOfAny(LineEnds);
            if (i == line)
                return (end < 0 ? rest : rest[..end]).ToString();
            if (end < 0 || line < 1)
                return null;
            rest = rest[(end + (rest[end] == '\r' && end + 1 < rest.Length && rest[end + 1] == '\n' ? 2 : 1))..];
        }
    }
}
