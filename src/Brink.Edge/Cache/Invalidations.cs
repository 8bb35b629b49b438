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
    private const string AllDistributions = "";

    private readonly int _maxRules;
    private readonly ulong _seed;

    private readonly Lock _gate = new();
    private ChangeMarks? _changes;
    private State _state = new(0, ImmutableDictionary<string, Rules>.Empty.WithComparers(StringComparer.Ordinal));

    /// <summary>None yet.</summary>
    public Invalidations(int maxRules = 4096) =>
        (_maxRules, _seed) = (maxRules, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));

    /// <summary>Those that an earlier process had.</summary>
    /// <param name="kept">What it kept, and what objects may be older than.</param>
    /// <param name="seed">By which changes are marked, the same in each process.</param>
    /// <param name="maxRules">Of one distribution.</param>
    public Invalidations(KeptInvalidations kept, ulong seed, int maxRules = 4096)
    {
        (_maxRules, _seed) = (maxRules, seed);
        foreach (var (each, rule) in kept.Rules)
            _state = With(_state, each, rule);
        _state = _state with { Revision = Math.Max(kept.Revision, _state.Revision) };
        _changes = kept.Changes is { } changes ? new ChangeMarks(seed, changes) : null;
    }

    /// <summary>The number of the last rule.</summary>
    public long Revision => Volatile.Read(ref _state).Revision;

    /// <summary>Adds a rule.</summary>
    /// <returns>Its revision.</returns>
    public long Add(InvalidationRule rule)
    {
        lock (_gate)
        {
            var revision = _state.Revision + 1;
            Volatile.Write(ref _state, With(_state, revision, rule));
            return revision;
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

    /// <summary>Whether a rule for the distribution, or a change of the URI, came after that revision.</summary>
    public bool HaveNew(RegionalRequest request, long revision)
    {
        var state = Volatile.Read(ref _state);
        return state.Revision != revision
            && (RulesOf(state, request.Distribution.Distribution.Id).Last > revision || RulesOf(state, AllDistributions).Last > revision
                || _changes?.HasChanged(ObjectName.Of(request), revision) == true);
    }

    /// <summary>Whether a rule means this object. No lock, and nothing but one comparison while there is no new rule.</summary>
    public bool Cover(CachedObject item)
    {
        var state = Volatile.Read(ref _state);
        if (item.CheckedRevision == state.Revision)
            return false;
        if (IsCovered(item.Head, item.CheckedRevision, state))
            return true;
        item.CheckedRevision = state.Revision;
        return false;
    }

    /// <summary>The same of an object that is not stored yet.</summary>
    public bool Cover(ObjectHead head) => IsCovered(head, head.Revision, Volatile.Read(ref _state));

    private static List<(long Revision, InvalidationRule Rule)> ToList(State state)
    {
        var all = new List<(long Revision, InvalidationRule Rule)>();
        foreach (var (id, rules) in state.ByDistribution)
        {
            if (rules.Floor > 0)
                all.Add((rules.Floor, new InvalidationRule(id == AllDistributions ? null : id)));
            all.AddRange(rules.Each);
        }
        all.Sort((left, right) => left.Revision.CompareTo(right.Revision));
        return all;
    }

    private State With(State state, long revision, InvalidationRule rule)
    {
        var id = rule.DistributionId ?? AllDistributions;
        return new State(revision, state.ByDistribution.SetItem(id, RulesOf(state, id).With(revision, rule, _maxRules)));
    }

    private bool IsCovered(ObjectHead head, long checkedRevision, State state) =>
        RulesOf(state, head.Name.DistributionId).Cover(head, checkedRevision)
        || RulesOf(state, AllDistributions).Cover(head, checkedRevision)
        || _changes?.HasChanged(head.Name, checkedRevision) == true;

    private static Rules RulesOf(State state, string distributionId) =>
        state.ByDistribution.GetValueOrDefault(distributionId) ?? Rules.None;

    private sealed record State(long Revision, ImmutableDictionary<string, Rules> ByDistribution);

    /// <summary>The rules of one distribution, or of all.</summary>
    /// <param name="Last">The revision of the last one.</param>
    /// <param name="Floor">What was asked for before this revision is meant, whatever it is.</param>
    /// <param name="Each">The rules after that.</param>
    private sealed record Rules(long Last, long Floor, ImmutableArray<(long Revision, InvalidationRule Rule)> Each)
    {
        public static Rules None { get; } = new(0, 0, []);

        public Rules With(long revision, InvalidationRule rule, int max)
        {
            if (rule is { Path: null, Tag: null })
                return new Rules(revision, revision, []); // rules before it have nothing left to say
            var each = Each.Add((revision, rule));
            if (each.Length <= max)
                return new Rules(revision, Floor, each);
            // Too many to compare with: what was asked for before the newer half is taken to be meant by the older half.
            var half = each.Length / 2;
            return new Rules(revision, each[half - 1].Revision, each[half..]);
        }

        public bool Cover(ObjectHead head, long checkedRevision)
        {
            if (head.Revision < Floor)
                return true;
            for (var i = Each.Length - 1; i >= 0 && Each[i].Revision > checkedRevision; i--)
            {
                if (Each[i].Rule.Means(head.Name))
                    return true;
            }
            return false;
        }
    }
}
