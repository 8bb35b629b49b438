using Brink.Host.Checking;
using Brink.Host.CommandLine;
using Brink.Tests.Checking;

namespace Brink.Tests.Host;

public sealed class TextReportTests
{
    [Fact]
    public void LineEndThatAMessageQuotes_DoesNotEndTheLine()
    {
        const string source = "var a = 'open\nvar b;\nfunction handler(event) { return event.request; }";

        var text = TextReport.Write([new FileReport("f.js", "cloudfront-js-2.0", Checked.Findings(source), [], [])], new Colors(AreOn: false));

        Assert.Contains("f.js:1:9: error syntax: Unterminated string \"'open\\n\"; nothing after this was checked\n", text, StringComparison.Ordinal);
        Assert.Contains("  AWS says: SyntaxError: Unterminated string \"'open\\n\" in 1\n", text, StringComparison.Ordinal);
    }
}
