using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// An answer to something that only this request asked, in a field that is not in the cache key: a condition that failed, a range that does not exist.
/// It goes to the viewer who asked and is shared with no other (distribution spec 3.2, 3.13).
/// </summary>
internal static class AnswerToOne
{
    private static readonly string[] Conditions = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
    private static readonly string[] Preferences = ["accept", "accept-language", "accept-charset", "accept-encoding"];
    private static readonly string[] Expectations = ["expect"];

    /// <summary>Whether the origin's answer is one. A function that gave it another status, or answered itself, changes nothing about that.</summary>
    public static bool Is(in FetchResult result, Exchange exchange) =>
        Is(result.OriginStatus, exchange) || Is(result.Response.StatusCode, exchange)
        || exchange.RequestBody != Stream.Null; // the body of an OPTIONS is not in the key either

    private static bool Is(int status, Exchange exchange) => status switch
    {
        206 or 416 => true,
        // The edge's own question, which is about what it has stored, went out instead of the viewer's.
        304 or 412 when exchange.Revalidation is not null => false,
        304 => true,
        412 => HasOutsideTheKey(Conditions, exchange),
        406 => HasOutsideTheKey(Preferences, exchange),
        417 => HasOutsideTheKey(Expectations, exchange),
        _ => false,
    };

    private static bool HasOutsideTheKey(string[] names, Exchange exchange)
    {
        var policy = exchange.Behavior!.Behavior.CachePolicy;
        foreach (var name in names)
        {
            if (exchange.Request.Headers.Contains(name) && !IsInTheKey(name, policy))
                return true;
        }
        return false;
    }

    private static bool IsInTheKey(string name, CachePolicy policy) =>
        policy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase)
        || (name == "accept-encoding" && (policy.EnableAcceptEncodingGzip || policy.EnableAcceptEncodingBrotli));
}
