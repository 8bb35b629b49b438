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

    /// <summary>Stores an object in place of what was there, and takes over the caller's reference on the body.</summary>
    void Put(CachedObject item);

    /// <summary>Takes that very object out, if it is still there.</summary>
    void Remove(CachedObject item);
}
