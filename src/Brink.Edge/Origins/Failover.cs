using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Delivery;
using Brink.Edge.Messages;
using Brink.Edge.Requests;

namespace Brink.Edge.Origins;

/// <summary>The origin of an exchange, and in a group the second one where the first fails (distribution spec 2.3).</summary>
internal static class Failover
{
    /// <summary>Listed, it stands for an origin that cannot be connected to, whatever the viewer would be told.</summary>
    private const int NotConnected = 503;

    /// <summary>Listed, it stands for an origin that takes too long.</summary>
    private const int TimedOut = 504;

    /// <summary>What becomes of the request, with <paramref name="ask"/> for each origin that is to be asked.</summary>
    public static async ValueTask<FetchResult> SendAsync(Exchange exchange, AskOrigin ask, CancellationToken cancellationToken)
    {
        var target = exchange.Target;
        var outcome = await ask(target.Primary, exchange, cancellationToken);
        if (target.Secondary is { } secondary && Reason(target, exchange, outcome) is { } reason)
        {
            if (outcome.Response is { } failed)
                failed.Body.LetGo();
            exchange.FailoverReason = reason;
            exchange.OriginNote = null;
            outcome = await ask(secondary, exchange, cancellationToken);
        }

        if (outcome.Response is { } response)
        {
            exchange.OriginStatus = outcome.OriginStatus;
            return new FetchResult(response, null) { OriginStatus = outcome.OriginStatus, EndedBy = outcome.EndedBy };
        }

        var problem = outcome.Problem!;
        exchange.OriginStatus = problem.Status; // a failure counts as an error of the origin: no viewer-response
        exchange.DetailedResultType = problem.Failure.ToString();
        exchange.ErrorDetail = problem.Detail;
        return new FetchResult(ErrorPages.Create(problem.Status, problem.Cause, exchange.Request.RequestId), problem.Failure);
    }

    /// <summary>Why the first origin's outcome sends the request to the second one, for the log; null if it does not.</summary>
    private static string? Reason(OriginTarget target, Exchange exchange, in OriginOutcome outcome)
    {
        if (!IsAllowed(exchange))
            return null;
        // A function that answers or fails in the origin's place says nothing of the origin.
        if (outcome.EndedBy is not null)
            return null;
        if (outcome.Response is not null)
        {
            return target.FailoverStatusCodes.Contains(outcome.OriginStatus)
                ? string.Create(CultureInfo.InvariantCulture, $"{target.Primary.Id} answered {outcome.OriginStatus}{(exchange.OriginNote is { } note ? $" ({note})" : "")}")
                : null;
        }
        var problem = outcome.Problem!;
        return target.FailoverStatusCodes.Contains(CodeOf(problem)) ? $"{target.Primary.Id}: {problem.Detail}" : null;
    }

    // A body has gone to the first origin, and cannot be sent again.
    private static bool IsAllowed(Exchange exchange) => exchange.RequestBody == Stream.Null && exchange.Request.Method switch
    {
        "GET" or "HEAD" => true,
        "OPTIONS" => exchange.Behavior!.Behavior.CachesOptions,
        _ => false,
    };

    /// <summary>What must be listed for a failure without an answer. A broken or nonsensical answer counts as the 502 that the viewer would get.</summary>
    private static int CodeOf(OriginProblem problem) => problem.Failure switch
    {
        OriginFailure.OriginDnsError or OriginFailure.OriginConnectError => NotConnected,
        _ when problem.Status == 504 => TimedOut,
        _ => problem.Status,
    };
}
