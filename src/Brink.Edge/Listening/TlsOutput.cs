using System.IO.Pipelines;

namespace Brink.Edge.Listening;

/// <summary>
/// What is sent over TLS. A connection that takes nothing more completes its flushes, as the transport's own output does, and does not
/// throw: Kestrel takes an exception there for a fault.
/// </summary>
/// <param name="encrypted">Writes to the <see cref="System.Net.Security.SslStream"/>.</param>
internal sealed class TlsOutput(PipeWriter encrypted) : PipeWriter
{
    private bool _isBroken;

    public override bool CanGetUnflushedBytes => encrypted.CanGetUnflushedBytes;

    public override long UnflushedBytes => encrypted.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => encrypted.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => encrypted.GetSpan(sizeHint);

    public override void Advance(int bytes) => encrypted.Advance(bytes);

    public override void CancelPendingFlush() => encrypted.CancelPendingFlush();

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_isBroken)
            return new ValueTask<FlushResult>(Broken);
        var flush = encrypted.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? flush : EndAsync(flush);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (_isBroken)
            return new ValueTask<FlushResult>(Broken);
        var flush = encrypted.WriteAsync(source, cancellationToken);
        return flush.IsCompletedSuccessfully ? flush : EndAsync(flush);
    }

    public override void Complete(Exception? exception = null) => encrypted.Complete(exception);

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        try
        {
            // With an exception nothing is sent any more.
            await encrypted.CompleteAsync(exception ?? (_isBroken ? new IOException("the viewer is gone") : null));
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            // What was still to be sent has nowhere to go.
        }
    }

    private static FlushResult Broken => new(isCanceled: false, isCompleted: true);

    private static bool IsBroken(Exception exception) => exception is IOException or ObjectDisposedException or InvalidOperationException;

    private async ValueTask<FlushResult> EndAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            _isBroken = true;
            return Broken;
        }
    }
}
