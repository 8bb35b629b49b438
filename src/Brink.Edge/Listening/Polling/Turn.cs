using Brink.Edge.Requests;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// One direction of a connection, shared by the side that waits and the poller. What happens while there is no wait is remembered, and a
/// wait is ended exactly once: by the poller or by a cancellation.
/// </summary>
internal struct Turn
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Ready = 2;

    private int _state;

    /// <summary>
    /// True: the wait has begun, and everything that ends it must have been prepared. False: something has happened since, look again.
    /// </summary>
    public bool TryWait()
    {
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
            return true;
        Volatile.Write(ref _state, Idle);
        return false;
    }

    /// <summary>Whether something has happened since the last look.</summary>
    public bool TakeReady() => Volatile.Read(ref _state) == Ready && Interlocked.CompareExchange(ref _state, Idle, Ready) == Ready;

    /// <summary>Something has happened. True: there was a wait, and the caller ends it.</summary>
    public bool Happened()
    {
        if (Interlocked.Exchange(ref _state, Ready) != Waiting)
            return false;
        Volatile.Write(ref _state, Idle);
        return true;
    }

    /// <summary>True: there was a wait, and the caller ends it.</summary>
    public bool Cancel() => Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
}
