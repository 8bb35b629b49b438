using Brink.Distributions;

namespace Brink.Edge.Requests;

/// <summary>
/// The time limits of an origin (distribution spec 2.2): to accept a connection, to the first byte, between pieces, and for the whole. One
/// token that is cancelled when one of them is over, or when the viewer leaves.
/// </summary>
internal sealed class OriginClock : IDisposable
{
    /// <summary>A call of gRPC on which nothing moves in either direction ends after this time; as long as a WebSocket has.</summary>
    public static readonly TimeSpan DuplexIdle = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly ITimer? _whole;
    private readonly CustomOrigin _origin;
    private readonly TimeProvider _time;
    private volatile bool _connecting;
    private long _connectBegan;
    private long _connectEnded;
    private readonly Lock _gate = new();
    private bool _awaitsViewer;
    private bool _awaitsOrigin;

    public OriginClock(CustomOrigin origin, TimeProvider time, CancellationToken caller)
    {
        (_origin, _time) = (origin, time);
        Caller = caller;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _caller = caller.UnsafeRegister(static state => ((OriginClock)state!).Cancel(), this);
        if (origin.ResponseCompletionTimeout is { } limit)
            _whole = time.CreateTimer(static state => ((OriginClock)state!).Cancel(), this, limit, Timeout.InfiniteTimeSpan);
        Token = _source.Token;
    }

    public CancellationToken Caller { get; }

    /// <summary>
    /// Whether both sides speak at the same time: while the viewer may still send, the origin need not answer. It then has
    /// <see cref="DuplexIdle"/>, so that a call on which nothing moves has an end. Default false.
    /// </summary>
    public bool IsDuplex { get; init; }

    /// <summary>How long the origin was given last.</summary>
    public TimeSpan Allowed { get; private set; }

    public CancellationToken Token { get; }

    public TimeSpan ReadTimeout => _origin.ReadTimeout;

    /// <summary>Whether the time ran out, and the viewer is still there.</summary>
    public bool IsOver => Token.IsCancellationRequested && !Caller.IsCancellationRequested;

    /// <summary>Whether a connection is being made for this request.</summary>
    public bool IsConnecting => _connecting;

    /// <summary>When the connection was there that was made for this request; null if none was.</summary>
    public long? ConnectedAt => Volatile.Read(ref _connectEnded) is not 0 and var ended ? ended : null;

    /// <summary>How long it took to make it; zero if none was made.</summary>
    public TimeSpan Connecting => ConnectedAt is { } ended ? _time.GetElapsedTime(_connectBegan, ended) : TimeSpan.Zero;

    /// <summary>From now on the origin has this long.</summary>
    public void Expect(TimeSpan time)
    {
        if (IsDuplex)
            Await(viewer: null, origin: true);
        else
            Set(time);
    }

    /// <summary>Stops the time: the edge waits for something else than the origin.</summary>
    public void Pause()
    {
        if (IsDuplex)
            Await(viewer: null, origin: false);
        else
            Set(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The viewer is waited for, with more of its body.</summary>
    public void AwaitViewer()
    {
        if (IsDuplex)
            Await(viewer: true, origin: null);
        else
            Set(Timeout.InfiniteTimeSpan);
    }

    /// <summary>More of the viewer's body is there, or its end.</summary>
    public void ViewerCame()
    {
        if (IsDuplex)
            Await(viewer: false, origin: null);
        else
            Set(_origin.ReadTimeout);
    }

    /// <summary>
    /// The time for the answer starts once there is a connection; the handler of the pool ends an attempt that takes too long.
    /// </summary>
    public void BeginConnect()
    {
        _connectBegan = _time.GetTimestamp();
        _connecting = true;
        Set(_origin.ConnectionTimeout + _origin.ReadTimeout);
    }

    public void EndConnect()
    {
        Volatile.Write(ref _connectEnded, _time.GetTimestamp());
        _connecting = false;
        Set(_origin.ReadTimeout);
    }

    public void Cancel()
    {
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The exchange ended at the same time.
        }
    }

    public void Dispose()
    {
        _caller.Dispose();
        _whole?.Dispose();
        _source.Dispose();
    }

    private void Await(bool? viewer, bool? origin)
    {
        lock (_gate)
        {
            (_awaitsViewer, _awaitsOrigin) = (viewer ?? _awaitsViewer, origin ?? _awaitsOrigin);
            Set(_awaitsViewer ? DuplexIdle : _awaitsOrigin ? _origin.ReadTimeout : Timeout.InfiniteTimeSpan);
        }
    }

    private void Set(TimeSpan time)
    {
        Allowed = time;
        try
        {
            _source.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // A connection can be established after the request that began it has used another one and ended.
        }
    }
}
