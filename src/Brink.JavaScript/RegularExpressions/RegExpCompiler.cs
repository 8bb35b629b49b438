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
            return new RegExpCompileOutcome.Refused(
                Failed(pattern.Slice(0, 64), "regular expression is too large", pattern.Length, runtime));
        if (pattern.IsBytes)
            parsed |= RegExpFlags.Bytes;
        var parser = new PatternParser(pattern, parsed, runtime);
        return parser.Parse() is { } tree
            ? new RegExpCompileOutcome.Compiled(new ProgramEmitter(parser, parsed).Emit(tree))
            : new RegExpCompileOutcome.Refused(Failed(pattern, parser.Problem!, parser.ProblemAt, runtime));
    }

    /// <summary>
    /// The program of a pattern's UTF-8, for byte strings; null where that is no pattern. It captures into the places of the other.
    /// </summary>
    public static RegExpProgram? CompileForBytes(RegExpProgram program)
    {
        var view = new TextView(program.Pattern);
        var bytes = new int[TextBytes.LengthOf(view)];
        TextBytes.Widen(view, bytes);
        var flags = program.Flags | RegExpFlags.Bytes;
        // Only runtime 1.0 has byte strings.
        var parser = new PatternParser(new TextView(bytes), flags, Runtime.CloudFrontJs10);
        var compiled = parser.Parse() is { } tree ? new ProgramEmitter(parser, flags).Emit(tree) : null;
        return compiled is not null && compiled.SlotCount <= program.SlotCount ? compiled : null;
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

    /// <summary>The engine's words about a pattern: they name its library, which was an older one in 1.0.</summary>
    private static string Failed(in TextView pattern, string problem, int position, Runtime runtime)
    {
        var start = Math.Min(position, pattern.Length);
        if (runtime == Runtime.CloudFrontJs10)
        {
            var place = start == pattern.Length ? "" : $" at \"{pattern.Slice(start, pattern.Length - start).ToString()}\"";
            return $"pcre_compile(\"{pattern.ToString()}\") failed: {OlderWords(problem)}{place}";
        }
        var rest = pattern.Slice(start, pattern.Length - start);
        return $"pcre_compile2(\"{pattern.ToString()}\") failed: {problem} at \"{rest.ToString()}\"";
    }

    private static string OlderWords(string problem) => problem switch
    {
        "missing closing parenthesis" => "missing )",
        "unmatched closing parenthesis" => "unmatched parentheses",
        "quantifier does not follow a repeatable item" => "nothing to repeat",
        "subpattern name must start with a non-digit" => "group name must start with a non-digit",
        "syntax error in subpattern name (missing terminator?)" => "syntax error in subpattern name (missing terminator)",
        _ => problem,
    };
}
