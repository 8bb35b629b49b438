using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Admission;

/// <summary>
/// Heads of HTTP/1.1 that Kestrel reads: it keeps bytes unconsumed only as long as a head, or a line of a body, is not whole.
/// </summary>
internal sealed class HeadWatch(PipeReader inner, DoorPass pass, ConnectionContext connection) : WatchedInput(inner)
{
    protected override void Consumed(long left)
    {
        if (left == 0)
            pass.EndHead();
        else if (!pass.TryBeginHead())
            connection.Abort(new ConnectionAbortedException("too many heads are under way"));
    }
}
