using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Hostile;

/// <summary>What byte strings of 1.0 do beside text is paid for, and costs the same whichever call made the pattern's program for bytes.</summary>
[Collection(nameof(Alone))]
public class ByteStringBudgetTests
{
    [Theory]
    [InlineData("for (;;) bytes == text;")]
    [InlineData("for (;;) bytes < text;")]
    [InlineData("for (;;) [bytes, text, bytes, text].sort();")]
    [InlineData("for (;;) bytes.indexOf('éé');")]
    [InlineData("for (;;) text.indexOf(String.bytesFrom([0xa9]));")]
    [InlineData("for (;;) text.startsWith(bytes.slice(0, 20000));")]
    [InlineData("for (;;) ({})[bytes];")]
    [InlineData("for (;;) [bytes].join();")]
    [InlineData("for (;;) bytes += text;")]
    [InlineData("for (;;) encodeURIComponent(bytes);")]
    [InlineData("for (;;) JSON.stringify(bytes);")]
    [InlineData("for (;;) bytes.toString('hex');")]
    [InlineData("for (;;) String.bytesFrom({length: 1e6});")]
    [InlineData("for (;;) /[é]+b/.test(bytes);")]
    [InlineData("for (;;) { /(é)/.test(bytes); /[ü]/i.test(bytes); }")]
    public void WorkWithoutEnd_EndsWithABudgetAndAlwaysTheSame(string loop)
    {
        var script = ScriptUnderTest.Compile(
            $"function handler(event) {{ var text = 'é'.repeat(20000), bytes = text.toUTF8(); {loop} }}", Runtime.CloudFrontJs10, out _)!;
        RealmPool.Forget();

        var first = script.Run();
        var second = script.Run();

        Assert.Null(first.Fault);
        Assert.True(first.Status is CallStatus.OverCompute or CallStatus.OverMemory, $"ended with {first.Status} {first.Result}");
        Assert.Equal(first, second);
    }
}
