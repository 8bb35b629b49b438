using System.IO.Pipelines;
using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>
/// A body that the cache holds or is still receiving. Whoever takes the response either writes the body once or disposes it: both let go
/// of the memory behind it.
/// </summary>
internal abstract class WritableBody : MessageBody, IDisposable
{
    /// <summary>
    /// Writes the whole body and flushes. Throws <see cref="IOException"/> when an object still arriving breaks off: the viewer's connection
    /// is then to be aborted, so that nobody takes the part for the whole.
    /// </summary>
    public abstract ValueTask WriteToAsync(PipeWriter writer, CancellationToken cancellationToken);

    /// <summary>Lets go without writing: a HEAD, a viewer who left, a body replaced by a function. Twice is harmless.</summary>
    public abstract void Dispose();
}
