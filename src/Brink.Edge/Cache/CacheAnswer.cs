using System.Globalization;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>What a cache answers, and what it says about the answer.</summary>
/// <param name="Response">The response. A <see cref="WritableBody"/> in it is to be written or disposed.</param>
/// <param name="ResultType">How this cache came to it.</param>
internal readonly record struct CacheAnswer(EdgeResponse Response, ResultType ResultType)
{
    /// <summary>How old the object is in seconds; null at 0 and where the answer came from behind this cache.</summary>
    public int? Age { get; init; }

    /// <summary>The status the ORIGIN gave, fresh or cached, or origin-request in its place.</summary>
    public int OriginStatus { get; init; }

    /// <summary>
    /// Why the answer is not stored here, as decided when its head came; null where nothing spoke against it, or it was found here.
    /// </summary>
    public NotStoredReason? NotStored { get; init; }

    /// <summary>Why the origin gave no usable response; null if it did.</summary>
    public OriginFailure? Failure { get; init; }

    /// <summary>How a Lambda@Edge function ended it; null if none did.</summary>
    public ResultType? EndedBy { get; init; }

    /// <summary>The origin set a cookie, and the policies send none to it: the field was taken out (spec 3.2).</summary>
    public bool DroppedSetCookie { get; init; }

    /// <summary>What is known of the origin that was asked; null if none was.</summary>
    public OriginReport? Report { get; init; }

    /// <summary>A remark on a stored answer, for the developer; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>The origin said <c>Vary: *</c>: what is kept is asked about with every request (spec 3.5).</summary>
    public bool VariesOnEverything { get; init; }

    /// <summary>The cache behind this one that had it; this one may have it now. Null where it was found here, or nowhere.</summary>
    public CacheLayer? FoundBehind { get; init; }

    /// <summary>The answer as a cache in front of this one gets it.</summary>
    /// <param name="layer">Where this cache is.</param>
    public FetchResult ToFetchResult(CacheLayer layer)
    {
        var isHit = ResultType is ResultType.Hit or ResultType.RefreshHit;
        if (Age is { } age)
            Response.Headers.Set("Age", age.ToString(CultureInfo.InvariantCulture));
        return new FetchResult(Response, Failure)
        {
            OriginStatus = OriginStatus,
            EndedBy = EndedBy,
            Report = Report,
            FromCache = isHit ? ResultType : null,
            FoundIn = FoundBehind ?? (isHit ? layer : null),
            VariesOnEverything = VariesOnEverything,
            DroppedSetCookie = DroppedSetCookie,
        };
    }
}
