using System.Collections.Immutable;
using Brink.Events;
using Brink.Policies;
using Brink.Resources;

namespace Brink.Distributions;

/// <summary>What happens to the paths that a pattern matches (distribution spec 2.4).</summary>
public sealed record CacheBehavior
{
    /// <summary>The pattern; <see cref="PathPattern.Any"/> for the default behavior.</summary>
    public PathPattern PathPattern { get; init; } = PathPattern.Any;

    /// <summary>The id of the origin that answers, or of an origin group.</summary>
    public required string TargetOriginId { get; init; }

    /// <summary>What to do with plain HTTP. Default allow-all.</summary>
    public ViewerProtocolPolicy ViewerProtocolPolicy { get; init; } = ViewerProtocolPolicy.AllowAll;

    /// <summary>
    /// The keys of which one must have signed for every request: those of TrustedKeyGroups (spec 2.12). Null, the default, lets every
    /// request in; none at all lets in none.
    /// </summary>
    public ImmutableArray<PublicKey>? TrustedKeys { get; init; }

    /// <summary>The methods let through; others get 403. Default GET and HEAD.</summary>
    public AllowedMethods AllowedMethods { get; init; } = AllowedMethods.GetHead;

    /// <summary>Whether responses to OPTIONS are cached too. Default false.</summary>
    public bool CachesOptions { get; init; }

    /// <summary>
    /// Whether the edge compresses what origins send plain, with the codings that the cache policy enables (spec 3.8). Default false.
    /// </summary>
    public bool Compress { get; init; }

    /// <summary>Whether calls of gRPC are passed on as such: HTTP/2 to the origin, trailers (spec 2.4). Default false.</summary>
    public bool AllowsGrpc { get; init; }

    /// <summary>The cache policy: key and TTLs.</summary>
    public required CachePolicy CachePolicy { get; init; }

    /// <summary>What goes to the origin beyond the key; null for nothing.</summary>
    public OriginRequestPolicy? OriginRequestPolicy { get; init; }

    /// <summary>What is taken out of responses and put into them on their way to viewers; null for nothing.</summary>
    public ResponseHeadersPolicy? ResponseHeadersPolicy { get; init; }

    /// <summary>The real-time log of its requests; null for none.</summary>
    public RealtimeLogConfig? RealtimeLog { get; init; }

    /// <summary>What both policies send to the origin.</summary>
    public ForwardedItems ForwardedItems => new(CachePolicy, OriginRequestPolicy);

    /// <summary>CloudFront Functions, at most one for each viewer event.</summary>
    public ImmutableArray<FunctionAssociation> FunctionAssociations { get; init; } = [];

    /// <summary>Lambda@Edge functions, at most one for each event; on viewer events none beside a CloudFront Function.</summary>
    public ImmutableArray<LambdaFunctionAssociation> LambdaFunctionAssociations { get; init; } = [];
}

/// <summary>A CloudFront Function on a viewer event.</summary>
/// <param name="FunctionArn">The ARN, without version or stage.</param>
/// <param name="EventType">viewer-request or viewer-response.</param>
public sealed record FunctionAssociation(string FunctionArn, EventType EventType);

/// <summary>A Lambda@Edge function on an event.</summary>
/// <param name="LambdaFunctionArn">The ARN of a numbered version in us-east-1.</param>
/// <param name="EventType">Any of the four.</param>
/// <param name="IncludeBody">Whether it sees the body of requests; only on the two request events.</param>
public sealed record LambdaFunctionAssociation(string LambdaFunctionArn, EventType EventType, bool IncludeBody)
{
    /// <summary>The function's bare name.</summary>
    public string FunctionName => LambdaFunctionArn.Split(':')[6];

    /// <summary>Name and number of the version, <c>name:3</c>.</summary>
    public string VersionId => string.Join(':', LambdaFunctionArn.Split(':')[6..]);
}

/// <summary>What to do with a viewer that comes over plain HTTP.</summary>
public enum ViewerProtocolPolicy
{
    /// <summary>Serve both.</summary>
    AllowAll,
    /// <summary>Plain HTTP gets 403.</summary>
    HttpsOnly,
    /// <summary>Plain HTTP gets 301 (GET, HEAD) or 307.</summary>
    RedirectToHttps,
}

/// <summary>The three sets of methods that can be allowed.</summary>
public enum AllowedMethods
{
    /// <summary>GET, HEAD.</summary>
    GetHead,
    /// <summary>GET, HEAD, OPTIONS.</summary>
    GetHeadOptions,
    /// <summary>GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE.</summary>
    All,
}
