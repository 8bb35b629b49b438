using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Policies;

namespace Brink.Resources;

/// <summary>
/// A kind of resource that configurations name by an id: how its documents look, and how the aws command line prints them.
/// </summary>
public sealed class ResourceKind
{
    /// <summary>Cache policies.</summary>
    public static ResourceKind CachePolicy { get; } = new(
        "CachePolicy", "cache policy", "get-cache-policy", ["ParametersInCacheKeyAndForwardedToOrigin", "MinTTL"],
        (catalog, config, id) => catalog with
        {
            CachePolicies = catalog.CachePolicies.SetItem(id, PolicyConfigReader.ReadCachePolicy(config, id)),
        });

    /// <summary>Origin request policies.</summary>
    public static ResourceKind OriginRequestPolicy { get; } = new(
        "OriginRequestPolicy", "origin request policy", "get-origin-request-policy",
        ["HeadersConfig", "CookiesConfig", "QueryStringsConfig"],
        (catalog, config, id) => catalog with
        {
            OriginRequestPolicies = catalog.OriginRequestPolicies.SetItem(id, PolicyConfigReader.ReadOriginRequestPolicy(config, id)),
        });

    /// <summary>Response headers policies.</summary>
    public static ResourceKind ResponseHeadersPolicy { get; } = new(
        "ResponseHeadersPolicy", "response headers policy", "get-response-headers-policy",
        ["CorsConfig", "SecurityHeadersConfig", "ServerTimingHeadersConfig", "CustomHeadersConfig", "RemoveHeadersConfig"],
        (catalog, config, id) => catalog with
        {
            ResponseHeadersPolicies =
                catalog.ResponseHeadersPolicies.SetItem(id, PolicyConfigReader.ReadResponseHeadersPolicy(config, id)),
        });

    /// <summary>Origin access controls.</summary>
    public static ResourceKind OriginAccessControl { get; } = new(
        "OriginAccessControl", "origin access control", "get-origin-access-control", ["SigningProtocol", "SigningBehavior"],
        (catalog, config, id) => catalog with
        {
            OriginAccessControls = catalog.OriginAccessControls.SetItem(id, OriginAccessControlReader.Read(config, id)),
        });

    /// <summary>Public keys.</summary>
    public static ResourceKind PublicKey { get; } = new(
        "PublicKey", "public key", "get-public-key", ["EncodedKey"],
        (catalog, config, id) => KeyReader.ReadKey(config, id) is { } key
            ? catalog with { PublicKeys = catalog.PublicKeys.SetItem(id, key) }
            : catalog);

    /// <summary>Key groups.</summary>
    public static ResourceKind KeyGroup { get; } = new(
        "KeyGroup", "key group", "get-key-group", ["Items"],
        (catalog, config, id) => catalog with { KeyGroups = catalog.KeyGroups.SetItem(id, KeyReader.ReadGroup(config, id)) });

    /// <summary>Certificates of ACM and IAM. Their documents hold no configuration, so they are read in their own way.</summary>
    public static ResourceKind Certificate { get; } = new("Certificate", "certificate", "", [], (catalog, _, _) => catalog);

    /// <summary>Real-time log configurations. They are printed without a configuration inside, and named by their ARN.</summary>
    public static ResourceKind RealtimeLogConfig { get; } = new(
        "RealtimeLogConfig", "real-time log configuration", "get-realtime-log-config", ["EndPoints", "SamplingRate"],
        (catalog, config, _) => RealtimeLogConfigReader.AddTo(catalog, config));

    private readonly string _command;

    private ResourceKind(
        string name, string noun, string command, ImmutableArray<string> marks,
        Func<ResourceCatalog, ConfigObject, string, ResourceCatalog> add) =>
        (Name, Noun, _command, Marks, Add) = (name, noun, command, marks, add);

    /// <summary>All kinds.</summary>
    public static ImmutableArray<ResourceKind> All { get; } =
        [CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy, OriginAccessControl, PublicKey, KeyGroup, Certificate, RealtimeLogConfig];

    /// <summary>Its name in the API: CachePolicy. Its configuration is a CachePolicyConfig.</summary>
    public string Name { get; }

    /// <summary>What messages call one: cache policy.</summary>
    public string Noun { get; }

    /// <summary>The members by which a bare configuration of this kind is known.</summary>
    internal ImmutableArray<string> Marks { get; }

    /// <summary>Reads a configuration and adds it to a catalogue by its id.</summary>
    internal Func<ResourceCatalog, ConfigObject, string, ResourceCatalog> Add { get; }

    /// <summary>How to get the file of one that is missing.</summary>
    /// <param name="id">The id that nothing was given for, or the ARN.</param>
    public string HowToGive(string id) =>
        $"Add its file to a folder of --resources: aws cloudfront {_command} {(id.Contains(':') ? "--arn" : "--id")} {id} > "
        + $"{id[(id.LastIndexOf('/') + 1)..]}.json";
}
