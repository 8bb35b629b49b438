using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;

namespace Brink.Edge.Listening;

/// <summary>
/// What is sent over TLS. Small pieces are collected and encrypted together when they are flushed, large ones are encrypted where they
/// are; what a flush makes leaves with as few sends as the transport allows (<see cref="TlsStream"/>).
/// </summary>
/// <remarks>
/// A connection that takes nothing more completes its flushes, as the transport's own output does, and does not throw: Kestrel takes an
/// exception there for a fault.
/// </remarks>
internal sealed class TlsOutput(SslStream tls, TlsStream transport) : PipeWriter
{
    /// <summary>The most that one record holds (RFC 8446 section 5.1). Copying less costs less than a record of its own.</summary>
    private const int Record = 16 * 1024;

    private const int Room = 4 * 1024;

    private byte[] _bytes = [];
    private int _end;
    private bool _isBroken;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _end;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_end);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes.Length - _end);
        _end += bytes;
    }

    public override void CancelPendingFlush() => transport.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        SendAsync(default, cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_end + source.Length > Record)
            return SendAsync(source, cancellationToken);
        source.Span.CopyTo(GetSpan(source.Length));
        _end += source.Length;
        return SendAsync(default, cancellationToken);
    }

    public override void Complete(Exception? exception = null) => Release();

    private static bool IsBroken(Exception exception) => exception is IOException or ObjectDisposedException or InvalidOperationException;

    // What was collected, and then this.
    private async ValueTask<FlushResult> SendAsync(ReadOnlyMemory<byte> then, CancellationToken cancellationToken)
    {
        if (_isBroken)
            return new FlushResult(isCanceled: false, isCompleted: true);
        try
        {
            transport.IsCollecting = true;
            if (_end > 0)
                await tls.WriteAsync(_bytes.AsMemory(0, _end), cancellationToken);
            Release();
            if (!then.IsEmpty)
                await tls.WriteAsync(then, cancellationToken);
            transport.IsCollecting = false;
            return await transport.SendAsync(cancellationToken);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            _isBroken = true;
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
    }

    private void MakeRoom(int count)
    {
        if (_bytes.Length - _end >= count)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Room, _end + count));
        _bytes.AsSpan(0, _end).CopyTo(larger);
        var end = _end;
        Release();
        (_bytes, _end) = (larger, end);
    }

    // An idle connection holds none.
    private void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _end) = ([], 0);
    }
}
