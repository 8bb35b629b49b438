using Brink.Edge.Admission;
using Brink.Edge.Logs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Brink.Edge.Listening;

/// <summary>
/// One deadline from accept to the whole head of a connection's first request, whatever comes in between: TLS, the choice of the protocol,
/// HTTP/2's preface, the hand-over to Kestrel. Kestrel has one for each head, too, but starts it when it gets the connection.
/// </summary>
/// <remarks>
/// A feature of the connection. Kestrel's heartbeat looks at it once a second; no timer is made. The lane measures its heads itself
/// (<see cref="Ordinary.OrdinaryConnection"/>), and hands over what has passed.
/// </remarks>
internal sealed class HeadDeadline
{
    /// <summary>How much later than Kestrel's own deadline: where both run, Kestrel's answer (408) comes first.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly ConnectionContext _connection;
    private readonly TimeSpan _limit;
    private readonly IAccessLog _log;
    private readonly TimeProvider _time;
    private long _since;
    private volatile bool _isRunning = true;
    private volatile bool _isWithinHead;

    private HeadDeadline(ConnectionContext connection, TimeSpan limit, IAccessLog log, TimeProvider time)
    {
        (_connection, _limit, _log, _time) = (connection, limit, log, time);
        _since = time.GetTimestamp();
    }

    /// <summary>When it began to run.</summary>
    public long Since => Volatile.Read(ref _since);

    /// <summary>The first middleware of every listener.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> Middleware(TimeSpan limit, IAccessLog log, TimeProvider time) =>
        next => connection =>
        {
            var deadline = new HeadDeadline(connection, limit, log, time);
            connection.Features.Set(deadline);
            connection.Features.Get<IConnectionHeartbeatFeature>()?.OnHeartbeat(static state => ((HeadDeadline)state).Beat(), deadline);
            return next(connection);
        };

    /// <summary>The head has arrived, or another deadline measures it.</summary>
    public void Stop() => _isRunning = false;

    /// <summary>Kestrel goes on reading a head that has been waited for since then.</summary>
    public void Resume(long since, bool isWithinHead)
    {
        Volatile.Write(ref _since, since);
        _isWithinHead = isWithinHead;
        _isRunning = true;
    }

    private void Beat()
    {
        if (!_isRunning || _time.GetElapsedTime(Since) < _limit + Grace || !_isRunning)
            return;
        _isRunning = false;
        _connection.Features.Get<DoorPass>()?.Door.Counters.CountSlowHead();
        if (_isWithinHead)
            _log.Refused("the head of the request did not come in time");
        _connection.Abort(new ConnectionAbortedException("the head of the request did not come in time"));
    }
}
