using Brink.JavaScript;
using Brink.JavaScript.Syntax;
using Brink.ScriptGenerator;
using Brink.ScriptGenerator.Running;
using Brink.Tests.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Properties;

/// <summary>Of generated scripts; a failure names the seed, which <c>./bench fuzz --print --seed N</c> shows.</summary>
public class ScriptProperties
{
    [Fact]
    public void PrintedAndParsedAgain_IsTheSameTreeAndRunsTheSame() => Property.Holds<ushort>(1_000, seed =>
    {
        var source = Scripts.Generate(seed, new ScriptSettings());
        var printed = SourcePrinter.Print(Parsed(source));
        var again = Parsed(printed);
        Assert.Equal(printed, SourcePrinter.Print(again));
        Assert.Equal(TreePrinter.Print(again), TreePrinter.Print(Parsed(SourcePrinter.Print(again))));

        var (first, second) = (Run(source), Run(printed));
        Assert.True((first.Status, first.Steps) == (second.Status, second.Steps), $"seed {seed}: {first} and {second}\n{printed}");
    });

    [Fact]
    public void SameScriptOnAnyThread_CostsTheSame() => Property.Holds<ushort>(200, seed =>
    {
        var script = ScriptUnderTest.Compile(Scripts.Generate(seed, new ScriptSettings()), Runtime.CloudFrontJs20, out _)!;
        var expected = script.Run();
        var others = new ScriptRun[4];
        var threads = others.Select((_, i) => new Thread(() => others[i] = script.Run())).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.All(others, other => Assert.Equal(expected, other));
    });

    private static ScriptRun Run(string source) => ScriptUnderTest.Compile(source, Runtime.CloudFrontJs20, out var refusal) is { } script ? script.Run() : throw new InvalidOperationException(refusal + "\n" + source);

    private static ProgramNode Parsed(string source)
    {
        var outcome = Parser.Parse(source, Runtime.CloudFrontJs20);
        return outcome.IsParsed ? outcome.Program : throw new InvalidOperationException($"{outcome.Problem.Message}\n{source}");
    }
}
