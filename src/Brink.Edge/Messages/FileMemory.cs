using System.Buffers;

namespace Brink.Edge.Messages;

/// <summary>
/// Memory that is a file as well: the system sends it to a socket from where it lies (sendfile), without copying it. What has been sent in
/// that way may be in the socket still when the viewer's flush is over, so it is not written to again (<see cref="NoteSent"/>).
/// </summary>
internal abstract class FileMemory : MemoryManager<byte>
{
    /// <summary>The file, of which the memory is the bytes from 0 on.</summary>
    public abstract int Descriptor { get; }

    /// <summary>These bytes are about to be sent from the file.</summary>
    public abstract void NoteSent(int start, int count);
}
