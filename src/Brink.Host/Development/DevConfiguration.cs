using System.Collections.Immutable;
using Brink.Edge.Configuration;
using Brink.Host.Files;
using Brink.Host.Output;
using Brink.Lambda.Versions;

namespace Brink.Host.Development;

/// <summary>The result of reading the files of the command line: a snapshot to serve, and what to watch.</summary>
internal sealed record DevConfiguration
{
    public required EdgeSnapshot Snapshot { get; init; }

    /// <summary>What was left out, and why: source maps that cannot be used.</summary>
    public required ImmutableArray<FileMistake> Warnings { get; init; }

    /// <summary>Every file that was read or looked for, every folder of a function, every origin folder.</summary>
    public required WatchedFiles Watched { get; init; }

    /// <summary>
    /// The files whose content differs from what serves, without those that have mistakes; as named on the command line.
    /// </summary>
    public required ImmutableArray<string> ChangedFiles { get; init; }

    /// <summary>The ids of the distributions whose caches that can have touched; null for all.</summary>
    public required ImmutableArray<string>? TouchedDistributions { get; init; }

    /// <summary>The acknowledgements of the regions for new versions of Lambda@Edge functions.</summary>
    public required ImmutableArray<ReplicaAcknowledgement> Acknowledgements { get; init; }

    public required ImmutableArray<DevFunction> Functions { get; init; }

    public required ImmutableArray<DevDistribution> Distributions { get; init; }

    public required string? KeyValueStoreId { get; init; }

    /// <summary>What / is, where flags made the distribution; null where nothing or the distribution's own file says it.</summary>
    public required string? DefaultRootObject { get; init; }

    public DevSummary Summary(IReadOnlyList<string> urls) => new(urls, Distributions, Functions, KeyValueStoreId)
    {
        DefaultRootObject = DefaultRootObject,
    };
}
