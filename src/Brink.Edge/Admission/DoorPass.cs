namespace Brink.Edge.Admission;

/// <summary>
/// What a connection was let in with, and holds of what is limited: a feature of the connection. Giving it back gives everything back.
/// </summary>
internal sealed class DoorPass(Door door, AddressEntry address) : IDisposable
{
    private int _requests;
    private bool _hasHandshake;
    private bool _hasHead;
    private int _isGivenBack;

    public Door Door => door;

    /// <summary>
    /// Counts a request. True: it is the last one of its connection. More may come over HTTP/2, until the viewer knows.
    /// </summary>
    public bool CountRequest()
    {
        if (Interlocked.Increment(ref _requests) != door.Limits.RequestsPerConnection)
            return _requests > door.Limits.RequestsPerConnection;
        door.Counters.CountLastRequest();
        return true;
    }

    /// <summary>A TLS handshake begins, where one more may.</summary>
    public bool TryBeginHandshake()
    {
        _hasHandshake = door.Handshakes.Take(ref address.Handshakes, address.IsShared) == Taking.Taken;
        if (!_hasHandshake)
            door.Tell(Refusal.Handshake);
        return _hasHandshake;
    }

    public void EndHandshake()
    {
        if (!_hasHandshake)
            return;
        _hasHandshake = false;
        door.Handshakes.GiveBack(ref address.Handshakes);
    }

    /// <summary>A part of a head has come, and the rest is waited for, where that is possible once more. Twice is harmless.</summary>
    public bool TryBeginHead()
    {
        if (_hasHead)
            return true;
        _hasHead = door.Heads.Take(ref address.Heads, address.IsShared) == Taking.Taken;
        if (!_hasHead)
            door.Tell(Refusal.Head);
        return _hasHead;
    }

    public void EndHead()
    {
        if (!_hasHead)
            return;
        _hasHead = false;
        door.Heads.GiveBack(ref address.Heads);
    }

    /// <summary>A request has a body, where one more may. Of HTTP/2 one connection has several; each is ended once.</summary>
    public bool TryBeginBody()
    {
        if (door.Bodies.Take(ref address.Bodies, address.IsShared) == Taking.Taken)
            return true;
        door.Tell(Refusal.Body);
        return false;
    }

    public void EndBody() => door.Bodies.GiveBack(ref address.Bodies);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 1)
            return;
        EndHandshake();
        EndHead();
        door.Connections.GiveBack(ref address.Connections);
        door.Addresses.Leave(address);
    }
}
