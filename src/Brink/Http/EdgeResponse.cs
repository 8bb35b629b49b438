namespace Brink.Http;

/// <summary>A response: from an origin, the cache, a function, or an error page of the edge.</summary>
public sealed class EdgeResponse
{
    /// <summary>The status code, 200 to 599; 101 where an origin agrees to speak WebSocket.</summary>
    public int StatusCode { get; set; } = 200;

    /// <summary>The reason phrase; null means the standard one for the status.</summary>
    public string? StatusDescription { get; set; }

    /// <summary>The header fields; each Set-Cookie is a field of its own.</summary>
    public HeaderList Headers { get; init; } = new();

    /// <summary>The body; <see cref="MessageBody.Empty"/> if there is none.</summary>
    public MessageBody Body { get; set; } = MessageBody.Empty;
}

/// <summary>The body of a response. Rooms that move bytes derive their own kinds (a cached body, an origin's stream).</summary>
public abstract class MessageBody
{
    /// <summary>No body at all.</summary>
    public static MessageBody Empty { get; } = new BytesBody(ReadOnlyMemory<byte>.Empty);

    /// <summary>The length in bytes when it is known before sending, else null.</summary>
    public abstract long? Length { get; }
}

/// <summary>A body that is whole in memory.</summary>
/// <param name="bytes">The bytes; not changed afterwards.</param>
public sealed class BytesBody(ReadOnlyMemory<byte> bytes) : MessageBody
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <inheritdoc/>
    public override long? Length => Bytes.Length;
}
