using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Listening;

/// <summary>
/// Answers of one turn of a polling thread go out together. A thread that polls finds many requests at once under load; sending after each
/// of them wakes the other side for each of them, which costs the kernel as much as a small function takes. So, where a turn has more than
/// one connection in it, answers wait until <see cref="Most"/> are there or the turn is over, and then leave one after the other
/// (docs/decisions/0014-answers-leave-together.md).
/// </summary>
/// <remarks>One for each polling thread (<see cref="Polling.Poller"/>), and used by it alone.</remarks>
internal sealed class SendTogether
{
    /// <summary>The most answers that wait.</summary>
    public const int Most = 64;

    /// <summary>The longest wait, unless what runs on the thread takes longer.</summary>
    private static readonly long Longest = System.Diagnostics.Stopwatch.Frequency / 2_000;      // 500 µs

    [ThreadStatic]
    private static SendTogether? s_ofThisThread;

    private readonly HeldOutput?[] _held = new HeldOutput?[Most];
    private int _count;
    private bool _mayHold;
    private long _firstAt;

    private SendTogether()
    {
    }

    /// <summary>The instance of this thread; null when it does not poll.</summary>
    public static SendTogether? OfThisThread => s_ofThisThread;

    /// <summary>Whether an answer may wait: others may come in this turn.</summary>
    public bool MayHold => _mayHold;

    /// <summary>Called by a polling thread, which reports its turns from now on.</summary>
    public static SendTogether StartOnThisThread() => s_ofThisThread = new SendTogether();

    /// <summary>The middleware of a listener: its connections hold answers back where that helps.</summary>
    public static ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        var output = new HeldOutput(transport.Output);
        connection.Transport = new HeldDuplex(transport.Input, output);
        try
        {
            await next(connection);
        }
        finally
        {
            output.TakeBack();
            connection.Transport = transport;
        }
    };

    /// <summary>A turn begins, with events of this many sockets.</summary>
    public void BeginTurn(int sockets) => _mayHold = sockets > 1;

    /// <summary>The turn is over.</summary>
    public void EndTurn()
    {
        SendAll();
        _mayHold = false;
    }

    /// <summary>Takes an answer, where <see cref="MayHold"/> says so; it leaves with the turn, at the latest.</summary>
    public void Hold(HeldOutput output)
    {
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        if (_count == 0)
            _firstAt = now;
        _held[_count++] = output;
        if (_count == Most || now - _firstAt > Longest)
            SendAll();
    }

    private void SendAll()
    {
        var mayHold = _mayHold;
        _mayHold = false;              // a connection that ends here may run its request on: what that writes leaves at once
        for (var i = 0; i < _count; i++)
        {
            var output = _held[i]!;
            _held[i] = null;
            output.SendHeld();
        }
        _count = 0;
        _mayHold = mayHold;
    }

    private sealed class HeldDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}

/// <summary>
/// The output of a connection, whose flushes may wait a moment. Any use while one waits takes it back first: what
/// was written then leaves with the next flush.
/// </summary>
internal sealed class HeldOutput(PipeWriter inner) : PipeWriter
{
    private const int Open = 0;
    private const int Held = 1;
    private const int Sending = 2;

    /// <summary>Larger pieces are worth a send of their own.</summary>
    private const int MaxHeld = 16 * 1024;

    private int _state;
    private Task<FlushResult>? _unfinished;
    private FlushResult _last;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        TakeBack();
        return inner.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        TakeBack();
        return inner.GetSpan(sizeHint);
    }

    public override void Advance(int bytes)
    {
        TakeBack();
        inner.Advance(bytes);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        TakeBack();
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        TakeBack();
        return inner.CompleteAsync(exception);
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (source.Length <= MaxHeld)
            return base.WriteAsync(source, cancellationToken);
        TakeBack();
        return _unfinished is null ? inner.WriteAsync(source, cancellationToken) : WriteAfterAsync(source, cancellationToken);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        TakeBack();
        if (_unfinished is not null)
            return FlushAfterAsync(cancellationToken);
        if (SendTogether.OfThisThread is not { } together || !together.MayHold
            || _last.IsCompleted || cancellationToken.IsCancellationRequested
            || inner.UnflushedBytes is <= 0 or > MaxHeld)
            return inner.FlushAsync(cancellationToken);
        Hold();
        together.Hold(this);
        return default;
    }

    /// <summary>What was written waits for <see cref="SendHeld"/>, or for the next flush.</summary>
    public void Hold() => Volatile.Write(ref _state, Held);

    /// <summary>Called by the polling thread that holds it: sends, unless it was taken back.</summary>
    public void SendHeld()
    {
        if (Interlocked.CompareExchange(ref _state, Sending, Held) != Held)
            return;
        try
        {
            var flush = inner.FlushAsync();
            if (flush.IsCompletedSuccessfully)
                _last = flush.Result;
            else
                _unfinished = flush.AsTask();
        }
        finally
        {
            Volatile.Write(ref _state, Open);
        }
    }

    private async ValueTask<FlushResult> FlushAfterAsync(CancellationToken cancellationToken)
    {
        await _unfinished!.WaitAsync(cancellationToken);
        _unfinished = null;
        return await inner.FlushAsync(cancellationToken);
    }

    private async ValueTask<FlushResult> WriteAfterAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        await _unfinished!.WaitAsync(cancellationToken);
        _unfinished = null;
        return await inner.WriteAsync(source, cancellationToken);
    }

    /// <summary>Nothing waits any more: what was written leaves with the next flush, or when the output is completed.</summary>
    public void TakeBack()
    {
        if (Volatile.Read(ref _state) == Open)
            return;
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _state, Open, Held) == Sending)
            spin.SpinOnce();
    }
}
