using Brink.Edge.Requests;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// One direction of a connection, between the one who waits and the thread that knows. Whatever happens while nobody waits is remembered, and who waits is woken
/// exactly once: by the poller or by the one who cancels.
/// </summary>
internal struct Turn
{
    private const int Nobody = 0;
    private const int Waiting = 1;
    private const int Ready = 2;

    private int _state;

    /// <summary>True: the caller waits from now on, and must have made ready for being woken before. False: something has happened since, look again.</summary>
    public bool TryWait()
    {
        if (Interlocked.CompareExchange(ref _state, Waiting, Nobody) == Nobody)
            return true;
        Volatile.Write(ref _state, Nobody);
        return false;
    }

    /// <summary>Whether something has happened since the last look.</summary>
    public bool TakeReady() => Volatile.Read(ref _state) == Ready && Interlocked.CompareExchange(ref _state, Nobody, Ready) == Ready;

    /// <summary>Something has happened. True: somebody waited and is the caller's to wake.</summary>
    public bool Happened()
    {
        if (Interlocked.Exchange(ref _state, Ready) != Waiting)
            return false;
        Volatile.Write(ref _state, Nobody);
        return true;
    }

    /// <summary>True: somebody waited and is the caller's to wake.</summary>
    public bool Cancel() => Interlocked.CompareExchange(ref _state, Nobody, Waiting) == Waiting;
}
