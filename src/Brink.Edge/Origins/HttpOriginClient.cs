using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Messages;
using Brink.Edge.Metrics;
using Brink.Edge.Requests;
using Brink.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Brink.Edge.Origins;

/// <summary>
/// One attempt at a custom origin, over pooled HTTP/1.1 connections. Bytes stream both ways; nothing of the
/// target is decoded, normalised or encoded anew.
/// </summary>
/// <remarks>
/// Lost on the way back: the letter case of response names that .NET knows, and the order between fields of different names.
/// </remarks>
internal sealed class HttpOriginClient : IDisposable
{
    private const int SwitchingProtocols = 101;

    private const string WebSocket = "websocket";

    private static readonly HttpRequestOptionsKey<OriginClock> ClockKey = new("brink.clock");

    /// <summary>
    /// How long the head of a chunked answer waits for its first chunk, which as a rule comes with it: when that chunk is invalid, the
    /// answer can still become a page. After this time the head of an origin that streams slowly is passed on.
    /// </summary>
    private static readonly TimeSpan FirstChunkPatience = TimeSpan.FromMilliseconds(100);

    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _via;
    private readonly TimeProvider _time;
    private readonly EdgeCounters _counters;
    private readonly OriginConnector _connector;
    private readonly OriginPools _pools;

    public HttpOriginClient(
        string via, X509Certificate2Collection? authorities, bool passesInterimResponses, EdgeCounters counters, TimeProvider time)
    {
        (_via, _counters, _time) = (via, counters, time);
        _connector = new OriginConnector(authorities, passesInterimResponses);
        _pools = new OriginPools(CreateInvoker, time);
    }

    /// <param name="origin">The server.</param>
    /// <param name="bucket">What is special about a request to a bucket; null for every other server.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="body">What is sent; null for no body.</param>
    /// <param name="cancellationToken">The viewer left.</param>
    public async ValueTask<OriginOutcome> SendAsync(
        CustomOrigin origin, BucketRequest? bucket, RegionalRequest asked, RequestBodyStream? body, CancellationToken cancellationToken)
    {
        var protocol = bucket is null ? asked.Protocol : RequestProtocol.Http; // a bucket speaks nothing else
        var clock = new OriginClock(origin, _time, cancellationToken) { IsDuplex = protocol == RequestProtocol.Grpc };
        HttpResponseMessage? response = null;
        var isKept = false;
        try
        {
            body?.RunAgainst(clock);
            var request = RequestFor(origin, bucket, asked, body, protocol, clock);
            if (HostProblem(request, origin) is { } unsendable)
                return unsendable;
            clock.Expect(origin.ReadTimeout);
            if (asked.Interim.Viewer is not null)
                InterimWatch.Enter(asked.Interim);
            var began = _time.GetTimestamp();
            var settings = OriginConnectionSettings.Of(origin, isHttp2: protocol == RequestProtocol.Grpc);
            var webSocket = protocol == RequestProtocol.WebSocket ? new WebSocketConnection() : null;
            response = webSocket is null
                ? await _pools.For(settings).SendAsync(request, clock.Token)
                : await webSocket.SendAsync(CreateHandler(settings), request, clock.Token);
            clock.Pause();
            _counters.OriginAnswers.Increment();
            _counters.OriginSeconds.Add((long)_time.GetElapsedTime(began).TotalMicroseconds);
            Note(asked.Report.Asked, clock, origin, began, hasBody: body is not null);
            var outcome = Read(response, asked, clock, webSocket);
            if (outcome.Response is { Body: TunnelBody })
            {
                clock.Dispose(); // the origin has answered in time, and what follows has no time
                isKept = true;
            }
            else if (outcome.Response is { Body: StreamBody { Stream: OriginBodyStream stream } })
            {
                if (response.Headers.TransferEncodingChunked == true)
                    await stream.AwaitFirstPieceAsync(FirstChunkPatience, _time);
                isKept = true;
            }
            return outcome;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var problem = ProblemOf(exception, origin, asked, body, clock);
            return response is null ? problem : problem with { Retry = Retry.Never };
        }
        finally
        {
            if (!isKept)
            {
                response?.Dispose();
                clock.Dispose();
            }
        }
    }

    public void Dispose() => _pools.Dispose();

    private void Note(UpstreamTimes? times, OriginClock clock, CustomOrigin origin, long began, bool hasBody)
    {
        if (times is null)
            return;
        var connected = clock.ConnectedAt;
        times.Connecting = clock.Connecting;
        times.Resolving = connected is null || IPAddress.TryParse(origin.DomainName, out _) ? TimeSpan.Zero : null;
        times.FirstByte = hasBody ? null : _time.GetElapsedTime(connected ?? began);
    }

    private HttpRequestMessage RequestFor(
        CustomOrigin origin, BucketRequest? bucket, RegionalRequest asked, RequestBodyStream? body, RequestProtocol protocol,
        OriginClock clock)
    {
        var url = ServerUrl(origin, origin.UsesHttps(asked.Request.IsHttps));
        var headers = OriginRequestHeaders.For(origin, asked, _via);
        if (bucket is null)
        {
            AppendTarget(url, origin, asked);
        }
        else
        {
            var path = origin.OriginPath + (asked.OriginRequest ?? asked.Request).Uri;
            (headers, var target) = bucket.Complete(
                asked.Request.Method, headers, body is not null, (path, QueryOf(asked)), _time.GetUtcNow());
            AppendSafely(url, target);
        }
        var request = new HttpRequestMessage(new HttpMethod(asked.Request.Method), new Uri(url.ToString(), AsGiven))
        {
            Version = protocol == RequestProtocol.Grpc ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Options.Set(ClockKey, clock);
        if (body is not null)
        {
            request.Content = protocol == RequestProtocol.Grpc ? new StreamedUpload(body) : new StreamContent(body, 64 * 1024);
            if (WireNumber.TryRead((asked.OriginRequest ?? asked.Request).Headers.Get("Content-Length"), out var length))
                request.Content.Headers.ContentLength = length;
        }
        else if (asked.Request.Method is not ("GET" or "HEAD"))
        {
            // An empty body counts: .NET repeats a request whose connection ends without an answer, unless its body has begun.
            request.Content = new ByteArrayContent([]);
        }
        foreach (var field in headers.AsSpan())
        {
            // The edge frames the message; a request that functions have seen carries this field.
            if (field.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                continue;
            // .NET would write a line end in a value as it is.
            if (!FieldText.IsSafe(field.Value))
                continue;
            if (protocol != RequestProtocol.Http && field.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase))
                continue;
            // .NET keeps the fields that describe a body with the body. Without one (Content-Type on a GET, say) they are not sent.
            if (!request.Headers.TryAddWithoutValidation(field.Name, field.Value))
                request.Content?.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }
        switch (protocol)
        {
            case RequestProtocol.WebSocket:
                request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
                request.Headers.TryAddWithoutValidation("Upgrade", WebSocket);
                break;
            case RequestProtocol.Grpc:
                request.Headers.TryAddWithoutValidation("TE", "trailers"); // servers refuse a call without it
                break;
            default:
                break;
        }
        return request;
    }

    /// <summary>.NET sends a Host that it cannot read beside one of its own.</summary>
    private static OriginProblem? HostProblem(HttpRequestMessage request, CustomOrigin origin)
    {
        request.Headers.NonValidated.TryGetValues("Host", out var hosts);
        var host = hosts.ToString();
        if (hosts.Count == 1 && HostField.IsValid(host) && request.Headers.Host == host)
            return null;
        var shown = host.Length <= 100 ? host : host[..100] + "...";
        return new OriginProblem(
            OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected,
            $"{origin.DomainName}: the Host '{shown}' cannot be sent: "
                + "it must be one host name or address, perhaps with a port up to 65535");
    }

    private static StringBuilder ServerUrl(CustomOrigin origin, bool https)
    {
        var url = new StringBuilder(https ? "https://" : "http://");
        if (origin.DomainName.Contains(':'))
            url.Append('[').Append(origin.DomainName).Append(']');
        else
            url.Append(origin.DomainName);
        return url.Append(':').Append(https ? origin.HttpsPort : origin.HttpPort);
    }

    private static void AppendTarget(StringBuilder url, CustomOrigin origin, RegionalRequest asked)
    {
        AppendSafely(url, origin.OriginPath);
        AppendSafely(url, (asked.OriginRequest ?? asked.Request).Uri);
        if (QueryOf(asked) is not { } query)
            return;
        url.Append('?');
        AppendSafely(url, query);
    }

    private static string? QueryOf(RegionalRequest asked) =>
        asked.OriginRequest is { } seen ? seen.QueryString : asked.Behavior.Behavior.ForwardedItems.QueryString(asked.Request);

    /// <summary>
    /// As it is, except for characters that no request line may contain: a function can put those into a URI. They are percent-encoded.
    /// </summary>
    private static void AppendSafely(StringBuilder url, string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange('\u0021', '\u007e'))
        {
            url.Append(text);
            return;
        }
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is > 0x20 and < 0x7f)
            {
                url.Append((char)rune.Value);
                continue;
            }
            // A char up to 0xFF stands for the byte that came over the wire; anything above came from a function, and goes out as UTF-8.
            var count = 1;
            if (rune.Value <= 0xff)
                bytes[0] = (byte)rune.Value;
            else
                count = rune.EncodeToUtf8(bytes);
            foreach (var value in bytes[..count])
                url.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }
    }

    // RFC 9112 section 6.1: never applied twice, and faulty framing in HTTP/1.0.
    private static bool IsChunkedOnce(HttpResponseMessage message, HeaderStringValues values) =>
        message.Version == HttpVersion.Version11 && values.Count == 1
        && values.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase);

    private static OriginOutcome Read(
        HttpResponseMessage message, RegionalRequest asked, OriginClock clock, WebSocketConnection? webSocket)
    {
        var status = (int)message.StatusCode;
        var isUpgrade = status == SwitchingProtocols && webSocket is not null;
        if (isUpgrade && !IsWebSocket(message))
            return Invalid("the origin answered with status 101, and not to speak WebSocket");
        if (status is < 200 or > 599 && !isUpgrade)
            return Invalid($"the origin answered with status {status}");

        // Null means the standard phrase, which Kestrel writes from a table; it writes any other letter by letter.
        var phrase = message.ReasonPhrase == ReasonPhrases.GetReasonPhrase(status) ? null : message.ReasonPhrase;
        var response = new EdgeResponse { StatusCode = status, StatusDescription = phrase };
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && !IsChunkedOnce(message, values))
                return Invalid($"the origin sent Transfer-Encoding {values}; only chunked is understood, once, in HTTP/1.1");
            foreach (var value in values)
                response.Headers.Add(name, value);
        }
        foreach (var (name, values) in message.Content.Headers.NonValidated)
        {
            foreach (var value in values)
                response.Headers.Add(name, value);
        }

        if (isUpgrade)
        {
            OriginResponseHeaders.Clean(response.Headers, keepsTransferEncoding: false);
            response.Body = webSocket!.Tunnel(message);
            return response;
        }

        long? length = null;
        if (response.Headers.IndexOf("Content-Length") is >= 0 and var first)
        {
            var text = response.Headers[first].Value;
            if (response.Headers.IndexOf("Content-Length", first + 1) >= 0 || !WireNumber.TryRead(text, out var said))
                return Invalid("the origin sent no single valid Content-Length");
            if (response.Headers.Contains("Transfer-Encoding"))
                return Invalid("the origin sent both Transfer-Encoding and Content-Length");
            length = said;
        }

        OriginResponseHeaders.Clean(response.Headers, keepsTransferEncoding: asked.Behavior.Triggers.OriginResponse is not null);
        if (asked.Request.Method != "HEAD" && status is not (204 or 304))
        {
            var stream = new OriginBodyStream(message, clock);
            response.Body = new StreamBody(stream, length) { Trailers = clock.IsDuplex ? stream.ReadTrailers : null };
        }
        return response;

        static OriginProblem Invalid(string detail) => new(OriginFailure.OriginInvalidResponseError, 502, ErrorPages.OriginInvalid, detail);
    }

    private static bool IsWebSocket(HttpResponseMessage message) =>
        message.Headers.NonValidated.TryGetValues("Upgrade", out var protocols)
        && protocols.ToString().Equals(WebSocket, StringComparison.OrdinalIgnoreCase);

    private static OriginProblem ProblemOf(
        Exception exception, CustomOrigin origin, RegionalRequest asked, RequestBodyStream? body, OriginClock clock)
    {
        var name = $"{origin.DomainName}:{(origin.UsesHttps(asked.Request.IsHttps) ? origin.HttpsPort : origin.HttpPort)}";
        if (body?.Failure is { } broken)
        {
            // Invalid chunks, or a viewer who left: in both cases the request, not the origin, is to blame.
            return new OriginProblem(
                OriginFailure.OriginWriteError, 400, ErrorPages.BadRequest, $"the body of the request broke off: {broken.Message}");
        }
        if (exception is OperationCanceledException)
        {
            return clock.IsConnecting || !clock.IsOver
                ? new OriginProblem(
                    OriginFailure.OriginConnectError, 504, ErrorPages.OriginClosed,
                    $"{name} accepted no connection within {origin.ConnectionTimeout.TotalSeconds} s", Retry.Connect)
                : new OriginProblem(
                    OriginFailure.OriginReadError, 504, ErrorPages.OriginClosed,
                    $"{name} did not answer within {origin.ReadTimeout.TotalSeconds} s", Retry.NoAnswer);
        }

        var detail = $"{name}: {(exception.InnerException ?? exception).Message}";
        return ErrorOf(exception) switch
        {
            HttpRequestError.NameResolutionError =>
                new(OriginFailure.OriginDnsError, 502, ErrorPages.OriginNotResolved, detail),
            _ when exception.InnerException is AuthenticationException =>
                new(OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected, detail),
            HttpRequestError.ConnectionError =>
                new(OriginFailure.OriginConnectError, 502, ErrorPages.OriginNotConnected, detail, Retry.Connect),
            HttpRequestError.ConfigurationLimitExceeded =>
                new(OriginFailure.OriginHeaderTooBigError, 502, ErrorPages.OriginInvalid, detail),
            HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError =>
                new(OriginFailure.OriginInvalidResponseError, 502, ErrorPages.OriginInvalid, detail),
            _ when body is { WasRead: true, IsAtEnd: false } =>
                new(OriginFailure.OriginWriteError, 502, ErrorPages.OriginClosed, detail),
            _ =>
                new(OriginFailure.OriginReadError, 502, ErrorPages.OriginClosed, detail, Retry.NoAnswer),
        };
    }

    private static HttpRequestError? ErrorOf(Exception exception) => exception switch
    {
        HttpRequestException request => request.HttpRequestError,
        HttpIOException body => body.HttpRequestError,
        { InnerException: HttpRequestException request } => request.HttpRequestError,
        _ => null,
    };

    private HttpMessageInvoker CreateInvoker(OriginConnectionSettings settings) => new(CreateHandler(settings));

    private SocketsHttpHandler CreateHandler(OriginConnectionSettings settings) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = settings.ConnectionTimeout,
        PooledConnectionIdleTimeout = settings.KeepaliveTimeout,
        // Connections outlive a change of DNS by this much at most.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32, // KB
        MaxResponseDrainSize = 64 * 1024,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        // .NET would take a NUL behind the number, and show the number without it.
        ResponseHeaderEncodingSelector = static (name, _) =>
            name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? FieldDecoding.ContentLength : Encoding.Latin1,
        EnableMultipleHttp2Connections = settings.IsHttp2,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(settings, context, cancellationToken),
    };

    // .NET keeps connections apart by URL and Host, so that the first request stands for all that will share the connection. It takes a
    // stream over which TLS is spoken already as it is.
    private async ValueTask<Stream> ConnectAsync(
        OriginConnectionSettings settings, SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var first = context.InitialRequestMessage;
        first.Options.TryGetValue(ClockKey, out var clock);
        clock?.BeginConnect();
        var https = first.RequestUri!.Scheme == Uri.UriSchemeHttps;
        try
        {
            var stream = await _connector.ConnectAsync(
                settings, context.DnsEndPoint.Host, context.DnsEndPoint.Port, https, first.Headers.Host, cancellationToken);
            clock?.EndConnect();
            _counters.OriginConnections.Increment();
            return stream;
        }
        catch
        {
            _counters.OriginConnectionsFailed.Increment();
            throw;
        }
    }
}
