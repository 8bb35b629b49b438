using System.Collections.Immutable;
using System.Security.Cryptography;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;

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
    private readonly ulong _seed;
    private readonly Lock _gate = new();
    private ChangeMarks? _changes;
    private State _state = new(0, ImmutableDictionary<string, InvalidationRules>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>None yet.</summary>
    public Invalidations(int maxRules = MaxRules) =>
        (_maxRules, _seed) = (maxRules, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>Those that an earlier process had.</summary>
    /// <param name="kept">What it kept, and what objects may be older than.</param>
    /// <param name="seed">By which changes are marked, the same in each process.</param>
    /// <param name="maxRules">Of one distribution.</param>
    public Invalidations(KeptInvalidations kept, ulong seed, int maxRules = MaxRules)
    {
        (_maxRules, _seed) = (maxRules, seed);
        foreach (var (each, rule) in kept.Rules)
            _state = With(_state, each, rule);
        _state = _state with { Revision = Math.Max(kept.Revision, _state.Revision) };
        _changes = kept.Changes is { } changes ? new ChangeMarks(seed, changes) : null;
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

    /// <summary>What is stored of one URI is no longer true, because a request has changed it.</summary>
    /// <returns>The revision of the change, and its marks.</returns>
    public (long Revision, (int Sent, int Seen) Marks) AddChange(ObjectName name)
    {
        lock (_gate)
        {
            var changes = _changes ??= new ChangeMarks(_seed, new long[ChangeMarks.Count]);
            var (revision, marks) = (_state.Revision + 1, changes.Of(name));
            changes.Set(marks, revision);
            Volatile.Write(ref _state, _state with { Revision = revision }); // after the marks: what sees it sees them
            return (revision, marks);
        }
    }

    /// <summary>All that still means something.</summary>
    public KeptInvalidations ToKeep()
    {
        lock (_gate)
            return new KeptInvalidations(_state.Revision, ToList(_state), _changes?.ToArray());
    }

    /// <summary>Whether there is a rule for the distribution that came after that revision.</summary>
    public bool HaveNew(string distributionId, long revision)
    {
        var state = Volatile.Read(ref _state);
        return state.Revision != revision
            && (RulesOf(state, distributionId).Last > revision || RulesOf(state, AllDistributions).Last > revision);
    }

    /// <summary>The same, or a change of the URI.</summary>
    public bool HaveNew(RegionalRequest request, long revision) =>
        Revision != revision
        && (HaveNew(request.Distribution.Distribution.Id, revision) || _changes?.HasChanged(ObjectName.Of(request), revision) == true);

    /// <summary>
    /// Whether a rule means this object, or its URI has been changed. No lock, and nothing but one comparison while there is nothing new.
    /// </summary>
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
        var rule = RuleThatMeans(item.Head, seen, state);
        if (rule is null && !HasChanged(item.Head, seen))
        {
            item.TryCheck(seen, state.Revision);
            return false;
        }
        if (item.TryCheck(seen, CachedObject.Invalidated) && isCounted) // once, whichever request finds it first
            rule?.Tally?.CountOne();
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
            return HasChanged(head, head.Revision);
        rule.Tally?.CountOne();
        return true;
    }

    private bool HasChanged(ObjectHead head, long checkedRevision) => _changes?.HasChanged(head.Name, checkedRevision) == true;

    private static List<(long Revision, InvalidationRule Rule)> ToList(State state)
    {
        var all = new List<(long Revision, InvalidationRule Rule)>();
        foreach (var (id, rules) in state.ByDistribution)
            rules.AddTo(all, id == AllDistributions ? null : id);
        all.Sort((left, right) => left.Revision.CompareTo(right.Revision));
        return all;
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
