using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// The cache of an edge: answers from memory while an object is fresh, asks the origin once for everyone when it is not
/// (distribution spec 3.2-3.7, 3.13).
/// </summary>
/// <remarks>
/// A regional tier is a second instance of this class whose fetch asks the origin, while the edge's fetch asks the region. A disk tier goes
/// below <see cref="MemoryTier"/>. Ranges (spec 3.6) are not kept yet: a request with Range that misses goes to the origin by itself, its
/// 206 is passed on, and on a hit the whole object answers, which HTTP allows.
/// HEAD is answered from the object of GET. A HEAD that misses is sent on as HEAD and not stored: a GET would move a body that nobody asked for.
/// </remarks>
internal sealed class EdgeCache
{
    private readonly EdgeCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly long _maxObjectSize;
    private readonly SlabPool _slabs;
    private readonly FillBudget _fillBudget;
    private readonly ConcurrentDictionary<string, CollapsedFetch> _fetches = new(StringComparer.Ordinal);

    public EdgeCache(EdgeCacheOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _maxObjectSize = Math.Min(options.MaxObjectSize, options.MemoryBudget / 4);
        _slabs = new SlabPool((int)Math.Min(int.MaxValue, options.MemoryBudget / 8 / SlabPool.SlabSize));
        _fillBudget = new FillBudget(options.MemoryBudget / 2);
        Memory = new MemoryTier(options.MemoryBudget);
    }

    /// <summary>The objects in memory.</summary>
    internal MemoryTier Memory { get; }

    /// <summary>Requests to origins that others may join just now.</summary>
    internal int FetchesUnderWay => _fetches.Count;

    /// <summary>Bytes that fills may still take.</summary>
    internal long FillBudgetLeft => _fillBudget.Left;

    /// <summary>Forgets everything that is stored or on its way now, in O(1). Requests under way end with what they have.</summary>
    public void InvalidateAll() => Memory.InvalidateAll();

    /// <summary>
    /// Answers from the cache, or through <paramref name="fetch"/>. Takes over the key. Sets the exchange's ResultType, Age and OriginStatus.
    /// A <see cref="WritableBody"/> in the answer is to be written or disposed.
    /// </summary>
    public ValueTask<EdgeResponse> GetOrFetchAsync(CacheKey key, Exchange exchange, Fetch fetch, CancellationToken cancellationToken)
    {
        if (!IsCacheable(exchange))
        {
            key.Release();
            return PassThroughAsync(exchange, fetch, cancellationToken);
        }
        var now = _time.GetTimestamp();
        if (Usable(Memory.Find(key.Text), exchange) is { } found && IsFresh(found, now) && TryPresent(found, exchange, now) is { } response)
        {
            key.Release();
            return new ValueTask<EdgeResponse>(response);
        }
        var text = new string(key.Text);
        key.Release();
        return GetOrFetchAsync(text, exchange, fetch, cancellationToken);
    }

    private async ValueTask<EdgeResponse> GetOrFetchAsync(string key, Exchange exchange, Fetch fetch, CancellationToken cancellationToken)
    {
        var now = _time.GetTimestamp();
        var found = Usable(Memory.Find(key), exchange);
        if (found is not null && MayAnswerAtOnce(found, key, exchange, fetch, now) && TryPresent(found, exchange, now) is { } atOnce)
            return atOnce;
        var stale = found is { Head.IsError: false } ? found : null;
        if (!Collapses(exchange))
            return await AskAloneAsync(key, exchange, fetch, stale, cancellationToken);

        var leads = JoinOrLead(key, exchange, stale, out var collapsed);
        if (leads)
            _ = RunAsync(collapsed, fetch, stale);
        Answer? answer;
        try
        {
            answer = leads
                ? await collapsed.Answer.WaitAsync(cancellationToken)
                : await collapsed.Answer.WaitAsync(_options.CollapseWait, _time, cancellationToken);
        }
        catch (Exception) when (leads || cancellationToken.IsCancellationRequested)
        {
            collapsed.Audience.Leave();
            throw;
        }
        catch (Exception) // the wait was long enough, or the leader's fetch threw: this request is not to suffer for it
        {
            answer = null;
        }
        if (leads)
            exchange.TakeOver(collapsed.Exchange);
        if (answer is not null && (leads || answer.IsShared) && Take(answer, leads, exchange, collapsed.Audience) is { } response)
            return response;
        collapsed.Audience.Leave();
        return await AskAloneAsync(key, exchange, fetch, stale, cancellationToken);
    }

    // Fresh by now, within stale-while-revalidate, or just told that the origin fails.
    private bool MayAnswerAtOnce(CachedObject found, string key, Exchange exchange, Fetch fetch, long now)
    {
        if (IsFresh(found, now))
            return true;
        if (found.Head.IsError)
            return false;
        if (now < found.LeaveOriginAloneUntil)
            return StandsIn(found, now);
        if (!IsWithin(found, found.Head.Freshness.StaleWhileRevalidate ?? TimeSpan.Zero, now))
            return false;
        if (JoinOrLead(key, exchange, found, out var collapsed))
        {
            AskForTheWhole(collapsed.Exchange.Request);
            _ = RefreshInBackgroundAsync(collapsed, fetch, found);
        }
        else
            collapsed.Audience.Leave();
        return true;
    }

    // A refresh is for everyone, whatever the viewer who caused it had asked for.
    private static void AskForTheWhole(EdgeRequest request)
    {
        if (request.Method == "HEAD")
            request.Method = "GET";
        request.Headers.Remove("range");
        request.Headers.Remove("if-range");
        request.Headers.Remove("if-match");
        request.Headers.Remove("if-unmodified-since");
        request.Headers.Remove("if-none-match");
        request.Headers.Remove("if-modified-since");
    }

    // True: the caller leads, and is the first of the audience. False: the caller has joined it. Either way it has to leave.
    private bool JoinOrLead(string key, Exchange exchange, CachedObject? stale, out CollapsedFetch collapsed)
    {
        var epoch = Memory.Epoch;
        CollapsedFetch? mine = null;
        while (true)
        {
            if (_fetches.TryGetValue(key, out var running))
            {
                collapsed = running;
                if (running.Epoch == epoch && running.Audience.TryJoin())
                    return false;
                _fetches.TryRemove(KeyValuePair.Create(key, running));
            }
            mine ??= new CollapsedFetch(key, epoch, Detach(exchange, stale));
            collapsed = mine;
            if (_fetches.TryAdd(key, mine))
                return true;
        }
    }

    private async Task RunAsync(CollapsedFetch collapsed, Fetch fetch, CachedObject? stale)
    {
        try
        {
            var asked = _time.GetTimestamp();
            var result = await fetch(collapsed.Exchange, collapsed.Audience.Gone);
            var answer = Digest(collapsed.Key, collapsed.Epoch, collapsed.Exchange, stale, result, asked, collapsed.Audience, collapsed);
            // What is shared as it arrives stays open for more until it is stored; anything else is settled now.
            if (answer.Fill is null || !answer.IsShared)
                Forget(collapsed);
            answer.DropResponseWhen(collapsed.Audience.Gone);
            collapsed.Publish(answer);
        }
        catch (Exception failure) // the leader gets it thrown; whoever waits asks by itself
        {
            Forget(collapsed);
            collapsed.Fail(failure);
        }
    }

    private async Task RefreshInBackgroundAsync(CollapsedFetch collapsed, Fetch fetch, CachedObject stale)
    {
        await RunAsync(collapsed, fetch, stale);
        if (collapsed.Answer is { IsCompletedSuccessfully: true, Result.Fill: { } fill })
            await fill.Ended;
        collapsed.Audience.Leave();
    }

    private async ValueTask<EdgeResponse> AskAloneAsync(
        string key, Exchange exchange, Fetch fetch, CachedObject? stale, CancellationToken cancellationToken)
    {
        var epoch = Memory.Epoch;
        while (true)
        {
            exchange.Revalidation = stale?.Head.Revalidation;
            var asked = _time.GetTimestamp();
            var result = await fetch(exchange, cancellationToken);
            var audience = new Audience();
            var answer = Digest(key, epoch, exchange, stale, result, asked, audience, null);
            if (Take(answer, leads: true, exchange, audience) is { } response)
                return response;
            stale = null; // its body was evicted meanwhile: ask for everything
        }
    }

    private static async ValueTask<EdgeResponse> PassThroughAsync(Exchange exchange, Fetch fetch, CancellationToken cancellationToken)
    {
        var result = await fetch(exchange, cancellationToken);
        var response = result.Response;
        if (exchange.Behavior is { } behavior)
            exchange.DroppedSetCookie = ResponseFilter.Apply(response, behavior.Behavior.ForwardedItems);
        exchange.ResultType = result.EndedBy ?? (result.Failure is not null || result.OriginStatus >= 400 ? ResultType.Error : ResultType.Miss);
        exchange.OriginStatus = result.OriginStatus;
        return response;
    }

    /// <summary>Turns the origin's answer into ours: a refreshed or stale object, one on its way, or a response that is kept by nobody.</summary>
    private Answer Digest(
        string key, int epoch, Exchange exchange, CachedObject? stale, FetchResult result, long asked, Audience audience, CollapsedFetch? collapsed)
    {
        var response = result.Response;
        var (now, date) = (_time.GetTimestamp(), _time.GetUtcNow());
        var behavior = exchange.Behavior!.Behavior;
        var errorTtls = exchange.Distribution!.Distribution.ErrorCachingMinTtl;
        // A function that fails, or answers 5xx in its place, is no origin that fails.
        var originFails = result.EndedBy is null && (result.Failure is not null || response.StatusCode >= 500);
        if (stale is not null && originFails && StandsIn(stale, now))
        {
            response.Body.LetGo();
            stale.LeaveOriginAloneUntil = now + Ticks(Freshness.ErrorMinTtl(errorTtls, response.StatusCode));
            return new Answer { Object = stale, IsShared = true, ResultType = ResultType.Hit };
        }
        var age = InitialAge.Of(response.Headers, _time.GetElapsedTime(asked, now), date);
        InitialAge.Normalize(response.Headers);
        // Before the filter, which takes the star out of Vary.
        var freshness = exchange.Request.Method == "HEAD" || result.IsFailureOfAFunction || AnswerToOne.Is(result, exchange)
            ? Freshness.Uncacheable
            : Freshness.Of(behavior.CachePolicy, errorTtls, response.StatusCode, response.Headers, date, age);
        var items = behavior.ForwardedItems;
        exchange.DroppedSetCookie = ResponseFilter.Apply(response, items);
        if (stale is not null && response.StatusCode == 304 && exchange.Revalidation is not null)
        {
            response.Body.LetGo();
            return Refresh(stale, response, behavior.CachePolicy, items, epoch, now, date, age);
        }

        var type = result.EndedBy ?? (result.OriginStatus >= 400 ? ResultType.Error : ResultType.Miss);
        if (stale is not null && Supersedes(exchange.Request.Method, response, stale, freshness))
            Memory.Remove(stale);
        if (!freshness.IsStorable || response.Body is not (BytesBody or StreamBody) || response.Body.Length > _maxObjectSize)
            return new Answer { Response = response, OriginStatus = result.OriginStatus, ResultType = type };

        var head = ObjectHead.From(key, response, result.OriginStatus, freshness, now, age, epoch, items.SendsAnyCookies);
        if (response.Body is BytesBody whole)
        {
            var stored = new CachedObject(head, BodyBytes.Copy(whole.Bytes.Span, _slabs));
            Memory.Put(stored);
            return new Answer { Response = response, OriginStatus = result.OriginStatus, Object = stored, IsShared = freshness.IsShareable, ResultType = type };
        }
        var stream = (StreamBody)response.Body;
        var fill = new ObjectFill(head, stream.Length, _slabs, _fillBudget, audience);
        _ = StoreAsync(fill, stream.Stream, collapsed);
        return new Answer { Response = response, OriginStatus = result.OriginStatus, Fill = fill, IsShared = freshness.IsShareable, ResultType = type };
    }

    private async Task StoreAsync(ObjectFill fill, Stream source, CollapsedFetch? collapsed)
    {
        await fill.RunAsync(source, _maxObjectSize, () => Forget(collapsed), bytes => Memory.Put(new CachedObject(fill.Head, bytes)));
        // After it is stored, so that no request in between finds neither.
        Forget(collapsed);
    }

    private Answer Refresh(
        CachedObject stale, EdgeResponse notModified, CachePolicy policy, ForwardedItems items, int epoch, long now, DateTimeOffset date, TimeSpan age)
    {
        var response = new EdgeResponse
        {
            StatusCode = stale.Head.StatusCode,
            StatusDescription = stale.Head.StatusDescription,
            Headers = stale.Head.MergedWith(notModified.Headers),
        };
        if (!stale.Body.TryAddReference())
            return new Answer();
        // Only objects below 400 are revalidated, so error TTLs have no part here.
        var freshness = Freshness.Of(
            policy, ImmutableDictionary<int, TimeSpan>.Empty, response.StatusCode, response.Headers, date, age);
        var refreshed = new CachedObject(
            ObjectHead.From(stale.Head.Key, response, stale.Head.OriginStatus, freshness, now, age, epoch, items.SendsAnyCookies), stale.Body);
        if (freshness.IsStorable)
            Memory.Put(refreshed);
        else
            Memory.Remove(stale); // the reference just taken keeps the body for the one who asked
        return new Answer { Object = refreshed, IsShared = freshness.IsShareable, ResultType = ResultType.RefreshHit };
    }

    /// <summary>The response for one member of the audience; null if it has to ask again, and then it has not left the audience.</summary>
    private EdgeResponse? Take(Answer answer, bool leads, Exchange exchange, Audience audience)
    {
        var now = _time.GetTimestamp();
        if (leads && answer.TakeResponse() is { } own)
        {
            exchange.ResultType = answer.ResultType;
            exchange.OriginStatus = answer.OriginStatus;
            if (answer.Fill is null)
                return own; // stays in the audience: its leaving would call off the body it is about to read
            if (answer.Fill.TryOpen() is not { } reader)
                return null;
            own.Body = new FillingBody(reader);
            return own;
        }
        if (answer.Object is { } stored && TryPresent(stored, exchange, now) is { } response)
        {
            if (leads && answer.ResultType == ResultType.RefreshHit)
                exchange.ResultType = ResultType.RefreshHit;
            audience.Leave();
            return response;
        }
        return answer.Fill is { } fill ? TryFollow(fill, exchange, now, audience) : null;
    }

    private EdgeResponse? TryFollow(ObjectFill fill, Exchange exchange, long now, Audience audience)
    {
        if (PresentWithoutBody(fill.Head, fill.Length, exchange) is { } response)
        {
            audience.Leave();
        }
        else
        {
            if (fill.TryOpen() is not { } reader)
                return null;
            response = WithBody(fill.Head, new FillingBody(reader));
        }
        NoteHit(fill.Head, exchange, now);
        return response;
    }

    private EdgeResponse? TryPresent(CachedObject stored, Exchange exchange, long now)
    {
        var response = PresentWithoutBody(stored.Head, stored.Body.Length, exchange);
        if (response is null)
        {
            if (!stored.Body.TryAddReference())
                return null;
            response = WithBody(stored.Head, new CachedBody(stored.Body));
        }
        stored.NoteUse();
        NoteHit(stored.Head, exchange, now);
        return response;
    }

    private static EdgeResponse? PresentWithoutBody(ObjectHead head, long? length, Exchange exchange)
    {
        if (Preconditions.NotModified(exchange.Request, head, exchange.StartedAt))
            return head.ToNotModified();
        return exchange.Request.Method == "HEAD" ? WithBody(head, new HeadBody(length)) : null;
    }

    private static EdgeResponse WithBody(ObjectHead head, MessageBody body) => new()
    {
        StatusCode = head.StatusCode,
        StatusDescription = head.StatusDescription,
        Headers = HeaderList.Share(head.Fields),
        Body = body,
    };

    private void NoteHit(ObjectHead head, Exchange exchange, long now)
    {
        exchange.ResultType = head.OriginStatus >= 400 ? ResultType.Error : ResultType.Hit;
        exchange.OriginStatus = head.OriginStatus;
        var age = (int)Math.Clamp((head.InitialAge + _time.GetElapsedTime(head.StoredAt, now)).TotalSeconds, 0, int.MaxValue);
        exchange.Age = age == 0 ? null : age;
        if (head.OriginStatus >= 500)
            exchange.OriginNote = StoredErrorNote(head, now);
    }

    // Without it a developer who has just started the server looks for the mistake elsewhere.
    private string StoredErrorNote(ObjectHead head, long now)
    {
        var left = (head.Freshness.Lifetime ?? TimeSpan.Zero) - _time.GetElapsedTime(head.StoredAt, now);
        return string.Create(CultureInfo.InvariantCulture, $"the origin's error is stored; it is asked again in {Math.Max(0, Math.Ceiling(left.TotalSeconds))} s");
    }

    private static bool IsCacheable(Exchange exchange) =>
        exchange.Behavior is { } behavior
        && (exchange.Request.Method is "GET" or "HEAD" || (exchange.Request.Method == "OPTIONS" && behavior.Behavior.CachesOptions));

    // Spec 3.7. A HEAD or a Range gets an answer that is no use to others; a body of a request can be sent only once.
    private static bool Collapses(Exchange exchange)
    {
        var behavior = exchange.Behavior!.Behavior;
        return !behavior.CachePolicy.CachingDisabled
            && !behavior.ForwardedItems.SendsAnyCookies
            && exchange.Request.Method != "HEAD"
            && !exchange.Request.Headers.Contains("range")
            && exchange.RequestBody == Stream.Null;
    }

    // Under a policy that disables caching only errors are kept: an object from before the policy changed is not to be seen.
    private static CachedObject? Usable(CachedObject? found, Exchange exchange) =>
        found is { Head.IsError: false } && exchange.Behavior!.Behavior.CachePolicy.CachingDisabled ? null : found;

    private bool IsFresh(CachedObject stored, long now) =>
        _time.GetElapsedTime(stored.Head.StoredAt, now) < stored.Head.Freshness.Lifetime;

    // Within so much time after expiry, and not older than MaxTTL (spec 3.4).
    private bool IsWithin(CachedObject stored, TimeSpan afterExpiry, long now)
    {
        var age = _time.GetElapsedTime(stored.Head.StoredAt, now);
        return age < stored.Head.Freshness.Lifetime + afterExpiry && age <= stored.Head.Freshness.MaxTtl;
    }

    // Whether a stale object stands in for an origin that fails: as long as stale-if-error says, without it always.
    private bool StandsIn(CachedObject stale, long now) =>
        stale.Head.Freshness.StaleIfError is not { } afterExpiry || IsWithin(stale, afterExpiry, now);

    // A new whole representation that is not going to replace the old one in its place still makes it wrong.
    private static bool Supersedes(string method, EdgeResponse response, CachedObject stale, in Freshness freshness)
    {
        if (response.StatusCode is < 200 or >= 400 or 206 or 304)
            return false;
        return method == "HEAD"
            ? response.Headers.Get("etag") != stale.Head.ETag || response.Headers.Get("last-modified") != stale.Head.LastModified
            : !freshness.IsStorable;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private void Forget(CollapsedFetch? collapsed)
    {
        if (collapsed is not null)
            _fetches.TryRemove(KeyValuePair.Create(collapsed.Key, collapsed));
    }

    private static Exchange Detach(Exchange exchange, CachedObject? stale) => new()
    {
        Snapshot = exchange.Snapshot,
        Request = exchange.Request.Clone(),
        Distribution = exchange.Distribution,
        Behavior = exchange.Behavior,
        Target = exchange.Target,
        EdgeLocation = exchange.EdgeLocation,
        StartedAt = exchange.StartedAt,
        OriginalUri = exchange.OriginalUri,
        OriginalQueryString = exchange.OriginalQueryString,
        Revalidation = stale?.Head.Revalidation,
    };
}
