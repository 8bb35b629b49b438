using System.Collections.Immutable;
using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache;

/// <summary>
/// What is no longer to be served (distribution spec 3.14). Each rule has a number, its revision; it means the objects that were asked for
/// before it came. So an invalidation costs the same however much is stored, and an object is compared with a rule once.
/// </summary>
internal sealed class Invalidations(int maxRules = 4096)
{
    private readonly Lock _gate = new();
    private State _state = new(0, 0, []);

    /// <summary>The number of the last rule.</summary>
    public long Revision => Volatile.Read(ref _state).Revision;

    /// <summary>Adds a rule.</summary>
    /// <returns>Its revision.</returns>
    public long Add(InvalidationRule rule)
    {
        lock (_gate)
        {
            var before = _state;
            var revision = before.Revision + 1;
            var (floor, rules) = rule.MeansEverything
                ? (revision, ImmutableArray<(long, InvalidationRule)>.Empty) // it covers the rules before it
                : (before.Floor, before.Rules.Add((revision, rule)));
            if (rules.Length > maxRules)
                (floor, rules) = Shorten(rules);
            Volatile.Write(ref _state, new State(revision, floor, rules));
            return revision;
        }
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

    private static bool IsCovered(ObjectHead head, long checkedRevision, State state)
    {
        if (head.Revision < state.Floor)
            return true;
        for (var i = state.Rules.Length - 1; i >= 0 && state.Rules[i].Revision > checkedRevision; i--)
        {
            if (state.Rules[i].Rule.Means(head.Name))
                return true;
        }
        return false;
    }

    // Too many to compare with: all that was asked for before the newer half counts as invalidated.
    private static (long Floor, ImmutableArray<(long Revision, InvalidationRule Rule)> Rules) Shorten(
        ImmutableArray<(long Revision, InvalidationRule Rule)> rules)
    {
        var half = rules.Length / 2;
        return (rules[half - 1].Revision, rules[half..]);
    }

    private sealed record State(long Revision, long Floor, ImmutableArray<(long Revision, InvalidationRule Rule)> Rules);
}

/// <summary>Which objects are no longer to be served. A part that is null matches everything.</summary>
/// <param name="DistributionId">The distribution; null for all.</param>
/// <param name="Path">
/// A path, with its query where queries are in the cache key, as viewers send it or as viewer-request leaves it; one that ends in <c>*</c>
/// means all that begin so. Letter case counts. Null for all.
/// </param>
/// <param name="Tag">A tag of the object; null for any.</param>
internal sealed record InvalidationRule(string? DistributionId = null, string? Path = null, string? Tag = null)
{
    /// <summary>Everything that is stored.</summary>
    public static InvalidationRule Everything { get; } = new();

    /// <summary>Whether it leaves nothing out.</summary>
    public bool MeansEverything => this is { DistributionId: null, Path: null, Tag: null };

    /// <summary>Whether it means an object of that name.</summary>
    public bool Means(ObjectName name) =>
        (DistributionId is null || DistributionId == name.DistributionId)
        && (Path is null || Matches(name.ViewerTarget) || Matches(name.Target))
        && (Tag is null || name.Tags.Contains(Tag));

    private bool Matches(string target) =>
        Path!.EndsWith('*') ? target.AsSpan().StartsWith(Path.AsSpan(0, Path.Length - 1), StringComparison.Ordinal) : target == Path;
}
