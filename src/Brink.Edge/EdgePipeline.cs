using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Delivery;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Origins;
using Brink.Edge.Requests;
using Brink.Edge.Triggers;
using Brink.Http;
using Brink.PrivateContent;

namespace Brink.Edge;

/// <summary>
/// The life of one viewer request, top to bottom. Each trigger is one line on this page and nowhere else, so the order we promise is the
/// order you read. Error branches live inside the stages: each answers with a page, never with an exception.
/// </summary>
internal sealed class EdgePipeline
{
    private readonly CacheTiers _tiers;
    private readonly OriginFetch _origin;
    private readonly ResponseWriter _writer;
    private readonly IVerificationLimit _signatures;
    private readonly TimeProvider _time;
    private readonly Fetch _fetch, _fetchOfRegion, _fetchOfShield;
    private readonly AskOrigin _ask, _askPastShield;

    public EdgePipeline(CacheTiers tiers, OriginFetch origin, ResponseWriter writer, IVerificationLimit signatures, TimeProvider time)
    {
        (_tiers, _origin, _writer, _signatures, _time) = (tiers, origin, writer, signatures, time);
        // One delegate each for all requests.
        (_fetch, _fetchOfRegion, _fetchOfShield) = (FetchAsync, FetchForRegionAsync, FetchForShieldAsync);
        (_ask, _askPastShield) = (AskAsync, AskOriginAsync);
    }

    /// <summary>
    /// Answers one request. The exchange was opened with the distribution by host and the behavior by path: that choice stands.
    /// </summary>
    public async ValueTask HandleAsync(Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        exchange.Response = Gatekeepers.Refusal(exchange, _signatures, _tiers.Caching) // country, protocol, signature...: no trigger runs
            ?? await ViewerTriggers.RequestAsync(exchange, cancellationToken)       // may answer: not cached, no viewer-response
            ?? await LookUpAsync(exchange, cancellationToken);

        if (CustomErrors.PageFor(exchange) is { } page)                             // an error that has a page gives way to it
            await FetchPageAsync(page, exchange, viewer, cancellationToken);
        else if (exchange.RunsViewerResponse)                                       // not after a refusal, an answer of viewer-request,
            await ViewerTriggers.ResponseAsync(exchange, cancellationToken);        // or an ORIGIN status of 400 or more

        await _writer.SendAsync(exchange, viewer, cancellationToken);               // standard headers, headers policy, body, log
    }

    private async ValueTask<EdgeResponse> LookUpAsync(Exchange exchange, CancellationToken cancellationToken) =>
        Take(await AskCacheAsync(exchange.Regional, cancellationToken), exchange);

    // The page is an object like any other, with behavior, cache and origin of its own. It has no viewer, so no viewer event, and no page.
    private async ValueTask FetchPageAsync(CustomErrorPage page, Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        UnsentBody.ReadAway(exchange.Response!.Body, _time);
        var request = CustomErrors.RequestFor(page, exchange, viewer);
        CustomErrors.Replace(exchange, page, await AskCacheAsync(request, cancellationToken), _time);
    }

    private ValueTask<CacheAnswer> AskCacheAsync(RegionalRequest request, CancellationToken cancellationToken)
    {
        request.ApplyDefaultRootObject();
        return _tiers.Edge.GetOrFetchAsync(CacheKey.For(request), request, _fetch, cancellationToken);
    }

    // What the cache says about its answer.
    private static EdgeResponse Take(in CacheAnswer answer, Exchange exchange)
    {
        (exchange.ResultType, exchange.OriginStatus, exchange.Age) = (answer.ResultType, answer.OriginStatus, answer.Age);
        (exchange.NotStored, exchange.DroppedSetCookie) = (answer.NotStored, answer.DroppedSetCookie);
        exchange.FoundIn = answer.FoundBehind ?? CacheLayer.Edge;
        if (answer.Report is { } report)
            exchange.TakeOver(report);
        if (answer is { FoundBehind: CacheLayer.OriginShield, ResultType: ResultType.Hit })
            exchange.DetailedResultType = "OriginShieldHit";
        exchange.OriginNote ??= answer.Note;
        return answer.Response;
    }

    // The regional half: on a miss, and when a stale object is asked about.
    private ValueTask<FetchResult> FetchAsync(RegionalRequest request, CancellationToken cancellationToken) =>
        _tiers.RegionFor(request) is { } region
            ? AskRegionAsync(region, request, cancellationToken)                    // the regional edge cache answers, or asks on
            : FetchDirectlyAsync(request, cancellationToken);

    private async ValueTask<FetchResult> FetchDirectlyAsync(RegionalRequest request, CancellationToken cancellationToken)
    {
        var result = await FetchOriginAsync(request, cancellationToken);
        _tiers.NoteAnswered(request, result);                                       // by the RFC, POST and the like end what was cached
        return result;
    }

    private async ValueTask<FetchResult> AskRegionAsync(EdgeCache region, RegionalRequest request, CancellationToken cancellationToken)
    {
        request.Note(RequestStepKind.AskedRegion);
        return (await region.GetOrFetchAsync(CacheKey.For(request), request, _fetchOfRegion, cancellationToken))
            .ToFetchResult(CacheLayer.Region);
    }

    private ValueTask<FetchResult> FetchForRegionAsync(RegionalRequest request, CancellationToken cancellationToken)
    {
        request.Report.AskedBy = CacheLayer.Region;
        return FetchOriginAsync(request, cancellationToken);
    }

    private ValueTask<FetchResult> FetchOriginAsync(RegionalRequest request, CancellationToken cancellationToken) =>
        Failover.SendAsync(request, _ask, cancellationToken);                       // a group's second origin where the first fails

    // An origin, or its Origin Shield in its place.
    private ValueTask<OriginOutcome> AskAsync(Origin origin, RegionalRequest request, CancellationToken cancellationToken) =>
        _tiers.ShieldFor(origin, request) is { } shield
            ? AskShieldAsync(shield, origin, request, cancellationToken)            // the shield answers, or asks on
            : AskOriginAsync(origin, request, cancellationToken);

    private async ValueTask<OriginOutcome> AskShieldAsync(
        EdgeCache shield, Origin origin, RegionalRequest request, CancellationToken cancellationToken)
    {
        request.Note(RequestStepKind.AskedShield, origin.Id);
        var (key, asking) = (CacheKey.ForShield(request, origin), request.AskingOnly(origin));
        return OriginOutcome.From((await shield.GetOrFetchAsync(key, asking, _fetchOfShield, cancellationToken))
            .ToFetchResult(CacheLayer.OriginShield));
    }

    private async ValueTask<FetchResult> FetchForShieldAsync(RegionalRequest request, CancellationToken cancellationToken)
    {
        request.Report.AskedBy = CacheLayer.OriginShield;
        var result = await Failover.SendAsync(request, _askPastShield, cancellationToken);
        return result with { IsForOthersToKeep = result.Failure is not null };
    }

    private async ValueTask<OriginOutcome> AskWithTriggersAsync(Origin origin, RegionalRequest request, CancellationToken cancellationToken)
    {
        // For each origin anew; the key stands.
        var (chosen, answer) = await OriginTriggers.RequestAsync(origin, request, _writer.Via, cancellationToken);
        if (answer is { } instead)
            return instead;                                                         // cached like an origin's: no origin-response

        var outcome = await _origin.AskAsync(chosen, request, cancellationToken);
        return await OriginTriggers.ResponseAsync(chosen, outcome, request, cancellationToken); // any status; what it leaves is cached
    }

    // Without functions on origin events, nothing stands between the cache and the origin.
    private ValueTask<OriginOutcome> AskOriginAsync(Origin origin, RegionalRequest request, CancellationToken cancellationToken)
    {
        request.Note(RequestStepKind.AskedOrigin, origin.Id);
        var asking = request.Behavior.Triggers.RunAtOrigin
            ? AskWithTriggersAsync(origin, request, cancellationToken)
            : _origin.AskAsync(origin, request, cancellationToken);
        return request.Steps is null ? asking : Failover.NoteAsync(request, asking);
    }
}
