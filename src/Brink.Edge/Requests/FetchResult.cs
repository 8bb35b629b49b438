using Brink.Edge.Logs;
using Brink.Http;

namespace Brink.Edge.Requests;

/// <summary>
/// Asks what lies behind a cache: a regional cache, or the origin. With
/// <see cref="RegionalRequest.Revalidation"/> set it asks only for what has changed.
/// </summary>
internal delegate ValueTask<FetchResult> Fetch(RegionalRequest request, CancellationToken cancellationToken);

/// <summary>What a fetch came to.</summary>
/// <param name="Response">The response, or the error page that stands for it.</param>
/// <param name="Failure">
/// Null when the origin answered; else why it did not. A failure lets the cache serve a stale object (spec 3.4).
/// </param>
internal readonly record struct FetchResult(EdgeResponse Response, OriginFailure? Failure)
{
    /// <summary>The status that the ORIGIN gave, whatever a function made of it; the response's own where none was asked.</summary>
    public int OriginStatus { get; init; } = Response.StatusCode;

    /// <summary>How a Lambda@Edge function ended it, by answering in the origin's place or by failing; null if none did.</summary>
    public ResultType? EndedBy { get; init; }

    /// <summary>What is known of the origin beside its answer; null for nothing.</summary>
    public OriginReport? Report { get; init; }

    /// <summary>How a cache behind came to it; null where the origin was asked.</summary>
    public ResultType? FromCache { get; init; }

    /// <summary>The cache behind that had it; null where none did.</summary>
    public CacheLayer? FoundIn { get; init; }

    /// <summary>
    /// A failure of one origin of several, perhaps: the cache in front of that origin alone does not keep it, the one that sees them all
    /// decides.
    /// </summary>
    public bool IsForOthersToKeep { get; init; }

    /// <summary>
    /// The origin said <c>Vary: *</c>, which caches behind take out: what is kept is asked about with every request (spec 3.5).
    /// </summary>
    public bool VariesOnEverything { get; init; }

    /// <summary>A cache behind took a cookie out that the origin set.</summary>
    public bool DroppedSetCookie { get; init; }

    /// <summary>
    /// Whether it is the page of a function's own failure. That says nothing about the next request: it is not stored and not shared.
    /// </summary>
    public bool IsFailureOfAFunction => EndedBy is not (null or ResultType.LambdaGeneratedResponse);
}

/// <summary>Why an origin gave no usable response, in the words of the log (spec 2.14).</summary>
internal enum OriginFailure
{
    /// <summary>Its name does not resolve: 502.</summary>
    OriginDnsError,
    /// <summary>No connection, TLS or certificate failure: 502; after the last connect timeout 504.</summary>
    OriginConnectError,
    /// <summary>The connection broke or timed out while reading: 502, or 504 for a timeout.</summary>
    OriginReadError,
    /// <summary>What it sent is not HTTP: 502.</summary>
    OriginInvalidResponseError,
    /// <summary>Its headers are over the limit: 502.</summary>
    OriginHeaderTooBigError,
    /// <summary>The request body could not be sent: 502.</summary>
    OriginWriteError,
}

/// <summary>The validators of a stale object. A request for the origin carries them as If-None-Match and If-Modified-Since.</summary>
/// <param name="ETag">The entity tag as the origin sent it, or null.</param>
/// <param name="LastModified">The Last-Modified text as the origin sent it, or null.</param>
internal sealed record Revalidation(string? ETag, string? LastModified);
