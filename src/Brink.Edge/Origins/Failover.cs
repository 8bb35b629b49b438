using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;

namespace Brink.Edge.Origins;

/// <summary>The origin of a request, and in a group the second one where the first fails (distribution spec 2.3).</summary>
internal static class Failover
{
    /// <summary>Listed, it stands for an origin that cannot be connected to, whatever the viewer would be told.</summary>
    private const int NotConnected = 503;

    /// <summary>Listed, it stands for an origin that takes too long.</summary>
    private const int TimedOut = 504;

    /// <summary>The result of the request, with <paramref name="ask"/> for each origin that is to be asked.</summary>
    public static async ValueTask<FetchResult> SendAsync(RegionalRequest asked, AskOrigin ask, CancellationToken cancellationToken)
    {
        var target = asked.Target;
        var outcome = await ask(target.Primary, asked, cancellationToken);
        if (target.Secondary is { } secondary && Reason(target, asked, outcome) is { } reason)
        {
            if (outcome.Response is { } failed)
                failed.Body.LetGo();
            asked.Report.FailoverReason = reason;
            asked.Report.Note = null;
            outcome = await ask(secondary, asked, cancellationToken);
        }

        if (outcome.OfShield is { } ofShield)
            return ofShield with { Report = Told(ofShield.Report, asked), IsForOthersToKeep = false };
        if (outcome.Response is { } response)
        {
            return new FetchResult(response, null)
            {
                OriginStatus = outcome.OriginStatus,
                EndedBy = outcome.EndedBy,
                Report = asked.ReportIfAny,
            };
        }

        var problem = outcome.Problem!;
        (asked.Report.Failure, asked.Report.ErrorDetail) = (problem.Failure, problem.Detail);
        // The status of the page counts as the origin's: no viewer-response.
        var page = ErrorPages.Create(problem.Status, problem.Cause, asked.Request.RequestId);
        return new FetchResult(page, problem.Failure) { Report = asked.Report };
    }

    // The shield's report of the origin, and what was found out here.
    private static OriginReport? Told(OriginReport? byShield, RegionalRequest asked)
    {
        if (byShield is null || byShield == asked.ReportIfAny)
            return asked.ReportIfAny;
        byShield.FailoverReason ??= asked.ReportIfAny?.FailoverReason;
        return byShield;
    }

    /// <summary>Records what an origin answers, where steps are recorded.</summary>
    public static async ValueTask<OriginOutcome> NoteAsync(RegionalRequest asked, ValueTask<OriginOutcome> asking)
    {
        var outcome = await asking;
        asked.Note(
            RequestStepKind.OriginAnswered,
            outcome.Problem is { } problem ? problem.Failure.ToString() : outcome.OriginStatus.ToString(CultureInfo.InvariantCulture));
        return outcome;
    }

    /// <summary>Why the first origin's outcome sends the request to the second one, for the log; null if it does not.</summary>
    private static string? Reason(OriginTarget target, RegionalRequest asked, in OriginOutcome outcome)
    {
        if (!IsAllowed(asked))
            return null;
        // A function that answers or fails in the origin's place says nothing about the origin.
        if (outcome.EndedBy is not null)
            return null;
        if (outcome.Response is not null)
        {
            if (!target.FailoverStatusCodes.Contains(outcome.OriginStatus))
                return null;
            var remark = asked.Report.Note is { } note ? $" ({note})" : "";
            return string.Create(CultureInfo.InvariantCulture, $"{target.Primary.Id} answered {outcome.OriginStatus}{remark}");
        }
        var problem = outcome.Problem!;
        return target.FailoverStatusCodes.Contains(CodeOf(problem)) ? $"{target.Primary.Id}: {problem.Detail}" : null;
    }

    // A body has gone to the first origin, and cannot be sent again.
    private static bool IsAllowed(RegionalRequest asked) => asked.Body.IsEmpty && asked.Request.Method switch
    {
        "GET" or "HEAD" => true,
        "OPTIONS" => asked.Behavior.Behavior.CachesOptions,
        _ => false,
    };

    /// <summary>
    /// What must be listed for a failure without an answer. A broken or nonsensical answer counts as the 502 that the viewer would get.
    /// </summary>
    private static int CodeOf(OriginProblem problem) => problem.Failure switch
    {
        OriginFailure.OriginDnsError or OriginFailure.OriginConnectError => NotConnected,
        _ when problem.Status == 504 => TimedOut,
        _ => problem.Status,
    };
}
