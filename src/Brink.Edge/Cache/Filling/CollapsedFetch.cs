using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>One request to the origin that stands for all requests with its key (distribution spec 3.7).</summary>
internal sealed class CollapsedFetch(string key, long revision, RegionalRequest request, Fetch fetch)
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key { get; } = key;

    /// <summary>How many invalidations there had been when it began: requests after another one do not join it.</summary>
    public long Revision { get; } = revision;

    /// <summary>A copy of the first request: the work may outlive its viewer.</summary>
    public RegionalRequest Request { get; } = request;

    /// <summary>What lies behind the cache, for what is still to be asked for.</summary>
    public Fetch Fetch { get; } = fetch;

    public Audience Audience { get; } = new();

    public Task<Answer> Answer => _answer.Task;

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
