using System.Buffers;
using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// A body that no viewer gets, such as that of an error with a page in its place. It is read to its end all the same, within limits: only
/// then does the cache keep its object, and the origin's connection serve again.
/// </summary>
internal static class UnsentBody
{
    /// <summary>The bodies of errors are short. One that is longer, or slower, is let go where it is.</summary>
    private const long MostBytes = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads it away, beside the request. Never throws.</summary>
    public static void ReadAway(MessageBody body, TimeProvider time)
    {
        switch (body)
        {
            case FillingBody filling:
                _ = ReadAwayAsync(filling.OpenRead(), time);
                break;
            case StreamBody stream:
                _ = ReadAwayAsync(stream.Stream, time);
                break;
            default:
                body.LetGo();
                break;
        }
    }

    private static async Task ReadAwayAsync(Stream stream, TimeProvider time)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        using var limit = new CancellationTokenSource(Patience, time);
        try
        {
            await using (stream)
            {
                for (long read = 0; read <= MostBytes;)
                {
                    var count = await stream.ReadAsync(buffer, limit.Token);
                    if (count == 0)
                        break;
                    read += count;
                }
            }
        }
        catch (Exception)
        {
            // The origin broke off, took too long, or the edge has stopped: the object is not kept, and no viewer waits for it.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
