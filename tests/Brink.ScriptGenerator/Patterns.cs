using System.Text;

namespace Brink.ScriptGenerator;

/// <summary>Regular expressions of the dialect: small ones, nested a little, seldom catastrophic.</summary>
public static class Patterns
{
    private static readonly string[] Atoms = ["a", "b", "c", "x", "1", "é", "=", "&", ",", ".", "\\d", "\\w", "\\s", "\\W", "[abc]", "[^a]", "[a-z]", "[\\d_-]", "%", "\\.", "\\n", "\\u0061", "\\x62", " "];
    private static readonly string[] Quantifiers = ["*", "+", "?", "{2}", "{1,3}", "{0,}", "*?", "+?", "??"];
    private static readonly string[] Assertions = ["^", "$", "\\b", "\\B"];

    /// <summary>A literal, delimiters and flags included.</summary>
    public static string Literal(Randomness random, ScriptSettings settings) => $"/{Pattern(random, settings.IsPortable)}/{Flags(random, settings.IsRuntime20)}";

    /// <summary>The text between the slashes.</summary>
    public static string Pattern(Randomness random, bool isPortable)
    {
        var text = new StringBuilder();
        var groups = 0;
        Alternatives(text, random, isPortable, 2, ref groups);
        return text.ToString();
    }

    /// <summary>Any of the flags that the runtime has.</summary>
    public static string Flags(Randomness random, bool isRuntime20)
    {
        var flags = (random.OneIn(2) ? "g" : "") + (random.OneIn(4) ? "i" : "") + (random.OneIn(6) ? "m" : "");
        return isRuntime20 && random.OneIn(10) ? flags + "y" : flags;
    }

    private static void Alternatives(StringBuilder text, Randomness random, bool isPortable, int depth, ref int groups)
    {
        Sequence(text, random, isPortable, depth, ref groups);
        while (random.OneIn(4))
        {
            text.Append('|');
            Sequence(text, random, isPortable, depth, ref groups);
        }
    }

    private static void Sequence(StringBuilder text, Randomness random, bool isPortable, int depth, ref int groups)
    {
        for (var terms = 1 + random.Next(3); terms > 0; terms--)
        {
            var choice = random.Next(12);
            if (choice == 0)
            {
                text.Append(random.Pick(Assertions));
                continue;
            }
            if (choice <= 3 && depth > 0)
            {
                var opening = random.Next(isPortable ? 3 : 7) switch { 0 => "(?:", 1 or 2 => "(", 3 => "(?=", 4 => "(?!", 5 => "(?<=", _ => $"(?<g{groups}>" };
                if (opening == "(" || opening.StartsWith("(?<g", StringComparison.Ordinal))
                    groups++;
                text.Append(opening);
                if (opening == "(?<=")                  // of one length only: the dialect asks for it
                {
                    text.Append(random.Pick(Atoms)).Append(')');
                    continue;
                }
                Alternatives(text, random, isPortable, depth - 1, ref groups);
                text.Append(')');
                if (opening is "(?=" or "(?!")
                    continue;
            }
            else if (choice == 4 && groups > 0 && !isPortable)
            {
                text.Append('\\').Append(1 + random.Next(Math.Min(groups, 9))).Append("(?:)");
            }
            else
            {
                text.Append(random.Pick(Atoms));
            }
            if (random.OneIn(3))
                text.Append(random.Pick(Quantifiers));
        }
    }
}
