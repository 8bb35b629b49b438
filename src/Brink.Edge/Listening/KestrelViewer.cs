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

    /// <summary>How long the rest of a body is read in all, and how long one wait may take.</summary>
    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(30), RestSilence = TimeSpan.FromSeconds(5);

    private IFeatureCollection? _features;
    private IConnectionLifetimeNotificationFeature? _connectionLifetime;
    private ReceivedBody? _body;
    private bool _isAborted;
    private bool _isLast;
    private DoorPass _pass = null!;
    private TlsSession? _tls;
    private IHttpConnectionFeature _connection = null!;
    private IHttpResponseBodyFeature _responseBody = null!;
    private IHttpRequestLifetimeFeature _lifetime = null!;
    private IHttpRequestBodyDetectionFeature _bodyDetection = null!;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public override TlsSession? Tls => _tls;

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
        _isLast = _pass.CountRequest();
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
        if (verdict.Status == 0 && _body?.TryEnter(_pass) == false)
            return new ViewerRequestReader.Verdict(Door.FullStatus, null);
        return verdict;
    }

    public override void Begin(int status, string? reason)
    {
        Response.StatusCode = status;
        if (reason is not null)
            Response.ReasonPhrase = reason;
    }

    public override void Field(string name, string value)
    {
        var headers = Response.Headers;
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
        if (_isLast || (HasEnding && (_body!.Left > MaxRest || (!_body.WasRead && WaitsForContinue))))
            CloseAfterwards();
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
        _pass = features.GetRequiredFeature<DoorPass>();
        _tls = features.Get<TlsSession>();
        var isStream = Request.Protocol is "HTTP/2" or "HTTP/3";
        _connectionLifetime = isStream ? null : features.Get<IConnectionLifetimeNotificationFeature>();
    }
}
