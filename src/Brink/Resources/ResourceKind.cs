using System.Collections.Immutable;
using Brink.Configuration;
using Brink.ContinuousDeployment;
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
        })
    {
        IsFlatInLists = true,
    };

    /// <summary>Public keys.</summary>
    public static ResourceKind PublicKey { get; } = new(
        "PublicKey", "public key", "get-public-key", ["EncodedKey"],
        (catalog, config, id) => KeyReader.ReadKey(config, id) is { } key
            ? catalog with { PublicKeys = catalog.PublicKeys.SetItem(id, key) }
            : catalog)
    {
        IsFlatInLists = true,
    };

    /// <summary>Key groups.</summary>
    public static ResourceKind KeyGroup { get; } = new(
        "KeyGroup", "key group", "get-key-group", ["Items"],
        (catalog, config, id) => catalog with { KeyGroups = catalog.KeyGroups.SetItem(id, KeyReader.ReadGroup(config, id)) });

    /// <summary>Continuous deployment policies.</summary>
    public static ResourceKind ContinuousDeploymentPolicy { get; } = new(
        "ContinuousDeploymentPolicy", "continuous deployment policy", "get-continuous-deployment-policy",
        ["StagingDistributionDnsNames", "TrafficConfig"],
        (catalog, config, id) => catalog with
        {
            ContinuousDeploymentPolicies =
                catalog.ContinuousDeploymentPolicies.SetItem(id, ContinuousDeploymentPolicyReader.Read(config, id)),
        });

    /// <summary>Origin access identities.</summary>
    public static ResourceKind OriginAccessIdentity { get; } = new(
        "CloudFrontOriginAccessIdentity", "origin access identity", "get-cloud-front-origin-access-identity", ["CallerReference"],
        (catalog, config, id) =>
        {
            config.Ignore("CallerReference", "Comment");
            return catalog with { OriginAccessIdentities = catalog.OriginAccessIdentities.SetItem(id, new OriginAccessIdentity(id)) };
        })
    {
        IsFlatInLists = true,
    };

    /// <summary>Certificates of ACM and IAM.</summary>
    public static ResourceKind Certificate { get; } = new(
        "Certificate", "certificate", id => $"Add the files of the certificate {id} to a folder of --resources");

    /// <summary>CloudFront Functions, by name.</summary>
    public static ResourceKind Function { get; } = new(
        "Function", "function",
        name => $"Add its files to a folder of --resources: aws cloudfront describe-function --name {name} --stage LIVE > {name}.json, and "
            + $"aws cloudfront get-function --name {name} --stage LIVE {name}.js");

    /// <summary>Key value stores, by id. What is missing is named by its ARN.</summary>
    public static ResourceKind KeyValueStore { get; } = new(
        "KeyValueStore", "key value store",
        arn => "Add its files to a folder of --resources, with the NAME that aws cloudfront list-key-value-stores prints: "
            + "aws cloudfront describe-key-value-store --name NAME > NAME.json, and "
            + $"aws cloudfront-keyvaluestore list-keys --kvs-arn {arn} > NAME.data.json");

    /// <summary>Versions of Lambda functions, by name and number: <c>name:3</c>.</summary>
    public static ResourceKind LambdaVersion { get; } = new("LambdaVersion", "version of a Lambda function", HowToGiveVersion);

    /// <summary>Real-time log configurations. They are printed without a configuration inside, and named by their ARN.</summary>
    public static ResourceKind RealtimeLogConfig { get; } = new(
        "RealtimeLogConfig", "real-time log configuration", "get-realtime-log-config", ["EndPoints", "SamplingRate"],
        (catalog, config, _) => RealtimeLogConfigReader.AddTo(catalog, config));

    private readonly Func<string, string> _howToGive;

    private ResourceKind(
        string name, string noun, string command, ImmutableArray<string> marks,
        Func<ResourceCatalog, ConfigObject, string, ResourceCatalog> add)
        : this(name, noun, id => $"Add its file to a folder of --resources: aws cloudfront {command} --id {id} > {id}.json") =>
        (Marks, Add) = (marks, add);

    /// <summary>A kind whose documents hold no configuration: they are read in a way of their own.</summary>
    private ResourceKind(string name, string noun, Func<string, string> howToGive) =>
        (Name, Noun, _howToGive, Marks) = (name, noun, howToGive, []);

    /// <summary>All kinds.</summary>
    public static ImmutableArray<ResourceKind> All { get; } =
    [
        CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy, OriginAccessControl, PublicKey, KeyGroup, ContinuousDeploymentPolicy,
        OriginAccessIdentity, Certificate, Function, KeyValueStore, LambdaVersion, RealtimeLogConfig,
    ];

    /// <summary>Its name in the API: CachePolicy. Its configuration is a CachePolicyConfig.</summary>
    public string Name { get; }

    /// <summary>What messages call one: cache policy.</summary>
    public string Noun { get; }

    /// <summary>The members by which a bare configuration of this kind is known.</summary>
    internal ImmutableArray<string> Marks { get; }

    /// <summary>Whether an item of a list is the configuration itself, with the id in it.</summary>
    internal bool IsFlatInLists { get; private init; }

    /// <summary>Reads a configuration and adds it to a catalogue by its id; null where documents have none.</summary>
    internal Func<ResourceCatalog, ConfigObject, string, ResourceCatalog>? Add { get; }

    /// <summary>How to get the file of one that is missing.</summary>
    /// <param name="id">The id that nothing was given for.</param>
    public string HowToGive(string id) => _howToGive(id);

    private static string HowToGiveVersion(string id)
    {
        var (name, number) = id.Split(':') is [var first, var second] ? (first, second) : (id, "N");
        var function = $"--region us-east-1 --function-name {name} --qualifier {number}";
        return $"Add its files to a folder of --resources: aws lambda get-function-configuration {function} > {name}.json, and its code in "
            + $"{name}.zip, or unpacked in a folder {name}: "
            + $"aws lambda get-function {function} --query Code.Location --output text | xargs curl -o {name}.zip";
    }
}
