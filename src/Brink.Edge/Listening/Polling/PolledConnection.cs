using System.IO.Pipelines;
using System.Net.Sockets;
using Brink.Edge.Requests;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Listening.Polling;

/// <summary>A connection of a <see cref="PolledListener"/>: a socket of its own, polled by one <see cref="Poller"/>.</summary>
internal sealed class PolledConnection : DefaultConnectionContext, ISendProgress
{
    /// <summary>How long what was written last may take to leave, once the connection is over.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How much unread input is thrown away before closing: closing on unread bytes would take the last answer back from the viewer.
    /// </summary>
    private const int MaxUnread = 1024 * 1024;

    private readonly Socket _socket;
    private readonly Poller _poller;
    private readonly PolledInput _input;
    private readonly PolledOutput _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly Lock _gate = new();
    private bool _isClosed;
    private bool _isDisposed;
    private ConnectionAbortedException? _reason;
    private int _isEndTold;

    /// <summary>Takes over an accepted socket.</summary>
    public PolledConnection(Socket socket)
        : base(CorrelationId.Next())
    {
        _socket = socket;
        socket.NoDelay = true;
        socket.Blocking = false;
        Descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);
        (_input, _output) = (new PolledInput(this), new PolledOutput(this));
        Transport = new Duplex(_input, _output);
        ConnectionClosed = _closed.Token;
        Features.Set<ISendProgress>(this);
        _poller = Poller.Next();
        _poller.Add(this);
    }

    /// <summary>The socket, as the system knows it. Not to be used once the connection is disposed.</summary>
    public int Descriptor { get; }

    /// <summary>The place at the poller.</summary>
    public ulong Key { get; set; }

    /// <summary>Whether the viewer has ended its side, or is gone: a receive will tell.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether the edge has ended it, within whatever was under way.</summary>
    public bool IsAborted => _reason is not null;

    public long TakenByViewer
    {
        get
        {
            lock (_gate)
                return _isClosed ? _output.Given : _output.Given - Native.Unacknowledged(Descriptor);
        }
    }

    /// <summary>The poller: something about the socket has changed.</summary>
    public void Happened(SocketEvents events)
    {
        const SocketEvents end = SocketEvents.ReadEnded | SocketEvents.HungUp | SocketEvents.Error;
        var isEnd = (events & end) != 0;
        if (isEnd)
            IsEnding = true;
        if (isEnd || (events & SocketEvents.Readable) != 0)
            _input.Happened();
        if (isEnd || (events & SocketEvents.Writable) != 0)
            _output.Happened();
        // After the bytes before it: a request that came together with the end is answered if that takes no waiting.
        if (isEnd)
            TellEnd();
    }

    /// <summary>Why nothing can be read any more.</summary>
    public Exception Broken() => _reason ?? (Exception)new ConnectionResetException("the viewer is gone");

    public override void Abort(ConnectionAbortedException abortReason)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _reason ??= abortReason;
            try
            {
                _socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // It is not connected any more.
            }
        }
        TellEnd();
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }
        if (_output.UnflushedBytes > 0 && _reason is null)
            await SayFarewellAsync();
        _input.Retire();
        _output.Retire();
        lock (_gate)
        {
            _isClosed = true;
            _poller.Remove(this);
            Close();
        }
        TellEnd();
        await base.DisposeAsync();
    }

    private async Task SayFarewellAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(Farewell);
            await _output.FlushLastAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer does not take it.
        }
    }

    private void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
            Span<byte> thrownAway = stackalloc byte[4096];
            for (var left = MaxUnread; left > 0;)
            {
                var count = Native.Receive(Descriptor, thrownAway);
                if (count <= 0)
                    break;
                left -= count;
            }
        }
        catch (SocketException)
        {
            // It is not connected any more.
        }
        _socket.Dispose();
    }

    /// <summary>Once, and on another thread: what is registered on the token may take long.</summary>
    private void TellEnd()
    {
        if (Interlocked.Exchange(ref _isEndTold, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private static class CorrelationId
    {
        private static long s_last;

        public static string Next() => Interlocked.Increment(ref s_last).ToString("x", System.Globalization.CultureInfo.InvariantCulture);
    }
}
