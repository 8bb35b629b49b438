using System.Globalization;
using System.Text;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Delivery;

/// <summary>
/// What the edge says of an answer in Server-Timing (distribution spec 2.7): only what is true of it. An answer that no cache was asked
/// for (a redirect, a refusal, a function's) has no metric of the cache; times of the origin are there where they were measured.
/// </summary>
/// <param name="Text">The metrics, in AWS's order.</param>
/// <param name="IsHit">Whether the answer came from the cache.</param>
internal sealed record ServerTiming(string Text, bool IsHit)
{
    /// <summary>The metrics of an answer; null where it gets none.</summary>
    /// <param name="rules">The rules of the behavior; null for none.</param>
    /// <param name="exchange">The request and its answer.</param>
    /// <param name="pop">The location in X-Amz-Cf-Pop.</param>
    /// <param name="sampler">Chooses those that get it.</param>
    /// <param name="time">The clock of the exchange.</param>
    public static ServerTiming? For(ResponseHeaderRules? rules, Exchange exchange, string pop, Sampler sampler, TimeProvider time)
    {
        if (rules?.Policy.ServerTiming is not { } sampling)
            return null;
        if (!IsAskedFor(exchange.Request.Headers) && !sampler.TakesNext(sampling.PerMillion))
            return null;
        var isHit = exchange.ResultType is ResultType.Hit or ResultType.RefreshHit;
        return new ServerTiming(TextOf(exchange, pop, time.GetElapsedTime(exchange.StartTimestamp)), isHit);
    }

    private static bool IsAskedFor(HeaderList headers)
    {
        for (var at = headers.IndexOf("Pragma"); at >= 0; at = headers.IndexOf("Pragma", at + 1))
        {
            if (PolicyFields.Lists(headers[at].Value, "server-timing"))
                return true;
        }
        return false;
    }

    private static string TextOf(Exchange exchange, string pop, TimeSpan sinceRequest)
    {
        var upstream = exchange.ResultType == ResultType.Hit ? null : exchange.Origin?.Asked;
        var isMiss = upstream is not null && exchange.ResultType != ResultType.RefreshHit;
        var text = new StringBuilder(192);
        if (isMiss)
            text.Append("cdn-upstream-layer;desc=\"").Append(NameOf(exchange.Origin!.AskedBy)).Append("\",");
        if (upstream is not null)
            Append(text, upstream);
        text.Append(exchange.ResultType switch
        {
            ResultType.Hit => "cdn-cache-hit,",
            ResultType.RefreshHit => "cdn-cache-refresh,",
            _ => isMiss ? "cdn-cache-miss," : "",
        });
        text.Append("cdn-pop;desc=\"").Append(pop).Append("\",cdn-rid;desc=\"").Append(exchange.Request.RequestId).Append('"');
        if (exchange.ResultType == ResultType.Hit)
            text.Append(",cdn-hit-layer;desc=\"").Append(NameOf(exchange.FoundIn)).Append('"');
        return Append(text.Append(','), "cdn-downstream-fbl", sinceRequest).ToString();
    }

    private static string NameOf(CacheLayer layer) => layer switch
    {
        CacheLayer.OriginShield => "Origin Shield",
        CacheLayer.Region => "REC",
        _ => "EDGE",
    };

    private static void Append(StringBuilder text, UpstreamTimes times)
    {
        if (times.Resolving is { } resolving)
            Append(text, "cdn-upstream-dns", resolving).Append(',');
        if (times.Connecting is { } connecting)
            Append(text, "cdn-upstream-connect", connecting).Append(',');
        if (times.FirstByte is { } firstByte)
            Append(text, "cdn-upstream-fbl", firstByte).Append(',');
    }

    private static StringBuilder Append(StringBuilder text, string metric, TimeSpan time) =>
        text.Append(metric).Append(";dur=").Append(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}");
}
