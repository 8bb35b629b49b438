namespace Brink.Edge.Cache.Storage;

/// <summary>Reads a part of a stored body, once, from its first byte to its last. Disposing it lets go of the memory behind it.</summary>
internal abstract class BodyReader : IDisposable
{
    /// <summary>
    /// The next bytes; empty at the end. They stay what they are until the next call. Throws <see cref="IOException"/> when what is missing
    /// cannot be had.
    /// </summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Whether the first byte is here or about to come; where it is not, it is asked for. False: it cannot be had, and the body of the
    /// object that is stored is of no more use.
    /// </summary>
    public virtual ValueTask<bool> PrepareAsync(CancellationToken cancellationToken) => new(true);

    /// <summary>So many of them have been used.</summary>
    public abstract void Advance(int count);

    public abstract void Dispose();
}

/// <summary>Reads a part of a body that is whole in memory. Takes over the caller's reference on it.</summary>
internal sealed class SlicesReader(BodySlices bytes, long from, long to) : BodyReader
{
    private BodySlices? _bytes = bytes;
    private long _position = from;

    public override ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var bytes = _bytes ?? throw new ObjectDisposedException(nameof(SlicesReader));
        return new ValueTask<ReadOnlyMemory<byte>>(_position == to ? default : bytes.Piece(_position, to));
    }

    public override void Advance(int count) => _position += count;

    public override void Dispose() => Interlocked.Exchange(ref _bytes, null)?.Release();
}
