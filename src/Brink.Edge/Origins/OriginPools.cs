using System.Collections.Concurrent;

namespace Brink.Edge.Origins;

/// <summary>
/// One pool of connections for each set of settings that connections depend on. A changed distribution brings new records with the same
/// settings; their connections are found again.
/// </summary>
/// <remarks>
/// Functions may put anything into an origin's settings, so the number of sets is bounded: the one that was used longest ago is forgotten.
/// Requests under way in it go on, and its connections end as idle ones do.
/// </remarks>
internal sealed class OriginPools(Func<OriginConnectionSettings, HttpMessageInvoker> create, TimeProvider time) : IDisposable
{
    /// <summary>How many sets are remembered.</summary>
    public const int Max = 256;

    private readonly ConcurrentDictionary<OriginConnectionSettings, Pool> _pools = new();

    private sealed class Pool(HttpMessageInvoker invoker)
    {
        private long _lastUsed;

        public HttpMessageInvoker Invoker => invoker;

        public ref long LastUsed => ref _lastUsed;
    }

    /// <summary>How many sets are remembered just now.</summary>
    public int Count => _pools.Count;

    public HttpMessageInvoker For(OriginConnectionSettings settings)
    {
        if (!_pools.TryGetValue(settings, out var pool))
            pool = Add(settings);
        Volatile.Write(ref pool.LastUsed, time.GetTimestamp());
        return pool.Invoker;
    }

    public void Dispose()
    {
        foreach (var pool in _pools.Values)
            pool.Invoker.Dispose();
        _pools.Clear();
    }

    private Pool Add(OriginConnectionSettings settings)
    {
        // Not disposed: a request may just have taken it.
        while (_pools.Count >= Max)
            _pools.TryRemove(_pools.MinBy(static each => Volatile.Read(ref each.Value.LastUsed)).Key, out _);
        return _pools.GetOrAdd(settings, static (settings, create) => new Pool(create(settings)), create);
    }
}
