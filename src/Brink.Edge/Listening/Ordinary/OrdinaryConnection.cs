using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Net;
using Brink.Edge.Admission;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Brink.Edge.Listening.Ordinary;

/// <summary>
/// A connection as long as its requests are ordinary (<see cref="OrdinaryHead"/>): read and answered here, between Kestrel's transport and
/// Kestrel's HTTP/1.1, at half its cost. With the first request that is not, the connection goes over to Kestrel, unread from that request
/// on, and stays there (docs/decisions/0023-ordinary-requests.md).
/// </summary>
internal sealed class OrdinaryConnection : Viewer
{
    /// <summary>What a transport that does not know how far the viewer is takes before a flush waits for it.</summary>
    private const int TransportRoom = 64 * 1024;

    /// <summary>
    /// How long the edge waits for a viewer before it asks how much that took. Players of videos pause, and the window of a large receive
    /// buffer opens in steps.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    private static ReadOnlySpan<byte> LastChunk => "0\r\n\r\n"u8;

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly IViewerRequests _requests;
    private readonly EdgeServerOptions _options;
    private readonly IAccessLog _log;
    private readonly TimeProvider _time;
    private readonly DoorPass _pass;
    private readonly MinDataRate _slowest;
    private readonly ISendProgress? _progress;
    private readonly OrdinaryHead _request = new();
    private readonly AnswerHead _answer;
    private readonly AnswerBody _body;
    private readonly bool _isHttps;
    private readonly InterimAnswers? _interim;

    private int _headLength;
    private long _sent;
    private bool _isFramed;
    private bool _isHeadSent;
    private bool _isChunked;
    private long _left;
    private int _status;
    private bool _isLast;
    private bool _isAborted;
    private volatile bool _isStopping;

    // What is waited for, and which wait it is, counted. The heartbeat measures: no clock is read for a request.
    private volatile Wait _waiting;
    private volatile int _wait;
    private volatile int _lateWait = -1;
    private TimeSpan _patience;
    private volatile int _seenWait = -1;
    private long _seenAt;
    private long _seenTaken;

    /// <summary>Takes up a connection of which nothing has been read.</summary>
    private OrdinaryConnection(
        ConnectionContext connection, IViewerRequests requests, TrustedProxies? proxies, MinDataRate slowest, EdgeServerOptions options,
        IAccessLog log, TimeProvider time)
        : base(proxies)
    {
        (_connection, _requests, _options, _log, _time) = (connection, requests, options, log, time);
        (_input, _output) = (connection.Transport.Input, connection.Transport.Output);
        _pass = connection.Features.GetRequiredFeature<DoorPass>();
        (_slowest, _progress) = (slowest, connection.Features.Get<ISendProgress>());
        _answer = new AnswerHead(time);
        _body = new AnswerBody(this);
        _interim = options.HttpCaching == HttpCachingRules.Rfc9111 ? new InterimAnswers(_output, time) : null;
        (_isHttps, Tls) = (connection.Features.Get<ITlsConnectionFeature>() is not null, connection.Features.Get<TlsSession>());
        var remote = connection.RemoteEndPoint as IPEndPoint;
        SetAddress(remote?.Address, remote?.Port ?? 0);
    }

    private enum Wait
    {
        /// <summary>Nothing: a request is under way, or the connection is Kestrel's.</summary>
        None,

        /// <summary>For the next request.</summary>
        Idle,

        /// <summary>For the rest of a head.</summary>
        Head,

        /// <summary>For the viewer to take what was sent.</summary>
        Sending,
    }

    public override TlsSession? Tls { get; }

    public override bool KeepsOrder => true;

    public override long RequestBytes => _headLength;

    public override InterimRoute Interim => _interim?.Route ?? default;

    public override CancellationToken Gone => _connection.ConnectionClosed;

    public override Stream RequestBody => Stream.Null;

    public override PipeReader? RequestBodyReader => null;

    public override bool HasStarted => _isHeadSent;

    public override PipeWriter Body => _body;

    protected override IPAddress? LocalAddress => (_connection.LocalEndPoint as IPEndPoint)?.Address;

    /// <summary>The middleware right before Kestrel's HTTP: connections on which HTTP/2 was agreed pass it.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> Middleware(
        IViewerRequests requests, EdgeServerOptions options, IAccessLog log, TimeProvider time)
    {
        var proxies = TrustedProxies.Of(options.TrustedProxies);
        var slowest = SlowViewers.Taking(options.Door);
        return kestrel => async connection =>
        {
            var isHttp2 = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true;
            if (isHttp2 || await new OrdinaryConnection(connection, requests, proxies, slowest, options, log, time).RunAsync())
                await kestrel(connection);
        };
    }

    /// <summary>
    /// Answers requests until the connection is over, or one comes that is not ordinary: then true, and nothing of it is consumed.
    /// </summary>
    private async Task<bool> RunAsync()
    {
        // The first head has been waited for since the connection was accepted.
        var deadline = _connection.Features.Get<HeadDeadline>();
        Await(Wait.Head);
        if (deadline is not null)
            (_seenAt, _seenWait) = (deadline.Since, _wait);
        deadline?.Stop();
        _connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((OrdinaryConnection)state).Beat(), this);
        var lifetime = _connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        var closing = lifetime?.ConnectionClosedRequested ?? CancellationToken.None;
        await using var stop = closing.UnsafeRegister(static state => ((OrdinaryConnection)state!).Stop(), this);
        try
        {
            if (!await ServeAsync())
                return false;
            if (_waiting == Wait.Head)
                deadline?.Resume(_seenWait == _wait ? Volatile.Read(ref _seenAt) : _time.GetTimestamp(), isWithinHead: true);
            return true;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return false; // the viewer is gone
        }
        finally
        {
            _waiting = Wait.None;
            _answer.Release();
        }
    }

    private async Task<bool> ServeAsync()
    {
        while (true)
        {
            if (_waiting == Wait.None)
                Await(Wait.Idle);
            var read = await _input.ReadAsync();
            var buffer = read.Buffer;
            switch (ReadHead(buffer, out var length))
            {
                case HeadVerdict.Ordinary:
                    _waiting = Wait.None;
                    _headLength = length;
                    _input.AdvanceTo(buffer.GetPosition(length));
                    _pass.EndHead();
                    _isLast |= _pass.CountRequest();
                    _isHeadSent = false;
                    StartOver();
                    _interim?.Open();
                    await _requests.AnswerAsync(this);
                    if (!_isHeadSent || _left > 0 || _isChunked || _isAborted)
                        await FinishAsync();
                    _answer.Release();
                    if (_isLast)
                        return false;
                    break;

                case HeadVerdict.Unusual:
                    _input.AdvanceTo(buffer.Start);
                    _pass.EndHead();
                    return true;

                default:
                    // Half a head and then the end: Kestrel answers that.
                    if (read.IsCompleted)
                    {
                        _input.AdvanceTo(buffer.Start);
                        return !buffer.IsEmpty;
                    }
                    if (read.IsCanceled && (_isStopping || _lateWait == _wait))
                    {
                        _input.AdvanceTo(buffer.Start);
                        if (!buffer.IsEmpty && !_isStopping)
                            await RefuseSlowHeadAsync();
                        return false;
                    }
                    _input.AdvanceTo(buffer.Start, buffer.End);
                    if (buffer.IsEmpty)
                        break;
                    if (_waiting == Wait.Idle)
                        Await(Wait.Head);
                    if (!_pass.TryBeginHead())
                    {
                        await _output.WriteAsync(Door.FullAnswer());
                        return false;
                    }
                    break;
            }
        }
    }

    private HeadVerdict ReadHead(in ReadOnlySequence<byte> buffer, out int length)
    {
        if (buffer.IsSingleSegment)
            return _request.Read(buffer.FirstSpan, out length);
        var count = (int)Math.Min(buffer.Length, Limits.HeadBytes);
        var whole = ArrayPool<byte>.Shared.Rent(count);
        buffer.Slice(0, count).CopyTo(whole);
        var verdict = _request.Read(whole.AsSpan(0, count), out length);
        ArrayPool<byte>.Shared.Return(whole);
        return verdict;
    }

    public override ViewerRequestReader.Verdict Read(EdgeRequest request)
    {
        _request.CopyTo(request);
        request.IsHttps = _isHttps;
        request.RequestId = RequestIds.Next();
        SetClient(request);
        return ViewerRequestReader.Verdict.Fine;
    }

    public override void Begin(int status, string? reason)
    {
        _interim?.Close();
        _status = status;
        _answer.Begin(status, reason);
    }

    public override void Field(string name, string value) => _answer.Field(name, value);

    public override void Fields(PreparedFields fields) => _answer.Fields(fields);

    public override void CloseAfterwards() => _isLast = true;

    public override void Frame(long? contentLength)
    {
        _isLast |= _isStopping;
        var hasBody = !_request.IsHead && _status is not (204 or 205 or 304);
        if (_status == 205)
            contentLength = 0; // it ends with its head, and says so
        _isChunked = hasBody && contentLength is null;
        _left = hasBody ? contentLength ?? 0 : 0;
        _answer.End(contentLength, _isChunked, _isLast);
        _isFramed = true;
        ContentLength = contentLength;
    }

    /// <summary>The last chunk, or a head without a body, leaves when the log line has been written.</summary>
    public override long ResponseBytes(long bodyBytes) => _isAborted
        ? _sent
        : (_isHeadSent ? _sent : _answer.Bytes.Length) + (_isChunked ? LastChunk.Length : 0);

    public override void StartOver() => (_isFramed, _isChunked, _left, _sent) = (false, false, 0, 0);

    public override void Abort()
    {
        _isAborted = true;
        _connection.Abort(new ConnectionAbortedException("the answer broke off"));
    }

    /// <summary>Completes an answer to which nothing more is added.</summary>
    private async ValueTask FinishAsync()
    {
        _interim?.Close();
        if (!_isAborted && (!_isFramed || _left > 0))
            Abort(); // a part must not pass for the whole, and no viewer waits for an answer that does not come
        if (_isAborted)
        {
            _isLast = true;
            return;
        }
        if (_interim is { Flushed.IsCompleted: false } interim)
            await Watch(InterimSentAsync(interim.Flushed), 0);
        SendHead();
        if (_isChunked)
            _output.Write(LastChunk);
        await FlushAsync(0, CancellationToken.None);
    }

    private async Task RefuseSlowHeadAsync()
    {
        _log.Refused("the head of the request did not come in time");
        _pass.Door.Counters.CountSlowHead();
        _isHeadSent = false;
        CloseAfterwards();
        Begin(408, reason: null);
        Frame(0);
        SendHead();
        await FlushAsync(0, CancellationToken.None);
    }

    private void SendHead()
    {
        if (_isHeadSent)
            return;
        if (!_isFramed)
            throw new InvalidOperationException("the body of an answer was written before its head");
        _isHeadSent = true;
        _sent += _answer.Bytes.Length;
        _output.Write(_answer.Bytes);
    }

    private ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (_interim is { Flushed.IsCompleted: false } interim)
            return SendAfterAsync(interim.Flushed, piece, cancellationToken);
        SendHead();
        if (piece.IsEmpty)
            return FlushAsync(0, cancellationToken);
        if (_isChunked)
        {
            Span<byte> size = stackalloc byte[16];
            Utf8Formatter.TryFormat(piece.Length, size, out var digits, 'x');
            _output.Write(size[..digits]);
            _output.Write("\r\n"u8);
            _output.Write(piece.Span);
            _output.Write("\r\n"u8);
            _sent += digits + 2 + piece.Length + 2;
        }
        else
        {
            if (piece.Length > _left)
                throw new InvalidOperationException($"a body is {piece.Length - _left} bytes longer than its Content-Length");
            _left -= piece.Length;
            _sent += piece.Length;
            return Watch(_output.WriteAsync(piece, cancellationToken), piece.Length);
        }
        return FlushAsync(piece.Length, cancellationToken);
    }

    private ValueTask<FlushResult> FlushAsync(int bytes, CancellationToken cancellationToken) =>
        Watch(_output.FlushAsync(cancellationToken), bytes);

    private async ValueTask<FlushResult> SendAfterAsync(Task interim, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await Watch(InterimSentAsync(interim), 0);
        return await SendAsync(piece, cancellationToken);
    }

    private static async ValueTask<FlushResult> InterimSentAsync(Task interim)
    {
        await interim;
        return default;
    }

    private ValueTask<FlushResult> Watch(ValueTask<FlushResult> flush, int bytes) =>
        flush.IsCompleted ? flush : WatchAsync(flush, bytes);

    /// <summary>Aborts when the viewer takes the answer too slowly.</summary>
    private async ValueTask<FlushResult> WatchAsync(ValueTask<FlushResult> flush, int bytes)
    {
        var slowest = TimeSpan.FromSeconds((TransportRoom + bytes) / _slowest.BytesPerSecond);
        _patience = slowest > _slowest.GracePeriod ? slowest : _slowest.GracePeriod;
        Await(Wait.Sending);
        try
        {
            return await flush;
        }
        finally
        {
            _waiting = Wait.None;
        }
    }

    private void Await(Wait what)
    {
        _wait++;
        _waiting = what;
    }

    /// <summary>
    /// Kestrel's heartbeat, once a second, on its thread. A wait is over when it has been seen for as long as it may last.
    /// </summary>
    private void Beat()
    {
        var (waiting, wait) = (_waiting, _wait);
        if (waiting == Wait.None)
            return;
        if (wait != _seenWait)
        {
            if (waiting == Wait.Sending && _progress is not null)
                _seenTaken = _progress.TakenByViewer;
            // In this order: a reader that sees this wait also sees when it began.
            Volatile.Write(ref _seenAt, _time.GetTimestamp());
            _seenWait = wait;
            return;
        }
        var longest = waiting switch
        {
            Wait.Idle => _options.KeepAliveTimeout,
            Wait.Head => _options.RequestHeadersTimeout,
            _ => _progress is null ? _patience : Pause,
        };
        var elapsed = _time.GetElapsedTime(_seenAt);
        if (elapsed < longest || (waiting == Wait.Sending && IsTakenFastEnough(elapsed)) || _wait != wait)
            return;
        if (waiting == Wait.Sending)
        {
            _pass.Door.Counters.CountSlowReader();
            Abort();
            return;
        }
        if (waiting == Wait.Idle)
            _pass.Door.Counters.CountIdle();
        _lateWait = wait;
        _input.CancelPendingRead();
    }

    private bool IsTakenFastEnough(TimeSpan elapsed) =>
        _progress is not null && _progress.TakenByViewer - _seenTaken >= _slowest.BytesPerSecond * elapsed.TotalSeconds;

    /// <summary>The edge stops: what is under way is the last answer, and nothing is waited for any more.</summary>
    private void Stop()
    {
        _isStopping = true;
        _input.CancelPendingRead();
    }

    /// <summary>The body of an answer, written in whole pieces.</summary>
    private sealed class AnswerBody(OrdinaryConnection connection) : PipeWriter
    {
        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
            connection.SendAsync(source, cancellationToken);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            connection.SendAsync(default, cancellationToken);

        public override void CancelPendingFlush() => connection._output.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            // The connection ends the answer.
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw InPieces();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw InPieces();

        public override void Advance(int bytes) => throw InPieces();

        private static NotSupportedException InPieces() =>
            new("the body of an answer is written in whole pieces: their sizes are part of it");
    }
}
