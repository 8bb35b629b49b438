using System.Buffers;

namespace Brink.Lambda.Events;

/// <summary>The JSON of an event, in pooled memory: dispose it once the function has it.</summary>
public sealed class EventPayload : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;
    private int _length;

    internal EventPayload(int capacity) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>The JSON, until it is disposed.</summary>
    public ReadOnlyMemory<byte> Json => _bytes.AsMemory(0, _length);

    void IBufferWriter<byte>.Advance(int count) => _length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => Room(sizeHint).AsMemory(_length);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => Room(sizeHint).AsSpan(_length);

    /// <inheritdoc/>
    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, _length) = ([], 0);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private byte[] Room(int sizeHint)
    {
        if (_bytes.Length - _length >= Math.Max(1, sizeHint))
            return _bytes;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + sizeHint));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        return _bytes = larger;
    }
}
