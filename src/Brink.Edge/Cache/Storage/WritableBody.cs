using System.IO.Pipelines;
using Brink.Edge.Requests;
using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// A body that the cache holds or is still receiving. It is written once, read once or disposed: each lets go of the memory behind it.
/// </summary>
internal abstract class WritableBody : MessageBody, IDisposable
{
    /// <summary>
    /// Writes the whole body and flushes. Throws <see cref="IOException"/> when an object still arriving breaks off: the viewer's
    /// connection is then to be aborted, so that a part is not taken for the whole. False, and early, if the viewer's connection has ended.
    /// </summary>
    public abstract ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken);

    /// <summary>
    /// The body as a stream, in place of writing it: for a cache in front of this one. Reading throws <see cref="IOException"/> when an
    /// object that is still arriving breaks off. Disposing the stream lets go of the memory.
    /// </summary>
    public abstract Stream OpenRead();

    /// <summary>Bytes that the viewer's connection has taken so far, for the log: also of a body that was broken off.</summary>
    public abstract long BytesWritten { get; }

    /// <summary>Lets go without writing: a HEAD, a viewer who left, a body replaced by a function. Twice is harmless.</summary>
    public abstract void Dispose();
}

/// <summary>A body that HEAD does not get: its length, and nothing to write.</summary>
internal sealed class HeadBody(long? length) : WritableBody
{
    public override long? Length { get; } = length;

    public override long BytesWritten => 0;

    public override Stream OpenRead() => Stream.Null;

    public override ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken) => new(true);

    public override void Dispose()
    {
    }
}

/// <summary>The body of an object in memory. Holds a reference on it.</summary>
internal sealed class CachedBody(BodySlices bytes) : WritableBody
{
    private BodySlices? _bytes = bytes;
    private long _written;

    public override long? Length { get; } = bytes.Length;

    public override long BytesWritten => _written;

    public override ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        var bytes = _bytes ?? throw new ObjectDisposedException(nameof(CachedBody));
        if (!bytes.IsOneArray)
            return WritePiecesAsync(bytes, writer, cancellationToken);
        if (bytes.Length == 0)
        {
            Dispose();
            return new(true);
        }
        var write = writer.WriteAsync(bytes.Piece(0, bytes.Length), cancellationToken);
        if (!write.IsCompletedSuccessfully)
            return AwaitOneAsync(write, bytes.Length);
        var isTaken = Taken(write.Result, bytes.Length);
        Dispose();
        return new(isTaken);
    }

    /// <summary>The same bytes for a cache in front of this one, with a reference of their own.</summary>
    public BodySlices Share()
    {
        var bytes = _bytes ?? throw new ObjectDisposedException(nameof(CachedBody));
        bytes.TryAddReference(); // one is held here: it succeeds
        return bytes;
    }

    public override Stream OpenRead() =>
        new SlicesStream(Interlocked.Exchange(ref _bytes, null) ?? throw new ObjectDisposedException(nameof(CachedBody)));

    public override void Dispose() => Interlocked.Exchange(ref _bytes, null)?.Release();

    private async ValueTask<bool> AwaitOneAsync(ValueTask<FlushResult> write, long length)
    {
        try
        {
            return Taken(await write, length);
        }
        finally
        {
            Dispose();
        }
    }

    private async ValueTask<bool> WritePiecesAsync(BodySlices bytes, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            while (_written < bytes.Length)
            {
                var piece = bytes.Piece(_written, bytes.Length);
                if (!Taken(await writer.WriteAsync(piece, cancellationToken), piece.Length))
                    return false;
            }
            return true;
        }
        finally
        {
            Dispose();
        }
    }

    private bool Taken(FlushResult flush, long length)
    {
        if (flush.IsCompleted || flush.IsCanceled)
            return false;
        _written += length;
        return true;
    }
}

/// <summary>Reads a body that is in memory. Holds the reference on it that its maker took.</summary>
internal sealed class SlicesStream(BodySlices bytes) : ReadOnlyStream
{
    private BodySlices? _bytes = bytes;
    private long _position;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = _bytes ?? throw new ObjectDisposedException(nameof(SlicesStream));
        if (_position == bytes.Length)
            return new ValueTask<int>(0);
        var piece = bytes.Piece(_position, Math.Min(bytes.Length, _position + buffer.Length));
        piece.CopyTo(buffer);
        _position += piece.Length;
        return new ValueTask<int>(piece.Length);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Interlocked.Exchange(ref _bytes, null)?.Release();
        base.Dispose(disposing);
    }
}
