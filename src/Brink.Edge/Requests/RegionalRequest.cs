using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Functions;
using Brink.Http;

namespace Brink.Edge.Requests;

/// <summary>
/// A request as the caches, the functions on origin events and the origins see it: the viewer's, as viewer-request leaves it, and what
/// was decided about it. Of the viewer's connection it holds the body at most, and a detached copy not even that, so that it can outlive
/// its viewer, or go to a cache in another place.
/// </summary>
internal sealed class RegionalRequest
{
    private OriginTarget? _chosenTarget;
    private OriginReport? _report;

    /// <summary>The request as the viewer-request function left it.</summary>
    public required EdgeRequest Request { get; init; }

    /// <summary>The distribution.</summary>
    public required LiveDistribution Distribution { get; init; }

    /// <summary>Chosen by the original path; a rewritten URI does not move it.</summary>
    public required LiveBehavior Behavior { get; init; }

    /// <summary>The path as the viewer sent it: what invalidations match too, and what the log shows.</summary>
    public required string OriginalUri { get; init; }

    /// <summary>The query as the viewer sent it.</summary>
    public required string? OriginalQueryString { get; init; }

    /// <summary>What is spoken with the origin. Default HTTP.</summary>
    public RequestProtocol Protocol { get; init; }

    /// <summary>How S3 buckets are reached.</summary>
    public S3Settings S3 { get; init; } = S3Settings.Default;

    /// <summary>Where this edge stands, for functions.</summary>
    public EdgeLocation EdgeLocation { get; init; } = EdgeLocation.Default;

    /// <summary>When the head of the request had been read.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The body that the viewer sends.</summary>
    public RequestBody Body { get; init; } = RequestBody.None;

    /// <summary>Who gets interim responses of the origin.</summary>
    public InterimRoute Interim { get; init; }

    /// <summary>What was done, where that is recorded; else null.</summary>
    public List<RequestStep>? Steps { get; init; }

    /// <summary>
    /// Where the request goes when no cache answers: what a viewer-request function chose, else the behavior's own. No
    /// part of the cache key (functions spec 7.1).
    /// </summary>
    public OriginTarget Target
    {
        get => _chosenTarget ?? Behavior.Target;
        set => _chosenTarget = value;
    }

    /// <summary>
    /// The validators of the copy in the cache that asks, which wants the whole only if that has changed. Null: it has no copy.
    /// </summary>
    public Revalidation? Revalidation { get; private set; }

    /// <summary>
    /// The request as the origin gets it, apart from the origin's own custom headers: what Lambda@Edge functions on origin events see, and
    /// change. Null where there are none: then it is made of <see cref="Request"/> when it is sent.
    /// </summary>
    public EdgeRequest? OriginRequest { get; set; }

    /// <summary>What is known of the origin.</summary>
    public OriginReport Report => _report ??= new OriginReport();

    /// <summary>The report, if there is anything in it.</summary>
    public OriginReport? ReportIfAny => _report;

    /// <summary>
    /// The same request from a cache that has a copy with these validators, or none. It shares body, steps and report with this one.
    /// </summary>
    public RegionalRequest AskingWith(Revalidation? revalidation) =>
        Copy(Revalidation is null ? Request : WithoutConditions(), Body, Steps, Report, revalidation);

    /// <summary>The same request for one of its origins alone.</summary>
    public RegionalRequest AskingOnly(Origin origin)
    {
        var asking = Copy(Request, Body, Steps, Report, Revalidation);
        asking._chosenTarget = origin;
        return asking;
    }

    /// <summary>The same request for another part than the viewer's, from the first byte of a slice on.</summary>
    /// <param name="from">The first byte.</param>
    /// <param name="to">The byte after the last one; null for the end.</param>
    public RegionalRequest AskingForPart(long from, long? to)
    {
        var request = Request.Clone();
        request.Headers.Set("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{to - 1}"));
        return Copy(request, Body, Steps, Report, revalidation: null);
    }

    /// <summary>
    /// A request of a cache's own for a part of this version of the object: of another version the whole is the answer (RFC 9110 section
    /// 13.1.5).
    /// </summary>
    public RegionalRequest AskingForPart(long from, long to, Revalidation version)
    {
        var request = WithoutConditions();
        request.Method = "GET";
        request.Headers.Set("Range", string.Create(CultureInfo.InvariantCulture, $"bytes={from}-{to - 1}"));
        request.Headers.Set("If-Range", version.ETag ?? version.LastModified!);
        return Copy(request, RequestBody.None, steps: null, report: null, revalidation: null);
    }

    /// <summary>A copy without body that outlives the viewer's request.</summary>
    public RegionalRequest Detach(Revalidation? revalidation) => Copy(
        Revalidation is null ? Request.Clone() : WithoutConditions(),
        RequestBody.Of(Request.Method, Stream.Null, null),
        Steps is null ? null : [],
        report: null,
        revalidation);

    /// <summary>
    /// A request of the edge's own, without body, for another object of the distribution. It shares the steps with this one.
    /// </summary>
    public RegionalRequest AskingFor(EdgeRequest request) => new()
    {
        Request = request,
        Distribution = Distribution,
        Behavior = Distribution.BehaviorFor(request.Uri),
        OriginalUri = request.Uri,
        OriginalQueryString = request.QueryString,
        S3 = S3,
        EdgeLocation = EdgeLocation,
        StartedAt = StartedAt,
        Steps = Steps,
    };

    /// <summary>
    /// Exactly <c>/</c> becomes the default root object, for every method, as viewer-request left the URI (spec 1.1, stage 8).
    /// </summary>
    public void ApplyDefaultRootObject()
    {
        if (Request.Uri == "/" && Distribution.Distribution.DefaultRootObject is { Length: > 0 } root)
            Request.Uri = "/" + root;
    }

    private RegionalRequest Copy(
        EdgeRequest request, RequestBody body, List<RequestStep>? steps, OriginReport? report, Revalidation? revalidation) => new()
    {
        Request = request,
        Distribution = Distribution,
        Behavior = Behavior,
        OriginalUri = OriginalUri,
        OriginalQueryString = OriginalQueryString,
        Protocol = Protocol,
        S3 = S3,
        EdgeLocation = EdgeLocation,
        StartedAt = StartedAt,
        Body = body,
        Steps = steps,
        Interim = Interim,
        _chosenTarget = _chosenTarget,
        _report = report,
        Revalidation = revalidation,
    };

    // A cache that asks with validators of its own has answered the viewer's conditions, or will: they say nothing of its copy.
    private EdgeRequest WithoutConditions()
    {
        var request = Request.Clone();
        foreach (var name in ConditionFields.Names)
            request.Headers.Remove(name);
        return request;
    }

    /// <summary>Records a step, where steps are recorded.</summary>
    public void Note(RequestStepKind kind, string? detail = null) => Steps?.Add(new RequestStep(kind, detail));
}
