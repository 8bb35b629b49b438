using Brink.Distributions;

namespace Brink.Edge.Requests;

/// <summary>
/// The times an origin has (distribution spec 2.2): to accept a connection, to the first byte, between pieces, and for the whole. One token that
/// is cancelled when one of them is over, or when the viewer leaves.
/// </summary>
internal sealed class OriginClock : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _caller;
    private readonly ITimer? _whole;
    private readonly CustomOrigin _origin;
    private volatile bool _connecting;

    public OriginClock(CustomOrigin origin, TimeProvider time, CancellationToken caller)
    {
        _origin = origin;
        Caller = caller;
        _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _caller = caller.UnsafeRegister(static state => ((OriginClock)state!).Cancel(), this);
        if (origin.ResponseCompletionTimeout is { } limit)
            _whole = time.CreateTimer(static state => ((OriginClock)state!).Cancel(), this, limit, Timeout.InfiniteTimeSpan);
        Token = _source.Token;
    }

    public CancellationToken Caller { get; }

    public CancellationToken Token { get; }

    public TimeSpan ReadTimeout => _origin.ReadTimeout;

    /// <summary>Whether the time ran out (and not the viewer away).</summary>
    public bool IsOver => Token.IsCancellationRequested && !Caller.IsCancellationRequested;

    /// <summary>Whether a connection is being made for this request.</summary>
    public bool IsConnecting => _connecting;

    /// <summary>From now on the origin has this long.</summary>
    public void Expect(TimeSpan time) => Set(time);

    /// <summary>It is not the origin we wait for.</summary>
    public void Pause() => Set(Timeout.InfiniteTimeSpan);

    /// <summary>The time for the answer starts when the connection stands; the handler of the pool ends an attempt that takes too long.</summary>
    public void BeginConnect()
    {
        _connecting = true;
        Set(_origin.ConnectionTimeout + _origin.ReadTimeout);
    }

    public void EndConnect()
    {
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
            // The exchange ended in the same moment.
        }
    }

    public void Dispose()
    {
        _caller.Dispose();
        _whole?.Dispose();
        _source.Dispose();
    }

    private void Set(TimeSpan time)
    {
        try
        {
            _source.CancelAfter(time);
        }
        catch (ObjectDisposedException)
        {
            // A connection can come about after its first request has found another one and is done.
        }
    }
}
