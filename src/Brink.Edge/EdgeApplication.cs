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
/// Between the viewers' doors and the pipeline: opens an exchange for each request, and stands behind the pipeline with a plain 500 for faults of our own.
/// </summary>
internal sealed class EdgeApplication(EdgeState state, EdgePipeline pipeline, ResponseWriter writer, EdgeLocation location, int? httpsPort, IAccessLog log, TimeProvider time)
    : IHttpApplication<KestrelViewer>
{
    public KestrelViewer CreateContext(IFeatureCollection contextFeatures)
    {
        // Kestrel keeps one context for each connection or stream and offers it again.
        var container = contextFeatures as IHostContextContainer<KestrelViewer>;
        var viewer = container?.HostContext ?? new KestrelViewer();
        viewer.Attach(contextFeatures);
        container?.HostContext = viewer;
        return viewer;
    }

    public void DisposeContext(KestrelViewer context, Exception? exception) { }

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
            if (verdict.Status == 0)
                exchange = Open(viewer, request);
            // ALPN says so before; this is for HTTP/2 without TLS, and for a connection that was made for another distribution's name.
            if (exchange?.Distribution is { Distribution.AllowsHttp2: false } && request.HttpVersion == "2.0" && viewer.RequireHttp11())
            {
                log.Refused("the distribution's HttpVersion is http1.1, and the request came over HTTP/2");
                return Task.CompletedTask;
            }
            var handling = exchange is not null
                ? pipeline.HandleAsync(exchange, viewer, cancellationToken)
                : RefuseAsync(verdict, request, viewer, cancellationToken);
            if (!handling.IsCompletedSuccessfully || exchange?.Upload is not null)
                return FinishAsync(handling, exchange, request, viewer, cancellationToken);
            Recycle(exchange, request);
            return Task.CompletedTask;
        }
        catch (Exception fault)
        {
            return FaultAsync(fault, exchange, request, viewer, cancellationToken);
        }
    }

    /// <summary>Distribution by host, behavior by path. A function may change the URI later; this choice stands.</summary>
    private Exchange Open(Viewer viewer, EdgeRequest request)
    {
        var snapshot = state.Current;
        var host = request.Headers.Get("Host") ?? "";
        var distribution = snapshot.DistributionFor(host);
        return new Exchange
        {
            Snapshot = snapshot,
            Request = request,
            Distribution = distribution,
            Behavior = distribution?.BehaviorFor(request.Uri),
            RequestBody = viewer.RequestBody,
            RequestBodyReader = viewer.RequestBodyReader,
            OriginalUri = request.Uri,
            OriginalQueryString = request.QueryString,
            OriginalHost = host,
            HttpsPort = httpsPort,
            EdgeLocation = location,
            ServerIp = viewer.ServerIp,
            StartedAt = time.GetUtcNow(),
            StartTimestamp = time.GetTimestamp(),
        };
    }

    private ValueTask RefuseAsync(ViewerRequestReader.Verdict verdict, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        // Requests over the limits are not logged, as with CloudFront (spec 1.1, stage 2).
        if (verdict.Status != 413)
            log.Refused(verdict.Reason ?? "");
        var page = ErrorPages.Create(verdict.Status, verdict.Status == 413 ? ErrorPages.TooLarge : ErrorPages.BadRequest, request.RequestId);
        return writer.RefuseAsync(page, request, ResultType.Error, viewer, cancellationToken);
    }

    private async Task FinishAsync(ValueTask handling, Exchange? exchange, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        try
        {
            await handling;
            if (exchange?.Upload is { } upload)
                await upload.StopAsync();
            Recycle(exchange, request);
        }
        catch (Exception fault)
        {
            if (exchange?.Upload is { } upload)
                await upload.StopAsync();
            await FaultAsync(fault, exchange, request, viewer, cancellationToken);
        }
    }

    private async Task EndAsync(Task answering, KestrelViewer viewer)
    {
        await answering;
        await viewer.EndRequestAsync(time);
    }

    /// <summary>The messages are over: nobody but their exchange held them.</summary>
    private static void Recycle(Exchange? exchange, EdgeRequest request)
    {
        request.Headers.Recycle();
        exchange?.Response?.Headers.Recycle();
    }

    private async Task FaultAsync(Exception fault, Exchange? exchange, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        // A viewer who left is no fault of ours.
        if (fault is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            if (exchange is not null)
                writer.Log(exchange, status: 0, viewerLeft: true);
            return;
        }

        log.Faulted(request.RequestId, fault);
        if (exchange is not null)
        {
            exchange.ResultType = ResultType.Error;
            writer.Log(exchange, status: 500, viewerLeft: false);
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
