using Brink.Edge.Cache.Storage;
using Brink.Invalidation;

namespace Brink.Edge.Cache.Operating;

/// <summary>An invalidation that holds.</summary>
public sealed class AcceptedInvalidation
{
    private readonly InvalidationTally _tally;

    internal AcceptedInvalidation(long number, DateTimeOffset at, string cause, string? distributionId, InvalidationItem? item)
    {
        (Number, At, Cause, DistributionId) = (number, at, cause, distributionId);
        (Path, Tag, Meaning) = (item?.Path, item?.Tag, item?.Meaning ?? "every object");
        _tally = new InvalidationTally();
        // Every path is everything: one comparison for each object, and none with earlier rules.
        Rule = new InvalidationRule(distributionId, item is { IsEveryPath: true } ? null : Path, Tag) { Tally = _tally };
    }

    /// <summary>Its number: they begin at 1 with the process.</summary>
    public long Number { get; }

    /// <summary>When it came.</summary>
    public DateTimeOffset At { get; }

    /// <summary>What asked for it.</summary>
    public string Cause { get; }

    /// <summary>The distribution that it is for; null for all.</summary>
    public string? DistributionId { get; }

    /// <summary>The path; null for none.</summary>
    public string? Path { get; }

    /// <summary>The tag; null for none.</summary>
    public string? Tag { get; }

    /// <summary>How it was read, in words.</summary>
    public string Meaning { get; }

    /// <summary>
    /// Whether all that was in memory has been looked at, and what is meant has been dropped. It holds before that: an object is looked at
    /// when it is asked for, too.
    /// </summary>
    public bool IsCompleted { get; internal set => Volatile.Write(ref field, value); }

    /// <summary>Objects that have been found to be meant so far, in each tier by itself.</summary>
    public long ObjectsFound => _tally.Objects;

    internal InvalidationRule Rule { get; }
}
