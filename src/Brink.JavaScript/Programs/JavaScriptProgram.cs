using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Programs;

/// <summary>A compiled script. Immutable: one program serves every request, on any thread.</summary>
public sealed class JavaScriptProgram
{
    /// <summary>Chosen by us: what AWS answers when <c>handler</c> is missing is not documented.</summary>
    private const string NoHandler = "ReferenceError: \"handler\" is not defined";

    /// <summary>Chosen by us: the promise that <c>handler</c> returned can never settle.</summary>
    private const string NeverSettled = "Error: async function did not complete";

    private readonly ProgramCode _code;

    private JavaScriptProgram(ProgramCode code, Runtime runtime)
    {
        _code = code;
        Runtime = runtime;
    }

    /// <summary>The dialect it was compiled for.</summary>
    public Runtime Runtime { get; }

    /// <summary>Compiles a script; what AWS refuses is refused with AWS's words.</summary>
    public static CompileOutcome Compile(string source, Runtime runtime, HostEnvironment environment)
    {
        var parsed = Parser.Parse(source, runtime);
        if (!parsed.IsParsed)
            return Refuse(WithRewrite(parsed.Problem, source, runtime), source);
        var intrinsics = BuiltInObjects.For(runtime);
        foreach (var statement in parsed.Program.Body)
        {
            if (statement is ImportDeclaration import && !environment.Modules.ContainsKey(import.Module)
                && !intrinsics.Modules.ContainsKey(import.Module))
            {
                var message = $"Cannot find module \"{import.Module}\" in {import.Position.Line}";
                return Refuse(new SyntaxProblem("SyntaxError", message, import.Position), source);
            }
        }
        try
        {
            environment.EnterNames();               // behind those of the built-ins
            return new CompileOutcome.Compiled(
                new JavaScriptProgram(ProgramCompiler.Compile(parsed.Program, intrinsics, environment), runtime));
        }
        catch (ScriptRefusedException refused)
        {
            return Refuse(refused.Problem, source);
        }
        catch (InsufficientExecutionStackException)
        {
            return Refuse(new SyntaxProblem("SyntaxError", "the script is too deeply nested", default), source);
        }
    }

    /// <summary>
    /// The advice with the names of the script: the lenient parser meets the same construct first, and reads it to its end.
    /// </summary>
    private static SyntaxProblem WithRewrite(SyntaxProblem problem, string source, Runtime runtime)
    {
        var lenient = Parser.ParseLeniently(source, runtime);
        return lenient.Found is [{ Rewrite: { } rewrite } first, ..] && first.Position.Offset <= problem.Position.Offset + 1
            ? problem with { Rewrite = rewrite }
            : problem;
    }

    private static CompileOutcome.Refused Refuse(SyntaxProblem problem, string source) => new(new ScriptError(
        $"{problem.Kind}: {problem.Message}", problem.Position.Line, problem.Position.Column,
        SourceLines.LineOf(source, problem.Position.Line), [], problem.Rewrite));

    /// <summary>
    /// Runs the top level, then <c>handler(argument)</c>, and waits for a promise it returns. Fresh state: nothing of the call outlives the
    /// result's <see cref="CallResult.Dispose"/>.
    /// </summary>
    /// <param name="argument">The event.</param>
    /// <param name="limits">Budgets, time, seed.</param>
    /// <param name="hostContext">Handed to host functions as <see cref="HostCall.Context"/>.</param>
    public CallResult Call(HostObject argument, in CallLimits limits, object? hostContext)
    {
        var realm = RealmPool.Rent(_code, limits, hostContext);
        try
        {
            return Finish(realm, limits, RunHandler(realm, argument));
        }
        catch (ScriptStopped stopped)
        {
            return Finish(realm, limits, new Ending
            {
                Status = stopped.Reason == StopReason.OverMemory ? CallStatus.OverMemory : CallStatus.OverCompute,
                StoppedAt = realm.Interpreter.DescribeStop(),
            });
        }
        catch (Exception fault)
        {
            // A bug of the engine or of a host function: the request gets an error, the state is dropped, the log gets the exception.
            RealmPool.Drop(realm);
            var error = new ScriptError("InternalError: internal error", 0, 0, null, []);
            return Finish(realm, limits, new Ending { Status = CallStatus.Threw, Error = error, Fault = fault });
        }
    }

    private struct Ending
    {
        public CallStatus Status;
        public Value Value;
        public ScriptError? Error;
        public ScriptError? StoppedAt;
        public Exception? Fault;
    }

    private static CallResult Finish(Realm realm, scoped in CallLimits limits, scoped in Ending ending) => new()
    {
        Realm = realm,
        CallNumber = realm.CallNumber,
        Status = ending.Status,
        Value = new ScriptValue(realm, ending.Value),
        Error = ending.Error,
        StoppedAt = ending.StoppedAt,
        Fault = ending.Fault,
        StepsUsed = Math.Min(limits.Steps, limits.Steps - realm.StepsLeft),
        MemoryUsed = Math.Min(limits.MemoryBytes, limits.MemoryBytes - realm.MemoryLeft),
    };

    private Ending RunHandler(Realm realm, HostObject argument)
    {
        var main = realm.NewClosure(_code.Main, [], default);
        if (realm.Interpreter.Run(main, Value.Object(realm.Intrinsics.Global), [], isConstruct: false).IsThrew)
            return Threw(realm, realm.Exception, "");
        if (!realm.DrainJobs())
            return Threw(realm, realm.Exception, "");
        var handler = _code.HandlerSlot < 0 ? default : realm.Interpreter.Module[_code.HandlerSlot];
        if (!handler.IsCallable)
            return new Ending { Status = CallStatus.Threw, Error = new ScriptError(NoHandler, 0, 0, null, []) };

        var result = realm.Call(handler, Value.Undefined, [Value.Object(realm.NewView(argument))]);
        if (result.IsThrew || !realm.DrainJobs())
            return Threw(realm, realm.Exception, "");
        var promise = result.Reference as JsPromise;
        if (realm.FirstUnhandled(promise) is { } unhandled)
            return Unhandled(realm, unhandled);
        if (promise is null)
            return new Ending { Value = result };
        return promise.State switch
        {
            PromiseState.Fulfilled => new Ending { Value = promise.Result },
            PromiseState.Rejected => Rejected(realm, promise),
            _ => new Ending { Status = CallStatus.Threw, Error = new ScriptError(NeverSettled, 0, 0, null, []) },
        };
    }

    private static Ending Rejected(Realm realm, JsPromise promise)
    {
        realm.Exception = default;
        return new Ending
        {
            Status = CallStatus.Threw,
            Error = realm.Interpreter.Describe(promise.Result, realm.DescribeThrown(promise.Result), promise)
        };
    }

    /// <summary>No code waits for it: the place that helps is the one where it was rejected.</summary>
    private static Ending Unhandled(Realm realm, JsPromise promise)
    {
        realm.Exception = default;
        var text = "Error: unhandled promise rejection: " + realm.DescribeThrown(promise.Result);
        return new Ending { Status = CallStatus.Threw, Error = realm.Interpreter.Describe(promise.Result, text, promise) };
    }

    private static Ending Threw(Realm realm, Value exception, string prefix)
    {
        realm.Exception = default;
        return new Ending
        {
            Status = CallStatus.Threw,
            Error = realm.Interpreter.Describe(exception, prefix + realm.DescribeThrown(exception))
        };
    }
}
