using System.Globalization;
using Brink.Edge.Delivery;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.Metering;
using Brink.Http;

namespace Brink.Edge.Triggers;

/// <summary>
/// Runs the functions of a behavior and turns what came of them into responses. A customer's function that fails is an outcome like any other:
/// the viewer gets a page, the request does not go on.
/// </summary>
internal static partial class FunctionTriggers
{
    /// <summary>Runs viewer-request. Null: go on, with the request as the function left it.</summary>
    public static ValueTask<EdgeResponse?> ViewerRequestAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var behavior = exchange.Behavior!;
        if (behavior.Lambda?.ViewerRequest is { } trigger)
            return RunViewerRequestAsync(trigger, exchange, cancellationToken);
        behavior.CloudFrontHeaders.Apply(exchange.Request, exchange.Snapshot.ViewerCountry);
        return behavior.ViewerRequest is { } function
            ? RunViewerRequestAsync(function, exchange, cancellationToken)
            : default;
    }

    /// <summary>Runs viewer-response on the exchange's response, which it edits, or which a page replaces.</summary>
    public static ValueTask ViewerResponseAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var behavior = exchange.Behavior!;
        if (behavior.ViewerResponse is { } function)
        {
            ShowAge(exchange);
            return RunViewerResponseAsync(function, exchange, cancellationToken);
        }
        if (behavior.Lambda?.ViewerResponse is { } trigger)
        {
            ShowAge(exchange);
            return RunViewerResponseAsync(trigger, exchange, cancellationToken);
        }
        return default;
    }

    /// <summary>From here on Age is a field like any other: the function sees it, and may delete it.</summary>
    private static void ShowAge(Exchange exchange)
    {
        if (exchange.Age is not { } age)
            return;
        exchange.Response!.Headers.Add("Age", age.ToString(CultureInfo.InvariantCulture));
        exchange.Age = null;
    }

    private static async ValueTask<EdgeResponse?> RunViewerRequestAsync(IEdgeFunction function, Exchange exchange, CancellationToken cancellationToken)
    {
        var run = await function.InvokeAsync(EventFor(exchange, EventType.ViewerRequest, null), cancellationToken);
        exchange.ViewerRequestRun = run;
        Note(run.Alarm, exchange);
        return Answer(run.Outcome, exchange);
    }

    private static async ValueTask RunViewerResponseAsync(IEdgeFunction function, Exchange exchange, CancellationToken cancellationToken)
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

    /// <summary>An alarm goes to the log of faults; the request goes its way.</summary>
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
                    exchange.Target = target;
                return null;

            case FunctionOutcome.Respond(var response):
                exchange.ResultType = ResultType.FunctionGeneratedResponse;
                return response;

            case FunctionOutcome.Fail(var error):
                var (type, status, cause) = error.Kind switch
                {
                    FunctionErrorKind.Validation => (ResultType.FunctionValidationError, 502, ErrorPages.FunctionInvalid),
                    FunctionErrorKind.OriginRewrite => (ResultType.FunctionValidationError, 502, ErrorPages.OriginRewriteInvalid),
                    _ => (ResultType.FunctionExecutionError, 503, ErrorPages.FunctionFailed),
                };
                exchange.ResultType = type;
                exchange.Fault = error.Fault ?? exchange.Fault;
                exchange.ErrorDetail = error.ForDevelopers;
                return ErrorPages.Create(status, cause, exchange.Request.RequestId);

            default:
                throw new InvalidOperationException($"a function ended in {outcome.GetType().Name}, which nobody turns into a response");
        }
    }

    private static TriggerEvent EventFor(Exchange exchange, EventType type, EdgeResponse? response)
    {
        var distribution = exchange.Distribution!.Distribution;
        return new TriggerEvent
        {
            EventType = type,
            Request = exchange.Request,
            Response = response,
            DistributionDomainName = distribution.DomainName,
            DistributionId = distribution.Id,
            Distribution = distribution,
            Target = exchange.Target,
            EdgeLocation = exchange.EdgeLocation,
            ServerIp = exchange.ServerIp,
            ShowsCloudFrontHeader = exchange.Behavior!.CloudFrontHeaders.Shows,
        };
    }
}
