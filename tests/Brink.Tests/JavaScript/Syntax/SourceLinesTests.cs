using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>The line that an error shows is the one that the lexer counted, whatever ends lines.</summary>
public class SourceLinesTests
{
    [Theory]
    [InlineData("a\nb\nc", 2, "b")]
    [InlineData("a\r\nb\r\nc", 2, "b")]
    [InlineData("a\rb\rc", 2, "b")]
    [InlineData("a\u2028b\u2029c", 3, "c")]
    [InlineData("a\n\rb", 2, "")]
    [InlineData("a", 1, "a")]
    [InlineData("", 1, "")]
    [InlineData("a\n", 2, "")]
    public void Line_IsFoundWithoutItsEnd(string source, int line, string expected) => Assert.Equal(expected, SourceLines.LineOf(source, line));

    [Theory]
    [InlineData("a", 0)]
    [InlineData("a", 2)]
    public void LineThatIsNotThere_IsNull(string source, int line) => Assert.Null(SourceLines.LineOf(source, line));

    [Theory]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\u2028")]
    public void SyntaxError_QuotesTheLineItNames(string end)
    {
        var refused = Assert.IsType<CompileOutcome.Refused>(JavaScriptProgram.Compile($"var a;{end}var b = ;{end}var c;", Runtime.CloudFrontJs20, HostEnvironment.Empty));
        Assert.Equal((2, "var b = ;"), (refused.Error.Line, refused.Error.SourceLine));
    }
}
