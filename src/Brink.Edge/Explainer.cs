using System.Globalization;
using System.Text.Json;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Configuration;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Edge.Triggers;
using Brink.Http;
using Brink.PrivateContent;

namespace Brink.Edge;

/// <summary>
/// Explains what the caches would do with a request. As in <see cref="EdgePipeline"/> the gatekeepers look at it and the function on
/// viewer-request runs, since the key is of what that leaves. Then the caches are looked at, and neither asked nor changed.
/// </summary>
internal sealed class Explainer(CacheTiers tiers, IVerificationLimit signatures)
{
    /// <summary>The field with which a viewer on this machine asks for an explanation in place of an answer.</summary>
    public const string Header = "X-Brink-Explain";

    /// <summary>
    /// Whether the request asks for one; then the field, which is no part of the request, is gone. A proxy on this machine asks for viewers
    /// from elsewhere: one that is trusted, and one that says so, gets none.
    /// </summary>
    public static bool TakeQuestion(EdgeRequest request, Viewer viewer)
    {
        var headers = request.Headers;
        if (headers.Get(Header) is not "1" || !viewer.IsAtThisMachine
            || headers.Contains("X-Forwarded-For") || headers.Contains("Forwarded") || headers.Contains("Via"))
            return false;
        request.Headers.Remove(Header);
        return true;
    }

    /// <summary>The explanation as the answer. No log has a line of it.</summary>
    public async ValueTask AnswerAsync(Exchange exchange, Viewer viewer, CancellationToken cancellationToken)
    {
        var explanation = await ExplainAsync(exchange, cancellationToken);
        var json = JsonSerializer.SerializeToUtf8Bytes(explanation, ExplanationJson.Readable.Explanation);
        viewer.Begin(200, reason: null);
        viewer.Field("Content-Type", "application/json");
        viewer.Field("Cache-Control", "no-store");
        viewer.Frame(json.Length);
        if (exchange.Request.Method != "HEAD")
            await viewer.Body.WriteAsync(json, cancellationToken);
    }

    /// <summary>The explanation.</summary>
    public async ValueTask<Explanation> ExplainAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var sent = exchange.Request.Clone();
        if (Gatekeepers.Refusal(exchange, signatures, tiers.Caching) is { } refusal)
            return Before(
                exchange, $"the edge answers {Status(refusal)}: {exchange.ErrorDetail ?? exchange.ResultType.ToString()}", refusal);
        if (await ViewerTriggers.RequestAsync(exchange, cancellationToken) is { } generated)
            return Before(exchange, $"{NameOf(exchange)} on viewer-request answers {Status(generated)}", generated);
        return await OfCachesAsync(exchange, sent);
    }

    private async ValueTask<Explanation> OfCachesAsync(Exchange exchange, EdgeRequest sent)
    {
        var request = exchange.Regional;
        var parts = new KeyParts(request, sent, NameOf(exchange));
        request.ApplyDefaultRootObject();
        if (!EdgeCache.Keeps(request))
        {
            var reason = request.Protocol == RequestProtocol.WebSocket ? NotStoredReason.WebSocket : NotStoredReason.Method;
            return Begin(exchange, $"it goes past the caches to the origin {NextRequest.OriginOf(request)}") with { NotStored = reason };
        }
        var key = TextOf(CacheKey.For(request));
        var edge = await tiers.Edge.LookAsync(key, request);
        CacheLook? region = tiers.RegionFor(request) is { } regional ? await regional.LookAsync(key, request) : null;
        var entries = new List<TierEntry> { TierEntries.Of(TierEntries.Edge, edge, request, tiers.Caching) };
        if (region is { } look)
            entries.Add(TierEntries.Of(TierEntries.Region, look, request, tiers.Caching));
        var shield = await LookAtShieldAsync(request);
        if (shield is { } last)
            entries.Add(TierEntries.Of(TierEntries.Shield, last, request, tiers.Caching));
        var next = new NextRequest(request, edge, region, shield).Sentence(await tiers.Edge.LookInAnotherCodingAsync(request));
        return Begin(exchange, next) with
        {
            Key = parts.Of(edge.Key),
            NotInKey = [.. parts.LeftOut()],
            NotStored = request.Behavior.Behavior.CachePolicy.CachingDisabled ? NotStoredReason.CachingDisabled
                : request.Request.Method == "HEAD" ? NotStoredReason.Head
                : null,
            Tiers = [.. entries],
        };
    }

    // Of the first origin. One that has not been asked yet has nothing.
    private async ValueTask<CacheLook?> LookAtShieldAsync(RegionalRequest request)
    {
        var origin = request.Target.Primary;
        if (!tiers.HasShield(origin, request))
            return null;
        return tiers.Shield is { } shield
            ? await shield.LookAsync(TextOf(CacheKey.ForShield(request, origin)), request.AskingOnly(origin))
            : default(CacheLook);
    }

    private static string TextOf(CacheKey key)
    {
        var text = new string(key.Text);
        key.Release();
        return text;
    }

    private static Explanation Before(Exchange exchange, string what, EdgeResponse response)
    {
        response.Body.LetGo();
        return Begin(exchange, "it is answered in the same way, and the caches are not asked") with { AnsweredBefore = what };
    }

    private static Explanation Begin(Exchange exchange, string next)
    {
        var behavior = exchange.Behavior.Behavior;
        var policy = behavior.CachePolicy;
        return new Explanation
        {
            Distribution = exchange.Distribution.Distribution.Id,
            Behavior = behavior.PathPattern.Pattern,
            CachePolicy = policy.Name,
            ViewerRequest = NameOf(exchange),
            Ttl = string.Create(
                CultureInfo.InvariantCulture,
                $"MinTTL {policy.MinTtl.TotalSeconds}, DefaultTTL {policy.DefaultTtl.TotalSeconds}, MaxTTL {policy.MaxTtl.TotalSeconds}"),
            Next = next,
        };
    }

    private static string? NameOf(Exchange exchange) => exchange.Behavior.Triggers.ViewerRequest switch
    {
        ViewerTrigger.CloudFrontFunction(var function) => function.Name,
        ViewerTrigger.LambdaEdge(var trigger) => trigger.Function.Name,
        _ => null,
    };

    private static string Status(EdgeResponse response) => response.StatusCode.ToString(CultureInfo.InvariantCulture);
}
