using System.Diagnostics;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>A content coding that the edge can give a body.</summary>
internal enum ContentCoding
{
    /// <summary><c>gzip</c>.</summary>
    Gzip,

    /// <summary><c>br</c>.</summary>
    Brotli,
}

/// <summary>An object that the edge itself has compressed.</summary>
/// <param name="Coding">The coding of its body.</param>
/// <param name="OriginETag">
/// The entity tag as the origin sent it, or null. The origin is asked with it whether the object still holds: what viewers get is weakened
/// or missing, and many origins compare letter by letter.
/// </param>
internal readonly record struct EdgeCoding(ContentCoding Coding, string? OriginETag);

/// <summary>Names of codings, and which one a request gets.</summary>
internal static class ContentCodings
{
    /// <summary>The name on the wire.</summary>
    public static string Token(this ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Brotli => "br",
        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// The coding for an answer to this request: the best that the viewer offers of those that the policy enables; null for none. A policy
    /// that lists Accept-Encoding as a key header has none, and HTTP/1.0 offers none (distribution spec 3.1).
    /// </summary>
    public static ContentCoding? For(CachePolicy policy, EdgeRequest request) =>
        policy.CachingDisabled || policy.Headers.Includes("accept-encoding", StringComparison.OrdinalIgnoreCase)
            ? null
            : AcceptEncodingOffers.Read(policy, request) switch
            {
                AcceptEncodingOffer.BrotliGzip or AcceptEncodingOffer.Brotli => ContentCoding.Brotli,
                AcceptEncodingOffer.Gzip => ContentCoding.Gzip,
                _ => null,
            };
}
