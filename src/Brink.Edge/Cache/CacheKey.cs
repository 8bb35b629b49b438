using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>What an object is cached under (distribution spec 3.1). Handing it to the cache hands over its buffer too.</summary>
internal readonly struct CacheKey
{
    public static CacheKey For(CachePolicy policy, string distributionId, EdgeRequest request) => default;
}
