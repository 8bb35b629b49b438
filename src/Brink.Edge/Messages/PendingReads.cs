using System.IO.Pipelines;

namespace Brink.Edge.Messages;

/// <summary>Ending a read that is under way.</summary>
internal static class PendingReads
{
    /// <summary>
    /// Ends a read of a request's body. Kestrel throws instead where the viewer breaks the body off at the same time. This is called by
    /// timers and tokens, which cannot handle an exception, and such a read ends by itself.
    /// </summary>
    public static void TryCancelPendingRead(this PipeReader reader)
    {
        try
        {
            reader.CancelPendingRead();
        }
        catch (Exception)
        {
            // Broken off, or the request is over: any exception there is the body's own.
        }
    }

    /// <summary>From now on a cancelled token ends the reads of a request's body, as <see cref="TryCancelPendingRead"/> does.</summary>
    public static CancellationTokenRegistration EndReadsOn(this PipeReader reader, CancellationToken token) =>
        token.UnsafeRegister(static reader => ((PipeReader)reader!).TryCancelPendingRead(), reader);
}
