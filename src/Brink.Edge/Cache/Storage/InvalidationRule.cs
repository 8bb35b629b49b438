using Brink.Invalidation;

namespace Brink.Edge.Cache.Storage;

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

    /// <summary>Whether its path is that one, or means it by its <c>*</c>. It has one.</summary>
    public bool Matches(string target) =>
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
