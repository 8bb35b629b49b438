using Brink.Distributions;
using Brink.Events;
using Brink.Functions.Metering;
using Brink.Http;

namespace Brink.Functions;

/// <summary>
/// A published function of either tier, ready to run. Compiled once, serves every request, on any thread.
/// </summary>
public interface IEdgeFunction
{
    /// <summary>The function's name.</summary>
    string Name { get; }

    /// <summary>
    /// Runs the function on one event. It edits the event's request or response in place and says what comes next. A function that fails is an
    /// outcome, never an exception; on failure the request and response are as they were. The messages, a response it makes among them, are the
    /// exchange's: it empties them when it is over, so nobody keeps them.
    /// </summary>
    ValueTask<FunctionRun> InvokeAsync(TriggerEvent triggerEvent, CancellationToken cancellationToken);
}

/// <summary>What a function is given: the edge's own messages and where it stands.</summary>
public sealed class TriggerEvent
{
    /// <summary>Which event.</summary>
    public required EventType EventType { get; init; }

    /// <summary>The request: edited in place by a viewer-request function, only read by a viewer-response function.</summary>
    public required EdgeRequest Request { get; init; }

    /// <summary>The response, in response events: edited in place. Its body is never read.</summary>
    public EdgeResponse? Response { get; init; }

    /// <summary>The distribution's default name.</summary>
    public required string DistributionDomainName { get; init; }

    /// <summary>The distribution's id.</summary>
    public required string DistributionId { get; init; }

    /// <summary>The distribution whose origins a viewer-request function may choose; null in a test, where the effect of a choice is not checked.</summary>
    public Distribution? Distribution { get; init; }

    /// <summary>The origin that the behavior would ask; null in a test.</summary>
    public OriginTarget? Target { get; init; }

    /// <summary>Where the edge stands: <c>cf.edgeLocation</c>.</summary>
    public EdgeLocation EdgeLocation { get; init; } = EdgeLocation.Default;

    /// <summary>The edge's own address, the one the viewer connected to: <c>cf.edgeLocation.serverIp</c>.</summary>
    public string ServerIp { get; init; } = "127.0.0.1";

    /// <summary>The name of the connection group that the viewer came to, on a multi-tenant distribution: <c>event.context.endpoint</c>. Null on a standard one.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The tenant, on a multi-tenant distribution; null on a standard one.</summary>
    public DistributionTenant? Tenant { get; init; }

    /// <summary>
    /// Whether the behavior's policies list this CloudFront header, so that the function may see it (functions spec 1, "Further rules").
    /// The edge has put its own value into the request's headers before the call.
    /// </summary>
    public Func<string, bool>? ShowsCloudFrontHeader { get; init; }

    /// <summary>The parameters of an event object, where the event was given as one: a value of it may hold what would end it in a query.</summary>
    internal IReadOnlyList<(string Name, string Value)>? GivenQuery { get; init; }

    /// <summary>The cookies of the request of an event object; see <see cref="GivenQuery"/>.</summary>
    internal IReadOnlyList<(string Name, string Value)>? GivenCookies { get; init; }
}

/// <summary>One run: what comes next, and what it cost.</summary>
/// <param name="Outcome">What comes next.</param>
/// <param name="ComputeUtilization">Integer percent of the compute budget (functions spec 8).</param>
/// <param name="Logs">One string for each <c>console.log</c>, at most 10 KB in all (functions spec 9.5).</param>
public readonly record struct FunctionRun(FunctionOutcome Outcome, int ComputeUtilization, IReadOnlyList<string> Logs)
{
    /// <summary>Units of cost used (docs/metering.md).</summary>
    public long Units { get; init; }

    /// <summary>Set when the run took far more time than its units stand for: a fault of ours, for the log. The outcome stands.</summary>
    public FunctionAlarm? Alarm { get; init; }
}

/// <summary>What a run of a function means for the request.</summary>
public abstract record FunctionOutcome
{
    private FunctionOutcome() { }

    /// <summary>Go on, with the messages as they stand now.</summary>
    public sealed record Continue : FunctionOutcome
    {
        /// <summary>To the behavior's own origin.</summary>
        public static Continue Instance { get; } = new();

        /// <summary>Where a viewer-request function sends the request (functions spec 7.1); null for the behavior's own origin.</summary>
        public OriginTarget? Target { get; init; }
    }

    /// <summary>A viewer-request function answered: no lookup, no origin, not cached.</summary>
    /// <param name="Response">The generated response.</param>
    public sealed record Respond(EdgeResponse Response) : FunctionOutcome;

    /// <summary>The function failed; the viewer gets an error page (functions spec 4.4).</summary>
    /// <param name="Error">What went wrong.</param>
    public sealed record Fail(FunctionError Error) : FunctionOutcome;
}

/// <summary>How a function failed.</summary>
public enum FunctionErrorKind
{
    /// <summary>Threw, rejected, did not compile, no handler, over memory or compute: 503, <c>FunctionExecutionError</c>.</summary>
    Execution,
    /// <summary>Ran, and returned something invalid: 502, <c>FunctionValidationError</c>.</summary>
    Validation,
    /// <summary>Ran, and called an origin function with something it does not take: 502, <c>FunctionValidationError</c>, a page of its own.</summary>
    OriginRewrite,
}

/// <summary>A failure, in AWS's words and in ours.</summary>
/// <param name="Kind">Execution (503), or one of the two kinds of validation (502).</param>
/// <param name="Message">AWS's text, the one TestFunction returns as FunctionErrorMessage.</param>
/// <param name="Detail">For the developer's eyes (terminal, log, a viewer on loopback): file, line, column, source line with caret. May be null.</param>
/// <param name="Fault">The exception behind it when the fault is Brink's, not the function's: for the operator's log, never for a page. Else null.</param>
/// <param name="Place">Where in the code, if that is known.</param>
public sealed record FunctionError(FunctionErrorKind Kind, string Message, string? Detail = null, Exception? Fault = null, ErrorPlace? Place = null)
{
    /// <summary>As a developer reads it: the place and the cause, what there is to see, AWS's sentence once, after it.</summary>
    public string ForDevelopers
    {
        get
        {
            // The detail of a place begins with it and the cause; that of a choice of origin is the cause.
            if (Detail is not null && (Place is not null || Kind == FunctionErrorKind.OriginRewrite))
                return $"{Detail}\nFunctionErrorMessage: {Message}";
            var cause = Results.ValidationMessages.CauseOf(Message);
            return ReferenceEquals(cause, Message) && Detail is null ? Message : $"{cause}\n{(Detail is null ? "" : Detail + "\n")}FunctionErrorMessage: {Message}";
        }
    }
}

/// <summary>Where in a function something went wrong.</summary>
/// <param name="File">The function's file, or the original that a source map names.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="SourceLine">The line, or null.</param>
/// <param name="GeneratedLine">In the function's own file, when <paramref name="File"/> is another; else 0.</param>
/// <param name="GeneratedColumn">See <paramref name="GeneratedLine"/>.</param>
public sealed record ErrorPlace(string File, int Line, int Column, string? SourceLine, int GeneratedLine, int GeneratedColumn);
