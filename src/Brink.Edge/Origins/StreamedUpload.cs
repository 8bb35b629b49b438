using System.Buffers;
using System.Net;
using Brink.Edge.Requests;

namespace Brink.Edge.Origins;

/// <summary>
/// The body of a request whose answer may come while it is still under way: each piece leaves as soon as it has come, and .NET waits for
/// the answer and the body's end at the same time, which it does not for its own kinds of streamed bodies.
/// </summary>
internal sealed class StreamedUpload(RequestBodyStream body) : HttpContent
{
    private const int Room = 16 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (body.WasRead)
            throw new IOException("the origin refused the request when some of its body had been sent");
        await stream.FlushAsync(cancellationToken); // the head: the origin may answer before there is a message
        var buffer = ArrayPool<byte>.Shared.Rent(Room);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
