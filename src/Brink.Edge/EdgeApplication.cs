using Brink.Edge.Admission;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Configuration;
using Brink.Edge.Delivery;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Functions;
using Brink.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;

namespace Brink.Edge;

/// <summary>
/// Between the listeners and the pipeline: opens an exchange for each request, and answers a fault of the edge itself with a plain 500.
/// </summary>
internal sealed class EdgeApplication(
    EdgeState state,
    EdgePipeline pipeline,
    Explainer explainer,
    ResponseWriter writer,
    EdgeServerOptions options,
    int? httpsPort,
    bool speaksHttp3,
    IAccessLog log,
    TimeProvider time)
    : IHttpApplication<KestrelViewer>, IViewerRequests
{
    private readonly TrustedProxies? _proxies = TrustedProxies.Of(options.TrustedProxies);
    // Another sequence than that of Server-Timing, or its sample would be the staging distribution's viewers.
    private readonly Sampler _draws = new(~options.SamplingSeed);

    public KestrelViewer CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps one context for each connection or stream and offers it again.
        var container = contextFeatures as IHostContextContainer<KestrelViewer>;
        var viewer = container?.HostContext ?? new KestrelViewer(_proxies);
        viewer.Attach(contextFeatures);
        container?.HostContext = viewer;
        return viewer;
    }

    public void DisposeContext(KestrelViewer context, Exception? exception) => context.Detach();

    public Task ProcessRequestAsync(KestrelViewer context)
    {
        var answering = AnswerAsync(context);
        return context.HasEnding ? EndAsync(answering, context) : answering;
    }

    /// <summary>Answers one request, or ends its connection. Never throws.</summary>
    public Task AnswerAsync(Viewer viewer)
    {
        var cancellationToken = viewer.Gone;
        var request = new EdgeRequest();
        Exchange? exchange = null;
        try
        {
            var verdict = viewer.Read(request);
            ValueTask handling;
            // WebSocket over HTTP/2 (RFC 8441), which CloudFront does not speak: Kestrel offers it and cannot be told not to.
            if (request.Method == "CONNECT" && viewer.RequireHttp11())
            {
                log.Refused("CONNECT over HTTP/2: WebSocket is spoken over HTTP/1.1");
                return Task.CompletedTask;
            }
            if (verdict.Status != 0)
                handling = RefuseAsync(verdict, request, viewer, cancellationToken);
            else if ((exchange = Open(viewer, request)) is null)
                handling = RefuseHostAsync(request, viewer, cancellationToken);
            // ALPN has settled this before; here it is for HTTP/2 without TLS, and for a connection that
            // was made for another distribution's name.
            else if (!exchange.Addressed.Distribution.Allows(request.HttpVersion, speaksHttp3) && viewer.RequireHttp11())
            {
                log.Refused($"the distribution's HttpVersion does not have HTTP/{request.HttpVersion[0]}, over which the request came");
                return Task.CompletedTask;
            }
            else if (options.Explains && Explainer.TakeQuestion(request, viewer))
                handling = explainer.AnswerAsync(exchange, viewer, cancellationToken);
            else
                handling = pipeline.HandleAsync(exchange, viewer, cancellationToken);
            if (!handling.IsCompletedSuccessfully || exchange is { Regional.Body.IsUnderWay: true })
                return FinishAsync(handling, exchange, request, viewer, cancellationToken);
            Recycle(exchange, request);
            return Task.CompletedTask;
        }
        catch (Exception fault)
        {
            return FaultAsync(fault, exchange, request, viewer, cancellationToken);
        }
    }

    /// <summary>What would become of a request; null, with the reason, where it does not get as far as a distribution.</summary>
    public async ValueTask<(Explanation? Explanation, string? Refusal)> ExplainAsync(Viewer viewer, CancellationToken cancellationToken)
    {
        var request = new EdgeRequest();
        if (viewer.Read(request) is { Status: not 0 } verdict)
            return (null, verdict.Reason);
        return Open(viewer, request) is { } exchange
            ? (await explainer.ExplainAsync(exchange, cancellationToken), null)
            : (null, $"no distribution answers to the Host {request.Headers.Get("Host")}: its aliases and its domain name do");
    }

    /// <summary>
    /// Distribution by host, primary or staging by policy, behavior by path. A function may change the URI later; this choice stands.
    /// Null: no distribution has the host.
    /// </summary>
    private Exchange? Open(Viewer viewer, EdgeRequest request)
    {
        var snapshot = state.Current;
        var host = request.Headers.Get("Host") ?? "";
        if (snapshot.DistributionFor(host) is not { } distribution)
            return null;
        var choice = distribution.Deployment is { } deployment
            ? StagingChoice.Choose(distribution, deployment, request, _draws, time)
            : null;
        distribution = choice?.Chosen ?? distribution;
        var behavior = distribution.BehaviorFor(request.Uri);
        var protocol = viewer.OffersWebSocket ? RequestProtocol.WebSocket
            : behavior.Behavior.AllowsGrpc && Grpc.Is(request) ? RequestProtocol.Grpc
            : RequestProtocol.Http;
        if (protocol == RequestProtocol.Grpc)
            viewer.LetBodyTakeItsTime();
        var facts = snapshot.Questions == ViewerQuestions.None ? null : FactsOf(viewer, request, snapshot, behavior);
        return new Exchange
        {
            Snapshot = snapshot,
            Regional = new RegionalRequest
            {
                Request = request,
                Distribution = distribution,
                Behavior = behavior,
                OriginalUri = request.Uri,
                OriginalQueryString = request.QueryString,
                Protocol = protocol,
                S3 = snapshot.S3,
                EdgeLocation = options.Location,
                StartedAt = time.GetUtcNow(),
                Body = RequestBody.Of(request.Method, viewer.RequestBody, viewer.RequestBodyReader),
                Steps = options.RecordsSteps ? [] : null,
                Interim = viewer.Interim,
            },
            Deployment = choice,
            OriginalHost = host,
            HttpsPort = httpsPort,
            ServerIp = viewer.ServerIp,
            Viewer = facts,
            Logged = RequestLogs.Open(distribution, behavior, viewer, request, facts, options.Pop),
            StartTimestamp = time.GetTimestamp(),
        };
    }

    /// <summary>
    /// A page in an error's place may have another behavior; if that one alone asks for the order of fields, it asks in vain.
    /// </summary>
    private static ViewerFacts FactsOf(Viewer viewer, EdgeRequest request, EdgeSnapshot snapshot, LiveBehavior behavior)
    {
        var asksForOrder = viewer.KeepsOrder && behavior.CloudFrontHeaders.Questions.HasFlag(ViewerQuestions.HeaderOrder);
        return new ViewerFacts(snapshot, request.ClientIp)
        {
            Tls = viewer.Tls?.NextRequest(),
            Fingerprints = viewer.Tls?.Fingerprints,
            HeaderOrder = asksForOrder ? HeaderOrder.Of(request.Headers) : null,
        };
    }

    /// <summary>A Host of no distribution: 403 before there is an exchange (spec 1.1, stage 3).</summary>
    private ValueTask RefuseHostAsync(EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        var detail = state.Current.IsStaging(request.Headers.Get("Host"))
            ? "a staging distribution answers to no Host: a continuous deployment policy sends it requests for its primary"
            : "no distribution answers to this Host: its aliases and its domain name do";
        var page = ErrorPages.Create(403, ErrorPages.BadRequest, request.RequestId);
        return writer.RefuseHostAsync(page, detail, request, viewer, cancellationToken);
    }

    private ValueTask RefuseAsync(
        ViewerRequestReader.Verdict verdict, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        // Requests over the limits are not logged, as with CloudFront (spec 1.1, stage 2). The door tells of its refusals itself.
        if (verdict.Reason is { } reason && verdict.Status != 413)
            log.Refused(reason);
        var cause = verdict.Status switch
        {
            413 => ErrorPages.TooLarge,
            Door.FullStatus => ErrorPages.Full,
            _ => ErrorPages.BadRequest,
        };
        var page = ErrorPages.Create(verdict.Status, cause, request.RequestId);
        return writer.RefuseAsync(page, request, ResultType.Error, viewer, cancellationToken);
    }

    private async Task FinishAsync(
        ValueTask handling, Exchange? exchange, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            await handling;
            if (exchange is not null)
                await exchange.Regional.Body.StopAsync();
            Recycle(exchange, request);
        }
        catch (Exception fault)
        {
            if (exchange is not null)
                await exchange.Regional.Body.StopAsync();
            await FaultAsync(fault, exchange, request, viewer, cancellationToken);
        }
    }

    private async Task EndAsync(Task answering, KestrelViewer viewer)
    {
        await answering;
        await viewer.EndRequestAsync(time);
    }

    /// <summary>The exchange is over, and nothing else holds its messages.</summary>
    private static void Recycle(Exchange? exchange, EdgeRequest request)
    {
        request.Headers.Recycle();
        exchange?.Response?.Headers.Recycle();
    }

    private async Task FaultAsync(
        Exception fault, Exchange? exchange, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        if (exchange is { Origin: null, Regional.ReportIfAny: { } report })
            exchange.TakeOver(report);
        // A viewer who left is no fault of the edge.
        if (fault is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            if (exchange is not null)
                writer.Log(exchange, viewer, status: 0, viewerLeft: true, isCutOff: true);
            return;
        }

        log.Faulted(request.RequestId, fault);
        if (exchange is not null)
        {
            exchange.ResultType = ResultType.Error;
            writer.Log(exchange, viewer, status: 500, viewerLeft: false, isCutOff: false);
        }
        if (viewer.HasStarted)
        {
            viewer.Abort();
            return;
        }
        viewer.StartOver();
        try
        {
            var page = ErrorPages.Create(500, ErrorPages.Internal, request.RequestId);
            await writer.RefuseAsync(page, request, ResultType.Error, viewer, cancellationToken);
        }
        catch (Exception)
        {
            viewer.Abort();
        }
    }
}
