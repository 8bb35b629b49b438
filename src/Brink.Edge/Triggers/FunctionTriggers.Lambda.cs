using Brink.Distributions;
using Brink.Edge.Delivery;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Origins;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;

namespace Brink.Edge.Triggers;

/// <summary>Tier 2: the functions that run in processes, on all four events.</summary>
internal static partial class FunctionTriggers
{
    /// <summary>On viewer events the edge's own headers are not there yet, or belong to nobody any more (lambda-edge spec 3.3).</summary>
    private static readonly Func<string, bool> ShowsWhatTheViewerSent = static _ => false;

    /// <summary>
    /// Runs origin-request. Either it answers, or fails, in the origin's place; or the origin that comes back is to be asked, with
    /// <see cref="Exchange.OriginRequest"/> as the function left it.
    /// </summary>
    public static async ValueTask<(Origin Origin, OriginOutcome? Answer)> OriginRequestAsync(Origin origin, Exchange exchange, string via, CancellationToken cancellationToken)
    {
        exchange.OriginId = origin.Id;
        var request = exchange.OriginRequest = OriginRequestHeaders.Shown(origin, exchange, via);
        if (exchange.Behavior!.Lambda!.OriginRequest is not { } trigger)
            return (origin, null);

        var (body, broken) = await ExposeBodyAsync(trigger, EventType.OriginRequest, exchange, cancellationToken);
        if (broken is not null)
            return (origin, EndedBy(broken, ResultType.Error));
        var run = await InvokeAsync(trigger, new LambdaEvent
        {
            EventType = EventType.OriginRequest,
            Request = request,
            Origin = origin,
            Body = body,
            DistributionDomainName = exchange.Distribution!.Distribution.DomainName,
            DistributionId = exchange.Distribution.Distribution.Id,
        }, exchange, cancellationToken);
        switch (run.Outcome)
        {
            case LambdaOutcome.ContinueRequest(var difference) when !IsBodyOutOfPlace(difference, request):
                difference.ApplyTo(request);
                Replace(difference.Body, exchange);
                return (difference.Origin ?? origin, null);
            case LambdaOutcome.ContinueRequest:
                return (origin, Failed(BodyOutOfPlace(request), exchange));
            case LambdaOutcome.Respond(var response):
                return (origin, EndedBy(response, ResultType.LambdaGeneratedResponse));
            default:
                return (origin, Failed(run.Failure!, exchange));
        }
    }

    /// <summary>Runs origin-response on whatever the origin answered. Where it gave no answer there is nothing to run on.</summary>
    public static async ValueTask<OriginOutcome> OriginResponseAsync(Origin origin, OriginOutcome outcome, Exchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.Behavior!.Lambda!.OriginResponse is not { } trigger || outcome.Response is not { } response)
            return outcome;
        try
        {
            var run = await InvokeAsync(trigger, new LambdaEvent
            {
                EventType = EventType.OriginResponse,
                Request = exchange.OriginRequest!,
                Response = response,
                Origin = origin,
                DistributionDomainName = exchange.Distribution!.Distribution.DomainName,
                DistributionId = exchange.Distribution.Distribution.Id,
            }, exchange, cancellationToken);
            if (run.Outcome is not LambdaOutcome.ContinueResponse(var difference))
            {
                response.Body.LetGo();
                return Failed(run.Failure!, exchange) with { OriginStatus = outcome.OriginStatus };
            }
            Apply(difference, response);
            response.Headers.Remove("Transfer-Encoding"); // how the origin framed it; further on the framing is the edge's
            return outcome;
        }
        catch (Exception) // the viewer left, or a fault of ours: nobody will read it
        {
            response.Body.LetGo();
            throw;
        }
    }

    private static async ValueTask<EdgeResponse?> RunViewerRequestAsync(LambdaTrigger trigger, Exchange exchange, CancellationToken cancellationToken)
    {
        var (body, broken) = await ExposeBodyAsync(trigger, EventType.ViewerRequest, exchange, cancellationToken);
        if (broken is not null)
        {
            exchange.ResultType = ResultType.Error;
            return broken;
        }
        var run = await InvokeAsync(trigger, ViewerEvent(EventType.ViewerRequest, exchange, body), exchange, cancellationToken);
        switch (run.Outcome)
        {
            case LambdaOutcome.ContinueRequest(var difference) when !IsBodyOutOfPlace(difference, exchange.Request):
                difference.ApplyTo(exchange.Request);
                Replace(difference.Body, exchange);
                exchange.Behavior!.CloudFrontHeaders.Apply(exchange.Request, exchange.Snapshot.ViewerCountry);
                return null;
            case LambdaOutcome.ContinueRequest:
                return Page(BodyOutOfPlace(exchange.Request), exchange);
            case LambdaOutcome.Respond(var response):
                exchange.ResultType = ResultType.LambdaGeneratedResponse;
                return response;
            default:
                return Page(run.Failure!, exchange);
        }
    }

    private static async ValueTask RunViewerResponseAsync(LambdaTrigger trigger, Exchange exchange, CancellationToken cancellationToken)
    {
        var response = exchange.Response!;
        try
        {
            var run = await InvokeAsync(trigger, ViewerEvent(EventType.ViewerResponse, exchange, null), exchange, cancellationToken);
            if (run.Outcome is LambdaOutcome.ContinueResponse(var difference))
            {
                Apply(difference, response);
                return;
            }
            response.Body.LetGo();
            exchange.Response = Page(run.Failure!, exchange);
        }
        catch (Exception) // the viewer left, or a fault of ours: nobody will read it
        {
            response.Body.LetGo();
            throw;
        }
    }

    private static LambdaEvent ViewerEvent(EventType type, Exchange exchange, ExposedBody? body) => new()
    {
        EventType = type,
        Request = exchange.Request,
        Response = type == EventType.ViewerResponse ? exchange.Response : null,
        Body = body,
        DistributionDomainName = exchange.Distribution!.Distribution.DomainName,
        DistributionId = exchange.Distribution.Distribution.Id,
        ShowsCloudFrontHeader = ShowsWhatTheViewerSent,
    };

    private static async ValueTask<LambdaRun> InvokeAsync(LambdaTrigger trigger, LambdaEvent @event, Exchange exchange, CancellationToken cancellationToken)
    {
        var run = await trigger.Function.InvokeAsync(@event, new Region(exchange.EdgeLocation.Region), cancellationToken);
        exchange.Note(run);
        return run;
    }

    private static void Apply(ResponseDifference difference, EdgeResponse response)
    {
        var before = response.Body;
        difference.ApplyTo(response);
        // A body that the function put aside still holds a connection or a part of the cache.
        if (!ReferenceEquals(before, response.Body))
            before.LetGo();
    }

    /// <summary>
    /// The part of the body that the function sees. What has been read for that goes on before the rest. The page is there when the body broke off.
    /// </summary>
    private static async ValueTask<(ExposedBody? Body, EdgeResponse? Broken)> ExposeBodyAsync(
        LambdaTrigger trigger, EventType type, Exchange exchange, CancellationToken cancellationToken)
    {
        if (!trigger.IncludeBody)
            return default;
        if (exchange.RequestBody == Stream.Null)
            return (new ExposedBody(default, false), null);
        var quotas = trigger.Function.Quotas.For(type);
        try
        {
            var head = await BodyHead.ReadAsync(exchange.RequestBody, quotas.ExposedBodyBytes + 1, cancellationToken);
            exchange.RequestBody = head.WithRest();
            return (ExposedBody.Of(head.Bytes, quotas), null);
        }
        catch (IOException exception)
        {
            exchange.ErrorDetail = $"the body of the request broke off: {exception.Message}";
            return (null, ErrorPages.Create(400, ErrorPages.BadRequest, exchange.Request.RequestId));
        }
    }

    private static void Replace(BytesBody? body, Exchange exchange)
    {
        if (body is not null)
            exchange.RequestBody = body.Bytes.IsEmpty ? Stream.Null : BodyHead.Whole(body.Bytes);
    }

    private static bool IsBodyOutOfPlace(RequestDifference difference, EdgeRequest request) =>
        difference.Body is { Bytes.IsEmpty: false } && request.Method is ("GET" or "HEAD");

    private static LambdaFailure BodyOutOfPlace(EdgeRequest request) => new(
        LambdaErrorKind.Validation, "The Lambda function result failed validation: The request cannot have a body.",
        $"request.body replaces the body of a {request.Method}, which has none. Leave action as read-only, or answer with a response.");

    private static OriginOutcome EndedBy(EdgeResponse response, ResultType type) => new(response, null) { EndedBy = type };

    private static OriginOutcome Failed(LambdaFailure failure, Exchange exchange)
    {
        var page = Page(failure, exchange);
        return EndedBy(page, exchange.ResultType);
    }

    /// <summary>The one place where a failure of tier 2 becomes a page (lambda-edge spec 2.6).</summary>
    private static EdgeResponse Page(LambdaFailure failure, Exchange exchange)
    {
        var (type, status, cause) = failure.Kind switch
        {
            // The rule that is broken, in CloudFront's words, for every viewer as at AWS; where it is broken stays the developer's.
            LambdaErrorKind.Validation => (ResultType.LambdaValidationError, 502, failure.Message),
            LambdaErrorKind.LimitExceeded => (ResultType.LambdaLimitExceeded, 503, ErrorPages.LambdaLimited),
            _ => (ResultType.LambdaExecutionError, 503, ErrorPages.LambdaFailed),
        };
        exchange.ResultType = type;
        exchange.ErrorDetail = failure.ForDevelopers;
        return ErrorPages.Create(status, cause, exchange.Request.RequestId);
    }
}
