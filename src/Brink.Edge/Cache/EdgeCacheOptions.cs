using Brink.Edge.Configuration;

namespace Brink.Edge.Cache;

/// <summary>Bounds of the cache.</summary>
internal sealed record EdgeCacheOptions
{
    /// <summary>The defaults.</summary>
    public static EdgeCacheOptions Default { get; } = new();

    /// <summary>Bytes kept in memory: bodies, headers and keys. Default 256 MiB.</summary>
    public long MemoryBudget { get; init; } = 256L << 20;

    /// <summary>
    /// A larger body without a version streams through without being kept; one that has a version is kept in slices. Default 64 MiB; never
    /// more than a quarter of the budget.
    /// </summary>
    public long MaxObjectSize { get; init; } = 64L << 20;

    /// <summary>Whose rules say what is stored, for how long, and which object answers. Default CloudFront's.</summary>
    public HttpCachingRules HttpCaching { get; init; }

    /// <summary>How long a request waits for another one's answer before it asks the origin itself (spec 3.7). Default 30 s.</summary>
    public TimeSpan CollapseWait { get; init; } = TimeSpan.FromSeconds(30);
}
