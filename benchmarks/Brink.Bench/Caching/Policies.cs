namespace Brink.Bench.Caching;

/// <summary>What a cache of so many bytes keeps.</summary>
internal interface ICachePolicy
{
    /// <summary>A request. True: the object was there. Else it may be now.</summary>
    bool Ask(int item, int size);
}

/// <summary>Keeps what was stored, or used, last.</summary>
/// <param name="budget">Bytes.</param>
/// <param name="renews">Whether a use counts like storing: LRU; else FIFO.</param>
internal sealed class QueuePolicy(long budget, bool renews) : ICachePolicy
{
    private readonly SizedQueue _queue = new();

    public bool Ask(int item, int size)
    {
        if (_queue.Contains(item))
        {
            if (renews)
                _queue.Add(item, _queue.Remove(item));
            return true;
        }
        if (size > budget)
            return false;
        _queue.Add(item, size);
        while (_queue.Bytes > budget)
            _queue.Remove(_queue.Oldest);
        return false;
    }
}

/// <summary>S3-FIFO as its paper has it: a small queue, a main one, and the keys that left the small one.</summary>
internal sealed class S3FifoPolicy(long budget) : ICachePolicy
{
    private readonly SizedQueue _small = new();
    private readonly SizedQueue _main = new();
    private readonly SizedQueue _ghosts = new();
    private readonly Dictionary<int, int> _uses = [];

    public bool Ask(int item, int size)
    {
        if (_uses.TryGetValue(item, out var uses))
        {
            _uses[item] = Math.Min(3, uses + 1);
            return true;
        }
        if (size > budget)
            return false;
        if (_ghosts.Contains(item))
        {
            _ghosts.Remove(item);
            _main.Add(item, size);
        }
        else
        {
            _small.Add(item, size);
        }
        _uses[item] = 0;
        while (_small.Bytes + _main.Bytes > budget)
        {
            if (_small.Count > 0 && (_small.Bytes > budget / 10 || _main.Count == 0))
                LeaveSmall(_small.Oldest);
            else
                LeaveMain(_main.Oldest);
        }
        return false;
    }

    private void LeaveSmall(int item)
    {
        var size = _small.Remove(item);
        if (_uses[item] > 1)
        {
            _uses[item] = 0;
            _main.Add(item, size);
            return;
        }
        _uses.Remove(item);
        _ghosts.Add(item, size);
        while (_ghosts.Bytes > budget * 9 / 10)
            _ghosts.Remove(_ghosts.Oldest);
    }

    private void LeaveMain(int item)
    {
        var size = _main.Remove(item);
        if (_uses[item] == 0)
        {
            _uses.Remove(item);
            return;
        }
        _uses[item]--;
        _main.Add(item, size);
    }
}

/// <summary>W-TinyLFU: a small window by recency, and a main part that takes in what is asked for more often than what it would lose.</summary>
internal sealed class TinyLfuPolicy(long budget) : ICachePolicy
{
    private readonly SizedQueue _window = new();
    private readonly SizedQueue _probation = new();
    private readonly SizedQueue _protected = new();
    private readonly Sketch _sketch = new((int)Math.Max(1024, budget / 2_500));

    public bool Ask(int item, int size)
    {
        _sketch.Note(item);
        if (_window.Contains(item))
        {
            _window.Add(item, _window.Remove(item));
            return true;
        }
        if (_protected.Contains(item))
        {
            _protected.Add(item, _protected.Remove(item));
            return true;
        }
        if (_probation.Contains(item))
        {
            _protected.Add(item, _probation.Remove(item));
            while (_protected.Bytes > budget * 99 / 100 * 8 / 10)
                _probation.Add(_protected.Oldest, _protected.Remove(_protected.Oldest));
            return true;
        }
        if (size > budget)
            return false;
        _window.Add(item, size);
        while (_window.Bytes > budget / 100 && _window.Count > 0)
            Admit(_window.Oldest);
        return false;
    }

    private void Admit(int candidate)
    {
        var size = _window.Remove(candidate);
        var frequency = _sketch.Of(candidate);
        while (_probation.Bytes + _protected.Bytes + size > budget * 99 / 100)
        {
            var from = _probation.Count > 0 ? _probation : _protected;
            if (from.Count == 0 || _sketch.Of(from.Oldest) >= frequency)
                return;
            from.Remove(from.Oldest);
        }
        _probation.Add(candidate, size);
    }

    /// <summary>How often each item was asked for lately, about: four rows of counters up to 15, halved now and then.</summary>
    private sealed class Sketch(int items)
    {
        private const int Rows = 4;
        private readonly byte[] _counters = new byte[Rows * RoundUp(items)];
        private readonly int _mask = RoundUp(items) - 1;
        private int _notes;

        public void Note(int item)
        {
            for (var row = 0; row < Rows; row++)
            {
                ref var counter = ref _counters[Index(item, row)];
                if (counter < 15)
                    counter++;
            }
            if (++_notes < 10 * items)
                return;
            _notes /= 2;
            for (var i = 0; i < _counters.Length; i++)
                _counters[i] >>= 1;
        }

        public int Of(int item)
        {
            var least = int.MaxValue;
            for (var row = 0; row < Rows; row++)
                least = Math.Min(least, _counters[Index(item, row)]);
            return least;
        }

        private int Index(int item, int row) => row * (_mask + 1) + (int)(HashCode(item, row) & (uint)_mask);

        private static uint HashCode(int item, int row)
        {
            var hash = ((uint)item + (uint)row * 0x9E3779B9u) * 0x85EBCA6Bu;
            hash = (hash ^ (hash >> 13)) * 0xC2B2AE35u;
            return hash ^ (hash >> 16);
        }

        private static int RoundUp(int count) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count * 2);
    }
}

/// <summary>
/// Knows the future, and lets go of what is wanted last. No policy does better where all objects have one size; with many sizes it is near the
/// best and no bound.
/// </summary>
internal sealed class BeladyPolicy : ICachePolicy
{
    private readonly long _budget;
    private readonly int[] _next;
    private readonly Dictionary<int, (int Next, int Size)> _kept = [];
    private readonly SortedSet<(int Next, int Item)> _order = [];
    private long _bytes;
    private int _at;

    public BeladyPolicy(long budget, int[] objects)
    {
        _budget = budget;
        _next = new int[objects.Length];
        var seen = new Dictionary<int, int>();
        for (var i = objects.Length - 1; i >= 0; i--)
        {
            _next[i] = seen.GetValueOrDefault(objects[i], int.MaxValue);
            seen[objects[i]] = i;
        }
    }

    public bool Ask(int item, int size)
    {
        var next = _next[_at++];
        var isHit = _kept.Remove(item, out var known);
        if (isHit)
        {
            _order.Remove((known.Next, item));
            _bytes -= known.Size;
        }
        if (next == int.MaxValue || size > _budget)
            return isHit;
        _kept[item] = (next, size);
        _order.Add((next, item));
        _bytes += size;
        while (_bytes > _budget)
        {
            var last = _order.Max;
            _order.Remove(last);
            _kept.Remove(last.Item, out var evicted);
            _bytes -= evicted.Size;
        }
        return isHit;
    }
}

/// <summary>A queue of items with sizes, out of which any can be taken.</summary>
internal sealed class SizedQueue
{
    private readonly LinkedList<(int Item, int Size)> _order = new();
    private readonly Dictionary<int, LinkedListNode<(int Item, int Size)>> _places = [];

    public long Bytes { get; private set; }

    public int Count => _order.Count;

    public int Oldest => _order.First!.Value.Item;

    public bool Contains(int item) => _places.ContainsKey(item);

    public void Add(int item, int size)
    {
        _places.Add(item, _order.AddLast((item, size)));
        Bytes += size;
    }

    /// <summary>Takes it out, and says its size.</summary>
    public int Remove(int item)
    {
        _places.Remove(item, out var place);
        _order.Remove(place!);
        Bytes -= place!.Value.Size;
        return place.Value.Size;
    }
}
