using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Viewers;

/// <summary>
/// Answers of one turn of a polling thread go out together. A thread that polls finds many requests at once under load; sending after each of them wakes the other
/// side for each of them, which costs the kernel as much as a small function takes. So, once requests follow each other closely, answers wait until
/// <see cref="Most"/> are there or the turn is over, and then leave one after the other (docs/decisions/0014-answers-leave-together.md).
/// </summary>
/// <remarks>
/// One for each polling thread, and used by it alone. The end of a turn is told by a byte to ourselves: it comes up behind the sockets that were ready before.
/// </remarks>
internal sealed class SendTogether
{
    /// <summary>So many answers wait at most.</summary>
    public const int Most = 64;

    /// <summary>Requests that come further apart than this are not load: their answers leave at once.</summary>
    private static readonly long Closely = System.Diagnostics.Stopwatch.Frequency / 20_000;     // 50 µs

    /// <summary>And so long at most, unless what is under way on the thread takes longer.</summary>
    private static readonly long Longest = System.Diagnostics.Stopwatch.Frequency / 2_000;      // 500 µs

    /// <summary>A turn with fewer answers than this was not worth telling its end: so many of the next answers leave at once.</summary>
    private const int Worthwhile = 8, Skipped = 256;

    [ThreadStatic]
    private static SendTogether? s_ofThisThread;

    private static int s_isStarted;

    private readonly HeldOutput?[] _held = new HeldOutput?[Most];
    private readonly Socket _sender;
    private readonly Socket _receiver;
    private int _count;
    private bool _isAwaited;
    private bool _isSending;
    private int _inTurn;
    private int _toSkip;
    private long _lastAt;
    private long _firstAt;

    private SendTogether(Socket sender, Socket receiver) => (_sender, _receiver) = (sender, receiver);

    /// <summary>The one of this thread; null when it does not poll.</summary>
    public static SendTogether? OfThisThread => s_ofThisThread;

    /// <summary>
    /// Finds the polling threads of the process, once: each tells itself on the first byte that it receives. For sockets that complete where they are polled; elsewhere
    /// nothing happens.
    /// </summary>
    public static void FindThreads()
    {
        if (!OperatingSystem.IsLinux() || Interlocked.Exchange(ref s_isStarted, 1) != 0)
            return;
        // .NET deals sockets out to its polling threads in turn, so these meet all of them, some twice.
        for (var i = 0; i < 2 * Environment.ProcessorCount; i++)
        {
            if (Pair() is var (sender, receiver))
                new SendTogether(sender, receiver).Listen();
        }
    }

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

    /// <summary>Whether an answer may wait: one came shortly before it.</summary>
    public bool IsBusy()
    {
        if (_toSkip > 0)
        {
            _toSkip--;
            return false;
        }
        var now = System.Diagnostics.Stopwatch.GetTimestamp();
        var isBusy = now - _lastAt < Closely && !_isSending;
        _lastAt = now;
        return isBusy;
    }

    /// <summary>Takes an answer, right after <see cref="IsBusy"/>; it leaves after what is ready now, at the latest.</summary>
    public void Hold(HeldOutput output)
    {
        if (_count == 0)
            _firstAt = _lastAt;
        _held[_count++] = output;
        _inTurn++;
        if (_count == Most || _lastAt - _firstAt > Longest)
            SendAll();
        else if (!_isAwaited)
            Await();
    }

    private void Await()
    {
        ReadOnlySpan<byte> one = [1];
        try
        {
            _sender.Send(one);
            _isAwaited = true;
        }
        catch (SocketException)
        {
            SendAll();
        }
    }

    private void SendAll()
    {
        _isSending = true;              // a connection that ends here may run its request on: what that writes leaves at once
        for (var i = 0; i < _count; i++)
        {
            var output = _held[i]!;
            _held[i] = null;
            output.SendHeld();
        }
        _count = 0;
        _isSending = false;
    }

    private void Listen()
    {
        var receiving = new SocketAsyncEventArgs();
        receiving.SetBuffer(new byte[8]);
        receiving.Completed += (_, _) => Receive(receiving);
        if (_receiver.ReceiveAsync(receiving))
            _sender.Send([1]);
        else
            Retire();
    }

    private void Receive(SocketAsyncEventArgs receiving)
    {
        do
        {
            // A thread of the pool: sockets do not complete where they are polled, in this process.
            if (receiving.SocketError != SocketError.Success || receiving.BytesTransferred == 0 || Thread.CurrentThread.IsThreadPoolThread
                || (s_ofThisThread ??= this) != this)
            {
                Retire();
                return;
            }
            _isAwaited = false;
            SendAll();
            if (_inTurn < Worthwhile)
                _toSkip = Skipped;
            _inTurn = 0;
        }
        while (!_receiver.ReceiveAsync(receiving));
    }

    private void Retire()
    {
        if (s_ofThisThread == this)
        {
            s_ofThisThread = null;
            SendAll();
        }
        _sender.Dispose();
        _receiver.Dispose();
    }

    private static (Socket Sender, Socket Receiver)? Pair()
    {
        const int unixFamily = 1, stream = 1, closeOnExecute = 0x80000;
        var ends = new int[2];
        if (SocketPair(unixFamily, stream | closeOnExecute, 0, ends) != 0)
            return null;
        return (new Socket(new SafeSocketHandle(ends[0], ownsHandle: true)), new Socket(new SafeSocketHandle(ends[1], ownsHandle: true)));
    }

    [DllImport("libc", EntryPoint = "socketpair", ExactSpelling = true)]
    private static extern int SocketPair(int family, int type, int protocol, [Out] int[] ends);

    private sealed class HeldDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}

/// <summary>
/// The output of a connection, whose flushes may wait a moment. Whoever touches it while one waits takes it back first: what was written then leaves with the next flush.
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

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        TakeBack();
        if (_unfinished is not null)
            return FlushAfterAsync(cancellationToken);
        if (SendTogether.OfThisThread is not { } together || !together.IsBusy() || _last.IsCompleted || cancellationToken.IsCancellationRequested
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
        var unfinished = _unfinished!;
        _unfinished = null;
        await unfinished.WaitAsync(cancellationToken);
        return await inner.FlushAsync(cancellationToken);
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
