using Brink.Functions.JavaScript;
using Brink.Functions.Modules;
using Brink.JavaScript;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Syntax;

namespace Brink.Checking;

/// <summary>
/// <c>brink function check</c>: what AWS would refuse in a function, or what would fail there, found by looking at the code. Errors are
/// certain; what depends on values that cannot be known is a warning.
/// </summary>
public static class FunctionCheck
{
    private const int NearlyFull = Limits.FunctionBytes * 95 / 100;

    /// <summary>Checks a function.</summary>
    /// <param name="source">Its code and runtime. Whether a store is associated matters too.</param>
    /// <returns>In the order of the code.</returns>
    public static IReadOnlyList<CheckFinding> Run(FunctionSource source)
    {
        var findings = new List<CheckFinding>();
        if (!System.Text.Unicode.Utf8.IsValid(source.Code.Span))
        {
            findings.Add(new CheckFinding(CheckRules.Encoding, CheckSeverity.Error, 0, 0, "the code is not UTF-8 text"));
            return findings;
        }
        CheckSize(source, findings);
        if (source.Code.Length > Limits.FunctionBytes * 100)
            return findings;                                // a file of that size is no function; reading it would only take long
        var text = source.Text();
        findings.AddRange(CheckCode(text, source.Runtime, source.KeyValueStore?.Id));
        return [.. findings.OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)
            .Select(finding => finding with { SourceLine = SourceLines.LineOf(text, finding.Line) })];
    }

    private static void CheckSize(FunctionSource source, List<CheckFinding> findings)
    {
        if (source.Code.Length > Limits.FunctionBytes)
        {
            findings.Add(new CheckFinding(
                CheckRules.Size, CheckSeverity.Error, 0, 0,
                $"the function has {source.Code.Length:N0} bytes; at most {Limits.FunctionBytes:N0} are allowed")
            {
                Instead = "a minified copy, or tables in a key value store",
                AwsError = "FunctionSizeLimitExceeded",
            });
        }
        else if (source.Code.Length > NearlyFull)
        {
            findings.Add(new CheckFinding(
                CheckRules.Size, CheckSeverity.Warning, 0, 0,
                $"the function has {source.Code.Length:N0} bytes of the {Limits.FunctionBytes:N0} that are allowed"));
        }
    }

    private static List<CheckFinding> CheckCode(string text, Runtime runtime, string? storeId)
    {
        var findings = new List<CheckFinding>();
        var strict = Parser.Parse(text, runtime);
        var program = strict.Program;
        IReadOnlyList<(Variable, Expression)> destructured = [];
        if (!strict.IsParsed)
        {
            var lenient = Parser.ParseLeniently(text, runtime);
            (program, destructured) = (lenient.Program, lenient.Destructured);
            AddSyntax(findings, strict.Problem, lenient);
        }
        if (program is null)
            return findings;
        var context = new CheckContext(program, destructured, runtime, storeId);
        BuiltInChecks.Run(context);
        EntryPointChecks.Run(context);
        MessageChecks.Run(context);
        FlowChecks.Run(context);
        // exports.handler = ...: that it is no entry point says it all.
        findings.AddRange(context.Findings.Where(finding => finding.Rule != CheckRules.AbsentGlobal
            || !context.Findings.Exists(
                other => other.Rule == CheckRules.HandlerMissing && other.Line == finding.Line && other.Column == finding.Column)));
        if (findings.TrueForAll(finding => finding.Severity != CheckSeverity.Error))
            AddCompileError(findings, text, runtime);
        return findings;
    }

    private static void AddSyntax(List<CheckFinding> findings, SyntaxProblem first, LenientOutcome lenient)
    {
        foreach (var found in lenient.Found)
        {
            var more = found.More == 0 ? "" : $" ({found.More} more of these follow)";
            findings.Add(new CheckFinding(CheckRules.OfSyntax(found.Rule), CheckSeverity.Error, found.Position.Line, found.Position.Column,
                found.Message + more) { Instead = found.Rewrite });
        }
        if (lenient.Stop is { } stop)
            findings.Add(Plain(stop, lenient.Found.Count == 0 ? "; nothing after this was checked" : "; checking stopped here"));
        else if (findings.Count == 0)
            findings.Add(Plain(first, ""));
        // AWS reports the first problem only, in these words.
        findings[0] = findings[0] with { AwsError = $"{first.Kind}: {first.Message}" };
    }

    private static CheckFinding Plain(SyntaxProblem problem, string more)
    {
        var place = $" in {problem.Position.Line}";
        var message = problem.Message.EndsWith(place, StringComparison.Ordinal) ? problem.Message[..^place.Length] : problem.Message;
        return new CheckFinding(CheckRules.Syntax, CheckSeverity.Error, problem.Position.Line, problem.Position.Column,
            (more.Length > 0 ? message.TrimEnd('.') : message) + more) { Instead = problem.Rewrite };
    }

    /// <summary>What only the compiler sees: a regular expression that is not one, a construct that nests too deeply.</summary>
    private static void AddCompileError(List<CheckFinding> findings, string text, Runtime runtime)
    {
        if (JavaScriptProgram.Compile(text, runtime, HostModules.For(runtime)) is not CompileOutcome.Refused(var error))
            return;
        findings.Add(new CheckFinding(CheckRules.Syntax, CheckSeverity.Error, error.Line, error.Column,
            error.Text) { Instead = error.Rewrite, AwsError = error.Text });
    }
}
