using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Brink.Edge.Requests;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// What a connection receives. Read from the socket when it is asked for, into one array that is rented for the bytes
/// and goes back with the last of them: an idle connection holds none. A receive that did not fill its room has
/// emptied the socket, so none follows it in vain.
/// </summary>
internal sealed class PolledInput(PolledConnection connection) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int SmallRoom = 4 * 1024, LargeRoom = 64 * 1024;

    private ManualResetValueTaskSourceCore<ReadResult> _source;
    private Turn _turn;
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private int _room = SmallRoom;
    private bool _isExamined;
    private bool _isEmptied;
    private bool _isOver;
    private bool _isBroken;
    private volatile bool _isPolled;
    private int _isCancelled;
    private CancellationToken _token;
    private CancellationTokenRegistration _registration;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryTake(out var result))
            return new ValueTask<ReadResult>(result);
        _source.Reset();
        var task = new ValueTask<ReadResult>(this, _source.Version);
        // Before the wait begins: once it does, another thread may be in here.
        _token = cancellationToken;
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static state => ((PolledInput)state!).TokenCancelled(), this);
        while (!_turn.TryWait())
        {
            _isEmptied = false;
            if (!TryTake(out result))
                continue;
            _registration.Unregister();
            _registration = default;
            return new ValueTask<ReadResult>(result);
        }
        WakeIfCancelled();
        return task;
    }

    public override bool TryRead(out ReadResult result) => TryTake(out result);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // No position at all: Kestrel gives none where it refuses what it has read.
        if (_start == _end || consumed.GetObject() is null)
            return;
        _start = Place(consumed);
        _isExamined = Place(examined) == _end;
        if (_start == _end)
            Release();
    }

    public override void CancelPendingRead()
    {
        Volatile.Write(ref _isCancelled, 1);
        Interlocked.MemoryBarrier();
        if (_turn.Cancel())
            WakeCancelled(byToken: false);
    }

    public override void Complete(Exception? exception = null)
    {
        _isOver = true;
        Release();
    }

    /// <summary>The poller: there are bytes, or the end.</summary>
    public void Happened()
    {
        _isPolled = true;
        if (!_turn.Happened())
        {
            _isPolled = false;
            return;
        }
        do
        {
            _isEmptied = false;
            if (TryReceive())
            {
                _isPolled = false;
                Wake();
                return;
            }
        }
        while (!_turn.TryWait());
        _isPolled = false;
        WakeIfCancelled();
    }

    /// <summary>Nothing is received from here on: the socket can be closed, and its number may be reused.</summary>
    public void Retire()
    {
        CancelPendingRead();
        var spin = new SpinWait();
        while (_isPolled)
            spin.SpinOnce();
        Complete();
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private void Wake()
    {
        Unregister();
        if (_isBroken)
            _source.SetException(connection.Broken());
        else
            _source.SetResult(Result(isCancelled: false));
    }

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

    private void WakeCancelled(bool byToken)
    {
        var token = _token;
        Unregister();
        if (byToken)
        {
            _source.SetException(new OperationCanceledException(token));
            return;
        }
        Volatile.Write(ref _isCancelled, 0);
        _source.SetResult(Result(isCancelled: true));
    }

    private void TokenCancelled()
    {
        // A late call, by the token of an earlier read, finds another token here.
        if (_token.IsCancellationRequested && _turn.Cancel())
            WakeCancelled(byToken: true);
    }

    private void Unregister()
    {
        _registration.Unregister();
        (_registration, _token) = (default, default);
    }

    private bool TryTake(out ReadResult result)
    {
        if (Volatile.Read(ref _isCancelled) == 1 && Interlocked.Exchange(ref _isCancelled, 0) == 1)
        {
            result = Result(isCancelled: true);
            return true;
        }
        if ((_start == _end || _isExamined) && !TryReceive())
        {
            result = default;
            return false;
        }
        if (_isBroken)
            throw connection.Broken();
        result = Result(isCancelled: false);
        return true;
    }

    /// <summary>False: nothing now.</summary>
    private bool TryReceive()
    {
        if (_isOver || _isBroken)
            return true;
        if (_isEmptied && !_turn.TakeReady() && !connection.IsEnding)
            return false;
        MakeRoom();
        var room = _bytes.AsSpan(_end);
        var count = Native.Receive(connection.Descriptor, room);
        if (count > 0)
        {
            _end += count;
            _isExamined = false;
            _isEmptied = count < room.Length;
            _room = _isEmptied ? SmallRoom : Math.Min(_room * 4, LargeRoom);
            return true;
        }
        if (_start == _end)
            Release();
        _isBroken = count == Native.Broken || (count == 0 && connection.IsAborted);
        _isOver = count == 0 && !_isBroken;
        _isEmptied = true;
        return _isOver || _isBroken;
    }

    private void MakeRoom()
    {
        if (_bytes.Length == 0)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(_room);
            return;
        }
        if (_end < _bytes.Length)
            return;
        var kept = _end - _start;
        if (_start > 0 && kept <= _bytes.Length / 2)
        {
            _bytes.AsSpan(_start, kept).CopyTo(_bytes);
        }
        else
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_room, _bytes.Length * 2));
            _bytes.AsSpan(_start, kept).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        (_start, _end) = (0, kept);
    }

    private void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _start, _end, _isExamined) = ([], 0, 0, false);
    }

    private ReadResult Result(bool isCancelled) =>
        new(_start == _end ? default : new ReadOnlySequence<byte>(_bytes, _start, _end - _start), isCancelled, _isOver);

    /// <summary>A sequence over one array has the places in it as positions; its end carries a flag in the sign.</summary>
    private int Place(SequencePosition position) => ReferenceEquals(position.GetObject(), _bytes)
        ? position.GetInteger() & int.MaxValue
        : throw new ArgumentOutOfRangeException(nameof(position), "not a position of what was read last");
}
