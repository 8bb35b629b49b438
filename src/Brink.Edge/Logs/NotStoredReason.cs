namespace Brink.Edge.Logs;

/// <summary>
/// Why an answer of the origin is not stored in the cache (distribution spec 3.2-3.4, 3.13). Decided when its head is there: a body that
/// breaks off, or turns out too large, is not stored either.
/// </summary>
public enum NotStoredReason
{
    /// <summary>The method is one that is never cached: POST and the like, or OPTIONS where the behavior does not cache it.</summary>
    Method,
    /// <summary>A WebSocket handshake, whatever the origin answered.</summary>
    WebSocket,
    /// <summary>The policy's MaxTTL is 0.</summary>
    CachingDisabled,
    /// <summary>A HEAD that missed: its answer has no body.</summary>
    Head,
    /// <summary>A function failed.</summary>
    FunctionFailure,
    /// <summary>The origin was not asked: it had as many requests as it may have.</summary>
    LimitExceeded,
    /// <summary>The answer depends on a condition, a range or another field outside the cache key.</summary>
    AnswerToOneRequest,
    /// <summary>The status is not one that is cached: a 1xx, or an error that is not kept.</summary>
    Status,
    /// <summary>Cache-Control of the origin forbids it, and MinTTL is 0.</summary>
    CacheControl,
    /// <summary>The time that the error is kept is 0.</summary>
    ErrorCachingMinTtl,
    /// <summary>The body is larger than what is kept.</summary>
    TooLarge,
    /// <summary>A part of an object without a strong entity tag and Last-Modified: what it is a part of cannot be told.</summary>
    NoVersion,
    /// <summary>By the RFC's rules: an answer to one user's Authorization, which nothing in it makes one for all.</summary>
    Authorization,
    /// <summary>By the RFC's rules: Vary names more fields, or longer ones, than are told apart.</summary>
    Vary,
}
