using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache.Explaining;

/// <summary>What the next request would do, in one sentence: the decisions of <see cref="EdgeCache"/>, in their order.</summary>
/// <param name="request">The request.</param>
/// <param name="edge">What the edge's cache has.</param>
/// <param name="region">What the regional edge cache has; null where the request does not go there.</param>
/// <param name="shield">What the Origin Shield has; null where the request does not go there.</param>
internal sealed class NextRequest(RegionalRequest request, CacheLook edge, CacheLook? region, CacheLook? shield)
{
    /// <summary>The sentence.</summary>
    /// <param name="otherCoding">
    /// The object of the edge that answers where there is none under the request's own key; null for none.
    /// </param>
    public string Sentence(CachedObject? otherCoding)
    {
        if (edge.Answers)
            return edge.IsOnDisk ? "the edge's cache reads it from disk, and answers: Hit" : "the edge's cache answers: Hit";
        if (!edge.IsUsable && otherCoding is not null)
            return $"the edge's cache answers with what it has in {otherCoding.Head.ContentEncoding}: Hit";
        if (edge is { IsUsable: true, Stored.Head.IsError: false })
        {
            if (edge.IsOriginLeftAlone)
                return "the edge's cache answers with the stale object, since the origin failed a moment ago";
            if (edge.IsServedWhileRefreshed)
                return $"the edge's cache answers with the stale object (stale-while-revalidate), and meanwhile asks {Behind(edge.Stored)}";
            return $"the edge's cache asks {Behind(edge.Stored)}";
        }
        return edge.IsAskedFor
            ? "it waits for the request that is under way, and shares its answer"
            : $"the edge's cache asks {Behind(null)}";
    }

    private string Behind(CachedObject? stale) =>
        region is { } behind ? Of("the regional edge cache", behind, BehindRegion) : BehindRegion(stale);

    private string BehindRegion(CachedObject? stale) =>
        shield is { } behind ? Of($"the Origin Shield of {request.Target.Primary.Id}", behind, Origin) : Origin(stale);

    private static string Of(string name, in CacheLook look, Func<CachedObject?, string> behind) =>
        look.Answers ? look.IsOnDisk ? $"{name}, which reads it from disk, and answers" : $"{name}, which answers"
        : look.IsAskedFor ? $"{name}, which is asking already"
        : $"{name}, which asks {behind(look.IsUsable ? look.Stored : null)}";

    private string Origin(CachedObject? stale)
    {
        var origin = $"the origin {OriginOf(request)}";
        return stale?.Head.Revalidation is { } copy
            ? $"{origin} whether {copy.ETag ?? copy.LastModified} still holds"
            : $"{origin} for the whole";
    }

    /// <summary>The origin, or both of a group.</summary>
    public static string OriginOf(RegionalRequest request) =>
        request.Target.Secondary is { } secondary ? $"{request.Target.Primary.Id} (or {secondary.Id})" : request.Target.Primary.Id;
}
