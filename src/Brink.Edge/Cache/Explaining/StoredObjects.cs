using System.Collections.Immutable;
using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Explaining;

/// <summary>Some of what is cached.</summary>
/// <param name="Objects">The objects, in no order.</param>
/// <param name="HasMore">Whether more are like these.</param>
public sealed record StoredObjects(ImmutableArray<StoredObject> Objects, bool HasMore)
{
    /// <summary>Objects of one list, at most.</summary>
    public const int MaxLimit = 1000;

    internal static StoredObjects Of(CacheTiers tiers, StoredObjectFilter filter, int limit)
    {
        var found = ImmutableArray.CreateBuilder<StoredObject>();
        foreach (var each in Each(tiers, filter))
        {
            if (found.Count == limit)
                return new StoredObjects(found.ToImmutable(), HasMore: true);
            found.Add(each);
        }
        return new StoredObjects(found.ToImmutable(), HasMore: false);
    }

    internal static IEnumerable<StoredObject> Each(CacheTiers tiers, StoredObjectFilter filter) =>
        tiers.All.SelectMany(tier => Each(TierEntries.NameOf(tier.Layer), tier.Cache, filter));

    private static IEnumerable<StoredObject> Each(string name, EdgeCache tier, StoredObjectFilter filter)
    {
        foreach (var stored in tier.Storage.Objects)
        {
            if (filter.Includes(stored.Head) && tier.Look(stored) is { IsUsable: true } look)
                yield return StoredObject.Of(name, stored.Head.Name, look);
        }
    }
}

/// <summary>Which objects are listed. A part that is null lets all pass.</summary>
/// <param name="DistributionId">Their distribution.</param>
/// <param name="Prefix">How their path begins, as viewers send it or as viewer-request leaves it.</param>
/// <param name="Status">Their status.</param>
public sealed record StoredObjectFilter(string? DistributionId, string? Prefix, int? Status)
{
    internal bool Includes(ObjectHead head) =>
        !ReferenceEquals(head.Name, ObjectName.OfSlice) && head.Variants is null
        && (DistributionId is null || DistributionId == head.Name.DistributionId)
        && (Prefix is null || head.Name.ViewerTarget.StartsWith(Prefix, StringComparison.Ordinal)
            || head.Name.Target.StartsWith(Prefix, StringComparison.Ordinal))
        && (Status is null || Status == head.StatusCode);
}

/// <summary>An object that is cached.</summary>
public sealed record StoredObject
{
    /// <summary><c>edge</c>, <c>region</c> or <c>shield</c>.</summary>
    public required string Tier { get; init; }

    /// <summary>The id of its distribution.</summary>
    public required string Distribution { get; init; }

    /// <summary>Its path and query, as the viewer sent them who had it stored.</summary>
    public required string Path { get; init; }

    /// <summary>The same in the key, where they differ; else null.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Its status.</summary>
    public required int Status { get; init; }

    /// <summary>Fresh or stale.</summary>
    public required EntryState State { get; init; }

    /// <summary>Its age in seconds.</summary>
    public required long Age { get; init; }

    /// <summary>Seconds until it is stale; negative since it is.</summary>
    public required long ExpiresIn { get; init; }

    /// <summary>Bytes of its body.</summary>
    public required long Length { get; init; }

    /// <summary>Content-Encoding; null for none.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>Its cache tags; null for none.</summary>
    public ImmutableArray<string>? Tags { get; init; }

    internal static StoredObject Of(string tier, ObjectName name, in CacheLook look) => new()
    {
        Tier = tier,
        Distribution = name.DistributionId,
        Path = name.ViewerTarget,
        KeyPath = name.Target == name.ViewerTarget ? null : name.Target,
        Status = look.Stored!.Head.StatusCode,
        State = TierEntries.StateOf(look),
        Age = TierEntries.Seconds(look.Age),
        ExpiresIn = TierEntries.Seconds(look.ExpiresIn),
        Length = look.Stored.Length,
        ContentEncoding = look.Stored.Head.ContentEncoding,
        Tags = name.Tags.IsEmpty ? null : name.Tags,
    };
}
