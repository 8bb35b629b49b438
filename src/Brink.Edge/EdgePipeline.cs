using Brink.Edge.Cache;
using Brink.Edge.Origins;
using Brink.Edge.Viewers;
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
    private readonly Delivery _delivery;
    private readonly Fetch _fetch;

    public EdgePipeline(EdgeCache cache, OriginFetch origin, Delivery delivery)
    {
        (_cache, _origin, _delivery) = (cache, origin, delivery);
        _fetch = FetchAsync; // one delegate for all requests
    }

    /// <summary>Answers one request. The exchange was opened with the distribution by host and the behavior by path: that choice stands.</summary>
    public async ValueTask HandleAsync(Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        exchange.Response = Gatekeepers.Refusal(exchange)                           // protocol, method, body: no trigger runs
            ?? await Triggers.ViewerRequestAsync(exchange, cancellationToken)       // may answer: not cached, no viewer-response
            ?? await LookUpAsync(exchange, cancellationToken);

        if (exchange.RunsViewerResponse)                                            // not after a refusal, an answer of viewer-request,
            await Triggers.ViewerResponseAsync(exchange, cancellationToken);        // or an ORIGIN status of 400 or more

        await _delivery.SendAsync(exchange, viewer, cancellationToken);             // standard headers, body, log
    }

    private ValueTask<EdgeResponse> LookUpAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        exchange.ApplyDefaultRootObject();
        var key = CacheKey.For(exchange.Behavior!.Behavior.CachePolicy, exchange.Distribution!.Distribution.Id, exchange.Request);
        return _cache.GetOrFetchAsync(key, exchange, _fetch, cancellationToken);
    }

    private ValueTask<FetchResult> FetchAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        // Lambda@Edge's origin-request goes here: it may answer instead of the origin, which is cached and skips origin-response (spec 1.1, stage 14).
        return _origin.SendAsync(exchange, cancellationToken);
        // And origin-response here: it sees errors too, and what it leaves is what is cached (stage 16).
    }
}
