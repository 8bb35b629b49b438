using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;

namespace Brink.Tests.JavaScript;

/// <summary>Runs small scripts and says in one line what came out.</summary>
internal static class Script
{
    public const long Steps = 16_000_000;
    public const long Memory = 2 * 1024 * 1024;

    /// <summary>An event with one property, x.</summary>
    public static HostObject Event { get; } = new EventWithX();

    /// <summary>The text of what the body returns; <c>TypeError: x</c> for what it throws; <c>OverCompute</c>, <c>OverMemory</c>.</summary>
    public static string Run(string body, Runtime runtime = Runtime.CloudFrontJs20) => RunModule($"function handler(event) {{ {body} }}", runtime);

    /// <summary>The same for an async handler.</summary>
    public static string RunAsync(string body) => RunModule($"async function handler(event) {{ {body} }}");

    /// <summary>The same for a whole script with its own handler.</summary>
    public static string RunModule(string source, Runtime runtime = Runtime.CloudFrontJs20, HostEnvironment? environment = null) =>
        JavaScriptProgram.Compile(source, runtime, environment ?? HostEnvironment.Empty) switch
        {
            CompileOutcome.Refused refused => refused.Error.Text,
            CompileOutcome.Compiled compiled => Call(compiled.Program),
            _ => throw new InvalidOperationException(),
        };

    public static JavaScriptProgram Compile(string source, Runtime runtime = Runtime.CloudFrontJs20) =>
        ((CompileOutcome.Compiled)JavaScriptProgram.Compile(source, runtime, HostEnvironment.Empty)).Program;

    public static string Call(JavaScriptProgram program, long steps = Steps, long memory = Memory) => Call(program, out _, out _, steps, memory);

    public static string Call(JavaScriptProgram program, out long stepsUsed, out ScriptError? error, long steps = Steps, long memory = Memory)
    {
        var limits = new CallLimits { Steps = steps, MemoryBytes = memory, StartTimeMilliseconds = TestRealm.StartTime, RandomSeed = 42 };
        using var result = program.Call(Event, limits, hostContext: null);
        stepsUsed = result.StepsUsed;
        error = result.Error;
        if (result.Fault is { } fault)
            throw new InvalidOperationException("the engine failed", fault);
        if (result.Status != CallStatus.Returned)
            return result.Error?.Text ?? result.Status.ToString();
        var text = result.Realm!.ToText(result.Value.Value);
        return text.IsThrew ? result.Realm.DescribeThrown(result.Realm.Exception) : text.ToDotNetString();
    }

    private sealed class EventWithX : HostObject
    {
        public override object? Layout => typeof(EventWithX);

        public override int Count => 1;

        public override string NameAt(int index) => "x";

        public override int IndexOf(ReadOnlySpan<char> name) => name is "x" ? 0 : -1;

        public override void Read(int index, ref HostValue value) => value.SetText("event x");
    }
}
