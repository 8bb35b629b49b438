namespace Brink.Tests.Edge.Cache.Model;

/// <summary>What a behavior says of caching. The first segment of a path chooses it. Times are milliseconds.</summary>
internal sealed record ReferencePolicy(string Name, long Min, long Default, long Max)
{
    public bool HasQueryInKey { get; init; }

    public bool HasKindInKey { get; init; }

    public bool SendsCookies { get; init; }

    public bool CachesOptions { get; init; }

    public bool IsDisabled => Max == 0;

    public static ReferencePolicy[] All { get; } =
    [
        new("plain", Min: 1_000, Default: 30_000, Max: 100_000),
        new("exact", Min: 0, Default: 20_000, Max: 60_000) { HasQueryInKey = true, HasKindInKey = true, CachesOptions = true },
        new("long", Min: 10_000, Default: 5_000, Max: 12_000) { HasQueryInKey = true },
        new("cookies", Min: 0, Default: 15_000, Max: 3_600_000) { SendsCookies = true },
        new("off", Min: 0, Default: 0, Max: 0),
    ];

    /// <summary>ErrorCachingMinTTL of the distribution; 10 s where a status is not named.</summary>
    public static Dictionary<int, long> ErrorTtls { get; } = new() { [404] = 3_000, [503] = 0 };

    public static ReferencePolicy Of(string path) => All.First(each => path.StartsWith($"/{each.Name}/", StringComparison.Ordinal));
}
