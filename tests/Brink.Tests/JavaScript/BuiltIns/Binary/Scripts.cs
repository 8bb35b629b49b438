using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns.Binary;

/// <summary>Runs a row: statements of which the last is an expression.</summary>
internal static class Scripts
{
    private const string Separator = "; ";

    /// <summary>The text of the last expression, or class and message of what was thrown.</summary>
    public static string Run(string script, Runtime runtime = Runtime.CloudFrontJs20) => Run(script, runtime, out _, out _);

    public static string Run(string script, Runtime runtime, out CallStatus status, out long steps)
    {
        var last = script.LastIndexOf(Separator, StringComparison.Ordinal) is var at and >= 0 ? at + Separator.Length : 0;
        var source = $"function handler(event) {{ try {{ {script[..last]}return '' + ({script[last..]}); }} catch (e) {{ return e; }} }}";
        var compiled = Assert.IsType<CompileOutcome.Compiled>(JavaScriptProgram.Compile(source, runtime, HostEnvironment.Empty));
        var limits = new CallLimits { Steps = 10_000_000, MemoryBytes = 2 * 1024 * 1024, StartTimeMilliseconds = TestRealm.StartTime, RandomSeed = 42 };
        using var result = compiled.Program.Call(NoEvent.Instance, limits, hostContext: null);
        (status, steps) = (result.Status, result.StepsUsed);
        return status switch
        {
            CallStatus.Returned => TextOf(result.Value),
            CallStatus.Threw => result.Fault is null ? result.Error!.Text : result.Fault.ToString(),
            _ => status.ToString(),
        };
    }

    /// <summary>An error shows the class it was made as and its message.</summary>
    private static string TextOf(ScriptValue result)
    {
        if (!result.Value.IsObject)
            return result.Value.ToDotNetString();
        var error = result.Value.AsObject;
        var type = (ErrorType)Array.IndexOf(result.Realm.Intrinsics.ErrorPrototypes, error.Prototype);
        return $"{type}: {result.Realm.Get(error, Names.Message).ToDotNetString()}";
    }

    private sealed class NoEvent : HostObject
    {
        public static readonly NoEvent Instance = new();

        public override object? Layout => null;

        public override int Count => 0;

        public override string NameAt(int index) => throw new ArgumentOutOfRangeException(nameof(index));

        public override int IndexOf(ReadOnlySpan<char> name) => -1;

        public override void Read(int index, ref HostValue value) => throw new ArgumentOutOfRangeException(nameof(index));
    }
}
