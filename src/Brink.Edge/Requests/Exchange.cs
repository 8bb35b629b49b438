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
    private List<LambdaRun>? _lambdaRuns;

    /// <summary>The configuration this request was opened with.</summary>
    public required EdgeSnapshot Snapshot { get; init; }

    /// <summary>The part that goes on after the viewer's functions: request, distribution, behavior, body.</summary>
    public required RegionalRequest Regional { get; init; }

    /// <summary>The viewer's request, as the viewer-request function left it.</summary>
    public EdgeRequest Request => Regional.Request;

    /// <summary>Chosen by Host; a continuous deployment policy may choose its staging distribution instead.</summary>
    public LiveDistribution Distribution => Regional.Distribution;

    /// <summary>Chosen by the original path.</summary>
    public LiveBehavior Behavior => Regional.Behavior;

    /// <summary>What the distribution's continuous deployment policy made of the request; null for nothing.</summary>
    public DeploymentChoice? Deployment { get; init; }

    /// <summary>The distribution that has the Host, and so the viewer's connection.</summary>
    public LiveDistribution Addressed => Deployment?.Primary ?? Distribution;

    /// <summary>The Host as the viewer sent it: what the log shows.</summary>
    public string OriginalHost { get; init; } = "";

    /// <summary>When the head of the request had been read, on the clock that only goes forward.</summary>
    public long StartTimestamp { get; init; }

    /// <summary>The address that the viewer connected to, for functions.</summary>
    public string ServerIp { get; init; } = "";

    /// <summary>The port where this edge speaks TLS, for redirects; null if it does not.</summary>
    public int? HttpsPort { get; init; }

    /// <summary>What is known of the viewer beside the request; null where nothing asks.</summary>
    public ViewerFacts? Viewer { get; init; }

    /// <summary>What a standard or real-time log has of it; null where none takes it.</summary>
    public LoggedRequest? Logged { get; init; }

    /// <summary>What the viewer gets.</summary>
    public EdgeResponse? Response { get; set; }

    /// <summary>Bytes of the body that the viewer's connection has taken, for the log.</summary>
    public long BodyBytes { get; set; }

    /// <summary>Bytes that a WebSocket's viewer has sent behind the handshake, for the log.</summary>
    public long ReceivedBytes { get; set; }

    /// <summary>How it ended; decides X-Cache and the log.</summary>
    public ResultType ResultType { get; set; } = ResultType.Miss;

    /// <summary>The cache that had the answer, where one had it.</summary>
    public CacheLayer FoundIn { get; set; }

    /// <summary>
    /// The more exact word for the log: OriginConnectError, ClientHungUpRequest and so on (spec
    /// 2.14); null repeats <see cref="ResultType"/>.
    /// </summary>
    public string? DetailedResultType { get; set; }

    /// <summary>
    /// How old the object is in seconds, on hits; null where the edge adds no Age: at 0, on a miss, and once a
    /// viewer-response function has been given it (spec 3.11).
    /// </summary>
    public int? Age { get; set; }

    /// <summary>
    /// The status the ORIGIN gave, fresh or cached, or origin-request in its place; 0 without either. Decides whether viewer-response runs.
    /// </summary>
    public int OriginStatus { get; set; }

    /// <summary>
    /// Why the answer is not stored, as decided when its head came; null where nothing spoke against it, or it came from the cache, or no
    /// cache was asked.
    /// </summary>
    public NotStoredReason? NotStored { get; set; }

    /// <summary>The page that the viewer gets in an error's place; null for none.</summary>
    public CustomErrorPage? ErrorPage { get; set; }

    /// <summary>What is known of the origin that was asked; null if none was.</summary>
    public OriginReport? Origin { get; set; }

    /// <summary>A remark on an answer that the viewer gets as it is; null for nothing.</summary>
    public string? OriginNote { get; set; }

    /// <summary>The origin set a cookie, and the policies send none to it: the field was taken out (spec 3.2).</summary>
    public bool DroppedSetCookie { get; set; }

    /// <summary>A fault of Brink's own behind a function's failure; the log gets it, a page never does. Null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What the CloudFront function on viewer-request did, for the terminal and the log; null if none ran.</summary>
    public FunctionRun? ViewerRequestRun { get; set; }

    /// <summary>What the CloudFront function on viewer-response did; null if none ran.</summary>
    public FunctionRun? ViewerResponseRun { get; set; }

    /// <summary>What Lambda@Edge functions did, in order.</summary>
    public IReadOnlyList<LambdaRun> LambdaRuns => _lambdaRuns ?? (IReadOnlyList<LambdaRun>)[];

    /// <summary>
    /// Why an error page is sent, in words for the developer: the terminal, the log, a viewer on loopback. Null when nothing went wrong,
    /// or when a page comes from the cache.
    /// </summary>
    public string? ErrorDetail { get; set; }

    /// <summary>
    /// The viewer-response function runs on hits and misses alike, but not after a refusal, a redirect, a response of viewer-request, a
    /// failed function, or an ORIGIN status of 400 or more, whatever status the viewer gets (functions spec section 1).
    /// </summary>
    public bool RunsViewerResponse =>
        OriginStatus is > 0 and < 400
        && ResultType is (ResultType.Hit or ResultType.RefreshHit or ResultType.Miss or ResultType.LambdaGeneratedResponse);

    /// <summary>Notes what a Lambda@Edge function on a viewer event did.</summary>
    public void Note(LambdaRun run) => (_lambdaRuns ??= []).Add(run);

    /// <summary>Takes over what is known of the origin that was asked for this request.</summary>
    public void TakeOver(OriginReport report)
    {
        Origin = report;
        OriginNote = report.Note;
        ErrorDetail = report.ErrorDetail;
        DetailedResultType = report.Failure?.ToString();
        AddRunsOf(report);
    }

    /// <summary>Takes over what functions did at the origin of a page. The origin that the log names is that of the error.</summary>
    public void TakeOverPage(OriginReport report)
    {
        Origin ??= report;
        AddRunsOf(report);
    }

    private void AddRunsOf(OriginReport report)
    {
        if (report.LambdaRuns is { Count: > 0 } runs)
            (_lambdaRuns ??= []).AddRange(runs);
    }
}
