using System.Buffers;
using System.Globalization;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Delivery;

/// <summary>
/// The last stage: the standard headers (distribution spec 3.11), the response headers policy, the body, the log line. A body that breaks
/// off ends the viewer's connection: a part must not pass for the whole.
/// </summary>
internal sealed class ResponseWriter(EdgeServerOptions options, IAccessLog log, TimeProvider time)
{
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

        var viewerLeft = false;
        try
        {
            var rules = exchange.Behavior.ResponseHeaders;
            var fields = new PolicyFields(rules, exchange.Request, ServerTiming.For(rules, exchange, _pop, _sampler, time));
            var altSvc = exchange.Request.IsHttps && exchange.Distribution.Distribution.AsksForHttp3 ? AltSvc : null;
            WriteHead(exchange.Request, response, exchange.Age, XCacheOf(exchange), altSvc, ref fields, viewer);
            if (HasBody(exchange.Request.Method, response.StatusCode))
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
            viewerLeft = cancellationToken.IsCancellationRequested;
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

        Log(exchange, viewerLeft && !viewer.HasStarted ? 0 : response.StatusCode, viewerLeft);
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
            WriteHead(request, page, null, ResultType.Error, altSvc: null, ref none, viewer);
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
            ResultType = ResultType.Error,
            DetailedResultType = viewerLeft ? "ClientHungUpRequest" : nameof(ResultType.Error),
            RequestId = request.RequestId,
            TimeTaken = time.GetElapsedTime(start),
            HttpVersion = request.HttpVersion,
            ErrorDetail = detail,
        });
    }

    /// <summary>The log line of an exchange that is over.</summary>
    public void Log(Exchange exchange, int status, bool viewerLeft)
    {
        if (log is NoAccessLog)
            return;
        if (exchange.Fault is { } fault)
            log.Faulted(exchange.Request.RequestId, fault);
        var resultType = XCacheOf(exchange);
        var request = exchange.Request;
        log.Write(new AccessLogEntry
        {
            Time = exchange.Regional.StartedAt,
            ViewerIp = request.ClientIp,
            Method = request.Method,
            Host = exchange.OriginalHost,
            Uri = exchange.Regional.OriginalUri,
            QueryString = exchange.Regional.OriginalQueryString,
            StatusCode = status,
            BodyBytes = exchange.BodyBytes,
            ResultType = resultType,
            DetailedResultType = exchange.DetailedResultType ?? (viewerLeft ? "ClientHungUpRequest" : resultType.ToString()),
            RequestId = request.RequestId,
            TimeTaken = time.GetElapsedTime(exchange.StartTimestamp),
            HttpVersion = request.HttpVersion,
            DistributionId = exchange.Distribution.Distribution.Id,
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
        });
    }

    private void WriteHead(
        EdgeRequest request, EdgeResponse response, int? seconds, ResultType resultType, string? altSvc, ref PolicyFields policy,
        Viewer viewer)
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
                return await CopyAsync(exchange, stream, writer, cancellationToken);

            default:
                throw new InvalidOperationException($"a body of type {body.GetType().Name} cannot be written");
        }
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
                if (sent > 0 && sent == body.Length)
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
