using Brink.Events;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Lambda;

/// <summary>A published version of a Lambda@Edge function, ready to be asked.</summary>
public interface ILambdaEdgeFunction
{
    /// <summary>Name and version: <c>resize:3</c>.</summary>
    string Name { get; }

    /// <summary>What it may take, see and return.</summary>
    LambdaQuotas Quotas { get; }

    /// <summary>
    /// Runs the function on one event in that region. Nothing of the event has been changed when the task is complete; the caller applies
    /// the outcome. A function that fails, a limit or a machine that cannot is a run like any other, never an exception.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<LambdaRun> InvokeAsync(LambdaEvent @event, Region region, CancellationToken cancellationToken);
}

/// <summary>A function on one event of a behavior.</summary>
/// <param name="Function">The function.</param>
/// <param name="IncludeBody">Whether it sees the body of requests.</param>
public sealed record LambdaTrigger(ILambdaEdgeFunction Function, bool IncludeBody = false);

/// <summary>The Lambda@Edge functions of one behavior: at most one for each event.</summary>
public sealed record LambdaTriggers
{
    /// <summary>On viewer-request, or null.</summary>
    public LambdaTrigger? ViewerRequest { get; init; }

    /// <summary>On origin-request, or null.</summary>
    public LambdaTrigger? OriginRequest { get; init; }

    /// <summary>On origin-response, or null.</summary>
    public LambdaTrigger? OriginResponse { get; init; }

    /// <summary>On viewer-response, or null.</summary>
    public LambdaTrigger? ViewerResponse { get; init; }

    /// <summary>With that one on that event.</summary>
    public LambdaTriggers With(EventType type, LambdaTrigger trigger) => type switch
    {
        EventType.ViewerRequest => this with { ViewerRequest = trigger },
        EventType.OriginRequest => this with { OriginRequest = trigger },
        EventType.OriginResponse => this with { OriginResponse = trigger },
        _ => this with { ViewerResponse = trigger },
    };

    /// <summary>A function runs between the cache and the origin.</summary>
    public bool RunsAtOrigin => OriginRequest is not null || OriginResponse is not null;
}

/// <summary>One run of a Lambda@Edge function: what it means for the request, and what it took.</summary>
public sealed record LambdaRun
{
    /// <summary>Which trigger.</summary>
    public required EventType EventType { get; init; }

    /// <summary>Name and version.</summary>
    public required string Function { get; init; }

    /// <summary>What to do; null where <see cref="Failure"/> says why there is nothing.</summary>
    public LambdaOutcome? Outcome { get; init; }

    /// <summary>Why there is nothing to do but answer with a page; null when all went well.</summary>
    public LambdaFailure? Failure { get; init; }

    /// <summary>Lambda's request id; empty when nothing ran.</summary>
    public string RequestId { get; init; } = "";

    /// <summary>What the invocation took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What starting its environment took, if it was the first one there.</summary>
    public TimeSpan? InitDuration { get; init; }

    /// <summary>What the function and the platform wrote.</summary>
    public IReadOnlyList<string> LogLines { get; init; } = [];

    /// <summary>Those of <see cref="LogLines"/> that the function itself wrote.</summary>
    public IEnumerable<string> OwnLines => LogLines.Where(static line =>
        !line.StartsWith("START RequestId:", StringComparison.Ordinal) && !line.StartsWith("END RequestId:", StringComparison.Ordinal)
        && !line.StartsWith("REPORT RequestId:", StringComparison.Ordinal) && !line.StartsWith("INIT_START ", StringComparison.Ordinal));
}

/// <summary>How a Lambda@Edge function failed, and with it how the request ends (lambda-edge spec 2.6).</summary>
public enum LambdaErrorKind
{
    /// <summary>Threw, exited, did not load, took longer than its own timeout: 503, <c>LambdaExecutionError</c>.</summary>
    Execution,

    /// <summary>Returned what does not pass: 502, <c>LambdaValidationError</c>.</summary>
    Validation,

    /// <summary>Over a limit of the platform, in time or in number: 503, <c>LambdaLimitExceeded</c>.</summary>
    LimitExceeded,
}

/// <summary>Why a Lambda@Edge function gave nothing that can be used.</summary>
/// <param name="Kind">Which status, page and word of the log.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Detail">For the developer: the stack, or the place in the result. May be null.</param>
public sealed record LambdaFailure(LambdaErrorKind Kind, string Message, string? Detail = null)
{
    /// <summary>
    /// As a developer reads it: of an invalid result the place in it first, then AWS's sentence; of an error the error, then where.
    /// </summary>
    public string ForDevelopers => Detail is null ? Message
        : Kind == LambdaErrorKind.Validation ? $"{Detail}\nAWS says: {Message}"
        : $"{Message}\n{Detail}";
}
