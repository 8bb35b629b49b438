using System.Globalization;
using Brink.Distributions;

namespace Brink.Edge.Origins;

/// <summary>When the second origin of a group is asked (distribution spec 2.3).</summary>
internal static class Failover
{
    /// <summary>Listed, it stands for an origin that cannot be connected to, whatever the viewer would be told.</summary>
    private const int NotConnected = 503;

    /// <summary>Listed, it stands for an origin that takes too long.</summary>
    private const int TimedOut = 504;

    /// <summary>Why the first origin's outcome sends the request to the second one, for the log; null if it does not.</summary>
    public static string? Reason(OriginTarget target, Exchange exchange, in OriginOutcome outcome)
    {
        if (!IsAllowed(exchange))
            return null;
        if (outcome.Response is { } response)
        {
            return target.FailoverStatusCodes.Contains(response.StatusCode)
                ? string.Create(CultureInfo.InvariantCulture, $"{target.Primary.Id} answered {response.StatusCode}")
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
