using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Origins;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Http;
using Brink.Lambda;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;

namespace Brink.Edge.Triggers;

/// <summary>Runs the Lambda@Edge functions between the cache and an origin: origin-request and origin-response.</summary>
internal static class OriginTriggers
{
    /// <summary>
    /// Runs origin-request. Either the function answers or fails in the origin's place, or the returned origin is to be asked, with
    /// <see cref="RegionalRequest.OriginRequest"/> as the function left it.
    /// </summary>
    public static async ValueTask<(Origin Origin, OriginOutcome? Answer)> RequestAsync(
        Origin origin, RegionalRequest asked, string via, CancellationToken cancellationToken)
    {
        asked.Report.OriginId = origin.Id;
        var request = asked.OriginRequest = OriginRequestHeaders.Shown(origin, asked, via);
        if (asked.Behavior.Triggers.OriginRequest is not { } trigger)
            return (origin, null);

        var (body, broken) = await LambdaBodies.ExposeAsync(trigger, EventType.OriginRequest, asked.Body, cancellationToken);
        if (broken is not null)
        {
            asked.Report.ErrorDetail = broken;
            return (origin, EndedBy(ErrorPages.Create(400, ErrorPages.BadRequest, asked.Request.RequestId), ResultType.Error));
        }
        var run = await InvokeAsync(trigger, EventFor(EventType.OriginRequest, origin, asked, body: body), asked, cancellationToken);
        switch (run.Outcome)
        {
            case LambdaOutcome.ContinueRequest(var difference):
                if (LambdaBodies.Apply(difference, request, asked.Body) is { } failure)
                    return (origin, Failed(failure, asked));
                return (difference.Origin ?? origin, null);
            case LambdaOutcome.Respond(var response):
                return (origin, EndedBy(response, ResultType.LambdaGeneratedResponse));
            default:
                return (origin, Failed(run.Failure!, asked));
        }
    }

    /// <summary>Runs origin-response on whatever the origin answered. Where it gave no answer there is nothing to run on.</summary>
    public static async ValueTask<OriginOutcome> ResponseAsync(
        Origin origin, OriginOutcome outcome, RegionalRequest asked, CancellationToken cancellationToken)
    {
        if (asked.Behavior.Triggers.OriginResponse is not { } trigger || outcome.Response is not { } response)
            return outcome;
        try
        {
            var run = await InvokeAsync(trigger, EventFor(EventType.OriginResponse, origin, asked, response), asked, cancellationToken);
            if (run.Outcome is not LambdaOutcome.ContinueResponse(var difference))
            {
                response.Body.LetGo();
                return Failed(run.Failure!, asked) with { OriginStatus = outcome.OriginStatus };
            }
            LambdaBodies.Apply(difference, response);
            response.Headers.Remove("Transfer-Encoding"); // how the origin framed it; from here on the edge frames the message
            return outcome;
        }
        catch (Exception) // the viewer left, or a fault of ours: the body will not be read
        {
            response.Body.LetGo();
            throw;
        }
    }

    private static LambdaEvent EventFor(
        EventType type, Origin origin, RegionalRequest asked, EdgeResponse? response = null, ExposedBody? body = null) => new()
    {
        EventType = type,
        Request = asked.OriginRequest!,
        Response = response,
        Body = body,
        Origin = origin,
        DistributionDomainName = asked.Distribution.Distribution.DomainName,
        DistributionId = asked.Distribution.Distribution.Id,
    };

    private static async ValueTask<LambdaRun> InvokeAsync(
        LambdaTrigger trigger, LambdaEvent @event, RegionalRequest asked, CancellationToken cancellationToken)
    {
        var run = await trigger.Function.InvokeAsync(@event, new Region(asked.EdgeLocation.Region), cancellationToken);
        asked.Report.Add(run);
        return run;
    }

    private static OriginOutcome EndedBy(EdgeResponse response, ResultType type) => new(response, null) { EndedBy = type };

    private static OriginOutcome Failed(LambdaFailure failure, RegionalRequest asked)
    {
        var (type, page) = FailurePages.For(failure, asked.Request.RequestId);
        asked.Report.ErrorDetail = failure.ForDevelopers;
        return EndedBy(page, type);
    }
}
