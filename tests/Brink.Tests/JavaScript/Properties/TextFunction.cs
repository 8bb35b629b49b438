using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;

namespace Brink.Tests.JavaScript.Properties;

/// <summary>A script whose event is a row of texts, <c>e.a</c>, <c>e.b</c> and so on, and that returns a text.</summary>
internal sealed class TextFunction(string body)
{
    private readonly JavaScriptProgram _program = Script.Compile($"function handler(e) {{ {body} }}");

    public string Call(params string[] texts)
    {
        var limits = new CallLimits { Steps = 10_000_000, MemoryBytes = 16 * 1024 * 1024, StartTimeMilliseconds = TestRealm.StartTime, RandomSeed = 42 };
        using var result = _program.Call(new Texts(texts), limits, null);
        Assert.True(result.Status == CallStatus.Returned, $"{result.Status} {result.Error?.Text} {result.Fault}");
        return result.Value.AsText();
    }

    private sealed class Texts(string[] texts) : HostObject
    {
        public override object? Layout => null;

        public override int Count => texts.Length;

        public override string NameAt(int index) => ((char)('a' + index)).ToString();

        public override int IndexOf(ReadOnlySpan<char> name) => name.Length == 1 && name[0] - 'a' is var index && index >= 0 && index < texts.Length ? index : -1;

        public override void Read(int index, ref HostValue value) => value.SetText(texts[index]);
    }
}
