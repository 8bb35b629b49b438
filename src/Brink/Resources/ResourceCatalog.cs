using System.Collections.Immutable;
using Brink.ContinuousDeployment;
using Brink.Policies;

namespace Brink.Resources;

/// <summary>
/// What configurations name by an id. Everything that resolves an id reads this one catalogue: readers of distributions, functions that
/// choose an origin, the edge. It is immutable. Managed policies are in it without being given.
/// </summary>
public sealed record ResourceCatalog
{
    /// <summary>Only what is managed.</summary>
    public static ResourceCatalog Empty { get; } = new();

    /// <summary>Cache policies by id.</summary>
    public ImmutableDictionary<string, CachePolicy> CachePolicies { get; init; } = ImmutableDictionary<string, CachePolicy>.Empty;

    /// <summary>Origin request policies by id.</summary>
    public ImmutableDictionary<string, OriginRequestPolicy> OriginRequestPolicies { get; init; } =
        ImmutableDictionary<string, OriginRequestPolicy>.Empty;

    /// <summary>Response headers policies by id.</summary>
    public ImmutableDictionary<string, ResponseHeadersPolicy> ResponseHeadersPolicies { get; init; } =
        ImmutableDictionary<string, ResponseHeadersPolicy>.Empty;

    /// <summary>Origin access controls by id.</summary>
    public ImmutableDictionary<string, OriginAccessControl> OriginAccessControls { get; init; } =
        ImmutableDictionary<string, OriginAccessControl>.Empty;

    /// <summary>Public keys by id, for signed URLs and cookies.</summary>
    public ImmutableDictionary<string, PublicKey> PublicKeys { get; init; } = ImmutableDictionary<string, PublicKey>.Empty;

    /// <summary>Key groups by id.</summary>
    public ImmutableDictionary<string, KeyGroup> KeyGroups { get; init; } = ImmutableDictionary<string, KeyGroup>.Empty;

    /// <summary>Continuous deployment policies by id.</summary>
    public ImmutableDictionary<string, ContinuousDeploymentPolicy> ContinuousDeploymentPolicies { get; init; } =
        ImmutableDictionary<string, ContinuousDeploymentPolicy>.Empty;

    /// <summary>Certificates for viewers' TLS, by ARN of ACM or id of IAM.</summary>
    public ImmutableDictionary<string, CertificateResource> Certificates { get; init; } =
        ImmutableDictionary<string, CertificateResource>.Empty;

    /// <summary>Origin access identities by id.</summary>
    public ImmutableDictionary<string, OriginAccessIdentity> OriginAccessIdentities { get; init; } =
        ImmutableDictionary<string, OriginAccessIdentity>.Empty;

    /// <summary>CloudFront Functions by name.</summary>
    public ImmutableDictionary<string, FunctionResource> Functions { get; init; } = ImmutableDictionary<string, FunctionResource>.Empty;

    /// <summary>Key value stores by id.</summary>
    public ImmutableDictionary<string, KeyValueStoreResource> KeyValueStores { get; init; } =
        ImmutableDictionary<string, KeyValueStoreResource>.Empty;

    /// <summary>Versions of Lambda functions by name and number, <c>name:3</c>.</summary>
    public ImmutableDictionary<string, LambdaVersionResource> LambdaVersions { get; init; } =
        ImmutableDictionary<string, LambdaVersionResource>.Empty;

    /// <summary>What lists have and Brink cannot use, with the reason.</summary>
    private ImmutableDictionary<(ResourceKind Kind, string Id), string> Unusable { get; init; } =
        ImmutableDictionary<(ResourceKind Kind, string Id), string>.Empty;

    /// <summary>Real-time log configurations by name.</summary>
    public ImmutableDictionary<string, RealtimeLogConfig> RealtimeLogConfigs { get; init; } =
        ImmutableDictionary<string, RealtimeLogConfig>.Empty;
    /// <summary>The cache policy of that id, managed ones included; null for none.</summary>
    public CachePolicy? FindCachePolicy(string id) =>
        CachePolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindCachePolicy(id);

    /// <summary>The origin request policy of that id, managed ones included; null for none.</summary>
    public OriginRequestPolicy? FindOriginRequestPolicy(string id) =>
        OriginRequestPolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindOriginRequestPolicy(id);

    /// <summary>The response headers policy of that id, managed ones included; null for none.</summary>
    public ResponseHeadersPolicy? FindResponseHeadersPolicy(string id) =>
        ResponseHeadersPolicies.TryGetValue(id, out var given) ? given : ManagedPolicies.FindResponseHeadersPolicy(id);

    /// <summary>
    /// The origin access control of that id. One that was not given signs always, which is AWS's own advice and the safe side: a bucket
    /// that wants no signature ignores it.
    /// </summary>
    public OriginAccessControl OriginAccessControlOf(string id) =>
        OriginAccessControls.TryGetValue(id, out var given) ? given : new OriginAccessControl(id);

    /// <summary>The kind and the id of everything that is given.</summary>
    public IEnumerable<(ResourceKind Kind, string Id)> Names() =>
        CachePolicies.Keys.Select(id => (ResourceKind.CachePolicy, id))
            .Concat(OriginRequestPolicies.Keys.Select(id => (ResourceKind.OriginRequestPolicy, id)))
            .Concat(ResponseHeadersPolicies.Keys.Select(id => (ResourceKind.ResponseHeadersPolicy, id)))
            .Concat(OriginAccessControls.Keys.Select(id => (ResourceKind.OriginAccessControl, id)))
            .Concat(PublicKeys.Keys.Select(id => (ResourceKind.PublicKey, id)))
            .Concat(KeyGroups.Keys.Select(id => (ResourceKind.KeyGroup, id)))
            .Concat(ContinuousDeploymentPolicies.Keys.Select(id => (ResourceKind.ContinuousDeploymentPolicy, id)))
            .Concat(OriginAccessIdentities.Keys.Select(id => (ResourceKind.OriginAccessIdentity, id)))
            .Concat(Certificates.Keys.Select(id => (ResourceKind.Certificate, id)))
            .Concat(Functions.Keys.Select(id => (ResourceKind.Function, id)))
            .Concat(KeyValueStores.Keys.Select(id => (ResourceKind.KeyValueStore, id)))
            .Concat(LambdaVersions.Keys.Select(id => (ResourceKind.LambdaVersion, id)))
            .Concat(RealtimeLogConfigs.Keys.Select(name => (ResourceKind.RealtimeLogConfig, name)));

    /// <summary>The keys that groups name and that are not given.</summary>
    public IEnumerable<(KeyGroup Group, string PublicKeyId)> MissingKeys() =>
        KeyGroups.Values.SelectMany(group => group.PublicKeyIds.Where(id => !PublicKeys.ContainsKey(id)).Select(id => (group, id)));

    /// <summary>This catalogue and another one; where both have an id, the other one's stands.</summary>
    public ResourceCatalog With(ResourceCatalog other) => new()
    {
        CachePolicies = CachePolicies.SetItems(other.CachePolicies),
        OriginRequestPolicies = OriginRequestPolicies.SetItems(other.OriginRequestPolicies),
        ResponseHeadersPolicies = ResponseHeadersPolicies.SetItems(other.ResponseHeadersPolicies),
        OriginAccessControls = OriginAccessControls.SetItems(other.OriginAccessControls),
        PublicKeys = PublicKeys.SetItems(other.PublicKeys),
        KeyGroups = KeyGroups.SetItems(other.KeyGroups),
        ContinuousDeploymentPolicies = ContinuousDeploymentPolicies.SetItems(other.ContinuousDeploymentPolicies),
        OriginAccessIdentities = OriginAccessIdentities.SetItems(other.OriginAccessIdentities),
        Certificates = Certificates.SetItems(other.Certificates),
        Functions = Functions.SetItems(other.Functions),
        KeyValueStores = KeyValueStores.SetItems(other.KeyValueStores),
        LambdaVersions = LambdaVersions.SetItems(other.LambdaVersions),
        Unusable = Unusable.SetItems(other.Unusable),
        RealtimeLogConfigs = RealtimeLogConfigs.SetItems(other.RealtimeLogConfigs),
    };

    /// <summary>How to get the file of one that is missing; or why a list that has it does not give it.</summary>
    public string HowToGive(ResourceKind kind, string id) =>
        Unusable.TryGetValue((kind, id), out var reason) ? $"A list has it, and it cannot be used: {reason}" : kind.HowToGive(id);

    /// <summary>This catalogue, with the reason why something that a list has cannot be used.</summary>
    internal ResourceCatalog WithUnusable(ResourceKind kind, string id, string reason) =>
        this with { Unusable = Unusable.SetItem((kind, id), reason) };
}
