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
        Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Kestrel gives no position where it refuses what it has read, and none that means anything after the end.
        if (consumed.GetObject() is not null && !_buffer.IsEmpty)
            Advance(_buffer, consumed);
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    /// <summary>Of what was read last, all before this position is consumed, and the rest kept until more comes.</summary>
    protected abstract void Advance(in ReadOnlySequence<byte> buffer, SequencePosition consumed);

    private static ReadResult End => new(default, isCanceled: false, isCompleted: true);

    private ReadResult Keep(in ReadResult result)
    {
        _buffer = result.Buffer;
        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> KeepAsync(ValueTask<ReadResult> reading) => Keep(await reading);
}
