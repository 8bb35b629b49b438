using Brink.Policies;

namespace Brink.Distributions;

/// <summary>What a configuration may name by an id beside the managed policies.</summary>
/// <param name="CachePolicies">Cache policies by id.</param>
/// <param name="OriginRequestPolicies">Origin request policies by id.</param>
public sealed record GivenPolicies(
    IReadOnlyDictionary<string, CachePolicy> CachePolicies, IReadOnlyDictionary<string, OriginRequestPolicy> OriginRequestPolicies)
{
    /// <summary>Only the managed ones.</summary>
    public static GivenPolicies None { get; } = new(new Dictionary<string, CachePolicy>(), new Dictionary<string, OriginRequestPolicy>());

    /// <summary>Origin access controls by id. Default none: then each that is named signs always.</summary>
    public IReadOnlyDictionary<string, OriginAccessControl> OriginAccessControls { get; init; } =
        new Dictionary<string, OriginAccessControl>();

    /// <summary>Response headers policies by id. Default none.</summary>
    public IReadOnlyDictionary<string, ResponseHeadersPolicy> ResponseHeadersPolicies { get; init; } =
        new Dictionary<string, ResponseHeadersPolicy>();

    internal OriginAccessControl OriginAccessControl(string id) =>
        OriginAccessControls.TryGetValue(id, out var given) ? given : new OriginAccessControl(id);

    internal CachePolicy? FindCachePolicy(string id) =>
        CachePolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindCachePolicy(id);

    internal OriginRequestPolicy? FindOriginRequestPolicy(string id) =>
        OriginRequestPolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindOriginRequestPolicy(id);

    internal ResponseHeadersPolicy? FindResponseHeadersPolicy(string id) =>
        ResponseHeadersPolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindResponseHeadersPolicy(id);
}
