using System.Buffers;
using Brink.Edge.Messages;

namespace Brink.Edge.Cache.Filling;

/// <summary>A part of a stream: what comes before it is read away, what comes after it is left.</summary>
internal sealed class PartStream(Stream whole, long skip, long length) : ReadOnlyStream
{
    private long _skip = skip;
    private long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await ReadAwayAsync(cancellationToken);
        if (_left == 0)
            return 0;
        var count = await whole.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (count == 0)
            throw new IOException("the origin ended the body early");
        _left -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            whole.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask ReadAwayAsync(CancellationToken cancellationToken)
    {
        if (_skip == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (_skip > 0)
            {
                var read = await whole.ReadAsync(buffer.AsMemory(0, (int)Math.Min(_skip, buffer.Length)), cancellationToken);
                if (read == 0)
                    throw new IOException("the origin ended the body early");
                _skip -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
