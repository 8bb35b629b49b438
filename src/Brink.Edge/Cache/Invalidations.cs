using System.Collections.Immutable;
using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache;

/// <summary>
/// What is no longer to be served (distribution spec 3.14). Each rule has a number, its revision; it means the objects that were asked for
/// before it came. So an invalidation costs the same however much is stored, and an object is compared with a rule once.
/// </summary>
internal sealed class Invalidations
{
    private const int MaxRules = 65_536;

    private const string AllDistributions = "";

    private readonly int _maxRules;
    private readonly Lock _gate = new();
    private State _state = new(0, ImmutableDictionary<string, InvalidationRules>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>None yet.</summary>
    public Invalidations(int maxRules = MaxRules) => _maxRules = maxRules;

    /// <summary>Those that an earlier process had.</summary>
    /// <param name="revision">The number of the last one.</param>
    /// <param name="rules">The rules that objects may be older than, in order.</param>
    /// <param name="maxRules">Of one distribution.</param>
    public Invalidations(long revision, IReadOnlyList<(long Revision, InvalidationRule Rule)> rules, int maxRules = MaxRules)
        : this(maxRules)
    {
        foreach (var (each, rule) in rules)
            _state = With(_state, each, rule);
        _state = _state with { Revision = Math.Max(revision, _state.Revision) };
    }

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
                state = With(state, state.Revision + 1, rule);
            Volatile.Write(ref _state, state);
            return state.Revision;
        }
    }

    /// <summary>All rules that still mean something, in order.</summary>
    public IReadOnlyList<(long Revision, InvalidationRule Rule)> ToList()
    {
        var all = new List<(long Revision, InvalidationRule Rule)>();
        foreach (var (id, rules) in Volatile.Read(ref _state).ByDistribution)
            rules.AddTo(all, id == AllDistributions ? null : id);
        all.Sort((left, right) => left.Revision.CompareTo(right.Revision));
        return all;
    }

    /// <summary>Whether there is a rule for the distribution that came after that revision.</summary>
    public bool HaveNew(string distributionId, long revision)
    {
        var state = Volatile.Read(ref _state);
        return state.Revision != revision
            && (RulesOf(state, distributionId).Last > revision || RulesOf(state, AllDistributions).Last > revision);
    }

    /// <summary>Whether a rule means this object. No lock, and nothing but one comparison while there is no new rule.</summary>
    /// <param name="item">The object.</param>
    /// <param name="isCounted">Whether it is one of those that the rule has found.</param>
    public bool Cover(CachedObject item, bool isCounted = true)
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
        if (item.TryCheck(seen, CachedObject.Invalidated) && isCounted) // once, whichever request finds it first
            rule.Tally?.CountOne();
        return true;
    }

    /// <summary>The same by another path than the object's own: that by which a viewer has asked for it now.</summary>
    public bool Cover(CachedObject item, string viewerTarget, bool isCounted = true)
    {
        var state = Volatile.Read(ref _state);
        var head = item.Head;
        var rule = RulesOf(state, head.Name.DistributionId).RuleThatMeans(viewerTarget, head.Revision)
            ?? RulesOf(state, AllDistributions).RuleThatMeans(viewerTarget, head.Revision);
        if (rule is null)
            return false;
        while (item.CheckedRevision is not CachedObject.Invalidated and var seen)
        {
            if (item.TryCheck(seen, CachedObject.Invalidated) && isCounted)
                rule.Tally?.CountOne();
        }
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

    private State With(State state, long revision, InvalidationRule rule)
    {
        var id = rule.DistributionId ?? AllDistributions;
        return new State(revision, state.ByDistribution.SetItem(id, RulesOf(state, id).With(revision, rule, _maxRules)));
    }

    private static InvalidationRule? RuleThatMeans(ObjectHead head, long checkedRevision, State state) =>
        RulesOf(state, head.Name.DistributionId).RuleThatMeans(head, checkedRevision)
        ?? RulesOf(state, AllDistributions).RuleThatMeans(head, checkedRevision);

    private static InvalidationRules RulesOf(State state, string distributionId) =>
        state.ByDistribution.GetValueOrDefault(distributionId) ?? InvalidationRules.None;

    private sealed record State(long Revision, ImmutableDictionary<string, InvalidationRules> ByDistribution);
}
