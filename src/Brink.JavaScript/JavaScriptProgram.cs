using Brink.JavaScript.Hosting;

namespace Brink.JavaScript;

/// <summary>A compiled script. Immutable: one program serves every request, on any thread.</summary>
public sealed class JavaScriptProgram
{
    private JavaScriptProgram() { }

    /// <summary>The dialect it was compiled for.</summary>
    public Runtime Runtime { get; }

    /// <summary>Compiles a script; what AWS refuses is refused with AWS's words.</summary>
    public static CompileOutcome Compile(string source, Runtime runtime, HostEnvironment environment) => throw new NotSupportedException();

    /// <summary>
    /// Runs the top level, then <c>handler(argument)</c>, and waits for a promise it returns. Fresh state: nothing of the call outlives the result's
    /// <see cref="CallResult.Dispose"/>.
    /// </summary>
    /// <param name="argument">The event.</param>
    /// <param name="limits">Budgets, time, seed.</param>
    /// <param name="hostContext">Handed to host functions as <see cref="HostCall.Context"/>.</param>
    public CallResult Call(IHostObject argument, in CallLimits limits, object? hostContext) => throw new NotSupportedException();
}

/// <summary>What came of compiling.</summary>
public abstract record CompileOutcome
{
    private CompileOutcome() { }

    /// <summary>A program.</summary>
    public sealed record Compiled(JavaScriptProgram Program) : CompileOutcome;

    /// <summary>Not a script of this dialect.</summary>
    public sealed record Refused(ScriptError Error) : CompileOutcome;
}

/// <summary>An error of a script, for the viewer's page and for the developer.</summary>
/// <param name="Text">Class and message in AWS's words: <c>TypeError: cannot get property "value" of undefined</c>.</param>
/// <param name="Line">From 1; 0 if not known.</param>
/// <param name="Column">From 1; 0 if not known.</param>
/// <param name="SourceLine">That line of the source, or null.</param>
/// <param name="Stack">The functions under way, innermost first, as <c>name (line:column)</c>.</param>
/// <param name="Rewrite">What to write instead, for constructs the dialect does not have; else null.</param>
public sealed record ScriptError(string Text, int Line, int Column, string? SourceLine, IReadOnlyList<string> Stack, string? Rewrite = null);

/// <summary>How a call ended.</summary>
public enum CallStatus
{
    /// <summary><c>handler</c> returned (or its promise was fulfilled): see <see cref="CallResult.Value"/>.</summary>
    Returned,
    /// <summary>Something was thrown and not caught, a promise was rejected, or there is no handler: see <see cref="CallResult.Error"/>.</summary>
    Threw,
    /// <summary>The compute budget was used up.</summary>
    OverCompute,
    /// <summary>The memory budget was used up.</summary>
    OverMemory,
}

/// <summary>The end of a call. Dispose it when its value has been read: then its realm is cleared for the next one.</summary>
public ref struct CallResult
{
    internal Execution.Realm? Realm { get; init; }

    /// <summary>How it ended.</summary>
    public CallStatus Status { get; internal init; }

    /// <summary>What the handler returned.</summary>
    public ScriptValue Value { get; internal init; }

    /// <summary>What went wrong, unless it returned.</summary>
    public ScriptError? Error { get; internal init; }

    /// <summary>Steps used of the compute budget. The same script and event use the same number everywhere.</summary>
    public long StepsUsed { get; internal init; }

    /// <summary>Bytes used of the memory budget.</summary>
    public long MemoryUsed { get; internal init; }

    /// <summary>Gives the realm back.</summary>
    public void Dispose() => Realm?.End();
}
