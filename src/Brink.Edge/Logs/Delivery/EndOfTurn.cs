namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// What a polling thread wakes once its turn is over. To wake the writer of a log costs as much as a small request; once for all requests
/// of a turn it costs next to nothing. Other threads wake at once.
/// </summary>
internal sealed class EndOfTurn
{
    [ThreadStatic]
    private static EndOfTurn? s_ofThisThread;

    private readonly List<LogBuffer> _waiting = [];

    private EndOfTurn()
    {
    }

    /// <summary>Called by a polling thread, which ends its turns with <see cref="Run"/> from now on.</summary>
    public static EndOfTurn StartOnThisThread() => s_ofThisThread = new EndOfTurn();

    /// <summary>Wakes the reader of a buffer: when this thread's turn is over, or at once where it has none.</summary>
    public static void Wake(LogBuffer buffer)
    {
        if (s_ofThisThread is { } turn)
            turn._waiting.Add(buffer);
        else
            buffer.WakeReader();
    }

    /// <summary>The turn is over.</summary>
    public void Run()
    {
        if (_waiting.Count == 0)
            return;
        foreach (var buffer in _waiting)
            buffer.WakeReader();
        _waiting.Clear();
    }
}
