using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Brink.Edge.Admission;

/// <summary>What a connection receives, looked at on its way to Kestrel: what is consumed of it, and what is kept.</summary>
internal abstract class WatchedInput(PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;

    /// <summary>Whether the connection is over: what follows is the end.</summary>
    protected bool IsOver { get; set; }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsOver)
            return new ValueTask<ReadResult>(End);
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Keep(reading.Result)) : KeepAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = End;
        if (IsOver)
            return true;
        if (!inner.TryRead(out result))
            return false;
        result = Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (IsOver)
            return;
        // Kestrel gives no position where it refuses what it has read.
        if (consumed.GetObject() is not null && !_buffer.IsEmpty)
            Consumed(_buffer.Slice(consumed).Length);
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <summary>This was read: first what was left the last time, then what is new.</summary>
    protected virtual void Received(in ReadOnlySequence<byte> buffer)
    {
    }

    /// <summary>Of what was read last so many bytes are left, until more comes.</summary>
    protected abstract void Consumed(long left);

    private static ReadResult End => new(default, isCanceled: false, isCompleted: true);

    private ReadResult Keep(in ReadResult result)
    {
        _buffer = result.Buffer;
        Received(_buffer);
        return IsOver ? End : result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> KeepAsync(ValueTask<ReadResult> reading) => Keep(await reading);
}
