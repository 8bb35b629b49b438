using System.IO.Pipelines;
using System.Net;
using Brink.Edge.Admission;
using Brink.Edge.Configuration;
using Brink.Edge.Messages;
using Brink.Http;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Primitives;

namespace Brink.Edge.Listening;

/// <summary>
/// A viewer whose HTTP Kestrel speaks: TLS, HTTP/2, and whatever is not ordinary (<see cref="Ordinary.OrdinaryConnection"/>).
/// </summary>
/// <remarks>
/// Lost on the way: Kestrel writes the names it knows in its own order and case, before the names it does not know.
/// <para>
/// In HTTP/1.1 what follows the head belongs to the request as far as its framing says, however the request ends. Kestrel skips what was
/// not read of it, but not on a connection that has ended meanwhile; there it reads on, and takes the body for the next request. So the
/// rest is read here (<see cref="EndRequestAsync"/>), and a connection on which that does not come to the body's end has no next request.
/// </para>
/// </remarks>
internal sealed class KestrelViewer(TrustedProxies? proxies) : Viewer(proxies)
{
    /// <summary>A viewer with more than this still to send is told that the connection closes, so that it need not send it.</summary>
    private const long MaxRest = 1024 * 1024;

    private const string WebSocket = "websocket";

    /// <summary>How long the rest of a body is read in all, and how long one wait may take.</summary>
    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(30), RestSilence = TimeSpan.FromSeconds(5);

    private IFeatureCollection? _features;
    private IConnectionLifetimeNotificationFeature? _connectionLifetime;
    private ReceivedBody? _body;
    private bool _isAborted;
    private bool _isLast;
    private DoorPass? _pass;    // null without a connection: OperatorsViewer
    private TlsSession? _tls;
    private IHttpUpgradeFeature? _upgrade;
    private IHttpConnectionFeature _connection = null!;
    private IHttpResponseBodyFeature _responseBody = null!;
    private IHttpRequestLifetimeFeature _lifetime = null!;
    private IHttpRequestBodyDetectionFeature _bodyDetection = null!;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public override TlsSession? Tls => _tls;

    public override bool OffersWebSocket =>
        _upgrade is { IsUpgradableRequest: true } && HttpMethods.IsGet(Request.Method) && Request.Protocol == HttpProtocol.Http11
        && Names(Request.Headers.Upgrade, WebSocket);

    public override CancellationToken Stopping => _connectionLifetime?.ConnectionClosedRequested ?? CancellationToken.None;

    public override long RequestBytes
    {
        get
        {
            long bytes = Request.Method.Length + 1 + Request.RawTarget.Length + " HTTP/1.1\r\n".Length + "\r\n".Length;
            return bytes + BytesOf(Request.Headers) - AddedBytes + BodyBytes;
        }
    }

    public override CancellationToken Gone => _lifetime.RequestAborted;

    public override Stream RequestBody => (Stream?)_body ?? Stream.Null;

    public override PipeReader? RequestBodyReader => _body is null ? null : _features?.Get<IRequestBodyPipeFeature>()?.Reader;

    /// <summary>Whether there is something to do once the request is answered: <see cref="EndRequestAsync"/>.</summary>
    public bool HasEnding => _body is not null && _connectionLifetime is not null;

    public override bool HasStarted => Response.HasStarted;

    public override PipeWriter Body => _responseBody.Writer;

    protected override IPAddress? LocalAddress => _connection.LocalIpAddress;

    /// <summary>Takes up the next request. The features of a connection stay the same objects from request to request.</summary>
    public void Attach(IFeatureCollection features)
    {
        if (!ReferenceEquals(features, _features))
            TakeFeatures(features);
        SetAddress(_connection.RemoteIpAddress, _connection.RemotePort);
        _body = _bodyDetection.CanHaveBody ? new ReceivedBody(Request.Body, Request.Headers.ContentLength) : null;
        _isAborted = false;
        _isLast = _pass?.CountRequest() == true;
        // HTTP/2 and HTTP/3 say so with a frame (GOAWAY), HTTP/1.1 in the answer.
        if (_isLast && _connectionLifetime is null)
            features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    /// <summary>The request is over, however it ended.</summary>
    public void Detach() => _body?.Leave();

    public override ViewerRequestReader.Verdict Read(EdgeRequest request)
    {
        var verdict = ViewerRequestReader.Read(this, request);
        SetClient(request);
        if (verdict.Status == 0 && _body?.TryEnter(_pass!) == false)
            return new ViewerRequestReader.Verdict(Door.FullStatus, null);
        return verdict;
    }

    public override void Begin(int status, string? reason)
    {
        Response.StatusCode = status;
        if (reason is not null)
            Response.ReasonPhrase = reason;
    }

    public override void Field(string name, string value) => Add(Response.Headers, name, value);

    private static void Add(IHeaderDictionary headers, string name, string value)
    {
        try
        {
            headers[name] = headers.TryGetValue(name, out var values) ? StringValues.Concat(values, value) : value;
        }
        catch (InvalidOperationException)
        {
            // Kestrel refuses names and values with control characters. They come from an origin that
            // sent them; functions are checked before.
        }
    }

    public override void Frame(long? contentLength)
    {
        Response.Headers.ContentLength = contentLength;
        ContentLength = contentLength;
        if (_isLast || (HasEnding && (_body!.Left > MaxRest || (!_body.WasRead && WaitsForContinue))))
            CloseAfterwards();
    }

    public override async ValueTask<Stream> UpgradeAsync()
    {
        LetBodyTakeItsTime();
        _features!.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        Response.Headers.Upgrade = WebSocket;
        return await _upgrade!.UpgradeAsync();
    }

    public override void LetBodyTakeItsTime() => _features!.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;

    public override void Trailer(string name, string value)
    {
        if (_features!.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
            Add(trailers, name, value);
    }

    public override long ResponseBytes(long bodyBytes)
    {
        var phrase = Response.ReasonPhrase ?? StatusPhrases.For(Response.StatusCode);
        var bytes = "HTTP/1.1 200 \r\n".Length + phrase.Length + "\r\n".Length + BytesOf(Response.Headers) + bodyBytes;
        // Kestrel adds it when the head leaves.
        return Response.Headers.Date.Count > 0 ? bytes : bytes + "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n".Length;
    }

    public override void CloseAfterwards()
    {
        if (_connectionLifetime is not null)
            Response.Headers.Connection = "close";
    }

    public override void StartOver()
    {
        Response.Headers.Clear();
        Response.ReasonPhrase = null;
    }

    public override void Abort()
    {
        _isAborted = true;
        _lifetime.Abort();
        // Kestrel would take what has come already for further requests.
        _connectionLifetime?.RequestClose();
    }

    /// <summary>
    /// Ends a request of HTTP/1.1 that has a body: the answer is completed, then what is left of the body is read, within limits. Where it
    /// does not come to its end, nothing more is read from the connection. Never throws.
    /// </summary>
    public async Task EndRequestAsync(TimeProvider time)
    {
        if (_isAborted || !await ReadRestAsync(time))
            Abort();
    }

    private async ValueTask<bool> ReadRestAsync(TimeProvider time)
    {
        if (_body!.IsAtEnd)
            return true;
        try
        {
            // A viewer need not have sent its body to get the end of the answer.
            await _responseBody.CompleteAsync();
            var reader = RequestBodyReader!;
            using var limit = new CancellationTokenSource(RestTime, time);
            using var silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
            using var onLimit = reader.EndReadsOn(limit.Token);
            using var onSilence = reader.EndReadsOn(silence.Token);
            using var onStop = reader.EndReadsOn(_connectionLifetime!.ConnectionClosedRequested);
            while (true)
            {
                var reading = reader.ReadAsync();
                if (!reading.IsCompleted)
                    silence.CancelAfter(RestSilence);
                var read = await reading;
                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled)
                    return read.IsCompleted;
            }
        }
        catch (Exception)
        {
            // The body broke off, is malformed, or can no longer be read: all the same here.
            return false;
        }
    }

    /// <summary>Whether a list has that element.</summary>
    private static bool Names(StringValues list, string name)
    {
        foreach (var line in list)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[range].Trim(" \t").Equals(name, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }

    /// <summary>Of a viewer that is still there the whole body, although some of it may be read only after the answer.</summary>
    private long BodyBytes =>
        _body is null ? 0 : Gone.IsCancellationRequested ? _body.BytesRead : _body.BytesRead + (_body.Left ?? 0);

    /// <summary>What the edge itself put behind a Connection field when that was decoded (<see cref="ReceivedFields"/>).</summary>
    private int AddedBytes =>
        Request.Headers.Connection.ToString().EndsWith(", " + ConnectionFields.KeepAlive, StringComparison.OrdinalIgnoreCase)
            ? ", ".Length + ConnectionFields.KeepAlive.Length
            : 0;

    private static long BytesOf(IHeaderDictionary fields)
    {
        var bytes = 0L;
        foreach (var (name, values) in fields)
        {
            for (var i = 0; i < values.Count; i++)
                bytes += name.Length + 2 + (values[i]?.Length ?? 0) + 2;
        }
        return bytes;
    }

    private bool WaitsForContinue => Request.Headers.Expect.ToString().Contains("100-continue", StringComparison.OrdinalIgnoreCase);

    public override bool RequireHttp11()
    {
        const int http11Required = 0xd, versionFallback = 0x110;
        if (_features?.Get<IHttpResetFeature>() is not { } stream)
            return false;
        stream.Reset(Request.Protocol == "HTTP/3" ? versionFallback : http11Required);
        return true;
    }

    private void TakeFeatures(IFeatureCollection features)
    {
        _features = features;
        Request = features.GetRequiredFeature<IHttpRequestFeature>();
        Response = features.GetRequiredFeature<IHttpResponseFeature>();
        _responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _bodyDetection = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>();
        _connection = features.GetRequiredFeature<IHttpConnectionFeature>();
        features.Get<HeadDeadline>()?.Stop();
        _upgrade = features.Get<IHttpUpgradeFeature>();
        _pass = features.Get<DoorPass>();
        _tls = features.Get<TlsSession>();
        var isStream = Request.Protocol is "HTTP/2" or "HTTP/3";
        _connectionLifetime = isStream ? null : features.Get<IConnectionLifetimeNotificationFeature>();
    }
}
