using System.Buffers;
using System.Globalization;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Metrics;
using Brink.Edge.Requests;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;

namespace Brink.Edge.Delivery;

/// <summary>
/// The last stage: the standard headers (distribution spec 3.11), the response headers policy, the body, the log line. A body that breaks
/// off ends the viewer's connection: a part must not pass for the whole.
/// </summary>
internal sealed class ResponseWriter(EdgeServerOptions options, IAccessLog log, EdgeCounters counters, TimeProvider time)
{
    private const int SwitchingProtocols = 101;

    private readonly string _via = $"1.1 {Guid.NewGuid():N}.cloudfront.net (CloudFront)";
    private readonly string _pop = options.Pop;
    private readonly Sampler _sampler = new(options.SamplingSeed);

    /// <summary>Where this edge speaks HTTP/3, as viewers over TLS are told; null where it does not.</summary>
    public string? AltSvc { get; set; }

    /// <summary>The Via value of this edge, the same towards viewers and origins.</summary>
    public string Via => _via;

    public async ValueTask SendAsync(Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        var response = exchange.Response!;
        if (options.DeveloperErrors && exchange is { ErrorDetail: { } reason, ErrorPage: null } && viewer.IsLoopback)
            response = ErrorPages.WithReason(response, reason);

        if (response is { Body: TunnelBody, StatusCode: not SwitchingProtocols })
        {
            // A function has made another answer of it.
            response.Body.LetGo();
            response.Body = MessageBody.Empty;
        }
        var (viewerLeft, isCutOff) = (false, false);
        try
        {
            var rules = exchange.Behavior.ResponseHeaders;
            var fields = new PolicyFields(rules, exchange.Request, ServerTiming.For(rules, exchange, _pop, _sampler, time));
            var altSvc = exchange.Request.IsHttps && exchange.Distribution.Distribution.AsksForHttp3 ? AltSvc : null;
            var cookie = exchange.Deployment?.SetCookie;
            WriteHead(exchange.Request, response, exchange.Age, XCacheOf(exchange), altSvc, cookie, ref fields, viewer);
            if (exchange.Logged is { } logged)
                RequestLogs.FirstByte(logged, exchange, response, XCacheOf(exchange), time);
            if (response.Body is TunnelBody tunnel)
                await RelayAsync(exchange, tunnel, viewer);
            else if (HasBody(exchange.Request.Method, response.StatusCode))
                viewerLeft = !await WriteBodyAsync(exchange, response.Body, viewer, cancellationToken);
            if (viewerLeft)
                viewer.Abort();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            viewerLeft = true;
        }
        catch (IOException exception)
        {
            // The origin broke off, or the viewer did: either way this connection is of no more use.
            (viewerLeft, isCutOff) = (cancellationToken.IsCancellationRequested, true);
            exchange.ErrorDetail ??= exception.Message;
            exchange.DetailedResultType ??= viewerLeft ? null : nameof(OriginFailure.OriginReadError);
            viewer.Abort();
        }
        finally
        {
            if (response.Body is WritableBody written)
                exchange.BodyBytes = written.BytesWritten;
            response.Body.LetGo();
        }

        var status = viewerLeft && !viewer.HasStarted ? 0 : response.StatusCode;
        Log(exchange, viewer, status, viewerLeft, isCutOff || viewerLeft);
    }

    /// <summary>A request that is refused before it became an exchange: the page, then the end of the connection.</summary>
    public async ValueTask RefuseAsync(
        EdgeResponse page, EdgeRequest request, ResultType resultType, Viewer viewer, CancellationToken cancellationToken)
    {
        viewer.Begin(page.StatusCode, reason: null);
        foreach (var field in page.Headers.AsSpan())
            viewer.Field(field.Name, field.Value);
        viewer.CloseAfterwards();
        viewer.Field("Via", _via);
        StandardHeaders(viewer, resultType, request.RequestId);
        viewer.Frame(page.Body.Length);
        if (request.Method != "HEAD")
            await viewer.Body.WriteAsync(((BytesBody)page.Body).Bytes, cancellationToken);
    }

    /// <summary>A request whose Host is no distribution's: the page, as for one that has an exchange, and a line in the log.</summary>
    public async ValueTask RefuseHostAsync(
        EdgeResponse page, string detail, EdgeRequest request, Viewer viewer, CancellationToken cancellationToken)
    {
        var (startedAt, start) = (time.GetUtcNow(), time.GetTimestamp());
        if (options.DeveloperErrors && viewer.IsLoopback)
            page = ErrorPages.WithReason(page, detail);
        var viewerLeft = false;
        try
        {
            var none = default(PolicyFields); // a policy is a behavior's
            WriteHead(request, page, null, ResultType.Error, altSvc: null, sessionCookie: null, ref none, viewer);
            var body = HasBody(request.Method, page.StatusCode) ? ((BytesBody)page.Body).Bytes : default;
            viewerLeft = !body.IsEmpty && (await viewer.Body.WriteAsync(body, cancellationToken)).IsCompleted;
            if (viewerLeft)
                viewer.Abort();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            viewerLeft = true;
        }
        catch (IOException)
        {
            viewerLeft = true;
            viewer.Abort();
        }
        if (log is NoAccessLog)
            return;
        log.Write(new AccessLogEntry
        {
            Time = startedAt,
            ViewerIp = request.ClientIp,
            Method = request.Method,
            Host = request.Headers.Get("Host") ?? "",
            Uri = request.Uri,
            QueryString = request.QueryString,
            StatusCode = viewerLeft && !viewer.HasStarted ? 0 : page.StatusCode,
            BodyBytes = viewerLeft || request.Method == "HEAD" ? 0 : page.Body.Length ?? 0,
            Protocol = request.IsHttps ? "https" : "http",
            ResultType = ResultType.Error,
            DetailedResultType = viewerLeft ? "ClientCommError" : nameof(ResultType.Error),
            RequestId = request.RequestId,
            TimeTaken = time.GetElapsedTime(start),
            HttpVersion = request.HttpVersion,
            ErrorDetail = detail,
        });
    }

    /// <summary>The log line of an exchange that is over.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="viewer">Its viewer.</param>
    /// <param name="status">What the viewer got; 0 for nothing.</param>
    /// <param name="viewerLeft">Whether it left before the end.</param>
    /// <param name="isCutOff">Whether the answer did not come to its end, for whatever reason: then the log says Error.</param>
    public void Log(Exchange exchange, Viewer viewer, int status, bool viewerLeft, bool isCutOff)
    {
        var resultType = isCutOff ? ResultType.Error : XCacheOf(exchange);
        Count(exchange, resultType, status);
        if (exchange.Fault is { } fault)
            log.Faulted(exchange.Request.RequestId, fault);
        if (log is NoAccessLog && exchange.Logged is null)
            return;
        var request = exchange.Request;
        var entry = new AccessLogEntry
        {
            Time = exchange.Regional.StartedAt,
            ViewerIp = request.ClientIp,
            Method = request.Method,
            Host = exchange.OriginalHost,
            Uri = exchange.Regional.OriginalUri,
            QueryString = exchange.Regional.OriginalQueryString,
            StatusCode = status,
            BodyBytes = exchange.BodyBytes,
            ReceivedBytes = exchange.ReceivedBytes,
            Protocol = ProtocolOf(exchange),
            ResultType = resultType,
            DetailedResultType = exchange.DetailedResultType ?? (viewerLeft ? LeavingOf(exchange) : LogWords.Of(resultType)),
            RequestId = request.RequestId,
            TimeTaken = time.GetElapsedTime(exchange.StartTimestamp),
            HttpVersion = request.HttpVersion,
            DistributionId = exchange.Distribution.Distribution.Id,
            PrimaryDistribution = exchange.Deployment is { IsStaging: true, Primary.Distribution: var primary } ? primary : null,
            ViewerRequestRun = exchange.ViewerRequestRun,
            ViewerResponseRun = exchange.ViewerResponseRun,
            LambdaRuns = exchange.LambdaRuns,
            OriginId = exchange.Origin?.OriginId,
            FailoverReason = exchange.Origin?.FailoverReason,
            OriginNote = exchange.OriginNote,
            PathPattern = exchange.Behavior.Behavior.PathPattern.Pattern,
            DroppedSetCookie = exchange.DroppedSetCookie,
            ErrorPage = exchange.ErrorPage,
            ErrorDetail = exchange.ErrorDetail,
            NotStored = exchange.NotStored,
            Steps = exchange.Regional.Steps,
        };
        log.Write(entry);
        if (exchange.Logged is not { } logged)
            return;
        RequestLogs.End(logged, exchange, viewer);
        logged.Write(entry);
    }

    private void Count(Exchange exchange, ResultType resultType, int status)
    {
        counters.Of(exchange.Distribution.Distribution.Id).Count(resultType, status, exchange.BodyBytes);
        if (exchange.ViewerRequestRun is { } before)
            Count(before);
        if (exchange.ViewerResponseRun is { } after)
            Count(after);
        for (var i = 0; i < exchange.LambdaRuns.Count; i++)
        {
            var run = exchange.LambdaRuns[i];
            counters.LambdaFunctions.Calls.Increment();
            if (run.Failure is not { } failure)
                continue;
            counters.LambdaFunctions.Errors.Increment();
            if (failure.Kind == LambdaErrorKind.LimitExceeded)
                counters.LambdaFunctions.Throttles.Increment();
        }
    }

    private void Count(in FunctionRun run)
    {
        counters.CloudFrontFunctions.Calls.Increment();
        if (run.Outcome is not FunctionOutcome.Fail)
            return;
        counters.CloudFrontFunctions.Errors.Increment();
        if (run.ComputeUtilization >= 100)
            counters.CloudFrontFunctions.Throttles.Increment();
    }

    /// <summary>
    /// A viewer that leaves while it still sends hangs up; one that leaves while it is answered is a communication problem.
    /// </summary>
    private static string LeavingOf(Exchange exchange) =>
        exchange.Regional.Body.IsUnderWay ? "ClientHungUpRequest" : "ClientCommError";

    private void WriteHead(
        EdgeRequest request, EdgeResponse response, int? seconds, ResultType resultType, string? altSvc, string? sessionCookie,
        ref PolicyFields policy, Viewer viewer)
    {
        viewer.Begin(response.StatusCode, response.StatusDescription is { } reason && FieldText.IsPhrase(reason) ? reason : null);

        long? declaredLength = null;
        string? originVia = null;
        var hasServer = false;
        foreach (ref readonly var field in response.Headers.AsSpan())
        {
            if (policy.TakesOut(field))
                continue;
            switch (field.Name.Length)
            {
                // The edge alone frames the message and sets the standard headers.
                case 14 when Is(field.Name, "Content-Length"):
                    if (WireNumber.TryRead(field.Value, out var length))
                        declaredLength = length;
                    continue;
                case 17 when Is(field.Name, "Transfer-Encoding"):
                case 10 when Is(field.Name, "Connection"):
                case 7 when Is(field.Name, "X-Cache") || (altSvc is not null && Is(field.Name, "Alt-Svc")):
                case 11 when Is(field.Name, "X-Amz-Cf-Id"):
                case 12 when Is(field.Name, "X-Amz-Cf-Pop"):
                    continue;
                case 3 when Is(field.Name, "Via"):
                    originVia = originVia is null ? field.Value : $"{originVia}, {field.Value}";
                    continue;
                case 6 when Is(field.Name, "Server"):
                    if (field.Value.Length == 0 || !FieldText.IsSafe(field.Value))
                        continue;
                    hasServer = true;
                    break;
                default:
                    break;
            }
            viewer.Field(field.Name, field.Value);
        }

        if (!hasServer && !policy.SetsServer)
            viewer.Field("Server", "CloudFront");
        if (seconds is { } age && !policy.SetsAge)
            viewer.Field("Age", age.ToString(CultureInfo.InvariantCulture));
        viewer.Field("Via", originVia is null || !FieldText.IsSafe(originVia) ? _via : $"{originVia}, {_via}");
        StandardHeaders(viewer, resultType, request.RequestId, altSvc);
        policy.AddTo(viewer);
        if (sessionCookie is not null)
            viewer.Field("Set-Cookie", sessionCookie);

        if (response.Body is TunnelBody)
            return;
        if (HasBody(request.Method, response.StatusCode))
            viewer.Frame(response.Body.Length);
        else if (request.Method == "HEAD" && response.StatusCode is not (204 or 205 or 304))
            viewer.Frame(declaredLength ?? (response.Body.Length is > 0 and var known ? known : null));
        else
            viewer.Frame(null);
    }

    private void StandardHeaders(Viewer viewer, ResultType resultType, string requestId, string? altSvc = null)
    {
        viewer.Field("X-Cache", XCacheText(resultType));
        viewer.Field("X-Amz-Cf-Pop", _pop);
        if (altSvc is not null)
            viewer.Field("Alt-Svc", altSvc);
        viewer.Field("X-Amz-Cf-Id", requestId);
    }

    private async ValueTask RelayAsync(Exchange exchange, TunnelBody tunnel, Viewer viewer)
    {
        using var relay = new WebSocketRelay(await viewer.UpgradeAsync(), tunnel, time);
        var endsInOrder = await relay.RunAsync(viewer.Gone, viewer.Stopping);
        (exchange.BodyBytes, exchange.ReceivedBytes) = (relay.FromOrigin, relay.FromViewer);
        if (relay.WasIdle)
            exchange.OriginNote ??= "the WebSocket was closed: nothing moved on it for long, or the edge stops";
        if (relay.OriginFailure is { } failure)
            (exchange.DetailedResultType, exchange.ErrorDetail) = (nameof(OriginFailure.OriginReadError), failure.Message);
        if (!endsInOrder)
            viewer.Abort();
    }

    /// <summary>Writes the body; false if the viewer left before its end.</summary>
    private static async ValueTask<bool> WriteBodyAsync(
        Exchange exchange, MessageBody body, Viewer viewer, CancellationToken cancellationToken)
    {
        var writer = viewer.Body;
        switch (body)
        {
            case BytesBody { Bytes: var bytes }:
                if (bytes.IsEmpty)
                    return true;
                var flush = await writer.WriteAsync(bytes, cancellationToken); // head and body in one piece, one flush
                if (flush.IsCompleted)
                    return false;
                exchange.BodyBytes = bytes.Length;
                return true;

            case WritableBody writable:
                return await writable.WriteToAsync(writer, cancellationToken);

            case StreamBody stream:
                if (!await CopyAsync(exchange, stream, writer, cancellationToken))
                    return false;
                if (stream.Trailers is { } trailers)
                    AddTrailers(trailers(), viewer);
                return true;

            default:
                throw new InvalidOperationException($"a body of type {body.GetType().Name} cannot be written");
        }
    }

    private static void AddTrailers(HeaderList trailers, Viewer viewer)
    {
        foreach (ref readonly var field in trailers.AsSpan())
            viewer.Trailer(field.Name, field.Value);
    }

    private static async ValueTask<bool> CopyAsync(
        Exchange exchange, StreamBody body, System.IO.Pipelines.PipeWriter writer, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (true)
            {
                var sent = exchange.BodyBytes;
                // After the last byte nothing is read: a viewer who has everything may leave, and that would end the reading.
                if (sent > 0 && sent == body.Length && body.Trailers is null)
                    return true;
                var reading = body.Stream.ReadAsync(buffer, cancellationToken);
                // A slow origin does not hold back its head: that goes out at once.
                if (!reading.IsCompleted && sent == 0)
                    await writer.FlushAsync(cancellationToken);
                var read = await reading;
                if (read == 0)
                    return true;
                var flush = await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                if (flush.IsCompleted)
                    return false;
                exchange.BodyBytes += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// An error of the origin stays one in X-Cache when it comes from the cache, or when its status was turned into another (spec 1.2).
    /// </summary>
    private static ResultType XCacheOf(Exchange exchange) =>
        exchange.OriginStatus >= 400 && exchange.ResultType is (ResultType.Hit or ResultType.RefreshHit or ResultType.Miss)
            ? ResultType.Error
            : exchange.ResultType;

    /// <summary>cs-protocol (distribution spec 2.14, 2.15).</summary>
    private static string ProtocolOf(Exchange exchange) => (exchange.Regional.Protocol, exchange.Request.IsHttps) switch
    {
        (RequestProtocol.WebSocket, true) => "wss",
        (RequestProtocol.WebSocket, false) => "ws",
        (RequestProtocol.Grpc, true) => "grpcs",
        (RequestProtocol.Grpc, false) => "grpc", // at AWS there is none without TLS
        (_, true) => "https",
        _ => "http",
    };

    private static string XCacheText(ResultType type) => type switch
    {
        ResultType.Hit => "Hit from cloudfront",
        ResultType.RefreshHit => "RefreshHit from cloudfront",
        ResultType.Miss => "Miss from cloudfront",
        ResultType.Error => "Error from cloudfront",
        ResultType.Redirect => "Redirect from cloudfront",
        ResultType.LimitExceeded => "LimitExceeded from cloudfront",
        ResultType.FunctionGeneratedResponse => "FunctionGeneratedResponse from cloudfront",
        ResultType.FunctionExecutionError => "FunctionExecutionError from cloudfront",
        ResultType.FunctionValidationError => "FunctionValidationError from cloudfront",
        ResultType.LambdaGeneratedResponse => "LambdaGeneratedResponse from cloudfront",
        ResultType.LambdaExecutionError => "LambdaExecutionError from cloudfront",
        ResultType.LambdaValidationError => "LambdaValidationError from cloudfront",
        ResultType.LambdaLimitExceeded => "LambdaLimitExceeded from cloudfront",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static bool HasBody(string method, int status) => method != "HEAD" && status is not (204 or 205 or 304);

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
