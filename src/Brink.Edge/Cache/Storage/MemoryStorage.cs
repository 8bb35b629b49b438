using System.Collections.Concurrent;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// The objects in memory under a byte budget. Lookups take no lock and leave at most a mark on the object; storing and eviction take one.
/// </summary>
/// <remarks>
/// Eviction is S3-FIFO (Yang et al., SOSP 2023): newcomers pass through a small queue of a tenth of the budget, and only what is asked for
/// again there reaches the main queue, so a scan of objects that are wanted once cannot wash out what is in use. Keys that left the
/// small queue are remembered for a while in a ghost queue and go straight to main when they return.
/// </remarks>
internal sealed class MemoryStorage(long budget) : IStorage
{
    // A dictionary of strings with the ordinal comparer starts with a fast hash and turns to a randomised one by itself when a bucket
    // fills up: colliding keys gain an attacker nothing. Lookups by span build no string.
    private readonly ConcurrentDictionary<string, CachedObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ObjectQueue _small = new();
    private readonly ObjectQueue _main = new();
    private readonly GhostQueue _ghosts = new();

    /// <inheritdoc/>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _small.Bytes + _main.Bytes;
        }
    }

    /// <summary>The budget. A smaller one than before takes effect at once.</summary>
    public long Budget
    {
        get => budget;
        set
        {
            lock (_gate)
            {
                budget = value;
                while (_small.Bytes + _main.Bytes > budget)
                    Evict();
            }
        }
    }

    /// <inheritdoc/>
    public int Count => _objects.Count;

    /// <inheritdoc/>
    public IEnumerable<CachedObject> Objects => _objects.Select(each => each.Value);

    /// <inheritdoc/>
    public CachedObject? Find(ReadOnlySpan<char> key) =>
        _objects.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var found) ? found : null;

    /// <inheritdoc/>
    public bool MayLoad(ReadOnlySpan<char> key) => false;

    /// <inheritdoc/>
    public ValueTask<CachedObject?> LoadAsync(string key, ISliceOpener? opener) => default;

    /// <inheritdoc/>
    public ValueTask<CachedObject?> PeekAsync(string key) => default;

    /// <summary>The keys of objects that have been asked for again.</summary>
    public IEnumerable<string> KeysInUse
    {
        get
        {
            foreach (var (key, item) in _objects)
            {
                if (item.Uses > 0)
                    yield return key;
            }
        }
    }

    /// <summary>
    /// Stores an object that was read from behind this memory, unless one of its key is here by now, or the condition does not hold, which
    /// is looked at while nothing else is stored. Takes over the caller's reference on the body where it does.
    /// </summary>
    public bool TryPromote(CachedObject item, Func<bool> isCurrent)
    {
        if (item.Size > budget)
            return false;
        lock (_gate)
        {
            if (_objects.ContainsKey(item.Head.Key) || !isCurrent())
                return false;
            Add(item, _ghosts.Take(item.Head.Key) ? _main : _small);
            return true;
        }
    }

    /// <inheritdoc/>
    public void Put(CachedObject item)
    {
        if (item.Size > budget)
        {
            item.Body.Release();
            return;
        }
        lock (_gate)
        {
            var queue = _small;
            if (_objects.TryGetValue(item.Head.Key, out var previous))
            {
                // A refreshed object keeps its standing.
                queue = previous.Queue ?? _small;
                item.Uses = previous.Uses;
                Drop(previous);
            }
            else if (_ghosts.Take(item.Head.Key))
            {
                queue = _main;
            }
            Add(item, queue);
        }
    }

    /// <inheritdoc/>
    public void Remove(CachedObject item)
    {
        lock (_gate)
        {
            if (item.Queue is not null)
                Drop(item);
        }
    }

    private void Add(CachedObject item, ObjectQueue queue)
    {
        _objects[item.Head.Key] = item;
        queue.Add(item);
        while (_small.Bytes + _main.Bytes > budget)
            Evict();
    }

    private void Evict()
    {
        if (_small.Oldest is not null && (_small.Bytes > budget / 10 || _main.Oldest is null))
            EvictFromSmall(_small.Oldest);
        else if (_main.Oldest is not null)
            EvictFromMain(_main.Oldest);
    }

    private void EvictFromSmall(CachedObject oldest)
    {
        if (oldest.Uses > 1)
        {
            _small.Remove(oldest);
            oldest.Uses = 0;
            _main.Add(oldest);
            return;
        }
        _ghosts.Add(oldest.Head.Key, Math.Max(1024, _objects.Count));
        Drop(oldest);
    }

    private void EvictFromMain(CachedObject oldest)
    {
        if (oldest.Uses > 0)
        {
            _main.Remove(oldest);
            oldest.Uses--;
            _main.Add(oldest);
            return;
        }
        Drop(oldest);
    }

    private void Drop(CachedObject item)
    {
        item.Queue?.Remove(item);
        _objects.TryRemove(KeyValuePair.Create(item.Head.Key, item));
        item.Body.Release();
    }

    // Remembers hashes, not keys: a false memory costs one object a better place than it deserves.
    private sealed class GhostQueue
    {
        private readonly Queue<int> _order = new();
        private readonly HashSet<int> _present = [];

        public void Add(string key, int capacity)
        {
            var hash = key.GetHashCode(StringComparison.Ordinal);
            if (_present.Add(hash))
                _order.Enqueue(hash);
            while (_order.Count > capacity)
                _present.Remove(_order.Dequeue());
        }

        public bool Take(string key) => _present.Remove(key.GetHashCode(StringComparison.Ordinal));
    }
}
