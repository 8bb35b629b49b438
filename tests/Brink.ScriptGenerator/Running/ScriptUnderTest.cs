using System.Text;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.Events;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Metering;
using Brink.Functions.Modules;
using Brink.Functions.Results;
using Brink.Http;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.JavaScript.Values;

namespace Brink.ScriptGenerator.Running;

/// <summary>A script that runs as a function does (<see cref="JavaScriptFunction"/>), but on the same event, moment and seed every time, and tells all.</summary>
internal sealed class ScriptUnderTest
{
    /// <summary>2026-11-22T10:00:00Z.</summary>
    private const double StartTime = 1795341600000;

    private static readonly KeyValueStore Store = MakeStore();

    private readonly JavaScriptProgram _program;

    private ScriptUnderTest(JavaScriptProgram program) => _program = program;

    public static readonly long DefaultSteps = ComputeUtilization.UnitsFor(ComputeBudget.Aws);

    public long Steps { get; init; } = DefaultSteps;

    public long Memory { get; init; } = Limits.FunctionMemoryBytes;

    /// <summary>The script, or null and why it was refused.</summary>
    public static ScriptUnderTest? Compile(byte[] code, Runtime runtime, out string refusal, long? steps = null)
    {
        refusal = "";
        var source = new FunctionSource { Name = "under-test", Runtime = runtime, Code = code };
        if (source.Check() is { } problem)
        {
            refusal = problem.Message;
            return null;
        }
        switch (JavaScriptProgram.Compile(source.Text(), runtime, HostModules.For(runtime)))
        {
            case CompileOutcome.Compiled(var program):
                return new ScriptUnderTest(program) { Steps = steps ?? DefaultSteps };
            case CompileOutcome.Refused(var error):
                refusal = error.Text;
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public static ScriptUnderTest? Compile(string code, Runtime runtime, out string refusal, long? steps = null) =>
        Compile(Encoding.UTF8.GetBytes(code), runtime, out refusal, steps);

    /// <summary>Makes shapes until the program's tree takes no more: calls must cost the same with it as with an empty one.</summary>
    public void FillShapes()
    {
        var limits = new CallLimits { Steps = 0, MemoryBytes = 0, StartTimeMilliseconds = 0, RandomSeed = 0 };
        using var result = _program.Call(EventView.Rent(NewEvent(), hasRawQueryString: false), limits, null);
        Atom[] names = [Names.Length, Names.Name, Names.Value, Names.Message, Names.Index, Names.Get, Names.Set, Names.Done];
        Fill(result.Realm!.EmptyShape);

        void Fill(Shape shape)
        {
            foreach (var name in names)
            {
                if (shape.IndexOf(name) < 0 && shape.With(name, PropertyFlags.Default) is { } next)
                    Fill(next);
            }
        }
    }

    /// <summary>One call.</summary>
    public ScriptRun Run()
    {
        var triggerEvent = NewEvent();
        var view = EventView.Rent(triggerEvent, hasRawQueryString: _program.Runtime == Runtime.CloudFrontJs20);
        var call = FunctionCall.Rent(triggerEvent, Store);
        var edit = ResultEdit.Rent(view);
        try
        {
            var limits = new CallLimits { Steps = Steps, MemoryBytes = Memory, StartTimeMilliseconds = StartTime, RandomSeed = 42 };
            using var result = _program.Call(view, limits, call);
            var end = result.Status == CallStatus.Returned ? result.Read(edit) : new ReadingEnd(result.Status, result.Error, result.StepsUsed, result.Fault);
            var text = end.Status != CallStatus.Returned ? $"{end.Status} {end.Error?.Text}"
                : edit.Problem is { } problem ? "invalid: " + problem
                : edit.Apply() is { } response ? $"response {response.StatusCode} {Fields(response.Headers)}"
                : $"request {triggerEvent.Request.Method} {triggerEvent.Request.Uri}?{triggerEvent.Request.QueryString} {Fields(triggerEvent.Request.Headers)}";
            return new ScriptRun(end.Status, text, string.Join('\n', call.Logs), end.StepsUsed, result.MemoryUsed, end.Fault);
        }
        finally
        {
            edit.Return();
            call.Return();
            view.Return();
        }
    }

    private static string Fields(HeaderList fields) => string.Join("; ", fields.Select(field => $"{field.Name}: {field.Value}"));

    private static TriggerEvent NewEvent()
    {
        var request = new EdgeRequest { Uri = "/shop/item%20one/", QueryString = "q=caf%C3%A9&page=2&tag=a&tag=b&empty=", ClientIp = "198.51.100.11", RequestId = "request-id" };
        request.Headers.Add("Host", "www.example.com");
        request.Headers.Add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) fuzz/1.0");
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Accept", "application/xml;q=0.9");
        request.Headers.Add("Cookie", "sid=abc123; theme=dark; sid=second");
        return new TriggerEvent
        {
            EventType = EventType.ViewerRequest,
            Request = request,
            DistributionDomainName = "d111111abcdef8.cloudfront.net",
            DistributionId = "EDFDVBD6EXAMPLE",
        };
    }

    private static KeyValueStore MakeStore()
    {
        var imported = KeyValueStoreContents.Import("""{"data":[{"key":"a","value":"1"},{"key":"json","value":"{\"x\":[1,2]}"},{"key":"long","value":"0123456789"}]}"""u8.ToArray(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        return new KeyValueStore("store", ((ImportOutcome.Imported)imported).Contents);
    }
}

/// <summary>One run.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Result">What came of it, in words.</param>
/// <param name="Log">What it logged.</param>
/// <param name="Steps">What it used.</param>
/// <param name="Memory">Bytes that it used.</param>
/// <param name="Fault">A fault of ours: never to be seen.</param>
internal sealed record ScriptRun(CallStatus Status, string Result, string Log, long Steps, long Memory, Exception? Fault);
