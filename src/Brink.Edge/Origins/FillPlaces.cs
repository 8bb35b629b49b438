using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using Brink.Edge.Admission;

namespace Brink.Edge.Origins;

/// <summary>
/// How many requests for objects that may be kept one origin has at once, until the head of its answer is there. What more is asked for
/// waits: after an invalidation the origin gets a queue and no stampede. Viewers take turns, so one that floods the edge with new objects
/// waits behind itself (docs/decisions/0043-places-at-an-origin.md).
/// </summary>
/// <param name="places">Requests that each origin has at once; three fourths of them of one address.</param>
/// <param name="waiting">Requests that may wait for each origin; a fourth of them for one address.</param>
/// <param name="patience">How long one waits.</param>
/// <param name="time">The clock.</param>
internal sealed class FillPlaces(int places, int waiting, TimeSpan patience, TimeProvider time)
{
    private const int PartOfOneAddress = 4;

    private readonly ConcurrentDictionary<(string Name, int Port), Line> _lines = new();
    private int _waiting;
    private long _refused;

    /// <summary>Requests that wait, at all origins.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Requests that were refused, or waited for too long.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Takes a place, or waits for one. Null: there is none. A place that was given is given back by disposing it.</summary>
    /// <param name="name">The origin's name.</param>
    /// <param name="port">And port.</param>
    /// <param name="address">The viewer's address.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Place?> TakeAsync(string name, int port, string address, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = _lines.GetOrAdd((name, port), static (key, all) => new Line(all, key), this);
            var viewer = KeyOf(address);
            lock (line)
            {
                if (line.IsGone)
                    continue;
                if (line.TryTake(viewer))
                    return new ValueTask<Place?>(new Place(line, viewer));
                return line.TryWait(viewer) is { } waiter
                    ? WaitAsync(line, waiter, cancellationToken)
                    : new ValueTask<Place?>(Refuse());
            }
        }
    }

    private async ValueTask<Place?> WaitAsync(Line line, Waiter waiter, CancellationToken cancellationToken)
    {
        try
        {
            await waiter.Turn.Task.WaitAsync(patience, time, cancellationToken);
            return new Place(line, waiter.Address);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            lock (line)
            {
                if (waiter.Turn.Task.IsCompleted)
                    line.Leave(waiter.Address);         // its turn came in the same moment: it is the next one's
                else
                    line.StopWaiting(waiter);
            }
            if (end is OperationCanceledException)
                throw;
            return Refuse();
        }
    }

    private Place? Refuse()
    {
        Interlocked.Increment(ref _refused);
        return null;
    }

    private static ulong KeyOf(string address) => IPAddress.TryParse(address, out var parsed) ? AddressTable.KeyOf(parsed) : 0;

    /// <summary>A place at an origin.</summary>
    internal readonly struct Place(Line line, ulong address) : IDisposable
    {
        public void Dispose()
        {
            lock (line)
                line.Leave(address);
        }
    }

    /// <summary>
    /// Those that have a place at one origin, and those that wait: a queue for each address, which have turns. All of it is called under
    /// its lock.
    /// </summary>
    internal sealed class Line(FillPlaces all, (string Name, int Port) key)
    {
        private readonly Dictionary<ulong, LinkedList<Waiter>> _queues = [];
        private readonly Queue<ulong> _turns = new();
        private readonly Dictionary<ulong, int> _takenBy = [];
        private int _waiting;
        private int _taken;

        public bool IsGone { get; private set; }

        public bool TryTake(ulong address)
        {
            if (_taken == all.Places || !MayTake(address))
                return false;
            Take(address);
            return true;
        }

        public Waiter? TryWait(ulong address)
        {
            if (_waiting >= all.MostWaiting)
                return null;
            if (!_queues.TryGetValue(address, out var queue))
            {
                _queues.Add(address, queue = []);
                _turns.Enqueue(address);
            }
            else if (queue.Count >= Math.Max(1, all.MostWaiting / PartOfOneAddress))
            {
                return null;
            }
            var waiter = new Waiter(address);
            queue.AddLast(waiter.Node);
            Count(1);
            return waiter;
        }

        public void StopWaiting(Waiter waiter)
        {
            _queues[waiter.Address].Remove(waiter.Node);    // an empty queue goes when its turn comes
            Count(-1);
        }

        /// <summary>A place is free: the next one that may have it does.</summary>
        public void Leave(ulong address)
        {
            _taken--;
            if (--CollectionsMarshal.GetValueRefOrNullRef(_takenBy, address) == 0)
                _takenBy.Remove(address);
            if (Next() is { } next)
            {
                Take(next.Address);
                next.Turn.TrySetResult();
            }
            if (_taken > 0)
                return;
            IsGone = true;
            all._lines.TryRemove(KeyValuePair.Create(key, this));
        }

        private Waiter? Next()
        {
            for (var left = _turns.Count; left > 0; left--)
            {
                var address = _turns.Dequeue();
                var queue = _queues[address];
                if (queue.First is not { Value: var first })
                {
                    _queues.Remove(address);
                    continue;
                }
                _turns.Enqueue(address);
                if (!MayTake(address))
                    continue;
                queue.RemoveFirst();
                Count(-1);
                return first;
            }
            return null;
        }

        private bool MayTake(ulong address) => _takenBy.GetValueOrDefault(address) < all.Places - all.Places / PartOfOneAddress;

        private void Take(ulong address)
        {
            _taken++;
            CollectionsMarshal.GetValueRefOrAddDefault(_takenBy, address, out _)++;
        }

        private void Count(int change)
        {
            _waiting += change;
            Interlocked.Add(ref all._waiting, change);
        }
    }

    /// <summary>One that waits.</summary>
    internal sealed class Waiter
    {
        public Waiter(ulong address) => (Address, Node) = (address, new LinkedListNode<Waiter>(this));

        public ulong Address { get; }

        public LinkedListNode<Waiter> Node { get; }

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private int Places => places;

    private int MostWaiting => waiting;
}
