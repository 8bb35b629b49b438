using System.Security.Cryptography;
using Brink.Events;
using Brink.Functions.Events;
using Brink.Functions.Metering;
using Brink.Functions.Modules;
using Brink.Functions.Results;
using Brink.JavaScript;
using Brink.JavaScript.Programs;

namespace Brink.Functions.JavaScript;

/// <summary>
/// A CloudFront Function: compiled once, run for each event with fresh state. Code that does not compile makes a function that fails on
/// every event, as AWS publishes it (functions spec 4.4); <see cref="CompileError"/> tells beforehand.
/// </summary>
public sealed class JavaScriptFunction : IEdgeFunction
{
    private static long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));

    private readonly FunctionSource _source;
    private readonly FunctionLimits _limits;
    private readonly TimeProvider _time;
    private readonly JavaScriptProgram? _program;

    private JavaScriptFunction(
        FunctionSource source, FunctionLimits limits, TimeProvider time, JavaScriptProgram? program, FunctionError? compileError)
    {
        _source = source;
        _limits = limits;
        _time = time;
        _program = program;
        CompileError = compileError;
    }

    /// <inheritdoc/>
    public string Name => _source.Name;

    /// <summary>The dialect.</summary>
    public Runtime Runtime => _source.Runtime;

    /// <summary>Why the code does not compile; null if it does.</summary>
    public FunctionError? CompileError { get; }

    /// <summary>Compiles a function.</summary>
    /// <exception cref="ArgumentException">The source is too large or not UTF-8: ask <see cref="FunctionSource.Check"/> first.</exception>
    public static JavaScriptFunction Compile(FunctionSource source, FunctionLimits limits, TimeProvider time)
    {
        if (source.Check() is { } problem)
            throw new ArgumentException(problem.Message, nameof(source));
        return JavaScriptProgram.Compile(source.Text(), source.Runtime, HostModules.For(source.Runtime)) switch
        {
            CompileOutcome.Compiled(var program) => new JavaScriptFunction(source, limits, time, program, null),
            CompileOutcome.Refused(var error) => new JavaScriptFunction(source, limits, time, null, ErrorOf(error, source)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <inheritdoc/>
    public ValueTask<FunctionRun> InvokeAsync(TriggerEvent triggerEvent, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Run(triggerEvent, null));          // nothing waits: a promise that a script awaits is settled within its call

    /// <summary>Runs the function. <paramref name="inspect"/> sees a valid result before it is applied.</summary>
    internal FunctionRun Run(TriggerEvent triggerEvent, Action<ResultEdit>? inspect)
    {
        if (_program is null)
            return new FunctionRun(new FunctionOutcome.Fail(CompileError!), 0, []);
        if (triggerEvent.EventType is not (EventType.ViewerRequest or EventType.ViewerResponse))
            throw new ArgumentException("A CloudFront Function runs on viewer events only.", nameof(triggerEvent));

        var guard = CpuGuard.Start();
        var view = EventView.Rent(triggerEvent, hasRawQueryString: Runtime == Runtime.CloudFrontJs20);
        var call = FunctionCall.Rent(triggerEvent, _source.KeyValueStore);
        var edit = ResultEdit.Rent(view);
        try
        {
            var limits = new CallLimits
            {
                Steps = ComputeUtilization.UnitsFor(_limits.Compute),
                MemoryBytes = _limits.MemoryBytes,
                StartTimeMilliseconds = _time.GetUtcNow().ToUnixTimeMilliseconds(),
                RandomSeed = NextSeed(),
            };
            using var result = _program.Call(view, limits, call);
            var run = Conclude(result, call, edit, inspect, out var units);
            return run with { Units = units, Alarm = guard.Check(Name, units, _limits.CpuAlarm) };
        }
        finally
        {
            edit.Return();
            call.Return();
            view.Return();
        }
    }

    private FunctionRun Conclude(in CallResult result, FunctionCall call, ResultEdit edit, Action<ResultEdit>? inspect, out long units)
    {
        var end = result.Status == CallStatus.Returned
            ? result.Read(edit)
            : new ReadingEnd(result.Status, result.Error, result.StepsUsed, result.Fault, result.StoppedAt);
        units = end.StepsUsed;
        var utilization = end.Status == CallStatus.OverCompute
            ? ComputeUtilization.Most
            : ComputeUtilization.Of(end.StepsUsed, _limits.Compute);
        if (end.Status != CallStatus.Returned)
            return new FunctionRun(new FunctionOutcome.Fail(ErrorOf(end)), utilization, call.Logs);
        if (edit.Problem is { } problem)
            return new FunctionRun(
                new FunctionOutcome.Fail(new FunctionError(FunctionErrorKind.Validation, problem, ValidationMessages.FixFor(problem))),
                utilization, call.Logs);
        // Where the request goes means nothing when the function answers itself.
        if (!edit.IsGenerated && call.OriginProblem is { } originProblem)
            return new FunctionRun(
                new FunctionOutcome.Fail(new FunctionError(
                    FunctionErrorKind.OriginRewrite, ValidationMessages.OriginRewrite, originProblem)), utilization, call.Logs);
        inspect?.Invoke(edit);
        FunctionOutcome outcome = edit.Apply() is { } response ? new FunctionOutcome.Respond(response)
            : call.ChosenTarget is { } target ? new FunctionOutcome.Continue { Target = target }
            : FunctionOutcome.Continue.Instance;
        return new FunctionRun(outcome, utilization, call.Logs);
    }

    private FunctionError ErrorOf(ReadingEnd end) => end.Status switch
    {
        CallStatus.OverCompute => Stopped(FunctionTexts.OverCompute, FunctionTexts.StoppedOverCompute, end.StoppedAt),
        CallStatus.OverMemory => Stopped(FunctionTexts.OverMemory, FunctionTexts.StoppedOverMemory, end.StoppedAt),
        _ when end.Fault is { } fault =>
            new FunctionError(FunctionErrorKind.Execution, FunctionTexts.CouldNotRun + end.Error!.Text, FunctionTexts.EngineFault, fault),
        _ => ErrorOf(end.Error!, _source),
    };

    /// <summary>Ended by the engine: nothing was thrown, but there is a place where the function was.</summary>
    private FunctionError Stopped(string message, string here, ScriptError? where)
    {
        var fileName = _source.FileName ?? Name;
        return where is not { Line: > 0 }
            ? new FunctionError(FunctionErrorKind.Execution, FunctionTexts.CouldNotRun + message)
            : new FunctionError(
                FunctionErrorKind.Execution, FunctionTexts.CouldNotRun + message,
                ErrorDetail.For(where with { Text = here }, fileName, _source.SourceMap), null,
                ErrorDetail.PlaceOf(where, fileName, _source.SourceMap));
    }

    private static FunctionError ErrorOf(ScriptError error, FunctionSource source)
    {
        var fileName = source.FileName ?? source.Name;
        return new FunctionError(
            FunctionErrorKind.Execution, FunctionTexts.CouldNotRun + error.Text, ErrorDetail.For(error, fileName, source.SourceMap), null,
            ErrorDetail.PlaceOf(error, fileName, source.SourceMap));
    }

    /// <summary>A seed that no two runs of the process share; the engine spreads it.</summary>
    private static ulong NextSeed() => (ulong)Interlocked.Add(ref _seed, unchecked((long)0x9E37_79B9_7F4A_7C15));
}
