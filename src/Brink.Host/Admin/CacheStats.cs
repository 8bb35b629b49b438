using Brink.Edge.Cache.Operating;
using Brink.Edge.Metrics;

namespace Brink.Host.Admin;

/// <summary>What the caches hold, and what became of requests since the start.</summary>
internal sealed record CacheStats(IReadOnlyList<TierStats> Tiers, IReadOnlyList<DistributionStats> Distributions)
{
    /// <summary>What the caches hold now, and what became of requests since then.</summary>
    public CacheStats Since(CacheStats then)
    {
        var before = then.Distributions.ToDictionary(each => each.Distribution, StringComparer.Ordinal);
        return this with { Distributions = [.. Distributions.Select(each => each.Since(before.GetValueOrDefault(each.Distribution)))] };
    }
}

/// <summary>What became of the requests of a distribution.</summary>
/// <param name="Distribution">Its id.</param>
/// <param name="Requests">All of them.</param>
/// <param name="Hits">Those that a tier answered from what it had.</param>
/// <param name="RefreshHits">Those whose object was asked about, and still held.</param>
/// <param name="Misses">Those for which the origin sent the object.</param>
/// <param name="Others">Errors, redirects, answers of functions.</param>
/// <param name="HitRatio">Hits among hits, refresh hits and misses; null without any.</param>
/// <param name="BodyBytes">Bytes of bodies that viewers took.</param>
internal sealed record DistributionStats(
    string Distribution, long Requests, long Hits, long RefreshHits, long Misses, long Others, double? HitRatio, long BodyBytes)
{
    /// <summary>What became of those since then. A process that began since counts from its start.</summary>
    public DistributionStats Since(DistributionStats? then) => then is null || then.Requests > Requests
        ? this
        : Of(
            Distribution, Requests - then.Requests, Hits - then.Hits, RefreshHits - then.RefreshHits, Misses - then.Misses,
            BodyBytes - then.BodyBytes);

    /// <summary>From the counters of an edge.</summary>
    public static IReadOnlyList<DistributionStats> Of(EdgeCounters counters)
    {
        var all = counters.All.ToLookup(counter => counter.Name, StringComparer.Ordinal);
        var bytes = all["brink_response_body_bytes_total"]
            .ToDictionary(counter => Label(counter, "distribution"), counter => counter.Value, StringComparer.Ordinal);
        return
        [
            .. all["brink_requests_total"].GroupBy(counter => Label(counter, "distribution"), StringComparer.Ordinal)
                .Select(each => Of(each.Key, each.ToList(), bytes.GetValueOrDefault(each.Key))),
        ];
    }

    private static DistributionStats Of(string id, IReadOnlyList<Counter> requests, long bodyBytes)
    {
        long Sum(string type) => requests.Where(counter => Label(counter, "result_type") == type).Sum(counter => counter.Value);
        return Of(id, requests.Sum(counter => counter.Value), Sum("Hit"), Sum("RefreshHit"), Sum("Miss"), bodyBytes);
    }

    private static DistributionStats Of(string id, long requests, long hits, long refreshHits, long misses, long bodyBytes)
    {
        var answered = hits + refreshHits + misses;
        double? ratio = answered == 0 ? null : Math.Round((double)hits / answered, 4);
        return new DistributionStats(id, requests, hits, refreshHits, misses, requests - answered, ratio, bodyBytes);
    }

    private static string Label(Counter counter, string name) => counter.Labels.First(label => label.Name == name).Value;
}
