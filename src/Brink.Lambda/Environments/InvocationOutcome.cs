using Brink.Lambda.Processes;

namespace Brink.Lambda.Environments;

/// <summary>How an invocation ended. A function that fails is an outcome, never an exception.</summary>
public abstract record InvocationOutcome
{
    internal const string ExitError = "Runtime.ExitError", InvalidEntrypoint = "Runtime.InvalidEntrypoint";

    private InvocationOutcome() { }

    /// <summary>The handler answered. The bytes are what it posted, not checked yet: JSON if it kept to the rules.</summary>
    /// <param name="Json">At most 6 MB.</param>
    public sealed record Result(ReadOnlyMemory<byte> Json) : InvocationOutcome;

    /// <summary>An outcome that is a failure of the function.</summary>
    /// <param name="ErrorType"><c>TypeError</c>, <c>Runtime.ExitError</c>: what the Invoke API would say.</param>
    /// <param name="ErrorMessage">In the words of the function, or of the platform.</param>
    public abstract record Failure(string ErrorType, string ErrorMessage) : InvocationOutcome;

    /// <summary>The handler threw, rejected or called back with an error.</summary>
    /// <param name="ErrorType">The class of the error, as the runtime named it.</param>
    /// <param name="ErrorMessage">Its message.</param>
    /// <param name="Trace">Lines of the stack, innermost first as the runtime gave them; empty when it gave none.</param>
    public sealed record FunctionError(string ErrorType, string ErrorMessage, IReadOnlyList<string> Trace)
        : Failure(ErrorType, ErrorMessage);

    /// <summary>Nothing came before the deadline; the environment was reset.</summary>
    /// <param name="ErrorMessage">AWS's sentence.</param>
    /// <param name="After">How long it had run.</param>
    /// <param name="ByPlatform">
    /// The limit was the caller's (<see cref="InvocationLimits.LongestTimeout"/>), not the function's own timeout.
    /// </param>
    public sealed record TimedOut(string ErrorMessage, TimeSpan After, bool ByPlatform) : Failure("Sandbox.Timedout", ErrorMessage);

    /// <summary>The process ended before it answered.</summary>
    /// <param name="ErrorMessage">AWS's sentence.</param>
    /// <param name="Exit">How it ended.</param>
    public sealed record Exited(string ErrorMessage, ProcessExit Exit) : Failure(ExitError, ErrorMessage);

    /// <summary>The environment held more memory than the function may, and was killed.</summary>
    /// <param name="ErrorMessage">AWS's sentence.</param>
    public sealed record OutOfMemory(string ErrorMessage) : Failure(ExitError, ErrorMessage);

    /// <summary>The function could not be loaded: twice, as the first failure is tried again within the invocation.</summary>
    /// <param name="ErrorType"><c>Runtime.ImportModuleError</c> and so on.</param>
    /// <param name="ErrorMessage">The runtime's, or the platform's when the process just ended.</param>
    /// <param name="Trace">Lines of the stack; empty when there is none.</param>
    public sealed record InitFailed(string ErrorType, string ErrorMessage, IReadOnlyList<string> Trace) : Failure(ErrorType, ErrorMessage)
    {
        /// <summary>What failed was the process, not the code: no word of the runtime says so.</summary>
        internal bool IsOfProcess => ErrorType is ExitError or InvalidEntrypoint;
    }

    /// <summary>The function was not run: too many invocations at once.</summary>
    /// <param name="Reason">Which limit.</param>
    public sealed record Throttled(string Reason) : InvocationOutcome;

    /// <summary>The function was not run because this machine cannot: an interpreter is gone, a process could not be started.</summary>
    /// <param name="Reason">For the operator.</param>
    public sealed record NotStarted(string Reason) : InvocationOutcome;
}
