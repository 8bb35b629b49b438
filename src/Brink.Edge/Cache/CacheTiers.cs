using Brink.Distributions;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// The caches between viewer and origin: that of the edge location, that of its regional edge cache, and the Origin Shield of the origins
/// that have one. Each is an instance of one class with bounds and a storage of its own; in one process a body is held once, whichever of
/// them has the object
/// (docs/decisions/0026-two-tiers-are-two-instances.md).
/// </summary>
internal sealed class CacheTiers
{
    /// <summary>Bytes that all of them have at least.</summary>
    private const long LeastMemory = 1L << 20;

    private readonly EdgeCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private EdgeCache? _shield;

    /// <summary>A tier for the edge alone, or two.</summary>
    /// <param name="options">Bounds of all of them together.</param>
    /// <param name="count">1 or 2.</param>
    /// <param name="time">Their clock.</param>
    /// <param name="disk">Where objects are kept beside memory, by the region, or the edge where there is none; null for nowhere.</param>
    public CacheTiers(EdgeCacheOptions options, int count, TimeProvider time, DiskStore? disk = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBudget, LeastMemory);
        (_options, _time, Caching) = (options, time, HttpCaching.By(options.HttpCaching));
        var each = options with { MemoryBudget = options.MemoryBudget / count };
        Edge = new EdgeCache(each, time, count == 1 ? disk : null);
        Region = count == 1 ? null : new EdgeCache(each, time, disk);
        Disk = disk;
        if (disk is not null)
            disk.KeysInUse = () => Edge.KeysInUse.Concat(Region?.KeysInUse ?? []); // of both: hits of the edge never reach the region
    }

    /// <summary>Whose rules count.</summary>
    public HttpCaching Caching { get; }

    /// <summary>The cache of the edge location.</summary>
    public EdgeCache Edge { get; }

    /// <summary>The regional edge cache; null where there is none.</summary>
    public EdgeCache? Region { get; }

    /// <summary>The Origin Shield; null where no request has gone there yet.</summary>
    public EdgeCache? Shield => Volatile.Read(ref _shield);

    /// <summary>All of them, from the viewer on.</summary>
    public IEnumerable<(CacheLayer Layer, EdgeCache Cache)> All
    {
        get
        {
            yield return (CacheLayer.Edge, Edge);
            if (Region is not null)
                yield return (CacheLayer.Region, Region);
            if (Shield is { } shield)
                yield return (CacheLayer.OriginShield, shield);
        }
    }

    /// <summary>Where objects are kept beside memory; null for nowhere.</summary>
    public DiskStore? Disk { get; }

    /// <summary>Objects in them: one that both have counts twice.</summary>
    public long Objects => All.Sum(static tier => (long)tier.Cache.Storage.Count);

    /// <summary>Bytes of memory that they are charged for: a body that both have counts twice.</summary>
    public long Bytes => All.Sum(static tier => tier.Cache.Storage.Bytes);

    /// <summary>
    /// The regional edge cache, if this request goes through it: GET and HEAD do, whose answers may be kept. Other methods,
    /// WebSocket, and what is dynamic, go from the edge location to the origin (lambda-edge spec section 5).
    /// </summary>
    public EdgeCache? RegionFor(RegionalRequest request) =>
        request is { Protocol: RequestProtocol.Http, Request.Method: "GET" or "HEAD" } && !IsDynamic(request.Behavior.Behavior.CachePolicy)
            ? Region
            : null;

    /// <summary>
    /// The Origin Shield, if a request for that origin goes through it: all do where it is in another place than the regional edge cache.
    /// Where that is in the shield's region, it is the shield, and only methods that skip it go to the shield by themselves (lambda-edge
    /// spec section 5).
    /// </summary>
    public EdgeCache? ShieldFor(Origin origin, RegionalRequest request) =>
        HasShield(origin, request) ? Shield ?? MakeShield() : null;

    /// <summary>Whether a request for that origin goes through a shield.</summary>
    public bool HasShield(Origin origin, RegionalRequest request) =>
        origin.ShieldRegion is { } region && request.Protocol == RequestProtocol.Http
        && (Region is null || region != request.EdgeLocation.Region || request.Request.Method is not ("GET" or "HEAD" or "OPTIONS"));

    /// <summary>
    /// From now on nothing that the rules mean is served by any of them. Where there is a disk, that is true after the next start too when
    /// this comes back.
    /// </summary>
    public void Invalidate(params IReadOnlyList<InvalidationRule> rules)
    {
        Action? keep = null;
        lock (_gate) // a shield that is made later asks later
        {
            foreach (var (_, tier) in All.Reverse()) // none must get from the one behind it what it has just forgotten
                keep += tier.Invalidate(rules);
        }
        keep?.Invoke();                              // last: it waits for the disk
    }

    // With the first request that needs it: the others give it its part of the memory.
    private EdgeCache MakeShield()
    {
        lock (_gate)
        {
            if (_shield is { } made)
                return made;
            var each = _options.MemoryBudget / (Region is null ? 2 : 3);
            foreach (var (_, tier) in All)
                tier.MemoryBudget = each;
            var shield = new EdgeCache(_options with { MemoryBudget = each }, _time);
            Volatile.Write(ref _shield, shield);
            return shield;
        }
    }

    /// <summary>
    /// A request has been answered that no cache may answer. Where it has changed something, none of them serves what was there before.
    /// </summary>
    public void NoteAnswered(RegionalRequest request, in FetchResult result)
    {
        if (result.Failure is not null || !Caching.Invalidates(request.Request.Method, result.OriginStatus))
            return;
        var name = ObjectName.Of(request);
        foreach (var (_, tier) in All.Reverse())
            tier.NoteChange(name);
    }

    /// <summary>
    /// AWS: "dynamic requests as determined at request time". Read as those of which nothing is ever kept: MaxTTL 0, which a legacy
    /// setting that forwards all headers has too [I].
    /// </summary>
    private static bool IsDynamic(CachePolicy policy) => policy.CachingDisabled;
}
