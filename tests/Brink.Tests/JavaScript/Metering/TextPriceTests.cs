using Brink.JavaScript;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Metering;

/// <summary>What text costs that is not ASCII, or that takes long for its length: at least what the work takes, and nothing more where there is none.</summary>
public sealed class TextPriceTests
{
    private const string Cjk = "var t = '漢'.repeat(1000)", Astral = "var t = '😀'.repeat(1000)", Mixed = "var t = 'a'.repeat(999) + '😀'", Ascii = "var t = 'a'.repeat(1000)";

    /// <summary>Units of one call, for a text of 1,000 characters unless it says otherwise.</summary>
    [Theory]
    // names
    [InlineData(Astral, "({})[t]", 1000)]
    [InlineData(Mixed, "t in {}", 1000)]
    // other forms of text
    [InlineData(Astral, "require('querystring').parse(t)", 2500)]
    [InlineData(Astral, "new TextEncoder().encode(t)", 2500)]
    [InlineData(Astral, "Buffer.from(t)", 2500)]
    [InlineData(Cjk, "Buffer.byteLength(t)", 1400)]
    [InlineData(Mixed, "JSON.stringify(t)", 2000)]
    [InlineData(Mixed, "JSON.parse('\"' + t + '\"')", 1200)]
    [InlineData(Mixed, "try { require(t) } catch (e) {}", 2400)]
    [InlineData(Astral, "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].join(t)", 20_000)]
    [InlineData("var b = Buffer.alloc(1000, 200)", "b.toString()", 3000)]
    [InlineData("var b = Buffer.from('😀'.repeat(250))", "b.toString()", 1500)]
    // escapes
    [InlineData(Cjk, "encodeURIComponent(t)", 12_000)]
    [InlineData(Astral, "encodeURI(t)", 16_000)]
    [InlineData("var t = '%E6%BC%A2'.repeat(1000)", "decodeURIComponent(t)", 12_000)]
    [InlineData("var t = '%41'.repeat(1000)", "decodeURI(t)", 4000)]
    [InlineData(Cjk, "require('querystring').escape(t)", 12_000)]
    [InlineData("var t = '%41'.repeat(1000)", "require('querystring').unescape(t)", 6000)]
    // hashes
    [InlineData(Cjk, "require('crypto').createHash('md5').update(t)", 3000)]
    [InlineData(Astral, "require('crypto').createHmac('sha256', t)", 4000)]
    // regular expressions
    [InlineData(Cjk, "/[é漢]+/.test(t)", 3000)]
    [InlineData("var t = 'é'.repeat(1000)", "/[漢ж]x/.test(t)", 9000)]
    [InlineData("var t = 'é'.repeat(500) + 'É'.repeat(500)", "/^(.{500})\\1/i.test(t)", 3000)]
    [InlineData("", "/a/.test('b')", 11)]
    [InlineData("", "'b'.match('a')", 600)]
    [InlineData("", "/./.exec('a')", 50)]
    // case
    [InlineData(Astral, "t.toUpperCase()", 2000)]
    // numbers and dates
    [InlineData("", "(5e-324).toPrecision(100)", 1500)]
    [InlineData("", "(5e-324).toString(2)", 8000)]
    [InlineData("", "(1.5).toFixed(100)", 800)]
    [InlineData("", "Date()", 160)]
    public void Call_CostsAtLeast(string setUp, string call, int least) => Assert.InRange(UnitsOf(setUp, call), least, 4L * least + 1000);

    /// <summary>The same calls where nothing has to be done for it: the quick ways keep their price.</summary>
    [Theory]
    [InlineData(Ascii, "encodeURIComponent(t)", 300)]
    [InlineData(Ascii, "decodeURIComponent(t)", 300)]
    [InlineData(Ascii, "require('querystring').escape(t)", 400)]
    [InlineData(Ascii, "({})[t]", 600)]
    [InlineData(Ascii, "Buffer.byteLength(t)", 600)]
    [InlineData(Ascii, "JSON.stringify(t)", 600)]
    [InlineData(Cjk, "/[^\\w]+/.test(t)", 500)]
    [InlineData(Cjk, "/.+/.test(t)", 500)]
    [InlineData("", "(1.5).toFixed(2)", 600)]
    [InlineData("", "(0.3).toString(36)", 600)]
    public void Call_CostsAtMost(string setUp, string call, int most) => Assert.InRange(UnitsOf(setUp, call), 1, most);

    private static long UnitsOf(string setUp, string call) => Run(setUp, $"{call}; {call}") - Run(setUp, call);

    private static long Run(string setUp, string calls)
    {
        var script = ScriptUnderTest.Compile($"function handler(event) {{ {setUp}; {calls}; return event.request }}", Runtime.CloudFrontJs20, out var refusal, steps: 10_000_000);
        Assert.True(script is not null, refusal);
        var run = script.Run();
        Assert.True(run.Status == CallStatus.Returned, $"{run.Status} {run.Result}");
        return run.Steps;
    }
}
