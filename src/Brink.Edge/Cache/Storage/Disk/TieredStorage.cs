using System.Collections.Concurrent;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// Memory before a disk. What is stored goes to both; what memory has let go is read from the disk by those who can wait, and is in memory
/// again then.
/// </summary>
internal sealed class TieredStorage : IStorage
{
    // An object that is confirmed more often than this is not written anew each time: what is on disk is stale, and may be asked about.
    private static readonly TimeSpan WorthWriting = TimeSpan.FromMinutes(1);

    private readonly MemoryStorage _memory;
    private readonly DiskStore _disk;
    private readonly SlabPool _slabs;
    private readonly ConcurrentDictionary<string, Task> _loads = new(StringComparer.Ordinal);

    public TieredStorage(MemoryStorage memory, DiskStore disk, SlabPool slabs) => (_memory, _disk, _slabs) = (memory, disk, slabs);

    /// <inheritdoc/>
    public long Bytes => _memory.Bytes;

    /// <inheritdoc/>
    public int Count => _memory.Count;

    /// <inheritdoc/>
    public IEnumerable<CachedObject> Objects => _memory.Objects;

    /// <inheritdoc/>
    public CachedObject? Find(ReadOnlySpan<char> key) => _memory.Find(key);

    /// <inheritdoc/>
    public bool MayLoad(ReadOnlySpan<char> key) => _disk.MayHave(_disk.HashOf(key));

    /// <inheritdoc/>
    public ValueTask<CachedObject?> LoadAsync(string key, ISliceOpener? opener)
    {
        var hash = _disk.HashOf(key);
        if (_disk.FindWaiting(hash, key) is { } waiting)
        {
            if (waiting.Body.TryAddReference() && !_memory.TryPromote(waiting, () => _disk.IsWaiting(hash, waiting)))
                waiting.Body.Release();
            return new ValueTask<CachedObject?>(waiting);
        }
        while (_disk.Find(hash) is { } place)
        {
            if (!_disk.TryReadAtOnce(key, hash, place, _slabs, out var read))
                return LoadOnceAsync(key, hash, place, opener);
            if (TryPromote(read, hash, place, opener, out var item))
                return new ValueTask<CachedObject?>(item);
        }
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask<CachedObject?> PeekAsync(string key)
    {
        var hash = _disk.HashOf(key);
        if (_disk.FindWaiting(hash, key) is { } waiting)
            return waiting;
        if (_disk.Find(hash) is not { } place || await _disk.ReadAsync(key, hash, place, _slabs) is not { } read)
            return null;
        var slices = read.Slices is { } name ? new SliceSet(name.Id, name.Length, name.Version, this, NoReaders.Instance) : null;
        return new CachedObject(read.Head, read.Body, slices);
    }

    /// <inheritdoc/>
    public void Put(CachedObject item)
    {
        var hash = _disk.HashOf(item.Head.Key);
        if (!IsKept(item.Head))
            _disk.Remove(hash, item.IsSlice);       // what was there is of the past
        else if (!IsOnlyConfirmed(item, hash))
            _disk.Put(hash, item);
        _memory.Put(item);
    }

    /// <inheritdoc/>
    public void Remove(CachedObject item)
    {
        if (_memory.Find(item.Head.Key) is { } other && !ReferenceEquals(other, item))
            return;
        _disk.Remove(_disk.HashOf(item.Head.Key), item.IsSlice); // first: a read under way must not bring it back into memory
        _memory.Remove(item);
    }

    // One request reads, and those that come meanwhile find what it has put into memory.
    private async ValueTask<CachedObject?> LoadOnceAsync(string key, ulong hash, DiskPlace place, ISliceOpener? opener)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _loads.GetOrAdd(key, done.Task);
        if (running != done.Task)
        {
            await running;
            return FindHeld(key) ?? await LoadAloneAsync(key, hash, opener);
        }
        CachedObject? item;
        bool isCurrent;
        try
        {
            isCurrent = TryPromote(await _disk.ReadAsync(key, hash, place, _slabs), hash, place, opener, out item);
        }
        finally
        {
            _loads.TryRemove(key, out _);
            done.SetResult();
        }
        return isCurrent ? item : await LoadAloneAsync(key, hash, opener); // after the others were let go: this may wait for one of them
    }

    // What memory had no room for, or what was moved meanwhile.
    private async ValueTask<CachedObject?> LoadAloneAsync(string key, ulong hash, ISliceOpener? opener)
    {
        while (_disk.Find(hash) is { } place)
        {
            if (TryPromote(await _disk.ReadAsync(key, hash, place, _slabs), hash, place, opener, out var item))
                return item;
        }
        return null;
    }

    private CachedObject? FindHeld(string key) => _memory.Find(key) is { } found && found.Body.TryAddReference() ? found : null;

    // False: another one is there by now, or the same at another place, and memory has none.
    private bool TryPromote(DiskRead? read, ulong hash, DiskPlace place, ISliceOpener? opener, out CachedObject? loaded)
    {
        loaded = null;
        if (read is null)
            return true;
        var slices = read.Slices is { } name && opener is not null
            ? new SliceSet(name.Id, name.Length, name.Version, this, opener)
            : null;
        var item = new CachedObject(read.Head, read.Body, slices);
        item.Body.TryAddReference();                // one is held: one for the caller, one for memory
        if (_memory.TryPromote(item, () => _disk.Find(hash) == place))
        {
            loaded = item;
            return true;
        }
        item.Body.Release();
        if (_memory.Find(item.Head.Key) is null && _disk.Find(hash) == place)
        {
            loaded = item;                          // memory has no room for it
            return true;
        }
        item.Body.Release();
        loaded = FindHeld(item.Head.Key);
        return loaded is not null;
    }

    // Errors are not worth a place. What the objects of a key vary on is: they are found through it.
    private static bool IsKept(ObjectHead head) => !head.IsError;

    private bool IsOnlyConfirmed(CachedObject item, ulong hash) =>
        item.Head.Freshness.Lifetime < WorthWriting
        && _memory.Find(item.Head.Key) is { } before
        && before.Head.Name == item.Head.Name       // other tags, other invalidations
        && ReferenceEquals(before.Slices, item.Slices) && ReferenceEquals(before.Body, item.Body)
        && (item.Slices is not null || item.Length > 0)
        && _disk.MayHave(hash);

    private sealed class NoReaders : ISliceOpener
    {
        public static NoReaders Instance { get; } = new();

        public BodyReader Open(SliceSet set, RegionalRequest request, ByteRange part) =>
            throw new NotSupportedException("this object is only looked at");
    }
}
