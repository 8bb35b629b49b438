using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.Modules;
using Brink.Http;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;

namespace Brink.Tests.Conformance;

/// <summary>Runs a row in our engine, with the modules that a function has.</summary>
internal static class EngineRun
{
    private static readonly TriggerEvent Event = new()
    {
        EventType = EventType.ViewerRequest,
        Request = new EdgeRequest { Uri = "/" },
        DistributionDomainName = "d111111abcdef8.cloudfront.net",
        DistributionId = "EDFDVBD6EXAMPLE",
    };

    /// <summary>What came of it, written as <see cref="CorpusRow.Expected"/> is.</summary>
    public static string Of(CorpusRow row, Runtime runtime) => Of(row.Source(), runtime, isLogWanted: row.Kind == RowKind.Log);

    /// <summary>What came of a script with a handler.</summary>
    public static string OfScript(string script, Runtime runtime) => Of(script, runtime, isLogWanted: false);

    private static string Of(string script, Runtime runtime, bool isLogWanted)
    {
        var outcome = JavaScriptProgram.Compile(script, runtime, HostModules.For(runtime));
        if (outcome is not CompileOutcome.Compiled { Program: var program })
            return "!! " + OneLine(((CompileOutcome.Refused)outcome).Error.Text);
        // The harness costs steps too; a row that loops for ever still ends quickly.
        var limits = new CallLimits { Steps = 5_000_000, MemoryBytes = Limits.FunctionMemoryBytes, StartTimeMilliseconds = JavaScript.TestRealm.StartTime, RandomSeed = 42 };
        var call = FunctionCall.Rent(Event, null);
        try
        {
            using var result = program.Call(EventWithX.Instance, limits, call);
            if (result.Fault is { } fault)
                return "!! the engine failed: " + fault;
            if (result.Status != CallStatus.Returned)
                return "!! " + (result.Error?.Text ?? result.Status.ToString());
            if (isLogWanted)
                return string.Join('|', call.Logs);
            return OneLine(result.Realm!.ToText(result.Value.Value).ToDotNetString());
        }
        finally
        {
            call.Return();
        }
    }

    private static string OneLine(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class EventWithX : HostObject
    {
        public static readonly EventWithX Instance = new();

        public override object? Layout => typeof(EventWithX);

        public override int Count => 1;

        public override string NameAt(int index) => "x";

        public override int IndexOf(ReadOnlySpan<char> name) => name is "x" ? 0 : -1;

        public override void Read(int index, ref HostValue value) => value.SetText("event x");
    }
}
