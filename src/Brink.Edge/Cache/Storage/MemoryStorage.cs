using System.Collections.Concurrent;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// The objects in memory under a byte budget. Lookups take no lock and leave at most a mark on the object; storing and eviction take one.
/// </summary>
/// <remarks>
/// Newcomers pass through a small queue. What is asked for again there, or soon after it has left, and more often than an object of the
/// main queue, takes that object's place: neither a scan of objects that are wanted once nor a flood of new keys can wash out what is in
/// use. How often a key was asked for is remembered beyond its object's stay (<see cref="FrequencySketch"/>). In the main queue an object
/// gets another round for each use. This is S3-FIFO (Yang et al., SOSP 2023) with the admission of W-TinyLFU (Einziger et al., TOS 2017):
/// the order changes with eviction only, never with a hit.
/// </remarks>
internal sealed class MemoryStorage(long budget) : IStorage
{
    // The small queue's part of the budget. More of it helps what is asked for again soon; less, everything else.
    private const int NewcomersShare = 30;

    // A dictionary of strings with the ordinal comparer starts with a fast hash and turns to a randomised one by itself when a bucket
    // fills up: colliding keys gain an attacker nothing. Lookups by span build no string.
    private readonly ConcurrentDictionary<string, CachedObject> _objects = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly ObjectQueue _small = new();
    private readonly ObjectQueue _main = new();
    private readonly FrequencySketch _frequencies = new();
    private readonly GhostTable _ghosts = new();

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
            AddNewcomer(item);
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
            if (!_objects.TryGetValue(item.Head.Key, out var previous))
            {
                AddNewcomer(item);
                return;
            }
            // A refreshed object keeps its standing.
            var queue = previous.Queue ?? _small;
            item.Uses = previous.Uses;
            item.HasReturned = previous.HasReturned;
            Drop(previous);
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

    private long SmallShare => budget / NewcomersShare;

    private void AddNewcomer(CachedObject item)
    {
        var hash = HashOf(item);
        _frequencies.Cover(_objects.Count + 1);
        _ghosts.Cover(_objects.Count + 1);
        _frequencies.Note(hash);
        item.HasReturned = _ghosts.Take(hash);
        Add(item, _small);
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
        if (_small.Oldest is { } newcomer && (_small.Bytes > SmallShare || _main.Oldest is null))
            LeaveSmall(newcomer);
        else
            Drop(LeastUseful()!);
    }

    // What was asked for again takes the place of what is asked for less often. The rest goes, and with it scans of any length.
    private void LeaveSmall(CachedObject newcomer)
    {
        var hash = HashOf(newcomer);
        var isWantedAgain = newcomer.Uses > 0 || newcomer.HasReturned;
        _frequencies.Note(hash, newcomer.Uses);
        newcomer.Uses = 0;
        if (!isWantedAgain || !MakeRoom(newcomer, _frequencies.Of(hash)))
        {
            _ghosts.Add(hash);
            Drop(newcomer);
            return;
        }
        _small.Remove(newcomer);
        _main.Add(newcomer);
    }

    private bool MakeRoom(CachedObject newcomer, int frequency)
    {
        while (_main.Bytes + newcomer.Size > budget - SmallShare)
        {
            if (LeastUseful() is not { } other || _frequencies.Of(HashOf(other)) >= frequency)
                return false;
            Drop(other);
        }
        return true;
    }

    // The oldest of the main queue that was not used since the last look. What was used goes to the end.
    private CachedObject? LeastUseful()
    {
        while (_main.Oldest is { Uses: > 0 } used)
        {
            _frequencies.Note(HashOf(used));
            used.Uses--;
            _main.Remove(used);
            _main.Add(used);
        }
        return _main.Oldest;
    }

    private void Drop(CachedObject item)
    {
        item.Queue?.Remove(item);
        _objects.TryRemove(KeyValuePair.Create(item.Head.Key, item));
        item.Body.Release();
    }

    private static int HashOf(CachedObject item) => item.Head.Key.GetHashCode(StringComparison.Ordinal);
}
