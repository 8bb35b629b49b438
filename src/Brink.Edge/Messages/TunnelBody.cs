using Brink.Http;

namespace Brink.Edge.Messages;

/// <summary>
/// What follows a 101 of the origin: no body, but a connection on which both sides send what they like until one of them ends it.
/// Disposing it ends it.
/// </summary>
internal abstract class TunnelBody : MessageBody, IDisposable
{
    public override long? Length => null;

    /// <summary>From the origin and to it. What is written leaves at once.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Tells the origin that nothing more will come; what it sends can still be read.</summary>
    public abstract ValueTask EndSendingAsync();

    public abstract void Dispose();
}
