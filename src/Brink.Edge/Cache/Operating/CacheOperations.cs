using System.Collections.Immutable;
using Brink.Edge.Cache.Explaining;
using Brink.Invalidation;

namespace Brink.Edge.Cache.Operating;

/// <summary>What an operator does with the caches of an edge. Requests know nothing of it.</summary>
public sealed class CacheOperations
{
    /// <summary>Invalidations that are remembered to be told of; they hold without that.</summary>
    internal const int Remembered = 1000;

    private readonly CacheTiers _tiers;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Queue<AcceptedInvalidation> _latest = new();
    private long _last;

    internal CacheOperations(CacheTiers tiers, TimeProvider time) => (_tiers, _time) = (tiers, time);

    /// <summary>The latest invalidations, the last one first.</summary>
    public ImmutableArray<AcceptedInvalidation> LatestInvalidations
    {
        get
        {
            lock (_gate)
                return [.. _latest.Reverse()];
        }
    }

    /// <summary>What each tier holds, the edge location's first.</summary>
    public ImmutableArray<TierStats> Tiers
    {
        get
        {
            var edge = Of(TierEntries.Edge, _tiers.Edge);
            return _tiers.Region is { } region ? [edge, Of(TierEntries.Region, region)] : [edge];
        }
    }

    /// <summary>From now on nothing that is meant is served, by any tier, whether it is stored or on its way.</summary>
    /// <param name="distributionId">The distribution; null for all.</param>
    /// <param name="items">Paths and tags.</param>
    /// <param name="cause">What asks for it, for the list.</param>
    public ImmutableArray<AcceptedInvalidation> Invalidate(string? distributionId, IEnumerable<InvalidationItem> items, string cause) =>
        [.. items.Select(item => Accept(distributionId, item, cause))];

    /// <summary>The same of everything.</summary>
    public AcceptedInvalidation InvalidateEverything(string? distributionId, string cause) => Accept(distributionId, null, cause);

    /// <summary>Some of what is cached.</summary>
    public StoredObjects List(StoredObjectFilter filter) => StoredObjects.Of(_tiers, filter);

    private static TierStats Of(string name, EdgeCache tier) => new(name, tier.Storage.Count, tier.Storage.Bytes);

    private AcceptedInvalidation Accept(string? distributionId, InvalidationItem? item, string cause)
    {
        AcceptedInvalidation accepted;
        lock (_gate)
        {
            accepted = new AcceptedInvalidation(++_last, _time.GetUtcNow(), cause, distributionId, item);
            _latest.Enqueue(accepted);
            if (_latest.Count > Remembered)
                _latest.Dequeue();
        }
        _tiers.Invalidate(accepted.Rule);
        return accepted;
    }
}

/// <summary>What a tier holds.</summary>
/// <param name="Tier"><c>edge</c> or <c>region</c>.</param>
/// <param name="Objects">Objects in memory, slices of large ones counted one by one.</param>
/// <param name="Bytes">Bytes of memory that they are charged for.</param>
public sealed record TierStats(string Tier, long Objects, long Bytes);
