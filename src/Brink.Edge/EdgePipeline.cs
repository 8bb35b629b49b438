using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Delivery;
using Brink.Edge.Listening;
using Brink.Edge.Origins;
using Brink.Edge.Requests;
using Brink.Edge.Triggers;
using Brink.Http;

namespace Brink.Edge;

/// <summary>
/// The life of one viewer request, top to bottom. Each trigger is one line on this page and nowhere else, so the order we promise is the order
/// you read. Error branches live inside the stages: each answers with a page, never with an exception.
/// </summary>
internal sealed class EdgePipeline
{
    private readonly EdgeCache _cache;
    private readonly OriginFetch _origin;
    private readonly ResponseWriter _writer;
    private readonly Fetch _fetch;
    private readonly AskOrigin _ask;

    public EdgePipeline(EdgeCache cache, OriginFetch origin, ResponseWriter writer)
    {
        (_cache, _origin, _writer) = (cache, origin, writer);
        (_fetch, _ask) = (FetchAsync, AskAsync); // one delegate each for all requests
    }

    /// <summary>Answers one request. The exchange was opened with the distribution by host and the behavior by path: that choice stands.</summary>
    public async ValueTask HandleAsync(Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        exchange.Response = Gatekeepers.Refusal(exchange)                           // protocol, method, body: no trigger runs
            ?? await FunctionTriggers.ViewerRequestAsync(exchange, cancellationToken)       // may answer: not cached, no viewer-response
            ?? await LookUpAsync(exchange, cancellationToken);

        if (exchange.RunsViewerResponse)                                            // not after a refusal, an answer of viewer-request,
            await FunctionTriggers.ViewerResponseAsync(exchange, cancellationToken);        // or an ORIGIN status of 400 or more

        await _writer.SendAsync(exchange, viewer, cancellationToken);             // standard headers, body, log
    }

    private ValueTask<EdgeResponse> LookUpAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        exchange.ApplyDefaultRootObject();
        var key = CacheKey.For(exchange.Behavior!.Behavior.CachePolicy, exchange.Distribution!.Distribution.Id, exchange.Request);
        return _cache.GetOrFetchAsync(key, exchange, _fetch, cancellationToken);
    }

    // The regional stage: on a miss, and when a stale object is asked about. A cache of the region's own goes before it.
    private ValueTask<FetchResult> FetchAsync(Exchange exchange, CancellationToken cancellationToken) =>
        Failover.SendAsync(exchange, _ask, cancellationToken);                      // a group's second origin where the first fails

    private async ValueTask<OriginOutcome> AskWithTriggersAsync(Origin origin, Exchange exchange, CancellationToken cancellationToken)
    {
        var (chosen, answer) = await FunctionTriggers.OriginRequestAsync(origin, exchange, _writer.Via, cancellationToken); // for each origin anew; the key stands
        if (answer is { } instead)
            return instead;                                                         // cached like an origin's: no origin-response

        var outcome = await _origin.AskAsync(chosen, exchange, cancellationToken);
        return await FunctionTriggers.OriginResponseAsync(chosen, outcome, exchange, cancellationToken); // any status; what it leaves is cached
    }

    // Without functions on origin events, nothing stands between the cache and the origin.
    private ValueTask<OriginOutcome> AskAsync(Origin origin, Exchange exchange, CancellationToken cancellationToken) =>
        exchange.Behavior!.Lambda is { RunsAtOrigin: true }
            ? AskWithTriggersAsync(origin, exchange, cancellationToken)
            : _origin.AskAsync(origin, exchange, cancellationToken);
}
