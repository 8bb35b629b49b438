using System.Globalization;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.Metering;
using Brink.Http;
using Brink.Lambda;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;

namespace Brink.Edge.Triggers;

/// <summary>
/// Runs the functions on viewer-request and viewer-response, of both kinds, and turns their outcomes into responses. A customer's function
/// that fails is an outcome like any other: the viewer gets a page, the request does not go on.
/// </summary>
internal static class ViewerTriggers
{
    /// <summary>
    /// On viewer events Lambda@Edge functions see no header of the edge: they are not there yet, or no longer (lambda-edge spec 3.3).
    /// </summary>
    private static readonly Func<string, bool> ShowsWhatTheViewerSent = static _ => false;

    /// <summary>Runs viewer-request. Null: go on, with the request as the function left it.</summary>
    public static ValueTask<EdgeResponse?> RequestAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var trigger = exchange.Behavior.Triggers.ViewerRequest;
        if (trigger is ViewerTrigger.LambdaEdge(var lambda))
            return RequestAsync(lambda, exchange, cancellationToken);
        AddCloudFrontHeaders(exchange);
        return trigger is ViewerTrigger.CloudFrontFunction(var function) ? RequestAsync(function, exchange, cancellationToken) : default;
    }

    /// <summary>Runs viewer-response on the exchange's response, which it edits, or which a page replaces.</summary>
    public static ValueTask ResponseAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        switch (exchange.Behavior.Triggers.ViewerResponse)
        {
            case ViewerTrigger.CloudFrontFunction(var function):
                ShowAge(exchange);
                return ResponseAsync(function, exchange, cancellationToken);
            case ViewerTrigger.LambdaEdge(var trigger):
                ShowAge(exchange);
                return ResponseAsync(trigger, exchange, cancellationToken);
            default:
                return default;
        }
    }

    /// <summary>From here on Age is a field like any other: the function sees it, and may delete it.</summary>
    private static void ShowAge(Exchange exchange)
    {
        if (exchange.Age is not { } age)
            return;
        exchange.Response!.Headers.Add("Age", age.ToString(CultureInfo.InvariantCulture));
        exchange.Age = null;
    }

    private static void AddCloudFrontHeaders(Exchange exchange) =>
        exchange.Behavior.CloudFrontHeaders.Apply(exchange.Request, exchange.Viewer);

    // ---------------------------------------------------------------- CloudFront functions

    private static async ValueTask<EdgeResponse?> RequestAsync(
        IEdgeFunction function, Exchange exchange, CancellationToken cancellationToken)
    {
        var run = await function.InvokeAsync(EventFor(exchange, EventType.ViewerRequest, null), cancellationToken);
        exchange.ViewerRequestRun = run;
        Note(run.Alarm, exchange);
        return Answer(run.Outcome, exchange);
    }

    private static async ValueTask ResponseAsync(IEdgeFunction function, Exchange exchange, CancellationToken cancellationToken)
    {
        var before = exchange.Response!;
        var body = before.Body;
        var run = await function.InvokeAsync(EventFor(exchange, EventType.ViewerResponse, before), cancellationToken);
        exchange.ViewerResponseRun = run;
        Note(run.Alarm, exchange);
        var after = Answer(run.Outcome, exchange) ?? before;
        // A body that the function put aside still holds a connection or a part of the cache.
        if (!ReferenceEquals(after.Body, body))
            body.LetGo();
        exchange.Response = after;
    }

    /// <summary>An alarm goes to the log of faults; the request goes on.</summary>
    private static void Note(FunctionAlarm? alarm, Exchange exchange)
    {
        if (alarm is not null)
            exchange.Fault ??= new InvalidOperationException(alarm.ToString());
    }

    /// <summary>The one place where an outcome becomes a response (functions spec 4.4). Null: go on.</summary>
    private static EdgeResponse? Answer(FunctionOutcome outcome, Exchange exchange)
    {
        switch (outcome)
        {
            case FunctionOutcome.Continue go:
                if (go.Target is { } target)
                    exchange.Regional.Target = target;
                return null;

            case FunctionOutcome.Respond(var response):
                exchange.ResultType = ResultType.FunctionGeneratedResponse;
                return response;

            case FunctionOutcome.Fail(var error):
                (exchange.ResultType, var page) = FailurePages.For(error, exchange.Request.RequestId);
                exchange.Fault = error.Fault ?? exchange.Fault;
                exchange.ErrorDetail = error.ForDevelopers;
                return page;

            default:
                throw new InvalidOperationException($"a function ended in {outcome.GetType().Name}, which has no response");
        }
    }

    private static TriggerEvent EventFor(Exchange exchange, EventType type, EdgeResponse? response)
    {
        var distribution = exchange.Distribution.Distribution;
        return new TriggerEvent
        {
            EventType = type,
            Request = exchange.Request,
            Response = response,
            DistributionDomainName = distribution.DomainName,
            DistributionId = distribution.Id,
            Distribution = distribution,
            Target = exchange.Regional.Target,
            EdgeLocation = exchange.Regional.EdgeLocation,
            ServerIp = exchange.ServerIp,
            ShowsCloudFrontHeader = exchange.Behavior.CloudFrontHeaders.Shows,
        };
    }

    // ---------------------------------------------------------------- Lambda@Edge functions

    private static async ValueTask<EdgeResponse?> RequestAsync(
        LambdaTrigger trigger, Exchange exchange, CancellationToken cancellationToken)
    {
        var (body, broken) = await LambdaBodies.ExposeAsync(trigger, EventType.ViewerRequest, exchange.Regional.Body, cancellationToken);
        if (broken is not null)
        {
            (exchange.ResultType, exchange.ErrorDetail) = (ResultType.Error, broken);
            return ErrorPages.Create(400, ErrorPages.BadRequest, exchange.Request.RequestId);
        }
        var run = await InvokeAsync(trigger, EventType.ViewerRequest, body, exchange, cancellationToken);
        switch (run.Outcome)
        {
            case LambdaOutcome.ContinueRequest(var difference):
                if (LambdaBodies.Apply(difference, exchange.Request, exchange.Regional.Body) is { } failure)
                    return Page(failure, exchange);
                AddCloudFrontHeaders(exchange);
                return null;
            case LambdaOutcome.Respond(var response):
                exchange.ResultType = ResultType.LambdaGeneratedResponse;
                return response;
            default:
                return Page(run.Failure!, exchange);
        }
    }

    private static async ValueTask ResponseAsync(LambdaTrigger trigger, Exchange exchange, CancellationToken cancellationToken)
    {
        var response = exchange.Response!;
        try
        {
            var run = await InvokeAsync(trigger, EventType.ViewerResponse, null, exchange, cancellationToken);
            if (run.Outcome is LambdaOutcome.ContinueResponse(var difference))
            {
                LambdaBodies.Apply(difference, response);
                return;
            }
            response.Body.LetGo();
            exchange.Response = Page(run.Failure!, exchange);
        }
        catch (Exception) // the viewer left, or a fault of ours: the body will not be read
        {
            response.Body.LetGo();
            throw;
        }
    }

    private static async ValueTask<LambdaRun> InvokeAsync(
        LambdaTrigger trigger, EventType type, ExposedBody? body, Exchange exchange, CancellationToken cancellationToken)
    {
        var @event = new LambdaEvent
        {
            EventType = type,
            Request = exchange.Request,
            Response = type == EventType.ViewerResponse ? exchange.Response : null,
            Body = body,
            DistributionDomainName = exchange.Distribution.Distribution.DomainName,
            DistributionId = exchange.Distribution.Distribution.Id,
            ShowsCloudFrontHeader = ShowsWhatTheViewerSent,
        };
        var run = await trigger.Function.InvokeAsync(@event, new Region(exchange.Regional.EdgeLocation.Region), cancellationToken);
        exchange.Note(run);
        return run;
    }

    private static EdgeResponse Page(LambdaFailure failure, Exchange exchange)
    {
        (exchange.ResultType, var page) = FailurePages.For(failure, exchange.Request.RequestId);
        exchange.ErrorDetail = failure.ForDevelopers;
        return page;
    }
}
