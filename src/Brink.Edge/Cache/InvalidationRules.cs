using System.Collections.Immutable;
using Brink.Edge.Cache.Storage;
using Brink.Invalidation;

namespace Brink.Edge.Cache;

/// <summary>
/// The rules of one distribution, or of all. A path and a tag are looked up, so an object is compared with those paths alone that end in
/// <c>*</c>, however many rules a deployment brings. A path that comes again takes the place of the earlier one, which says no more.
/// </summary>
internal sealed class InvalidationRules
{
    /// <summary>Rules that are compared with one by one: more cost each object too much.</summary>
    private const int MaxCompared = 4096;

    private readonly ImmutableDictionary<string, Numbered> _byPath;
    private readonly ImmutableDictionary<string, Numbered> _byTag;
    private readonly ImmutableArray<Numbered> _compared;
    private readonly long _floor;
    private readonly InvalidationRule _atFloor;

    private InvalidationRules(
        long last,
        long floor,
        InvalidationRule atFloor,
        ImmutableDictionary<string, Numbered> byPath,
        ImmutableDictionary<string, Numbered> byTag,
        ImmutableArray<Numbered> compared)
    {
        (Last, _floor, _atFloor, _byPath, _byTag, _compared) = (last, floor, atFloor, byPath, byTag, compared);
    }

    /// <summary>No rule.</summary>
    public static InvalidationRules None { get; } = Only(0, InvalidationRule.Everything);

    /// <summary>The revision of the last one.</summary>
    public long Last { get; }

    /// <summary>These rules and one more.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="max">Rules that are kept apart. Of more, the older half is taken to mean everything that is older.</param>
    public InvalidationRules With(long revision, InvalidationRule rule, int max)
    {
        var added = new Numbered(revision, rule);
        var all = rule switch
        {
            { Path: null, Tag: null } => Only(revision, rule), // rules before it have nothing left to say
            { Path: null, Tag: { } tag } => With(revision, _byPath, _byTag.SetItem(tag, added), _compared),
            { Path: { } path, Tag: null } when !path.EndsWith('*') =>
                With(revision, _byPath.SetItem(path, added), _byTag, _compared),
            _ => With(revision, _byPath, _byTag, _compared.Add(added)),
        };
        return all._byPath.Count + all._byTag.Count + all._compared.Length > max || all._compared.Length > MaxCompared
            ? all.NewerHalf()
            : all;
    }

    /// <summary>A rule that means an object; null for none.</summary>
    /// <param name="head">The object.</param>
    /// <param name="checkedRevision">The last rule that it was compared with.</param>
    public InvalidationRule? RuleThatMeans(ObjectHead head, long checkedRevision)
    {
        if (head.Revision < _floor)
            return _atFloor;
        if (Last <= checkedRevision)
            return null;
        var name = head.Name;
        if (Newer(_byPath, name.ViewerTarget, checkedRevision) is { } ofViewer)
            return ofViewer;
        if (!ReferenceEquals(name.ViewerTarget, name.Target) && Newer(_byPath, name.Target, checkedRevision) is { } ofKey)
            return ofKey;
        foreach (var tag in name.Tags)
        {
            if (Newer(_byTag, tag, checkedRevision) is { } tagged)
                return tagged;
        }
        for (var i = _compared.Length - 1; i >= 0 && _compared[i].Revision > checkedRevision; i--)
        {
            if (_compared[i].Rule.Means(name))
                return _compared[i].Rule;
        }
        return null;
    }

    /// <summary>A rule that means a path and came after that revision; null for none.</summary>
    public InvalidationRule? RuleThatMeans(string target, long revision)
    {
        if (Last <= revision)
            return null;
        if (Newer(_byPath, target, revision) is { } exact)
            return exact;
        for (var i = _compared.Length - 1; i >= 0 && _compared[i].Revision > revision; i--)
        {
            if (_compared[i].Rule is { Tag: null } rule && rule.Matches(target))
                return rule;
        }
        return null;
    }

    /// <summary>Adds those that still mean something.</summary>
    /// <param name="all">Gets them, in no order.</param>
    /// <param name="distributionId">Whose they are; null for all distributions.</param>
    public void AddTo(List<(long Revision, InvalidationRule Rule)> all, string? distributionId)
    {
        if (_floor > 0)
            all.Add((_floor, new InvalidationRule(distributionId)));
        foreach (var each in _byPath.Values.Concat(_byTag.Values).Concat(_compared))
            all.Add((each.Revision, each.Rule));
    }

    private static InvalidationRule? Newer(ImmutableDictionary<string, Numbered> rules, string text, long checkedRevision) =>
        rules.TryGetValue(text, out var found) && found.Revision > checkedRevision ? found.Rule : null;

    private static InvalidationRules Only(long revision, InvalidationRule everything) => new(
        revision,
        revision,
        everything,
        ImmutableDictionary.Create<string, Numbered>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, Numbered>(CacheTag.Comparer),
        []);

    private InvalidationRules With(
        long last,
        ImmutableDictionary<string, Numbered> byPath,
        ImmutableDictionary<string, Numbered> byTag,
        ImmutableArray<Numbered> compared) => new(last, _floor, _atFloor, byPath, byTag, compared);

    private InvalidationRules NewerHalf()
    {
        long[] revisions =
        [
            .. _byPath.Values.Select(each => each.Revision), .. _byTag.Values.Select(each => each.Revision),
            .. _compared.Select(each => each.Revision),
        ];
        Array.Sort(revisions);
        var floor = revisions[(revisions.Length / 2) - 1];
        return new InvalidationRules(
            Last,
            floor,
            InvalidationRule.Everything,
            _byPath.RemoveRange(_byPath.Where(each => each.Value.Revision <= floor).Select(each => each.Key)),
            _byTag.RemoveRange(_byTag.Where(each => each.Value.Revision <= floor).Select(each => each.Key)),
            _compared.RemoveAll(each => each.Revision <= floor));
    }

    private readonly record struct Numbered(long Revision, InvalidationRule Rule);
}
