using System.Text;
using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.RegularExpressions;

/// <summary>Compiles, searches once and writes down what came of it: <c>3:["abc","b",null]</c>, <c>null</c>, or the error.</summary>
internal static class RegExpProbe
{
    public static string Exec(string pattern, string flags, string subject, int start = 0, Realm? realm = null)
    {
        realm ??= TestRealm.New(steps: 10_000_000);
        if (Compile(pattern, flags) is not RegExpCompileOutcome.Compiled { Program: var program })
            return "SyntaxError: " + ((RegExpCompileOutcome.Refused)Compile(pattern, flags)).Message;
        var text = realm.NewText(subject);
        var slots = new int[program.SlotCount];
        switch (Matcher.Search(realm, realm.MatchStack, program, text.View, start, slots))
        {
            case MatchOutcome.NoMatch:
                return "null";
            case MatchOutcome.LimitExceeded:
                return "limit";
        }
        var result = new StringBuilder().Append(slots[0]).Append(":[");
        for (var i = 0; i < program.GroupCount; i++)
        {
            result.Append(i == 0 ? "" : ",");
            result.Append(slots[2 * i] < 0
                ? "null"
                : Quote(text.View.Slice(slots[2 * i], slots[2 * i + 1] - slots[2 * i]).ToString()));
        }
        return result.Append(']').ToString();
    }

    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            result.Append(c switch
            {
                '"' or '\\' => "\\" + c,
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }
        return result.Append('"').ToString();
    }

    public static RegExpCompileOutcome Compile(string pattern, string flags, Runtime runtime = Runtime.CloudFrontJs20) =>
        RegExpCompiler.Compile(TextFacts.Permanent(pattern).View, flags, runtime);
}
