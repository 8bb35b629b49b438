using System.IO.Pipelines;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// A body that the cache holds or is still receiving. Whoever takes the response either writes the body once or disposes it: both let go
/// of the memory behind it.
/// </summary>
internal abstract class WritableBody : MessageBody, IDisposable
{
    /// <summary>
    /// Writes the whole body and flushes. Throws <see cref="IOException"/> when an object still arriving breaks off: the viewer's connection
    /// is then to be aborted, so that a part is not taken for the whole. False, and early, if the viewer's connection has ended.
    /// </summary>
    public abstract ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken);

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

    public override ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken) => new(true);

    public override void Dispose()
    {
    }
}

/// <summary>The body of an object in memory. Holds a reference on it.</summary>
internal sealed class CachedBody(BodyBytes bytes) : WritableBody
{
    private BodyBytes? _bytes = bytes;
    private long _written;

    public override long? Length { get; } = bytes.Length;

    public override long BytesWritten => _written;

    public override ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        var bytes = _bytes ?? throw new ObjectDisposedException(nameof(CachedBody));
        if (bytes.SegmentCount > 1)
            return WriteSegmentsAsync(bytes, writer, cancellationToken);
        if (bytes.SegmentCount == 0)
        {
            Dispose();
            return new(true);
        }
        // One segment is copied into the pipe before WriteAsync returns, so it can be let go at once.
        var write = writer.WriteAsync(bytes.Segment(0), cancellationToken);
        if (!write.IsCompletedSuccessfully)
            return AwaitOneAsync(write, bytes.Length);
        var isTaken = Taken(write.Result, bytes.Length);
        Dispose();
        return new(isTaken);
    }

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

    private async ValueTask<bool> WriteSegmentsAsync(BodyBytes bytes, PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; i < bytes.SegmentCount; i++)
            {
                if (!Taken(await writer.WriteAsync(bytes.Segment(i), cancellationToken), bytes.Segment(i).Length))
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
