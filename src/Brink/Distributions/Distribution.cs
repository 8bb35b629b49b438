using System.Collections.Immutable;
using Brink.ContinuousDeployment;

namespace Brink.Distributions;

/// <summary>A distribution. Converted once from DistributionConfig, when that is read (distribution spec section 2).</summary>
public sealed record Distribution
{
    /// <summary>The id, <c>E</c> and 13 capitals or digits.</summary>
    public required string Id { get; init; }

    /// <summary>The default name, <c>dxxxxxxxxxxxxx.cloudfront.net</c>.</summary>
    public required string DomainName { get; init; }

    /// <summary>A disabled distribution serves nothing, and still shadows a wildcard alias. Default true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Alternate names, lower case; a wildcard only as the whole left-most label.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>The object served for exactly <c>/</c>; empty for none. Default empty.</summary>
    public string DefaultRootObject { get; init; } = "";

    /// <summary>The origins, ids unique.</summary>
    public required ImmutableArray<Origin> Origins { get; init; }

    /// <summary>Pairs of origins that behaviors may name instead of one; ids unique, among those of origins too.</summary>
    public ImmutableArray<OriginGroup> OriginGroups { get; init; } = [];

    /// <summary>The behavior for paths that no pattern matches.</summary>
    public required CacheBehavior DefaultCacheBehavior { get; init; }

    /// <summary>The other behaviors in order: the first whose pattern matches wins.</summary>
    public ImmutableArray<CacheBehavior> CacheBehaviors { get; init; } = [];

    /// <summary>ErrorCachingMinTTL by status code, for the codes that configure one (spec 3.13). Absent codes use 10 s.</summary>
    public ImmutableDictionary<int, TimeSpan> ErrorCachingMinTtl { get; init; } = ImmutableDictionary<int, TimeSpan>.Empty;

    /// <summary>The pages of those errors that have one, by status code (spec 2.10). Default none.</summary>
    public ImmutableDictionary<int, CustomErrorPage> CustomErrorPages { get; init; } = ImmutableDictionary<int, CustomErrorPage>.Empty;

    /// <summary>The countries that are served, or are not; null for all. Default null.</summary>
    public GeoRestriction? GeoRestriction { get; init; }

    /// <summary>The standard log; null for none. Default null.</summary>
    public StandardLogging? Logging { get; init; }

    /// <summary>
    /// The field in which the origin gives an object its tags, for invalidations by tag (CacheTagConfig); null for none. Default null.
    /// </summary>
    public string? CacheTagHeader { get; init; }

    /// <summary>Whether viewers may speak HTTP/2: HttpVersion is not http1.1. Default true.</summary>
    public bool AllowsHttp2 { get; init; } = true;

    /// <summary>With what viewers' TLS begins. Default the default certificate.</summary>
    public ViewerCertificate ViewerCertificate { get; init; } = ViewerCertificate.Default;

    /// <summary>HttpVersion is http3 or http2and3: viewers may speak HTTP/3, where the edge does. Default false.</summary>
    public bool AsksForHttp3 { get; init; }

    /// <summary>
    /// A staging distribution answers to no name: a continuous deployment policy sends it requests for its primary (spec 2.13). Default
    /// false.
    /// </summary>
    public bool Staging { get; init; }

    /// <summary>The policy that sends requests for this distribution to its staging distribution; null for none. Default null.</summary>
    public ContinuousDeploymentPolicy? ContinuousDeploymentPolicy { get; init; }

    /// <summary>
    /// HttpVersion is http3: HTTP/2 is spoken only where the edge does not speak HTTP/3. That http3 leaves out HTTP/2 is inferred: AWS's
    /// console has a box for each. Default false.
    /// </summary>
    public bool Http3ReplacesHttp2 { get; init; }

    /// <summary>Whether viewers may speak a version of HTTP.</summary>
    /// <param name="version"><c>1.1</c>, <c>2.0</c> and so on.</param>
    /// <param name="speaksHttp3">Whether the edge speaks HTTP/3.</param>
    public bool Allows(string version, bool speaksHttp3) => version switch
    {
        "3.0" => AsksForHttp3 && speaksHttp3,
        "2.0" => AllowsHttp2 && !(Http3ReplacesHttp2 && speaksHttp3),
        _ => true,
    };

    /// <summary>
    /// The target of the id that a behavior names: an origin, or a group of two. Behaviors are checked to name one that exists.
    /// </summary>
    public OriginTarget TargetById(string id)
    {
        foreach (var group in OriginGroups)
        {
            if (group.Id == id)
                return TargetOf(group);
        }
        return FindOrigin(id) ?? throw new ArgumentException($"no origin or origin group has the id {id}", nameof(id));
    }

    /// <summary>The origin of that id, or null.</summary>
    public Origin? FindOrigin(string id)
    {
        foreach (var origin in Origins)
        {
            if (origin.Id == id)
                return origin;
        }
        return null;
    }

    private OriginTarget TargetOf(OriginGroup group) => new(FindOrigin(group.PrimaryOriginId)!)
    {
        Secondary = FindOrigin(group.SecondaryOriginId),
        FailoverStatusCodes = group.FailoverStatusCodes,
    };
}
