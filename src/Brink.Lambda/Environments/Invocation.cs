namespace Brink.Lambda.Environments;

/// <summary>What the caller adds to an invocation.</summary>
public sealed record InvocationLimits
{
    /// <summary>Nothing of the caller's own.</summary>
    public static InvocationLimits Default { get; } = new();

    /// <summary>The caller's cap on the function's timeout (5 s on viewer events, in the classic quotas). Default: none.</summary>
    public TimeSpan? LongestTimeout { get; init; }

    /// <summary>The id of the viewer's request, which joins the function's log lines with the edge's. Default: none.</summary>
    public string? EdgeRequestId { get; init; }
}

/// <summary>One invocation, over: how it ended and what it took.</summary>
public sealed record Invocation
{
    /// <summary>Lambda's request id.</summary>
    public required string RequestId { get; init; }

    /// <summary>How it ended.</summary>
    public required InvocationOutcome Outcome { get; init; }

    /// <summary>From the event handed over to the answer.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What starting the environment took, when this invocation was its first. Not part of <see cref="Duration"/>.</summary>
    public TimeSpan? InitDuration { get; init; }

    /// <summary><see cref="Duration"/> in milliseconds, rounded up.</summary>
    public long BilledMilliseconds => (long)Math.Ceiling(Duration.TotalMilliseconds);

    /// <summary>The most that the environment's processes held so far, in bytes.</summary>
    public long MaxMemoryUsed { get; init; }

    /// <summary>The function's output and the platform's lines, in order; bounded.</summary>
    public IReadOnlyList<string> LogLines { get; init; } = [];

    /// <summary><c>/aws/lambda/us-east-1.NAME</c>.</summary>
    public string LogGroup { get; init; } = "";

    /// <summary><c>2026/01/02/[1]0123...</c>; empty when no environment took the invocation.</summary>
    public string LogStream { get; init; } = "";
}
