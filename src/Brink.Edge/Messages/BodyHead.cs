namespace Brink.Edge.Messages;

/// <summary>The first bytes of a request's body, read ahead for a function, and the rest that is still to come.</summary>
internal sealed class BodyHead
{
    private readonly Stream _rest;

    private BodyHead(ReadOnlyMemory<byte> bytes, Stream rest) => (Bytes, _rest) = (bytes, rest);

    /// <summary>What has been read.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Reads until that many bytes are there, or the end.</summary>
    public static async ValueTask<BodyHead> ReadAsync(Stream body, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[Math.Min(count, 16 * 1024)];
        var length = 0;
        while (length < count)
        {
            if (length == bytes.Length)
                Array.Resize(ref bytes, Math.Min(count, bytes.Length * 4));
            var read = await body.ReadAsync(bytes.AsMemory(length), cancellationToken);
            if (read == 0)
                return new BodyHead(bytes.AsMemory(0, length), Stream.Null);
            length += read;
        }
        return new BodyHead(bytes, body);
    }

    /// <summary>These bytes as a body that is whole.</summary>
    public static Stream Whole(ReadOnlyMemory<byte> bytes) => new Joined(bytes, Stream.Null);

    /// <summary>The whole body, from its first byte on.</summary>
    public Stream WithRest() => new Joined(Bytes, _rest);

    private sealed class Joined(ReadOnlyMemory<byte> head, Stream rest) : ReadOnlyStream
    {
        private ReadOnlyMemory<byte> _left = head;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left.IsEmpty)
                return rest.ReadAsync(buffer, cancellationToken);
            var count = Math.Min(buffer.Length, _left.Length);
            _left[..count].CopyTo(buffer);
            _left = _left[count..];
            return new ValueTask<int>(count);
        }
    }
}
