using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;
using Brink.Edge.Messages;
using Brink.Edge.Requests;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// What a connection sends. Small pieces are collected in one rented array, which leaves with one call when it is flushed; large ones leave
/// from where they lie, without a copy by the system as well where they are a file (<see cref="FileMemory"/>). A flush is over when the
/// system has taken all of it.
/// </summary>
internal sealed class PolledOutput(PolledConnection connection) : PipeWriter, IValueTaskSource<FlushResult>
{
    private const int Room = 4 * 1024;

    /// <summary>A piece of that size is not copied.</summary>
    private const int Large = 16 * 1024;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    // Only while a flush is pending is there a second thread in here: the poller's.
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<FlushResult> _source;
    private Turn _turn;
    private byte[] _bytes = [];
    private int _sent;
    private int _end;

    // A large piece, sent after the bytes: the writer's, and its own until the flush is over.
    private ReadOnlyMemory<byte> _piece;
    private FileMemory? _file;
    private int _filePosition;
    private long _given;
    private bool _isLent;
    private volatile bool _isPending;
    private bool _isBroken;
    private int _isCancelled;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end - _sent + _piece.Length;

    /// <summary>Bytes that the system has taken so far.</summary>
    public long Given => Volatile.Read(ref _given);

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (!_isPending)
            return Lend(sizeHint);
        lock (_gate)
            return Lend(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (!_isPending)
        {
            Take(bytes);
            return;
        }
        lock (_gate)
            Take(bytes);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length < Large || _isPending || cancellationToken.IsCancellationRequested)
            return base.WriteAsync(source, cancellationToken);
        _piece = source;
        if (MemoryMarshal.TryGetMemoryManager<byte, FileMemory>(source, out _file, out _filePosition, out _))
            _file.NoteSent(_filePosition, source.Length);
        return FlushAsync(cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            KeepPiece();
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }
        if (Volatile.Read(ref _isCancelled) == 1 && Interlocked.Exchange(ref _isCancelled, 0) == 1)
        {
            KeepPiece();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, _isBroken));
        }
        if (_isPending)
            return ValueTask.FromException<FlushResult>(new InvalidOperationException("a flush is under way"));
        if (TrySend())
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, _isBroken));

        _source.Reset();
        var task = new ValueTask<FlushResult>(this, _source.Version);
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static state => ((PolledOutput)state!).TokenCancelled(), this);
        _isPending = true;
        while (!_turn.TryWait())
        {
            if (!TrySend())
                continue;
            _isPending = false;
            Unregister();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, _isBroken));
        }
        WakeIfCancelled();
        return task;
    }

    public override void CancelPendingFlush()
    {
        Volatile.Write(ref _isCancelled, 1);
        Interlocked.MemoryBarrier();
        if (_turn.Cancel())
            WakeCancelled(byToken: false);
    }

    /// <summary>Unsent bytes leave before the connection is closed.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>
    /// Sends what is left when the connection is over, in place of a flush that may be under way. It tries again from time to time: the
    /// poller may be about to end the wait of that flush, and a second wait cannot begin before.
    /// </summary>
    public async Task FlushLastAsync(CancellationToken cancellationToken)
    {
        EndPending();
        while (!TrySend())
            await Task.Delay(Look, cancellationToken);
    }

    /// <summary>Nothing is sent from here on: the socket can be closed, and its number may be reused.</summary>
    public void Retire()
    {
        EndPending();
        _isBroken = true;
        Release();
    }

    /// <summary>The poller: there is room again, or the connection is broken.</summary>
    public void Happened()
    {
        if (!_turn.Happened())
            return;
        do
        {
            bool isSent;
            lock (_gate)
            {
                isSent = TrySend();
                if (isSent)
                    _isPending = false;
            }
            if (isSent)
            {
                Unregister();
                _source.SetResult(new FlushResult(isCanceled: false, _isBroken));
                return;
            }
        }
        while (!_turn.TryWait());
        WakeIfCancelled();
    }

    private void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _sent, _end) = ([], 0, 0);
        (_piece, _file) = (default, null);
    }

    // A flush ends before the piece has left: it is the writer's again, and what is left of it goes out with what is written next.
    private void KeepPiece()
    {
        if (_piece.IsEmpty)
            return;
        var rest = _piece.Span;
        rest.CopyTo(Lend(rest.Length).Span);
        Take(rest.Length);
        (_piece, _file) = (default, null);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>After a wait has begun: a cancellation between the look and the wait found no wait to end.</summary>
    private void WakeIfCancelled()
    {
        if (Volatile.Read(ref _isCancelled) == 1)
        {
            if (_turn.Cancel())
                WakeCancelled(byToken: false);
        }
        else
        {
            TokenCancelled();
        }
    }

    private void EndPending()
    {
        CancelPendingFlush();
        var spin = new SpinWait();
        while (_isPending)          // the poller is at work, and will see the cancellation
            spin.SpinOnce();
    }

    private void WakeCancelled(bool byToken)
    {
        var token = _token;
        KeepPiece();
        _isPending = false;
        Unregister();
        if (byToken)
        {
            _source.SetException(new OperationCanceledException(token));
            return;
        }
        Volatile.Write(ref _isCancelled, 0);
        _source.SetResult(new FlushResult(isCanceled: true, _isBroken));
    }

    private void TokenCancelled()
    {
        if (_token.IsCancellationRequested && _turn.Cancel())
            WakeCancelled(byToken: true);
    }

    private void Unregister()
    {
        _registration.Unregister();
        (_registration, _token) = (default, default);
    }

    /// <summary>False: some of it is left, and the socket will tell when it takes more.</summary>
    private bool TrySend()
    {
        while ((_sent < _end || !_piece.IsEmpty) && !_isBroken)
        {
            var count = SendSome();
            if (count == Native.WouldBlock)
                return false;
            if (count == Native.Broken)
                _isBroken = true;
            else
                Sent(count);
        }
        (_piece, _file) = (default, null);
        if (_isLent)
            _sent = _isBroken ? _end : _sent;
        else
            Release();
        return true;
    }

    private int SendSome()
    {
        var bytes = _bytes.AsSpan(_sent, _end - _sent);
        if (_piece.IsEmpty)
            return Native.Send(connection.Descriptor, bytes);
        if (_file is null)
            return bytes.IsEmpty
                ? Native.Send(connection.Descriptor, _piece.Span)
                : Native.Send(connection.Descriptor, bytes, _piece.Span);
        return bytes.IsEmpty
            ? Native.SendFile(connection.Descriptor, _file.Descriptor, _filePosition, _piece.Length)
            : Native.Send(connection.Descriptor, bytes, isMoreToCome: true);
    }

    private void Sent(int count)
    {
        Volatile.Write(ref _given, _given + count);
        var ofBytes = Math.Min(count, _end - _sent);
        _sent += ofBytes;
        _piece = _piece[(count - ofBytes)..];
        _filePosition += count - ofBytes;
    }

    private Memory<byte> Lend(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_bytes.Length - _end < wanted)
        {
            var kept = _end - _sent;
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(kept + wanted, kept * 2), Room));
            _bytes.AsSpan(_sent, kept).CopyTo(larger);
            if (_bytes.Length > 0)
                ArrayPool<byte>.Shared.Return(_bytes);
            (_bytes, _sent, _end) = (larger, 0, kept);
        }
        _isLent = true;
        return _bytes.AsMemory(_end);
    }

    private void Take(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes.Length - _end);
        _end += bytes;
        _isLent = false;
    }
}
