using System.Runtime.InteropServices;
using Brink.Edge.Logs.Delivery;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// A thread that waits for the sockets of its connections and runs what they bring: the requests of a turn one after
/// the other, then the answers of all of them (<see cref="SendTogether"/>), then the logs are woken. One for each processor, for the whole
/// process and to its end, like the runtime's own.
/// </summary>
internal sealed unsafe class Poller
{
    private const int MaxEvents = 128;

    private static readonly Lazy<Poller[]> s_all = new(
        () => [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new Poller(number))]);

    private static int s_next;

    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new();
    private readonly int _epoll;
    private volatile PolledConnection?[] _connections = new PolledConnection?[64];
    private int _used;
    private uint _generation;

    private Poller(int number)
    {
        _epoll = Native.EpollCreate();
        new Thread(Run) { IsBackground = true, Name = $"viewers {number}" }.Start();
    }

    /// <summary>Whether this system has what pollers need.</summary>
    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>The poller of the next connection: they take turns.</summary>
    public static Poller Next() => s_all.Value[(uint)Interlocked.Increment(ref s_next) % (uint)s_all.Value.Length];

    /// <summary>From here on the connection is told of its socket: at once of what is there already, later of each change.</summary>
    public void Add(PolledConnection connection)
    {
        lock (_gate)
        {
            if (!_free.TryPop(out var place))
            {
                place = _used++;
                if (place == _connections.Length)
                {
                    var larger = new PolledConnection?[place * 2];
                    _connections.CopyTo(larger, 0);
                    _connections = larger;
                }
            }
            connection.Key = ((ulong)++_generation << 32) | (uint)place;
            _connections[place] = connection;
        }
        try
        {
            Native.EpollAdd(_epoll, connection.Descriptor, connection.Key);
        }
        catch
        {
            Forget(connection);
            throw;
        }
    }

    /// <summary>Forgets a connection whose socket is about to be closed. An event that is already on its way finds no connection.</summary>
    public void Remove(PolledConnection connection)
    {
        Native.EpollRemove(_epoll, connection.Descriptor);
        Forget(connection);
    }

    private void Forget(PolledConnection connection)
    {
        lock (_gate)
        {
            var place = (int)(uint)connection.Key;
            _connections[place] = null;
            _free.Push(place);
        }
    }

    private void Run()
    {
        var together = SendTogether.StartOnThisThread();
        var wakes = EndOfTurn.StartOnThisThread();
        var events = stackalloc byte[MaxEvents * Native.EventSize];
        while (true)
        {
            var count = Native.EpollWait(_epoll, events, MaxEvents);
            together.BeginTurn(count);
            for (var i = 0; i < count; i++)
            {
                var (happened, key) = Native.EventAt(events, i);
                if (_connections[(int)(uint)key] is not { } connection || connection.Key != key)
                    continue;
                try
                {
                    connection.Happened(happened);
                }
                catch (Exception)
                {
                    // Requests handle their own faults. Whatever this one is, only this connection ends: the others need the thread.
                    connection.Abort();
                }
            }
            together.EndTurn();
            wakes.Run();
        }
    }
}
