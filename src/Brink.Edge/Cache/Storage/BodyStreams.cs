using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Cache.Storage;

/// <summary>Bodies as streams.</summary>
internal static class BodyStreams
{
    /// <summary>The body as a stream, which takes its place: disposing it lets go of what is behind.</summary>
    public static Stream ToStream(this MessageBody body) => body switch
    {
        StreamBody stream => stream.Stream,
        WritableBody writable => writable.OpenRead(),
        BytesBody whole => BodyHead.Whole(whole.Bytes),
        _ => throw new InvalidOperationException($"a body of type {body.GetType().Name} cannot be read"),
    };
}
