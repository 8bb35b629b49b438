using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// The caches between viewer and origin: that of the edge location, and that of its regional edge cache. Each is an instance of one class
/// with bounds and a storage of its own; in one process a body is held once, whichever of them has the object
/// (docs/decisions/0026-two-tiers-are-two-instances.md).
/// </summary>
internal sealed class CacheTiers
{
    /// <summary>Bytes that all of them have at least.</summary>
    private const long LeastMemory = 1L << 20;

    /// <summary>A tier for the edge alone, or two.</summary>
    /// <param name="options">Bounds of all of them together.</param>
    /// <param name="count">1 or 2.</param>
    /// <param name="time">Their clock.</param>
    /// <param name="disk">Where objects are kept beside memory, by the cache that is farthest back; null for nowhere.</param>
    public CacheTiers(EdgeCacheOptions options, int count, TimeProvider time, DiskStore? disk = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBudget, LeastMemory);
        Caching = HttpCaching.By(options.HttpCaching);
        var each = options with { MemoryBudget = options.MemoryBudget / count };
        Edge = new EdgeCache(each, time, count == 1 ? disk : null);
        Region = count == 1 ? null : new EdgeCache(each, time, disk);
        if (disk is not null)
            disk.KeysInUse = () => Edge.KeysInUse.Concat(Region?.KeysInUse ?? []); // of both: hits of the edge never reach the region
    }

    /// <summary>Whose rules count.</summary>
    public HttpCaching Caching { get; }

    /// <summary>The cache of the edge location.</summary>
    public EdgeCache Edge { get; }

    /// <summary>The regional edge cache; null where there is none.</summary>
    public EdgeCache? Region { get; }

    /// <summary>Objects in them: one that both have counts twice.</summary>
    public long Objects => Edge.Storage.Count + (Region?.Storage.Count ?? 0);

    /// <summary>Bytes of memory that they are charged for: a body that both have counts twice.</summary>
    public long Bytes => Edge.Storage.Bytes + (Region?.Storage.Bytes ?? 0);

    /// <summary>
    /// The regional edge cache, if this request goes through it: GET and HEAD do, whose answers may be kept. Other methods,
    /// WebSocket, and what is dynamic, go from the edge location to the origin (lambda-edge spec section 5).
    /// </summary>
    public EdgeCache? RegionFor(RegionalRequest request) =>
        request is { Protocol: RequestProtocol.Http, Request.Method: "GET" or "HEAD" } && !IsDynamic(request.Behavior.Behavior.CachePolicy)
            ? Region
            : null;

    /// <summary>
    /// From now on nothing that the rule means is served by any of them. Where there is a disk, that is true after the next start too when
    /// this comes back.
    /// </summary>
    public void Invalidate(InvalidationRule rule)
    {
        var keep = Region?.Invalidate(rule); // first: the edge must not get from it what it has just forgotten
        keep += Edge.Invalidate(rule);
        keep?.Invoke();                      // last: it waits for the disk
    }

    /// <summary>
    /// A request has been answered that no cache may answer. Where it has changed something, none of them serves what was there before.
    /// </summary>
    public void NoteAnswered(RegionalRequest request, in FetchResult result)
    {
        if (result.Failure is not null || !Caching.Invalidates(request.Request.Method, result.OriginStatus))
            return;
        var name = ObjectName.Of(request);
        Region?.NoteChange(name);
        Edge.NoteChange(name);
    }

    /// <summary>
    /// AWS: "dynamic requests as determined at request time". Read as those of which nothing is ever kept: MaxTTL 0, which a legacy
    /// setting that forwards all headers has too [I].
    /// </summary>
    private static bool IsDynamic(CachePolicy policy) => policy.CachingDisabled;
}
