using Brink.Distributions;
using Brink.Functions.Metering;
using Brink.Http;

namespace Brink.Functions;

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
