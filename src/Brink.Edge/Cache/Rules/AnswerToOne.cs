using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// An answer to something that only this request asked, in a field that is not in the cache key: a condition that failed, a range that does
/// not exist. It goes to the viewer who asked and is shared with no other (distribution spec 3.2, 3.13).
/// </summary>
internal static class AnswerToOne
{
    private static readonly string[] Preferences = ["accept", "accept-language", "accept-charset", "accept-encoding"];
    private static readonly string[] Expectations = ["expect"];

    /// <summary>
    /// Whether the origin's answer is one. A function that gave it another status, or answered itself, changes nothing about that.
    /// </summary>
    public static bool Is(in FetchResult result, RegionalRequest asked) =>
        Is(result.OriginStatus, asked) || Is(result.Response.StatusCode, asked)
        || !asked.Body.IsEmpty; // the body of an OPTIONS is not in the key either

    private static bool Is(int status, RegionalRequest asked) => status switch
    {
        206 or 416 => true,
        // The edge's own question, which is about what it has stored, went out instead of the viewer's.
        304 or 412 when asked.Revalidation is not null => false,
        304 => true,
        412 => HasOutsideTheKey(ConditionFields.Names, asked),
        406 => HasOutsideTheKey(Preferences, asked),
        417 => HasOutsideTheKey(Expectations, asked),
        _ => false,
    };

    private static bool HasOutsideTheKey(string[] names, RegionalRequest asked)
    {
        var policy = asked.Behavior.Behavior.CachePolicy;
        foreach (var name in names)
        {
            if (asked.Request.Headers.Contains(name) && !IsInTheKey(name, policy))
                return true;
        }
        return false;
    }

    private static bool IsInTheKey(string name, CachePolicy policy) =>
        policy.Headers.Includes(name, StringComparison.OrdinalIgnoreCase)
        || (name == "accept-encoding" && (policy.EnableAcceptEncodingGzip || policy.EnableAcceptEncodingBrotli));
}
