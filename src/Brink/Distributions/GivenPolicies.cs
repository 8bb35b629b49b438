using Brink.Policies;

namespace Brink.Distributions;

/// <summary>The custom policies a configuration may name beside the managed ones, under the id it names them by.</summary>
/// <param name="CachePolicies">Cache policies by id.</param>
/// <param name="OriginRequestPolicies">Origin request policies by id.</param>
public sealed record GivenPolicies(
    IReadOnlyDictionary<string, CachePolicy> CachePolicies, IReadOnlyDictionary<string, OriginRequestPolicy> OriginRequestPolicies)
{
    /// <summary>Only the managed ones.</summary>
    public static GivenPolicies None { get; } = new(new Dictionary<string, CachePolicy>(), new Dictionary<string, OriginRequestPolicy>());

    internal CachePolicy? FindCachePolicy(string id) =>
        CachePolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindCachePolicy(id);

    internal OriginRequestPolicy? FindOriginRequestPolicy(string id) =>
        OriginRequestPolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindOriginRequestPolicy(id);
}
