using System.Buffers;
using Brink.Edge.Messages;

namespace Brink.Edge.Delivery;

/// <summary>
/// An open WebSocket: bytes from the viewer to the origin and back, as they come, until one side ends, nothing has moved for ten minutes
/// (distribution spec 2.15), or the edge stops. Frames are not looked at. What one side does not take is not read from the other, and no
/// memory is held while nothing comes.
/// </summary>
internal sealed class WebSocketRelay : IDisposable
{
    /// <summary>A WebSocket on which nothing has moved for this long is closed.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The same once the edge stops: what is under way may arrive, and what is idle holds nothing up. The rest ends with the drain time.
    /// </summary>
    public static readonly TimeSpan IdleLimitAtStop = TimeSpan.FromSeconds(1);

    /// <summary>How long the origin may take to end its side when the viewer has ended.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private const int SmallRoom = 4 * 1024, LargeRoom = 64 * 1024;

    private readonly Stream _viewer;
    private readonly TunnelBody _origin;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _over = new();
    private readonly ITimer _timer;
    private TimeSpan _limit = IdleLimit;
    private long _movedAt;
    private volatile bool _viewerEnded;

    public WebSocketRelay(Stream viewer, TunnelBody origin, TimeProvider time)
    {
        (_viewer, _origin, _time, _movedAt) = (viewer, origin, time, time.GetTimestamp());
        _timer = time.CreateTimer(static relay => ((WebSocketRelay)relay!).Look(), this, IdleLimit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How a direction ended.</summary>
    private enum End
    {
        /// <summary>In order: nothing more will come.</summary>
        InOrder,

        /// <summary>The side that sends broke off.</summary>
        SourceBroke,

        /// <summary>The side that receives takes nothing more.</summary>
        NotTaken,
    }

    /// <summary>Bytes that the origin has taken.</summary>
    public long FromViewer { get; private set; }

    /// <summary>Bytes that the viewer's connection has taken.</summary>
    public long FromOrigin { get; private set; }

    /// <summary>Whether it was closed because nothing moved.</summary>
    public bool WasIdle { get; private set; }

    /// <summary>Why the origin broke off; null if it did not.</summary>
    public Exception? OriginFailure { get; private set; }

    /// <summary>Runs until it is over. Never throws.</summary>
    /// <param name="gone">The viewer is gone.</param>
    /// <param name="stopping">The edge stops.</param>
    /// <returns>Whether the viewer's connection ends in order.</returns>
    public async Task<bool> RunAsync(CancellationToken gone, CancellationToken stopping)
    {
        await using var stop = stopping.UnsafeRegister(static relay => ((WebSocketRelay)relay!).Stop(), this);
        var toOrigin = CopyToOriginAsync();
        var toViewer = CopyToViewerAsync(gone);
        if (await Task.WhenAny(toOrigin, toViewer) == toOrigin)
        {
            _viewerEnded = await toOrigin != End.NotTaken;
            if (_viewerEnded)
                await EndSendingAsync();
            await WaitForOriginAsync(toViewer);
        }
        var end = await EndAsync(toViewer, toOrigin);
        return end == End.InOrder || (end == End.SourceBroke && WasIdle);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _over.Dispose();
    }

    private async Task<End> CopyToOriginAsync()
    {
        var room = SmallRoom;
        while (true)
        {
            var (buffer, read) = await ReadAsync(_viewer, room);
            if (buffer is null)
                return read == 0 ? End.InOrder : End.SourceBroke;
            try
            {
                await _origin.Stream.WriteAsync(buffer.AsMemory(0, read), _over.Token);
            }
            catch (Exception exception) when (IsBroken(exception))
            {
                return End.NotTaken;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            FromViewer += read;
            room = Moved(read, room);
        }
    }

    private async Task<End> CopyToViewerAsync(CancellationToken gone)
    {
        var room = SmallRoom;
        while (true)
        {
            var (buffer, read) = await ReadAsync(_origin.Stream, room);
            if (buffer is null)
                return read == 0 ? End.InOrder : End.SourceBroke;
            var isTaken = false;
            try
            {
                // To a viewer that has ended its side nothing can be sent; the origin may still say what it has to.
                if (!_viewerEnded)
                    await _viewer.WriteAsync(buffer.AsMemory(0, read), _over.Token);
                isTaken = !gone.IsCancellationRequested;
            }
            catch (Exception exception) when (IsBroken(exception))
            {
                // The viewer is gone: the other direction tells whether in order.
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
            if (isTaken)
                FromOrigin += read;
            else if (!_viewerEnded)
                return End.NotTaken;
            room = Moved(read, room);
        }
    }

    /// <summary>What comes next. Without a buffer the side has ended: in order where the count is 0.</summary>
    private async ValueTask<(byte[]? Buffer, int Read)> ReadAsync(Stream from, int room)
    {
        byte[]? buffer = null;
        try
        {
            var read = await from.ReadAsync(Memory<byte>.Empty, _over.Token); // waits without a buffer
            buffer = ArrayPool<byte>.Shared.Rent(room);
            read = await from.ReadAsync(buffer, _over.Token);
            if (read > 0)
                return (buffer, read);
            ArrayPool<byte>.Shared.Return(buffer);
            return (null, 0);
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
            if (from != _viewer && !_over.IsCancellationRequested)
                OriginFailure = exception;
            return (null, -1);
        }
    }

    private int Moved(int bytes, int room)
    {
        Volatile.Write(ref _movedAt, _time.GetTimestamp());
        return bytes >= room ? LargeRoom : SmallRoom;
    }

    private async Task EndSendingAsync()
    {
        try
        {
            await _origin.EndSendingAsync();
        }
        catch (Exception exception) when (IsBroken(exception))
        {
            // It has ended already.
        }
    }

    private async Task WaitForOriginAsync(Task toViewer)
    {
        try
        {
            await toViewer.WaitAsync(Farewell, _time, _over.Token);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // It has had its time.
        }
    }

    private async Task<End> EndAsync(Task<End> toViewer, Task toOrigin)
    {
        await _over.CancelAsync();
        _origin.Dispose();
        var end = await toViewer;
        await toOrigin;
        return end;
    }

    /// <summary>The timer: closes what is idle, or looks again when it could be.</summary>
    private void Look()
    {
        var left = _limit - _time.GetElapsedTime(Volatile.Read(ref _movedAt));
        if (left > TimeSpan.Zero)
        {
            LookAgain(left);
            return;
        }
        WasIdle = true;
        Cancel();
    }

    private void Stop()
    {
        _limit = IdleLimitAtStop;
        LookAgain(IdleLimitAtStop);
    }

    private void LookAgain(TimeSpan after)
    {
        try
        {
            _timer.Change(after, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It is over at the same time.
        }
    }

    private void Cancel()
    {
        try
        {
            _over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Likewise.
        }
    }

    private static bool IsBroken(Exception exception) =>
        exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or System.Net.Sockets.SocketException or HttpRequestException;
}
