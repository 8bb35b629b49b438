using System.Collections.Immutable;
using Brink.Edge.Cache.Storage;
using Brink.Invalidation;

namespace Brink.Edge.Cache;

/// <summary>
/// What is no longer to be served (distribution spec 3.14). Each rule has a number, its revision; it means the objects that were asked for
/// before it came. So an invalidation costs the same however much is stored, and an object is compared with a rule once.
/// </summary>
internal sealed class Invalidations(int maxRules = 65_536)
{
    private const string AllDistributions = "";

    private readonly Lock _gate = new();
    private State _state = new(0, ImmutableDictionary<string, InvalidationRules>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>The number of the last rule.</summary>
    public long Revision => Volatile.Read(ref _state).Revision;

    /// <summary>Adds rules, all of them at once.</summary>
    /// <returns>The revision of the last one; the others have those before it.</returns>
    public long Add(params IReadOnlyList<InvalidationRule> rules)
    {
        lock (_gate)
        {
            var state = _state;
            foreach (var rule in rules)
            {
                var (revision, id) = (state.Revision + 1, rule.DistributionId ?? AllDistributions);
                state = new State(revision, state.ByDistribution.SetItem(id, RulesOf(state, id).With(revision, rule, maxRules)));
            }
            Volatile.Write(ref _state, state);
            return state.Revision;
        }
    }

    /// <summary>Whether there is a rule for the distribution that came after that revision.</summary>
    public bool HaveNew(string distributionId, long revision)
    {
        var state = Volatile.Read(ref _state);
        return state.Revision != revision
            && (RulesOf(state, distributionId).Last > revision || RulesOf(state, AllDistributions).Last > revision);
    }

    /// <summary>Whether a rule means this object. No lock, and nothing but one comparison while there is no new rule.</summary>
    public bool Cover(CachedObject item)
    {
        var state = Volatile.Read(ref _state);
        var seen = item.CheckedRevision;
        if (seen == state.Revision)
            return false;
        if (seen == CachedObject.Invalidated)
            return true;
        if (RuleThatMeans(item.Head, seen, state) is not { } rule)
        {
            item.TryCheck(seen, state.Revision);
            return false;
        }
        if (item.TryCheck(seen, CachedObject.Invalidated)) // once, whichever request finds it first
            rule.Tally?.CountOne();
        return true;
    }

    /// <summary>The same of an object that is not stored yet.</summary>
    public bool Cover(ObjectHead head)
    {
        if (RuleThatMeans(head, head.Revision, Volatile.Read(ref _state)) is not { } rule)
            return false;
        rule.Tally?.CountOne();
        return true;
    }

    private static InvalidationRule? RuleThatMeans(ObjectHead head, long checkedRevision, State state) =>
        RulesOf(state, head.Name.DistributionId).RuleThatMeans(head, checkedRevision)
        ?? RulesOf(state, AllDistributions).RuleThatMeans(head, checkedRevision);

    private static InvalidationRules RulesOf(State state, string distributionId) =>
        state.ByDistribution.GetValueOrDefault(distributionId) ?? InvalidationRules.None;

    private sealed record State(long Revision, ImmutableDictionary<string, InvalidationRules> ByDistribution);
}

/// <summary>Which objects are no longer to be served. A part that is null matches everything.</summary>
/// <param name="DistributionId">The distribution; null for all.</param>
/// <param name="Path">
/// A path, with its query where queries are in the cache key, as viewers send it or as viewer-request leaves it; one that ends in <c>*</c>
/// means all that begin so. Letter case counts. Null for all.
/// </param>
/// <param name="Tag">A tag of the object, in any letter case; null for any.</param>
internal sealed record InvalidationRule(string? DistributionId = null, string? Path = null, string? Tag = null)
{
    /// <summary>Everything that is stored.</summary>
    public static InvalidationRule Everything { get; } = new();

    /// <summary>Counts what it is found to mean; null where that is not asked for.</summary>
    public InvalidationTally? Tally { get; init; }

    /// <summary>Whether it means an object of that name.</summary>
    public bool Means(ObjectName name) =>
        (DistributionId is null || DistributionId == name.DistributionId)
        && (Path is null || Matches(name.ViewerTarget) || Matches(name.Target))
        && (Tag is null || name.Tags.Contains(Tag, CacheTag.Comparer));

    private bool Matches(string target) =>
        Path!.EndsWith('*') ? target.AsSpan().StartsWith(Path.AsSpan(0, Path.Length - 1), StringComparison.Ordinal) : target == Path;
}

/// <summary>How many objects a rule has been found to mean, each cache by itself.</summary>
internal sealed class InvalidationTally
{
    private long _objects;

    /// <summary>The number so far. What is not looked at is not counted.</summary>
    public long Objects => Interlocked.Read(ref _objects);

    /// <summary>Counts an object.</summary>
    public void CountOne() => Interlocked.Increment(ref _objects);
}
