namespace Brink.Edge.Cache.Storage;

/// <summary>
/// Where objects are kept, by their whole key. It knows nothing of freshness and of invalidations: what it
/// gives may be stale, or no longer to be served.
/// </summary>
internal interface IStorage
{
    /// <summary>Bytes held now: bodies, headers, keys.</summary>
    long Bytes { get; }

    /// <summary>Objects held now.</summary>
    int Count { get; }

    /// <summary>What is in memory, slices among it, in no order: to be listed, while it changes.</summary>
    IEnumerable<CachedObject> Objects { get; }

    /// <summary>The object of that key, or null. Takes no lock.</summary>
    CachedObject? Find(ReadOnlySpan<char> key);

    /// <summary>Whether <see cref="LoadAsync"/> may have an object that <see cref="Find"/> has not: false is certain.</summary>
    bool MayLoad(ReadOnlySpan<char> key);

    /// <summary>
    /// The object of that key from where it takes time to get it; in memory from then on. With a reference on its body for the caller; null
    /// if it is not there.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="opener">Opens readers of it, should it be a large object; null for a slice.</param>
    ValueTask<CachedObject?> LoadAsync(string key, ISliceOpener? opener);

    /// <summary>
    /// The same for those who only look: nothing changes in memory, and a large object has no reader. With a reference on its body for the
    /// caller.
    /// </summary>
    ValueTask<CachedObject?> PeekAsync(string key);

    /// <summary>Stores an object in place of what was there, and takes over the caller's reference on the body.</summary>
    void Put(CachedObject item);

    /// <summary>Takes that very object out, if it is still there.</summary>
    void Remove(CachedObject item);
}
