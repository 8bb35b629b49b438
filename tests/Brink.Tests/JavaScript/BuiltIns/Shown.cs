using Brink.JavaScript;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Programs;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Runs an expression and shows what it gives as console.log would.</summary>
internal static class Shown
{
    private const long Steps = 8_000_000;

    /// <summary>What it shows as; <c>THROW TypeError: x</c> for what it throws; <c>OverCompute</c>, <c>OverMemory</c>.</summary>
    public static string Of(string expression, Runtime runtime = Runtime.CloudFrontJs20, long memory = 2 * 1024 * 1024)
    {
        var source = $"function handler(event) {{ try {{ return (function () {{ return {expression}\n }})() }} catch (e) {{ return 'THROW ' + e }} }}";
        return Call(Script.Compile(source, runtime), memory);
    }

    /// <summary>The same for a program's handler.</summary>
    public static string Call(JavaScriptProgram program, long memory = 2 * 1024 * 1024)
    {
        var limits = new CallLimits { Steps = Steps, MemoryBytes = memory, StartTimeMilliseconds = TestRealm.StartTime, RandomSeed = 42 };
        using var result = program.Call(new NoEvent(), limits, hostContext: null);
        if (result.Fault is { } fault)
            throw new InvalidOperationException("the engine failed", fault);
        if (result.Status != CallStatus.Returned)
            return result.Error?.Text ?? result.Status.ToString();
        return Inspector.Inspect(result.Realm!, result.Value.Value).ToDotNetString();
    }

    private sealed class NoEvent : Brink.JavaScript.Hosting.HostObject
    {
        public override object? Layout => null;

        public override int Count => 0;

        public override string NameAt(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public override int IndexOf(ReadOnlySpan<char> name) => -1;

        public override void Read(int index, ref Brink.JavaScript.Hosting.HostValue value) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}
