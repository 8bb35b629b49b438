using Brink.Http;

namespace Brink.Edge.Messages;

/// <summary>A body that streams: from the origin, or from an object that is still arriving.</summary>
/// <param name="stream">
/// The bytes; reading throws <see cref="IOException"/> if the sender breaks off. Disposing it lets go of the connection.
/// </param>
/// <param name="length">What Content-Length said, or null.</param>
internal sealed class StreamBody(Stream stream, long? length) : MessageBody, IDisposable
{
    public Stream Stream { get; } = stream;

    public override long? Length { get; } = length;

    /// <summary>The fields behind the bytes, once those have been read to their end; null for a body that has none.</summary>
    public Func<HeaderList>? Trailers { get; init; }

    public void Dispose() => Stream.Dispose();
}

/// <summary>The end of a body, read or not.</summary>
internal static class MessageBodies
{
    /// <summary>Releases what is behind a body: a connection, or a part of the cache. Twice is harmless.</summary>
    public static void LetGo(this MessageBody? body) => (body as IDisposable)?.Dispose();
}
