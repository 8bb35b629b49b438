using System.Collections.Immutable;
using Brink.Edge.Cache.Explaining;
using Brink.Invalidation;

namespace Brink.Edge.Cache.Operating;

/// <summary>What an operator does with the caches of an edge. Requests know nothing of it.</summary>
public sealed class CacheOperations
{
    /// <summary>Invalidations that are remembered to be told of; they hold without that.</summary>
    public const int Remembered = 10_000;

    private readonly CacheTiers _tiers;
    private readonly TimeProvider _time;
    private readonly Sweeper _sweeper;
    private readonly Lock _gate = new();
    private readonly Queue<AcceptedInvalidation> _latest = new();
    private long _last;

    internal CacheOperations(CacheTiers tiers, TimeProvider time) =>
        (_tiers, _time, _sweeper) = (tiers, time, new Sweeper(tiers));

    /// <summary>The latest invalidations, the last one first.</summary>
    public ImmutableArray<AcceptedInvalidation> LatestInvalidations
    {
        get
        {
            lock (_gate)
                return [.. _latest.Reverse()];
        }
    }

    /// <summary>What each tier holds in memory, the edge location's first, and what is on disk.</summary>
    public ImmutableArray<TierStats> Tiers
    {
        get
        {
            var all = ImmutableArray.CreateBuilder<TierStats>();
            foreach (var (layer, tier) in _tiers.All)
                all.Add(new TierStats(TierEntries.NameOf(layer), tier.Storage.Count, tier.Storage.Bytes));
            if (_tiers.Disk is { } disk)
                all.Add(new TierStats(TierEntries.Disk, disk.Count, disk.Bytes));
            return all.ToImmutable();
        }
    }

    /// <summary>Ends when nothing that is invalidated is left in memory.</summary>
    internal Task Settled => _sweeper.Settled;

    /// <summary>From now on nothing that is meant is served, by any tier, whether it is stored or on its way.</summary>
    /// <param name="distributionId">The distribution; null for all.</param>
    /// <param name="items">Paths and tags.</param>
    /// <param name="cause">What asks for it, for the list.</param>
    public ImmutableArray<AcceptedInvalidation> Invalidate(string? distributionId, IEnumerable<InvalidationItem> items, string cause) =>
        Accept([.. items.Select(item => ((string?, InvalidationItem?))(distributionId, item))], cause);

    /// <summary>The same of everything.</summary>
    /// <param name="distributionIds">Of these distributions; null for all.</param>
    /// <param name="cause">What asks for it, for the list.</param>
    public ImmutableArray<AcceptedInvalidation> InvalidateEverything(IEnumerable<string>? distributionIds, string cause) => Accept(
        distributionIds is null ? [(null, null)] : [.. distributionIds.Select(id => ((string?, InvalidationItem?))(id, null))], cause);

    /// <summary>Some of what is cached.</summary>
    /// <param name="filter">Which objects.</param>
    /// <param name="limit">How many, at most.</param>
    public StoredObjects List(StoredObjectFilter filter, int limit) => StoredObjects.Of(_tiers, filter, limit);

    /// <summary>All of it, while it changes.</summary>
    public IEnumerable<StoredObject> Each(StoredObjectFilter filter) => StoredObjects.Each(_tiers, filter);

    private ImmutableArray<AcceptedInvalidation> Accept(
        ImmutableArray<(string? DistributionId, InvalidationItem? Item)> all, string cause)
    {
        if (all.IsEmpty)
            return [];
        var first = Interlocked.Add(ref _last, all.Length) - all.Length + 1;
        var now = _time.GetUtcNow();
        ImmutableArray<AcceptedInvalidation> accepted =
            [.. all.Select((each, i) => new AcceptedInvalidation(first + i, now, cause, each.DistributionId, each.Item))];
        _tiers.Invalidate([.. accepted.Select(each => each.Rule)]);
        lock (_gate)
        {
            foreach (var each in accepted)
                _latest.Enqueue(each);
            while (_latest.Count > Remembered)
                _latest.Dequeue();
        }
        _sweeper.Begin(accepted);
        return accepted;
    }
}

/// <summary>What a tier holds.</summary>
/// <param name="Tier"><c>edge</c>, <c>region</c>, <c>shield</c> or <c>disk</c>.</param>
/// <param name="Objects">Objects, slices of large ones counted one by one.</param>
/// <param name="Bytes">Bytes of memory that they are charged for, or of files.</param>
public sealed record TierStats(string Tier, long Objects, long Bytes);
