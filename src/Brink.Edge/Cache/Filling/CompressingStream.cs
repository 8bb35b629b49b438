using System.Buffers;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Messages;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// A body of known length, compressed while it is read. Only one piece of it is in memory at a time, before and after. A body that breaks
/// off or is shorter than announced is an <see cref="IOException"/>: what is out by then has no end, and does not pass for the whole.
/// </summary>
/// <remarks>
/// It may be disposed while a read is under way: the cache does that when the last viewer leaves. The source goes at once, which ends the
/// read; the encoder and its buffers go with the read, for it may be working on them.
/// </remarks>
internal sealed class CompressingStream : ReadOnlyStream
{
    private const int PieceBytes = 32 * 1024;

    private readonly Lock _gate = new();
    private readonly Stream _source;
    private readonly long _length;
    private readonly SemaphoreSlim _turns;
    private readonly Action _released;
    private readonly ContentEncoder _encoder;
    private readonly byte[] _piece;
    private readonly MemoryStream _encoded = new();
    private int _sent;
    private long _left;
    private bool _isReading;
    private bool _isDisposed;

    /// <param name="source">The body as the origin sends it; disposed with this one.</param>
    /// <param name="length">Its length, at least 1.</param>
    /// <param name="coding">What it becomes.</param>
    /// <param name="turns">The turns of all bodies: one piece is compressed in each.</param>
    /// <param name="released">Called once, when the encoder is gone.</param>
    public CompressingStream(Stream source, long length, ContentCoding coding, SemaphoreSlim turns, Action released)
        : this(source, length, ContentEncoder.Create(coding, length), turns, released)
    {
    }

    internal CompressingStream(Stream source, long length, ContentEncoder encoder, SemaphoreSlim turns, Action released)
    {
        (_source, _length, _left, _encoder, _turns, _released) = (source, length, length, encoder, turns, released);
        _piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(PieceBytes, length));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Enter();
        try
        {
            while (_sent == _encoded.Length && _left > 0)
            {
                var room = _piece.AsMemory(0, (int)Math.Min(_piece.Length, _left));
                var read = await _source.ReadAsync(room, cancellationToken);
                if (read == 0)
                    throw new IOException($"the origin announced {_length} bytes and sent {_length - _left}");
                await EncodeAsync(read, cancellationToken);
            }
            var count = (int)Math.Min(buffer.Length, _encoded.Length - _sent);
            _encoded.GetBuffer().AsSpan(_sent, count).CopyTo(buffer.Span);
            _sent += count;
            return count;
        }
        finally
        {
            Leave();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            bool isFirst, isFree;
            lock (_gate)
            {
                (isFirst, isFree) = (!_isDisposed, !_isReading);
                _isDisposed = true;
            }
            if (isFirst)
            {
                _source.Dispose();
                if (isFree)
                    Release();
            }
        }
        base.Dispose(disposing);
    }

    private async ValueTask EncodeAsync(int count, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            // The body may have come without a wait, on a thread that polls connections.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            _encoded.SetLength(0);
            (_sent, _left) = (0, _left - count);
            _encoder.Encode(_piece.AsSpan(0, count), isLast: _left == 0, _encoded);
        }
        finally
        {
            _turns.Release();
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _isReading = true;
        }
    }

    private void Leave()
    {
        bool isOver;
        lock (_gate)
        {
            _isReading = false;
            isOver = _isDisposed;
        }
        if (isOver)
            Release();
    }

    private void Release()
    {
        _encoder.Dispose();
        _encoded.Dispose();
        ArrayPool<byte>.Shared.Return(_piece);
        _released();
    }
}
