using Brink.JavaScript;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>How the tests here call the parser.</summary>
internal static class Parsed
{
    public static ProgramNode Tree(string source, Runtime runtime = Runtime.CloudFrontJs20)
    {
        var outcome = Parser.Parse(source, runtime);
        Assert.True(outcome.IsParsed, $"{source}: {outcome.Problem?.Message}");
        return outcome.Program;
    }

    public static SyntaxProblem Problem(string source, Runtime runtime = Runtime.CloudFrontJs20)
    {
        var outcome = Parser.Parse(source, runtime);
        Assert.False(outcome.IsParsed, $"accepted: {source}");
        return outcome.Problem;
    }

    public static string Text(string source, Runtime runtime = Runtime.CloudFrontJs20) => TreePrinter.Print(Tree(source, runtime));
}
