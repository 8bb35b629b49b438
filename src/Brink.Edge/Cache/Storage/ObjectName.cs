using System.Collections.Immutable;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;
using Brink.PrivateContent;

namespace Brink.Edge.Cache.Storage;

/// <summary>What invalidations call an object by (distribution spec 3.14).</summary>
/// <param name="DistributionId">The distribution that it belongs to.</param>
/// <param name="ViewerTarget">The path as the viewer sent it, with its query where queries are in the cache key.</param>
/// <param name="Target">The same as viewer-request left it, with the part of the query that is in the cache key.</param>
/// <param name="Tags">The tags that the origin gave it; empty for none.</param>
internal sealed record ObjectName(string DistributionId, string ViewerTarget, string Target, ImmutableArray<string> Tags)
{
    /// <summary>That of a slice: an invalidation means the object that it belongs to, never the slice.</summary>
    public static ObjectName OfSlice { get; } = new("", "", "", []);

    /// <summary>Characters held, for the size of the object.</summary>
    public int Length => ViewerTarget.Length + (ReferenceEquals(ViewerTarget, Target) ? 0 : Target.Length) + Tags.Sum(tag => tag.Length);

    /// <summary>The name of what this request gets in answer.</summary>
    public static ObjectName Of(RegionalRequest request, EdgeResponse response) =>
        Of(request, CacheTags.Of(request.Distribution.Distribution, response.Headers));

    /// <summary>The same without what only the answer says.</summary>
    public static ObjectName Of(RegionalRequest request) => Of(request, []);

    private static ObjectName Of(RegionalRequest request, ImmutableArray<string> tags)
    {
        var policy = request.Behavior.Behavior.CachePolicy;
        var viewerTarget = ViewerTargetOf(request);
        var target = Join(request.Request.Uri, new ForwardedItems(policy, null).QueryString(request.Request));
        return new ObjectName(
            request.Distribution.Distribution.Id, viewerTarget, target == viewerTarget ? viewerTarget : target, tags);
    }

    /// <summary>The path as the viewer sent it, with its query where queries are in the cache key.</summary>
    public static string ViewerTargetOf(RegionalRequest request)
    {
        var query = request.Behavior.Behavior.CachePolicy.QueryStrings.Selection == ItemSelection.None ? null
            : request.Behavior.SignatureCheck is null ? request.OriginalQueryString
            : SignedQuery.Without(request.OriginalQueryString); // spec 3.14: invalidations leave the signature off
        return Join(request.OriginalUri, query);
    }

    private static string Join(string path, string? query) => query is null ? path : $"{path}?{query}";
}
