using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>One request to the origin that stands for all requests with its key (distribution spec 3.7).</summary>
internal sealed class CollapsedFetch(string key, int epoch, Exchange exchange)
{
    private readonly TaskCompletionSource<Answer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Key { get; } = key;

    /// <summary>The generation of the cache it was begun in; later requests do not join an older one.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>A copy of the leader's exchange: the work may outlive its viewer.</summary>
    public Exchange Exchange { get; } = exchange;

    public Audience Audience { get; } = new();

    public Task<Answer> Answer => _answer.Task;

    public void Publish(Answer answer) => _answer.TrySetResult(answer);

    public void Fail(Exception failure)
    {
        _answer.TrySetException(failure);
        _ = _answer.Task.Exception; // everyone may have left: nobody has to look
    }
}

/// <summary>What came of asking the origin, as the cache means it.</summary>
internal sealed class Answer
{
    private EdgeResponse? _response;

    /// <summary>The object, stored or stale; null while it arrives, or if nothing is kept.</summary>
    public CachedObject? Object { get; init; }

    /// <summary>The object on its way.</summary>
    public ObjectFill? Fill { get; init; }

    /// <summary>Whether those who waited may have it.</summary>
    public bool IsShared { get; init; }

    /// <summary>What the one who asked gets in X-Cache.</summary>
    public ResultType ResultType { get; init; }

    /// <summary>The status that the origin gave, with the response.</summary>
    public int OriginStatus { get; init; }

    /// <summary>The origin's own response, for the one who asked. With <see cref="Fill"/> its body is the fill's.</summary>
    public EdgeResponse? Response
    {
        init => _response = value;
    }

    /// <summary>The response, once.</summary>
    public EdgeResponse? TakeResponse() => Interlocked.Exchange(ref _response, null);

    /// <summary>If all leave before the one who asked has taken the response, its connection is let go.</summary>
    public void DropResponseWhen(CancellationToken gone) =>
        gone.UnsafeRegister(static answer => ((Answer)answer!).TakeResponse()?.Body.LetGo(), this);
}
