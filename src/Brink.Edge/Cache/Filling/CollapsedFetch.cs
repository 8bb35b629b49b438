using System.Diagnostics.CodeAnalysis;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>One request to the origin that stands for all requests with its key (distribution spec 3.7).</summary>
[SuppressMessage("Design", "CA1001", Justification =
    "The source has neither timer nor wait handle: there is nothing to dispose, and the origin's body may still look at its token.")]
internal sealed class CollapsedFetch
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenRegistration _stopping;

    public CollapsedFetch(string key, long revision, RegionalRequest request, Fetch fetch)
    {
        (Key, Revision, Request, Fetch) = (key, revision, request, fetch);
        _stopping = Audience.Gone.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }

    public string Key { get; }

    /// <summary>How many invalidations there had been when it began: requests after another one do not join it.</summary>
    public long Revision { get; }

    /// <summary>A copy of the first request: the work may outlive its viewer.</summary>
    public RegionalRequest Request { get; }

    /// <summary>What lies behind the cache, for what is still to be asked for.</summary>
    public Fetch Fetch { get; }

    public Audience Audience { get; } = new();

    /// <summary>Signalled when no member of the audience is left, unless the body has been handed over.</summary>
    public CancellationToken Stopped => _stop.Token;

    public Task<Answer> Answer => _answer.Task;

    /// <summary>
    /// The body is that of a large object: from now on it ends with those that read its slices. They are no members of the audience, and
    /// members leave it with the head in their hands.
    /// </summary>
    public void HandOver() => _stopping.Unregister();

    public void Publish(Answer answer) => _answer.TrySetResult(answer);

    public void Fail(Exception failure)
    {
        _answer.TrySetException(failure);
        _ = _answer.Task.Exception; // observed here: all may have left
    }
}

/// <summary>What the fetch means to the cache.</summary>
internal sealed record Answer
{
    private EdgeResponse? _response;

    /// <summary>The object, stored or stale; null while it arrives, or if nothing is kept.</summary>
    public CachedObject? Object { get; init; }

    /// <summary>The object on its way.</summary>
    public ArrivingObject? Arriving { get; init; }

    /// <summary>That of the object; null if there is none.</summary>
    public ObjectHead? Head => Object?.Head ?? Arriving?.Head;

    /// <summary>Whether the requests that waited may have it.</summary>
    public bool IsShared { get; init; }

    /// <summary>What the request that asked gets in X-Cache.</summary>
    public ResultType ResultType { get; init; }

    /// <summary>Why it is not stored; null where it is.</summary>
    public NotStoredReason? NotStored { get; init; }

    /// <summary>What came from behind the cache; its response is taken once.</summary>
    public FetchResult Fetched { get; init; }

    /// <summary>Whether a cookie of the origin was taken out.</summary>
    public bool DroppedSetCookie { get; init; }

    /// <summary>The origin's own response, for the request that asked. With <see cref="Arriving"/> its body is the fill's.</summary>
    public EdgeResponse? Response
    {
        init => _response = value;
    }

    /// <summary>The response, once.</summary>
    public EdgeResponse? TakeResponse() => Interlocked.Exchange(ref _response, null);

    /// <summary>If all leave before the response has been taken, its connection is let go.</summary>
    public void DropResponseWhen(CancellationToken gone) =>
        gone.UnsafeRegister(static answer => ((Answer)answer!).TakeResponse()?.Body.LetGo(), this);
}
