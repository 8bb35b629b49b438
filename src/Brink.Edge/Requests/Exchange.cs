using System.IO.Pipelines;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;

namespace Brink.Edge.Requests;

/// <summary>
/// One viewer request on its way through the edge: the request, what was decided about it, and the response. It holds the snapshot it was
/// opened with to the end, so a change of configuration never disturbs a request under way.
/// </summary>
internal sealed class Exchange
{
    private OriginTarget? _chosenTarget;
    private List<LambdaRun>? _lambdaRuns;

    /// <summary>The configuration this request was opened with.</summary>
    public required EdgeSnapshot Snapshot { get; init; }

    /// <summary>The viewer's request, as the viewer-request function left it.</summary>
    public required EdgeRequest Request { get; init; }

    /// <summary>Chosen by Host; null when no distribution answers to it.</summary>
    public required LiveDistribution? Distribution { get; init; }

    /// <summary>Chosen by the original path; a rewritten URI does not move it. Null without a distribution.</summary>
    public required LiveBehavior? Behavior { get; init; }

    /// <summary>The body the viewer sends, read once by whoever forwards it; <see cref="Stream.Null"/> if there is none.</summary>
    public Stream RequestBody { get; set; } = Stream.Null;

    /// <summary>
    /// The request as the origin gets it, apart from the origin's own custom headers: what functions of tier 2 on origin events see, and change. Null where
    /// there are none: then it is made of <see cref="Request"/> in the moment it is sent.
    /// </summary>
    public EdgeRequest? OriginRequest { get; set; }

    /// <summary>The same as a pipe; null where there is none.</summary>
    public PipeReader? RequestBodyReader { get; init; }

    /// <summary>The body on its way to an origin; null if none asked for it. Stopped before the request ends.</summary>
    public RequestBodyStream? Upload { get; set; }

    /// <summary>The path as the viewer sent it: what invalidations match too, and what the log shows.</summary>
    public required string OriginalUri { get; init; }

    /// <summary>The query as the viewer sent it.</summary>
    public required string? OriginalQueryString { get; init; }

    /// <summary>The Host as the viewer sent it: what the log shows.</summary>
    public string OriginalHost { get; init; } = "";

    /// <summary>When the head of the request had been read.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The same moment on the clock that only goes forward.</summary>
    public long StartTimestamp { get; init; }

    /// <summary>Where this edge stands, for functions.</summary>
    public EdgeLocation EdgeLocation { get; init; } = EdgeLocation.Default;

    /// <summary>The address that the viewer connected to, for functions.</summary>
    public string ServerIp { get; init; } = "";

    /// <summary>The port where this edge speaks TLS, for redirects; null if it does not.</summary>
    public int? HttpsPort { get; init; }

    /// <summary>
    /// Where the request goes that the cache does not answer: what a viewer-request function chose, else the behavior's own. No part of the cache
    /// key (functions spec 7.1).
    /// </summary>
    public OriginTarget Target
    {
        get => _chosenTarget ?? Behavior!.Target;
        set => _chosenTarget = value;
    }

    /// <summary>What the viewer gets.</summary>
    public EdgeResponse? Response { get; set; }

    /// <summary>Bytes of the body that the viewer's connection has taken, for the log.</summary>
    public long BodyBytes { get; set; }

    /// <summary>How it ended; decides X-Cache and the log.</summary>
    public ResultType ResultType { get; set; } = ResultType.Miss;

    /// <summary>The more exact word for the log: OriginConnectError, ClientHungUpRequest and so on (spec 2.14); null repeats <see cref="ResultType"/>.</summary>
    public string? DetailedResultType { get; set; }

    /// <summary>
    /// How old the object is in seconds, on hits; null where the edge adds no Age: at 0, on a miss, and once a viewer-response function has it in its hands (spec 3.11).
    /// </summary>
    public int? Age { get; set; }

    /// <summary>The status the ORIGIN gave, fresh or cached; 0 if no origin was asked. Decides whether viewer-response runs.</summary>
    public int OriginStatus { get; set; }

    /// <summary>Set by the cache before it asks the origin whether a stale object still holds (spec 3.5).</summary>
    public Revalidation? Revalidation { get; set; }

    /// <summary>The origin whose answer this is, or whose failure; null if none was asked.</summary>
    public string? OriginId { get; set; }

    /// <summary>Why the first origin of a group was left for the second; null if it was not.</summary>
    public string? FailoverReason { get; set; }

    /// <summary>What there is to say of an answer that the origin gave and the viewer gets: why a bucket refused. For the developer; null for nothing.</summary>
    public string? OriginNote { get; set; }

    /// <summary>The origin set a cookie, and the policies send none to it: the field was taken out (spec 3.2).</summary>
    public bool DroppedSetCookie { get; set; }

    /// <summary>A fault of Brink's own behind a function's failure; the log gets it, a page never does. Null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What viewer-request did, for the terminal and the log; null if none ran.</summary>
    public FunctionRun? ViewerRequestRun { get; set; }

    /// <summary>What viewer-response did; null if none ran.</summary>
    public FunctionRun? ViewerResponseRun { get; set; }

    /// <summary>What functions of tier 2 did, in order.</summary>
    public IReadOnlyList<LambdaRun> LambdaRuns => _lambdaRuns ?? (IReadOnlyList<LambdaRun>)[];

    /// <summary>
    /// Why an error page is sent, in words for the developer: the terminal, the log, a viewer on loopback. Null when nothing went wrong,
    /// or when a page comes from the cache.
    /// </summary>
    public string? ErrorDetail { get; set; }

    /// <summary>
    /// The viewer-response function runs on hits and misses alike, but not after a refusal, a redirect, a response of viewer-request, a failed
    /// function, or an ORIGIN status of 400 or more, whatever status the viewer gets (functions spec section 1).
    /// </summary>
    public bool RunsViewerResponse => OriginStatus is > 0 and < 400 && ResultType is (ResultType.Hit or ResultType.RefreshHit or ResultType.Miss or ResultType.LambdaGeneratedResponse);

    /// <summary>Notes what a function of tier 2 did.</summary>
    public void Note(LambdaRun run) => (_lambdaRuns ??= []).Add(run);

    /// <summary>Takes over what is told of the origin, from the exchange that asked it in this one's place.</summary>
    public void TakeOver(Exchange asked)
    {
        (DetailedResultType, ErrorDetail) = (asked.DetailedResultType, asked.ErrorDetail);
        (OriginId, FailoverReason, OriginNote) = (asked.OriginId, asked.FailoverReason, asked.OriginNote);
        DroppedSetCookie = asked.DroppedSetCookie;
        if (asked._lambdaRuns is { } runs)
            (_lambdaRuns ??= []).AddRange(runs);
    }

    /// <summary>Exactly <c>/</c> becomes the default root object, for every method, as viewer-request left the URI (spec 1.1, stage 8).</summary>
    public void ApplyDefaultRootObject()
    {
        if (Request.Uri == "/" && Distribution is { Distribution.DefaultRootObject: { Length: > 0 } root })
            Request.Uri = "/" + root;
    }
}

/// <summary>The validators of a stale object; the origin request carries them as If-None-Match and If-Modified-Since.</summary>
/// <param name="ETag">The entity tag as the origin sent it, or null.</param>
/// <param name="LastModified">The Last-Modified text as the origin sent it, or null.</param>
internal sealed record Revalidation(string? ETag, string? LastModified);

/// <summary>What came of asking the origin.</summary>
/// <param name="Response">Its response, or the error page that stands for it.</param>
/// <param name="Failure">Null when the origin answered; else why it did not. A failure lets the cache serve a stale object (spec 3.4).</param>
internal readonly record struct FetchResult(EdgeResponse Response, OriginFailure? Failure)
{
    /// <summary>The status that the ORIGIN gave, whatever a function made of it; the response's own where none was asked.</summary>
    public int OriginStatus { get; init; } = Response.StatusCode;

    /// <summary>How a function of tier 2 ended it, by answering in the origin's place or by failing; null if none did.</summary>
    public ResultType? EndedBy { get; init; }

    /// <summary>Whether it is the page of a function's own failure. That says nothing of the next request: it is not stored and not shared.</summary>
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

/// <summary>Asks the origin of the exchange. The cache calls it on a miss, and with <see cref="Exchange.Revalidation"/> set on a stale object.</summary>
internal delegate ValueTask<FetchResult> Fetch(Exchange exchange, CancellationToken cancellationToken);
