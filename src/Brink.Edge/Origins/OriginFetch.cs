using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Metrics;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// Asks an origin: once, or again after a failure where that is safe (distribution spec 2.2). A failure is a page and a name, never an
/// exception; only a viewer who left ends in <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class OriginFetch(
    string via, X509Certificate2Collection? authorities, bool passesInterimResponses, FillPlaces places, EdgeCounters counters,
    TimeProvider time)
    : IDisposable
{
    private readonly HttpOriginClient _http = new(via, authorities, passesInterimResponses, counters, time);

    public void Dispose() => _http.Dispose();

    /// <summary>Asks this origin, and no other.</summary>
    public ValueTask<OriginOutcome> AskAsync(Origin origin, RegionalRequest asked, CancellationToken cancellationToken)
    {
        (asked.Report.OriginId, asked.Report.Asked) = (origin.Id, new UpstreamTimes());
        return origin switch
        {
            CustomOrigin server => SendWithRetriesAsync(server, null, asked, cancellationToken),
            S3Origin bucket => AskBucketAsync(bucket, asked, cancellationToken),
            DirectoryOrigin folder => new ValueTask<OriginOutcome>(LocalDirectory.Read(folder, asked)),
            var other => throw new InvalidOperationException($"there is no client for an origin of type {other.GetType().Name}"),
        };
    }

    private async ValueTask<OriginOutcome> AskBucketAsync(S3Origin bucket, RegionalRequest asked, CancellationToken cancellationToken)
    {
        if (BucketRequest.For(bucket, asked, out var unsendable) is not { } request)
            return unsendable!;
        var outcome = await SendWithRetriesAsync(request.Server, request, asked, cancellationToken);
        if (outcome.Response is { StatusCode: 400 or 401 or 403 or 404 })
            return await BucketRefusal.NoteAsync(outcome, request, asked, cancellationToken);
        return outcome.Problem is { } problem && request.Server.DomainName != bucket.DomainName
            ? problem with { Detail = $"{bucket.DomainName}, at {problem.Detail}" }
            : outcome;
    }

    private ValueTask<OriginOutcome> SendWithRetriesAsync(
        CustomOrigin origin, BucketRequest? bucket, RegionalRequest asked, CancellationToken cancellationToken) =>
        IsFill(asked)
            ? FillAsync(origin, bucket, asked, cancellationToken)
            : AttemptAsync(origin, bucket, asked, cancellationToken);

    // Only what may be kept: other requests are the viewers' own, and a viewer has as many as it has streams.
    private static bool IsFill(RegionalRequest asked) =>
        asked is { Protocol: RequestProtocol.Http, Request.Method: "GET" or "HEAD" }
        && !asked.Behavior.Behavior.CachePolicy.CachingDisabled;

    private async ValueTask<OriginOutcome> FillAsync(
        CustomOrigin origin, BucketRequest? bucket, RegionalRequest asked, CancellationToken cancellationToken)
    {
        var port = origin.UsesHttps(asked.Request.IsHttps) ? origin.HttpsPort : origin.HttpPort;
        if (await places.TakeAsync(origin.DomainName, port, asked.Request.ClientIp, cancellationToken) is not { } place)
        {
            asked.Report.ErrorDetail = string.Create(
                CultureInfo.InvariantCulture, $"{origin.DomainName} has as many requests as it may have, and too many wait (--max-fills)");
            return new OriginOutcome(ErrorPages.Create(503, ErrorPages.Full, asked.Request.RequestId), null)
            {
                EndedBy = ResultType.LimitExceeded,
            };
        }
        using (place)
            return await AttemptAsync(origin, bucket, asked, cancellationToken);
    }

    private async ValueTask<OriginOutcome> AttemptAsync(
        CustomOrigin origin, BucketRequest? bucket, RegionalRequest asked, CancellationToken cancellationToken)
    {
        var body = asked.Body.ForOrigin();
        var idempotent = asked.Request.Method is "GET" or "HEAD";
        for (var attempt = 1; ; attempt++)
        {
            var outcome = await _http.SendAsync(origin, bucket, asked, body, cancellationToken);
            if (outcome.Problem is not { } problem || attempt >= origin.ConnectionAttempts)
                return outcome;

            // A connection that never came about has carried nothing, so any method may try again; after that only GET and HEAD, and never
            // with a body that is already partly read.
            var again = problem.Retry switch
            {
                Retry.Connect => body is not { WasRead: true },
                Retry.NoAnswer => idempotent && body is null,
                _ => false,
            };
            if (!again)
                return outcome;
        }
    }
}

/// <summary>Asks one origin, or answers in its place.</summary>
internal delegate ValueTask<OriginOutcome> AskOrigin(Origin origin, RegionalRequest asked, CancellationToken cancellationToken);

/// <summary>A response, or the problem there was instead.</summary>
internal readonly record struct OriginOutcome(EdgeResponse? Response, OriginProblem? Problem)
{
    /// <summary>The status that the origin gave, whatever a function made of it; that of the response where none was asked.</summary>
    public int OriginStatus { get; init; } = Response?.StatusCode ?? 0;

    /// <summary>How a Lambda@Edge function ended it, by answering in the origin's place or by failing; null if none did.</summary>
    public ResultType? EndedBy { get; init; }

    /// <summary>What the Origin Shield said, where it was asked in the origin's place.</summary>
    public FetchResult? OfShield { get; init; }

    public static implicit operator OriginOutcome(EdgeResponse response) => new(response, null);

    public static implicit operator OriginOutcome(OriginProblem problem) => new(null, problem);

    /// <summary>The outcome that the Origin Shield has of the origin.</summary>
    public static OriginOutcome From(in FetchResult shield) => shield.Failure is not { } failure
        ? new OriginOutcome(shield.Response, null) { OriginStatus = shield.OriginStatus, EndedBy = shield.EndedBy, OfShield = shield }
        : new OriginOutcome(null, new OriginProblem(failure, shield.Response.StatusCode, "", shield.Report?.ErrorDetail ?? ""))
        {
            OfShield = shield,
        };
}

/// <summary>Why there is no response.</summary>
/// <param name="Failure">The name for the log.</param>
/// <param name="Status">502 or 504; 400 when it was the viewer's body that could not be read.</param>
/// <param name="Cause">The text of the page (spec 3.12).</param>
/// <param name="Detail">For the developer.</param>
/// <param name="Retry">Whether another attempt makes sense.</param>
internal sealed record OriginProblem(OriginFailure Failure, int Status, string Cause, string Detail, Retry Retry = Retry.Never);

/// <summary>What kind of second attempt a problem allows.</summary>
internal enum Retry
{
    /// <summary>None.</summary>
    Never,
    /// <summary>No connection came about.</summary>
    Connect,
    /// <summary>
    /// The origin was connected and gave no answer: it took too long, or closed a kept connection just when it was used again.
    /// </summary>
    NoAnswer,
}
