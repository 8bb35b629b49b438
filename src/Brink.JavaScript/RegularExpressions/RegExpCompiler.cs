using Brink.JavaScript.Values;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>What came of compiling a pattern.</summary>
internal abstract record RegExpCompileOutcome
{
    private RegExpCompileOutcome() { }

    public sealed record Compiled(RegExpProgram Program) : RegExpCompileOutcome;

    /// <summary>A SyntaxError with this message (without the class).</summary>
    public sealed record Refused(string Message) : RegExpCompileOutcome;
}

/// <summary>The door to regular expressions: text to program. Throws nothing, keeps nothing.</summary>
internal static class RegExpCompiler
{
    public static RegExpCompileOutcome Compile(in TextView pattern, string flags, Runtime runtime)
    {
        if (!TryReadFlags(flags, runtime, out var parsed))
            return new RegExpCompileOutcome.Refused(InvalidFlags(flags));
        if (pattern.Length > PatternParser.MaxPatternLength)
            return new RegExpCompileOutcome.Refused(Failed(pattern.Slice(0, 64), "regular expression is too large", pattern.Length));
        var parser = new PatternParser(pattern, parsed);
        return parser.Parse() is { } tree
            ? new RegExpCompileOutcome.Compiled(new ProgramEmitter(parser, parsed).Emit(tree))
            : new RegExpCompileOutcome.Refused(Failed(pattern, parser.Problem!, parser.ProblemAt));
    }

    /// <summary>g, i, m in any order, each at most once; y in 2.0 (functions spec 5.2).</summary>
    public static bool TryReadFlags(string flags, Runtime runtime, out RegExpFlags parsed)
    {
        parsed = RegExpFlags.None;
        foreach (var c in flags)
        {
            var flag = c switch
            {
                'g' => RegExpFlags.Global,
                'i' => RegExpFlags.IgnoreCase,
                'm' => RegExpFlags.Multiline,
                'y' when runtime == Runtime.CloudFrontJs20 => RegExpFlags.Sticky,
                _ => RegExpFlags.None,
            };
            if (flag == RegExpFlags.None || (parsed & flag) != 0)
                return false;
            parsed |= flag;
        }
        return true;
    }

    public static string InvalidFlags(string flags) => $"Invalid RegExp flags \"{flags}\"";

    /// <summary>The engine's words about a pattern: they name its library.</summary>
    private static string Failed(in TextView pattern, string problem, int position)
    {
        var start = Math.Min(position, pattern.Length);
        return $"pcre_compile2(\"{pattern.ToString()}\") failed: {problem} at \"{pattern.Slice(start, pattern.Length - start).ToString()}\"";
    }
}
