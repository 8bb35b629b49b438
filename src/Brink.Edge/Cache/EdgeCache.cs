using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>
/// One tier of the cache: answers from its storage while an object is fresh, asks behind it once for all requests when it is not
/// (distribution spec 3.2-3.7, 3.13).
/// </summary>
/// <remarks>
/// A regional edge cache is a second instance of this class whose fetch asks the origin, while the edge's fetch asks the region. A small
/// object is whole; a large one consists of slices, of which any may be missing (<see cref="SliceSet"/>). HEAD is answered from the object
/// of GET. A HEAD that misses is sent on as HEAD and not stored: a GET would move a body that is not wanted.
/// </remarks>
internal sealed partial class EdgeCache
{
    private readonly EdgeCacheOptions _options;
    private readonly HttpCaching _caching;
    private readonly TimeProvider _time;
    private readonly long _maxObjectSize;
    private readonly SlabPool _slabs;
    private readonly FillBudget _fillBudget;
    private readonly Compressor _compressor;
    private readonly Invalidations _invalidations;
    private readonly MemoryStorage _memory;
    private readonly DiskStore? _disk;
    private readonly SliceFills _sliceFills = new();
    private readonly ConcurrentDictionary<string, CollapsedFetch> _fetches = new(StringComparer.Ordinal);

    public EdgeCache(EdgeCacheOptions options, TimeProvider time, DiskStore? disk = null)
    {
        _options = options;
        _caching = HttpCaching.By(options.HttpCaching);
        _time = time;
        _maxObjectSize = Math.Min(options.MaxObjectSize, options.MemoryBudget / 4);
        _slabs = new SlabPool((int)Math.Min(int.MaxValue, options.MemoryBudget / 8 / SlabPool.SlabSize));
        _fillBudget = new FillBudget(options.MemoryBudget / 2);
        _compressor = new Compressor(_fillBudget, new FillBudget(options.MemoryBudget / 16));
        _disk = disk;
        _invalidations = disk is null ? new Invalidations() : new Invalidations(disk.Invalidations, disk.Seed);
        _memory = new MemoryStorage(options.MemoryBudget);
        Storage = disk is null ? _memory : new TieredStorage(_memory, disk, _slabs);
    }

    /// <summary>Bytes of memory for objects; less than there are drops some.</summary>
    public long MemoryBudget
    {
        get => _memory.Budget;
        set => _memory.Budget = value;
    }

    /// <summary>The keys of objects in memory that have been asked for again.</summary>
    public IEnumerable<string> KeysInUse => _memory.KeysInUse;

    /// <summary>The objects.</summary>
    internal IStorage Storage { get; }

    /// <summary>Requests under way that others may join just now.</summary>
    internal int FetchesUnderWay => _fetches.Count;

    /// <summary>Bytes that fills may still take.</summary>
    internal long FillBudgetLeft => _fillBudget.Left;

    /// <summary>
    /// From now on nothing that the rules mean is served, stored or on its way. Requests under way end with what they have.
    /// </summary>
    /// <returns>What is to be called for the rules to hold after the next start too; null where nothing is kept until then.</returns>
    public Action? Invalidate(params IReadOnlyList<InvalidationRule> rules)
    {
        var last = _invalidations.Add(rules);
        return _disk is null ? null : () => _disk.Invalidated(last, rules, _invalidations.ToKeep);
    }

    /// <summary>The same of one URI, which a request has changed; after the next start too.</summary>
    public void NoteChange(ObjectName name)
    {
        var (revision, marks) = _invalidations.AddChange(name);
        _disk?.Changed(revision, marks, _invalidations.ToKeep);
    }

    /// <summary>
    /// Answers from the cache, or through <paramref name="fetch"/>. Takes over the key. A <see cref="WritableBody"/> in
    /// the answer is to be written or disposed.
    /// </summary>
    public ValueTask<CacheAnswer> GetOrFetchAsync(CacheKey key, RegionalRequest request, Fetch fetch, CancellationToken cancellationToken)
    {
        if (!IsCacheable(request))
        {
            key.Release();
            return PassThroughAsync(request, fetch, cancellationToken);
        }
        key = Select(key, request);
        var now = _time.GetTimestamp();
        if (Find(key.Text, request) is { Slices: null } found && IsFresh(found, now) && TryPresent(found, request, now) is { } answer)
        {
            key.Release();
            request.Note(RequestStepKind.FoundFresh);
            return new ValueTask<CacheAnswer>(answer);
        }
        var text = new string(key.Text);
        key.Release();
        return GetOrFetchAsync(text, request, fetch, cancellationToken);
    }

    private async ValueTask<CacheAnswer> GetOrFetchAsync(
        string key, RegionalRequest request, Fetch fetch, CancellationToken cancellationToken)
    {
        // Before the look: an object that an invalidation between the two means is not taken for one that came after it.
        var (now, revision) = (_time.GetTimestamp(), _invalidations.Revision);
        var found = Find(key, request);
        if (found is not null)
            return await AnswerOrFetchAsync(key, revision, now, found, request, fetch, cancellationToken);
        using var loaded = await LoadAsync(key, request, fetch);
        if (loaded.Variants is { } variants)
            return await GetOrFetchAsync(KeyOfVariant(key, variants, request), request, fetch, cancellationToken);
        now = _time.GetTimestamp();                 // the disk may have taken its time
        if (loaded.Object is null && await TryAnswerInAnotherCodingAsync(request, fetch, now) is { } coded)
            return coded;
        return await AnswerOrFetchAsync(key, revision, now, loaded.Object, request, fetch, cancellationToken);
    }

    private async ValueTask<CacheAnswer> AnswerOrFetchAsync(
        string key,
        long revision,
        long now,
        CachedObject? found,
        RegionalRequest request,
        Fetch fetch,
        CancellationToken cancellationToken)
    {
        request.Note(
            found is null ? RequestStepKind.FoundNothing
            : IsFresh(found, now) ? RequestStepKind.FoundFresh
            : RequestStepKind.FoundStale);
        if (found is not null && MayAnswerAtOnce(found, key, revision, request, fetch, now))
        {
            BodyReader? reader = null;
            if (found.Slices is { } slices && WantsBody(found, request))
            {
                reader = ReaderOf(slices, found, request);
                if (!await PrepareAsync(reader, cancellationToken))
                {
                    Storage.Remove(found);          // another version is there now, or the origin fails: the request asks for itself
                    found = null;
                }
            }
            if (found is not null && TryPresent(found, request, now, reader) is { } atOnce)
                return atOnce;
        }
        var stale = found is { Head.IsError: false } ? found : null;
        if (stale is null && PartToAskFor(request) is { } part)
            return await AskForPartAsync(key, revision, request, part, fetch, cancellationToken);
        if (!Collapses(request))
            return await AskAloneAsync(key, revision, request, fetch, stale, cancellationToken);

        var leads = JoinOrLead(key, revision, request, fetch, stale, out var collapsed);
        if (leads)
            _ = RunAsync(collapsed, fetch, stale);
        else
            request.Note(RequestStepKind.JoinedAnother);
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
        catch (Exception) // the wait was long enough, or the leader's fetch threw: this request asks for itself
        {
            answer = null;
        }
        if (leads && collapsed.Request.Steps is { } steps)
            request.Steps!.AddRange(steps);
        if (!leads && answer?.Head is { } head && !Selects(head.Key, request))
        {
            // What came varies on more than was known: it asks for what it selects, together with those that select the same.
            collapsed.Audience.Leave();
            return await GetOrFetchAsync(CacheKey.Of(CacheKey.WithoutVariant(key)), request, fetch, cancellationToken);
        }
        if (answer is not null && (leads || answer.IsShared) && Take(answer, leads, request, collapsed.Audience) is { } taken)
            return taken;
        collapsed.Audience.Leave();
        // The answer to the leader's own question cannot be used: it asks for everything.
        return await AskAloneAsync(key, revision, request, fetch, leads && answer is not null ? null : stale, cancellationToken);
    }

    // The same thing under the key of another Accept-Encoding, in a coding that this viewer offers too (spec 3.1).
    private async ValueTask<CacheAnswer?> TryAnswerInAnotherCodingAsync(RegionalRequest request, Fetch fetch, long now)
    {
        var policy = request.Behavior.Behavior.CachePolicy;
        var offer = AcceptEncodingOffers.Read(policy, request.Request);
        for (var i = 0; i < offer.OffersInCommon().Length; i++)
        {
            var key = Select(
                CacheKey.For(policy, request.Distribution.Distribution.Id, request.Request, offer.OffersInCommon()[i]), request);
            var found = Find(key.Text, request);
            var text = found is null && Storage.MayLoad(key.Text) ? new string(key.Text) : null;
            key.Release();
            using var loaded = text is null ? default : await LoadAsync(text, request, fetch);
            if ((found ?? loaded.Object) is { Slices: null, Head.ContentEncoding: { } coding } other && offer.Includes(coding)
                && IsFresh(other, now) && TryPresent(other, request, now) is { } answer)
            {
                request.Note(RequestStepKind.FoundFresh);
                return answer;
            }
        }
        return null;
    }

    // Under a policy that disables caching only errors are kept: an object from before the policy changed must not be served.
    private CachedObject? Find(ReadOnlySpan<char> key, RegionalRequest request) =>
        Storage.Find(key) is { } found && MayServe(found, request) ? found : null;

    // The same from where it takes time to get it.
    private async ValueTask<Loaded> LoadAsync(string key, RegionalRequest request, Fetch fetch)
    {
        if (!Storage.MayLoad(key) || await Storage.LoadAsync(key, new SliceOpener(this, fetch)) is not { } loaded)
            return default;
        if (MayServe(loaded, request, isCounted: false))    // what was in memory has been counted
            return new Loaded(loaded);
        if (loaded.CheckedRevision == CachedObject.Invalidated)
            Storage.Remove(loaded);                 // or the next request would read it again
        loaded.Body.Release();
        return VariantsOf(loaded) is { } variants ? new Loaded(null, variants) : default;
    }

    private bool MayServe(CachedObject found, RegionalRequest request, bool isCounted = true) =>
        (found.Head.IsError || !request.Behavior.Behavior.CachePolicy.CachingDisabled) && found.Head.Variants is null
        && found.Slices is not { IsOutdated: true } && !_invalidations.Cover(found, isCounted)
        && !IsMeantByTheViewersPath(found, request, isCounted);

    // Where the path was rewritten, the object may be there since other viewers asked for it by another one.
    private bool IsMeantByTheViewersPath(CachedObject found, RegionalRequest request, bool isCounted) =>
        request.OriginalUri != request.Request.Uri
        && _invalidations.HaveNew(request.Distribution.Distribution.Id, found.Head.Revision)
        && _invalidations.Cover(found, ObjectName.ViewerTargetOf(request), isCounted);

    private void Store(CachedObject item)
    {
        if (_invalidations.Cover(item.Head))
            item.Body.Release();
        else
            Storage.Put(item);
    }

    // Fresh by now, within stale-while-revalidate, or in the pause after a failed refresh.
    private bool MayAnswerAtOnce(CachedObject found, string key, long revision, RegionalRequest request, Fetch fetch, long now)
    {
        if (IsFresh(found, now))
            return true;
        if (found.Head.IsError)
            return false;
        if (now < found.LeaveOriginAloneUntil)
        {
            if (!StandsIn(found, now))
                return false;
            request.Note(RequestStepKind.ServedStale);
            return true;
        }
        if (!IsWithin(found, found.Head.Freshness.StaleWhileRevalidate ?? TimeSpan.Zero, now))
            return false;
        if (JoinOrLead(key, revision, request, fetch, found, out var collapsed))
        {
            AskForTheWhole(collapsed.Request.Request);
            _ = RefreshInBackgroundAsync(collapsed, fetch, found);
        }
        else
            collapsed.Audience.Leave();
        request.Note(RequestStepKind.ServedStale);
        return true;
    }

    // A refresh is for all viewers, whatever the one that caused it had asked for.
    private static void AskForTheWhole(EdgeRequest request)
    {
        if (request.Method == "HEAD")
            request.Method = "GET";
        request.Headers.Remove("range");
        request.Headers.Remove("if-range");
        foreach (var name in ConditionFields.Names)
            request.Headers.Remove(name);
    }

    // True: the caller leads, and is the first of the audience. False: the caller has joined it. Either way it has to leave.
    private bool JoinOrLead(
        string key, long revision, RegionalRequest request, Fetch fetch, CachedObject? stale, out CollapsedFetch collapsed)
    {
        CollapsedFetch? mine = null;
        while (true)
        {
            if (_fetches.TryGetValue(key, out var running))
            {
                collapsed = running;
                if (!_invalidations.HaveNew(request, running.Revision) && running.Audience.TryJoin())
                    return false;
                _fetches.TryRemove(KeyValuePair.Create(key, running));
            }
            mine ??= new CollapsedFetch(key, revision, request.Detach(stale?.Head.Revalidation), fetch);
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
            var result = await fetch(collapsed.Request, collapsed.Stopped);
            var answer = Digest(collapsed.Key, collapsed.Revision, collapsed.Request, stale, result, asked, collapsed.Audience, collapsed);
            // What is shared as it arrives stays open for more until it is stored; anything else is settled now.
            if (answer.Arriving is null || !answer.IsShared)
                Forget(collapsed);
            answer.DropResponseWhen(collapsed.Audience.Gone);
            collapsed.Publish(answer);
        }
        catch (Exception failure) // thrown to the leader; requests that wait ask by themselves
        {
            Forget(collapsed);
            collapsed.Fail(failure);
        }
    }

    private async Task RefreshInBackgroundAsync(CollapsedFetch collapsed, Fetch fetch, CachedObject stale)
    {
        await RunAsync(collapsed, fetch, stale);
        if (collapsed.Answer is { IsCompletedSuccessfully: true, Result.Arriving: { } arriving })
            await arriving.Fill.Ended;
        collapsed.Audience.Leave();
    }

    private async ValueTask<CacheAnswer> AskAloneAsync(
        string key, long revision, RegionalRequest request, Fetch fetch, CachedObject? stale, CancellationToken cancellationToken)
    {
        while (true)
        {
            var asking = request.AskingWith(stale?.Head.Revalidation);
            var asked = _time.GetTimestamp();
            var result = await fetch(asking, cancellationToken);
            var audience = new Audience();
            var answer = Digest(key, revision, asking, stale, result, asked, audience, null);
            if (Take(answer, leads: true, request, audience) is { } taken)
                return taken;
            stale = null; // its body was evicted meanwhile: ask for everything
        }
    }

    private async ValueTask<CacheAnswer> PassThroughAsync(RegionalRequest request, Fetch fetch, CancellationToken cancellationToken)
    {
        request.Note(RequestStepKind.PassedTheCache);
        var result = await fetch(request, cancellationToken);
        var dropped = _caching.Filter(result.Response, request.Behavior.Behavior.ForwardedItems);
        var type = result.EndedBy ?? (result.Failure is not null || result.OriginStatus >= 400 ? ResultType.Error : ResultType.Miss);
        var reason = request.Protocol == RequestProtocol.WebSocket ? NotStoredReason.WebSocket : NotStoredReason.Method;
        if (request.Steps is not null)
            request.Note(RequestStepKind.NotStored, reason.ToString());
        return Fetched(result.Response, type, result) with { DroppedSetCookie = dropped, NotStored = reason };
    }

    private static CacheAnswer Fetched(EdgeResponse response, ResultType type, in FetchResult result) => new(response, type)
    {
        OriginStatus = result.OriginStatus,
        Failure = result.Failure,
        EndedBy = result.EndedBy,
        Report = result.Report,
        VariesOnEverything = result.VariesOnEverything,
        FoundBehind = result.FoundIn,
    };

    /// <summary>
    /// Turns what was fetched into this cache's answer: a refreshed or stale object, one on its way, or a response that is not kept.
    /// </summary>
    private Answer Digest(
        string key,
        long revision,
        RegionalRequest asked,
        CachedObject? stale,
        FetchResult result,
        long askedAt,
        Audience audience,
        CollapsedFetch? collapsed)
    {
        var response = result.Response;
        var (now, date) = (_time.GetTimestamp(), _time.GetUtcNow());
        var behavior = asked.Behavior.Behavior;
        var errorTtls = asked.Distribution.Distribution.ErrorCachingMinTtl;
        // A function that fails, or answers 5xx in the origin's place, does not mean that the origin fails. One that may not be asked does.
        var originFails = result.EndedBy is null or ResultType.LimitExceeded
            && (result.Failure is not null || response.StatusCode >= 500);
        if (stale is not null && originFails && StandsIn(stale, now))
        {
            response.Body.LetGo();
            stale.LeaveOriginAloneUntil = now + Ticks(Freshness.ErrorMinTtl(errorTtls, response.StatusCode));
            asked.Note(RequestStepKind.ServedStale);
            return new Answer { Object = stale, IsShared = true, ResultType = ResultType.Hit, Fetched = result };
        }
        var age = InitialAge.Of(response.Headers, _time.GetElapsedTime(askedAt, now), date);
        InitialAge.Normalize(response.Headers);
        InitialAge.DateExpiry(response.Headers, date);
        // Before the filter, which takes the star out of Vary.
        var varies = result.VariesOnEverything || Freshness.VariesOnEverything(response.Headers);
        var freshness = Storability(asked, result, errorTtls, date, age);
        var items = behavior.ForwardedItems;
        var dropped = _caching.Filter(response, items) || result.DroppedSetCookie;
        if (stale is not null && response.StatusCode == 304 && asked.Revalidation is not null)
        {
            response.Body.LetGo();
            asked.Note(RequestStepKind.Refreshed);
            return Refresh(
                stale, asked, result with { VariesOnEverything = varies }, dropped, items, revision, now, date, age);
        }

        var tag = response.Headers.Get("etag");
        var coding = _compressor.Apply(asked, response, freshness.IsStorable);
        if (response.StatusCode == 304)
            EdgeCompression.NameTheViewersTag(response.Headers, asked);
        var answer = new Answer
        {
            Response = response,
            ResultType = result.EndedBy ?? (result.OriginStatus >= 400 ? ResultType.Error : result.FromCache ?? ResultType.Miss),
            Fetched = result,
            DroppedSetCookie = dropped,
        };
        var isLarge = response is { StatusCode: 200, Body: StreamBody { Length: > SliceSet.SliceSize } } && coding is null;
        var version = isLarge && collapsed is not null // alone, it belongs to a viewer who may leave
            ? SliceSet.VersionOf(response.Headers.Get("etag"), response.Headers.Get("last-modified"))
            : null;
        var isInSlices = version is not null || response.Body is RangedBody { Slices: not null };
        var notStored = freshness.NotStored ?? TooLarge(response.Body, isInSlices);
        var storedUnder = notStored is null ? KeyToStoreUnder(key, revision, asked, response) : null;
        notStored ??= storedUnder is null ? NotStoredReason.Vary : null;
        if (stale is not null && Supersedes(asked.Request.Method, response, tag, stale, isStored: notStored is null))
            Storage.Remove(stale);
        if (notStored is { } reason)
        {
            if (asked.Steps is not null)
                asked.Note(RequestStepKind.NotStored, reason.ToString());
            return answer with { NotStored = reason };
        }

        asked.Note(RequestStepKind.Stored);
        var name = ObjectName.Of(asked, response);
        var head = ObjectHead.From(
            storedUnder!, name, revision, response, result.OriginStatus, freshness, now, age, items.SendsAnyCookies, coding);
        if (response.Body is BytesBody whole)
        {
            var stored = new CachedObject(head, BodySlices.Copy(whole.Bytes.Span, _slabs));
            if (!head.IsError && stored.Body.TryAddReference())
                response.Body = new CachedBody(stored.Body); // a cache in front shares it; to a page a reason may be added
            Store(stored);
            return answer with { Object = stored, IsShared = freshness.IsShareable };
        }
        if (response.Body is CachedBody regional)
        {
            var stored = new CachedObject(head, regional.Share());
            Store(stored);
            return answer with { Object = stored, IsShared = freshness.IsShareable };
        }
        if (response.Body is RangedBody { Slices: { } slices })
        {
            var stored = new CachedObject(head, BodySlices.Empty, slices);
            Store(stored);
            return answer with { Object = stored, IsShared = freshness.IsShareable };
        }
        if (response.Body is FillingBody filling && ArrivingObject.Share(head, filling.Fill, audience) is { } shared)
        {
            filling.Dispose();
            _ = StoreSharedAsync(shared, stale, collapsed);
            return answer with { Arriving = shared, IsShared = freshness.IsShareable };
        }
        if (version is not null)
        {
            collapsed!.HandOver();
            var all = new ByteRange(0, response.Body.Length!.Value);
            var sliced = BeginSlices(head, version, response.Body.ToStream(), all.To, all, all, asked, collapsed.Fetch, out var reader);
            response.Body = RangedBody.Of(reader, sliced.Length, sliced.Slices);
            return answer with { Object = sliced, IsShared = freshness.IsShareable };
        }
        var own = ArrivingObject.Own(head, new ObjectFill(response.Body.Length, _slabs, _fillBudget, audience), audience);
        _ = StoreAsync(own, response.Body.ToStream(), stale, collapsed);
        return answer with { Arriving = own, IsShared = freshness.IsShareable };
    }

    private Freshness Storability(
        RegionalRequest asked, in FetchResult result, ImmutableDictionary<int, TimeSpan> errorTtls, DateTimeOffset date, TimeSpan age)
    {
        if (asked.Request.Method == "HEAD")
            return Freshness.Uncacheable(NotStoredReason.Head);
        if (result.EndedBy == ResultType.LimitExceeded)
            return Freshness.Uncacheable(NotStoredReason.LimitExceeded);
        if (result.IsFailureOfAFunction)
            return Freshness.Uncacheable(NotStoredReason.FunctionFailure);
        if (result.IsForOthersToKeep)
            return Freshness.Uncacheable(NotStoredReason.Status);
        if (AnswerToOne.Is(result, asked))
            return Freshness.Uncacheable(NotStoredReason.AnswerToOneRequest);
        return Kept(asked, result, errorTtls, result.Response, date, age);
    }

    private Freshness Kept(
        RegionalRequest asked,
        in FetchResult result,
        ImmutableDictionary<int, TimeSpan> errorTtls,
        EdgeResponse response,
        DateTimeOffset date,
        TimeSpan age)
    {
        var policy = asked.Behavior.Behavior.CachePolicy;
        var freshness = _caching.FreshnessOf(asked, errorTtls, response.StatusCode, response.Headers, date, age);
        return result.VariesOnEverything && freshness.IsStorable && policy.MinTtl == TimeSpan.Zero ? freshness.AskedEveryTime() : freshness;
    }

    private NotStoredReason? TooLarge(MessageBody body, bool inSlices) =>
        body.Length > (inSlices ? Limits.CacheableBytes : _maxObjectSize) ? NotStoredReason.TooLarge : null;

    private async Task StoreAsync(ArrivingObject arriving, Stream source, CachedObject? stale, CollapsedFetch? collapsed)
    {
        await arriving.Fill.RunAsync(
            source, _maxObjectSize, () => Forget(collapsed), bytes => Store(new CachedObject(arriving.Head, bytes)));
        if (stale is not null && arriving.Fill.HasOutgrown)
            Storage.Remove(stale);
        // After it is stored, so that no request in between finds neither.
        Forget(collapsed);
    }

    private async Task StoreSharedAsync(ArrivingObject arriving, CachedObject? stale, CollapsedFetch? collapsed)
    {
        await arriving.Fill.Ended;
        if (arriving.Fill.TryShare() is { } whole)
            Store(new CachedObject(arriving.Head, whole));
        else if (stale is not null && arriving.Fill.HasOutgrown)
            Storage.Remove(stale);
        Forget(collapsed);
    }

    private Answer Refresh(
        CachedObject stale,
        RegionalRequest asked,
        in FetchResult notModified,
        bool droppedSetCookie,
        ForwardedItems items,
        long revision,
        long now,
        DateTimeOffset date,
        TimeSpan age)
    {
        var response = new EdgeResponse
        {
            StatusCode = stale.Head.StatusCode,
            StatusDescription = stale.Head.StatusDescription,
            Headers = stale.Head.MergedWith(notModified.Response.Headers),
        };
        InitialAge.DateExpiry(response.Headers, date);
        var coding = stale.Head.EdgeCoding;
        if (coding is not null && CacheControl.Read(response.Headers).ForbidsTransforming)
        {
            Storage.Remove(stale); // it has been transformed: the origin's own bytes are asked for
            return new Answer();
        }
        if (coding is { } stored)
            coding = EdgeCompression.DescribeAgain(response.Headers, stored, notModified.Response.Headers);
        if (!stale.Body.TryAddReference())
            return new Answer();
        // Only objects below 400 are revalidated, so error TTLs have no part here.
        var freshness = Kept(asked, notModified, ImmutableDictionary<int, TimeSpan>.Empty, response, date, age);
        var name = stale.Head.Name with { Tags = CacheTags.Of(asked.Distribution.Distribution, response.Headers) };
        var head = ObjectHead.From(
            stale.Head.Key, name, revision, response, stale.Head.OriginStatus, freshness, now, age, items.SendsAnyCookies, coding);
        var refreshed = new CachedObject(head, stale.Body, stale.Slices);
        if (freshness.IsStorable)
            Store(refreshed);
        else
            Storage.Remove(stale); // the reference just taken keeps the body for this answer
        return new Answer
        {
            Object = refreshed,
            IsShared = freshness.IsShareable,
            ResultType = ResultType.RefreshHit,
            NotStored = freshness.NotStored,
            Fetched = notModified,
            DroppedSetCookie = droppedSetCookie,
        };
    }

    /// <summary>The answer for one member of the audience; null if it has to ask again, and then it has not left the audience.</summary>
    private CacheAnswer? Take(Answer answer, bool leads, RegionalRequest request, Audience audience)
    {
        var now = _time.GetTimestamp();
        if (leads && answer.TakeResponse() is { } own)
        {
            if (answer.Arriving is { } arriving)
            {
                if (arriving.TryOpen() is not { } reader)
                    return null;
                own.Body = new FillingBody(reader);
            }
            // Without a fill it stays in the audience: its leaving would cancel the body that is about to be read.
            return Fetched(own, answer.ResultType, answer.Fetched) with
            {
                NotStored = answer.NotStored,
                DroppedSetCookie = answer.DroppedSetCookie,
                VariesOnEverything = answer.Head?.Freshness.RevalidatesUnconditionally
                    ?? answer.Fetched.VariesOnEverything,
            };
        }
        CacheAnswer? taken = null;
        if (answer.Object is { } stored && TryPresent(stored, request, now) is { } presented)
        {
            audience.Leave();
            taken = presented;
        }
        else if (answer.Arriving is { } onItsWay)
            taken = TryFollow(onItsWay, request, now, audience);
        if (!leads || taken is not { } told)
            return taken;
        return told with
        {
            ResultType = answer.ResultType == ResultType.RefreshHit ? ResultType.RefreshHit : told.ResultType,
            NotStored = answer.NotStored,
            Report = answer.Fetched.Report,
            DroppedSetCookie = answer.DroppedSetCookie,
        };
    }

    private CacheAnswer? TryFollow(ArrivingObject arriving, RegionalRequest request, long now, Audience audience)
    {
        if (PresentWithoutBody(arriving.Head, arriving.Fill.Length, request) is { } response)
        {
            audience.Leave();
        }
        else
        {
            if (arriving.TryOpen() is not { } reader)
                return null;
            response = WithBody(arriving.Head, new FillingBody(reader));
        }
        return Hit(response, arriving.Head, now);
    }

    /// <param name="stored">The object.</param>
    /// <param name="request">The request that gets it.</param>
    /// <param name="now">The timestamp.</param>
    /// <param name="prepared">A reader of the first part that is wanted; null where none was made.</param>
    private CacheAnswer? TryPresent(CachedObject stored, RegionalRequest request, long now, BodyReader? prepared = null)
    {
        var response = PresentWithoutBody(stored.Head, stored.Length, request);
        if (response is null)
        {
            var parts = Preconditions.Parts(request.Request, stored.Head, stored.Length);
            if (stored.Slices is { } slices)
                response = OfSlices(stored, slices, parts, request, prepared);
            else if (!stored.Body.TryAddReference())
                return null;
            else
                response = parts is null ? WithBody(stored.Head, new CachedBody(stored.Body)) : PartsOf(stored, parts);
        }
        stored.NoteUse();
        return Hit(response, stored.Head, now);
    }

    private static EdgeResponse? PresentWithoutBody(ObjectHead head, long? length, RegionalRequest request)
    {
        var isUnchanged = request.Revalidation is { } copy
            ? Preconditions.Holds(copy, head)
            : Preconditions.NotModified(request.Request, head, request.StartedAt);
        if (isUnchanged)
            return head.ToNotModified();
        return request.Request.Method == "HEAD" ? WithBody(head, new HeadBody(length)) : null;
    }

    private static EdgeResponse WithBody(ObjectHead head, MessageBody body) => new()
    {
        StatusCode = head.StatusCode,
        StatusDescription = head.StatusDescription,
        Headers = HeaderList.Share(head.Fields),
        Body = body,
    };

    private CacheAnswer Hit(EdgeResponse response, ObjectHead head, long now)
    {
        var age = (int)Math.Clamp((head.InitialAge + _time.GetElapsedTime(head.StoredAt, now)).TotalSeconds, 0, int.MaxValue);
        return new CacheAnswer(response, head.OriginStatus >= 400 ? ResultType.Error : ResultType.Hit)
        {
            OriginStatus = head.OriginStatus,
            Age = age == 0 ? null : age,
            Note = head.OriginStatus >= 500 ? StoredErrorNote(head, now) : null,
            VariesOnEverything = head.Freshness.RevalidatesUnconditionally,
        };
    }

    // Without it a developer who has just started the server looks for the mistake elsewhere.
    private string StoredErrorNote(ObjectHead head, long now)
    {
        var left = (head.Freshness.Lifetime ?? TimeSpan.Zero) - _time.GetElapsedTime(head.StoredAt, now);
        var seconds = Math.Max(0, Math.Ceiling(left.TotalSeconds));
        return string.Create(CultureInfo.InvariantCulture, $"the origin's error is stored; it is asked again in {seconds} s");
    }

    private static bool IsCacheable(RegionalRequest request) =>
        (request.Request.Method is "GET" or "HEAD" || (request.Request.Method == "OPTIONS" && request.Behavior.Behavior.CachesOptions))
        && request.Protocol == RequestProtocol.Http;

    // Spec 3.7. A HEAD or a Range gets an answer that is no use to others; a body of a request can be sent only once.
    private static bool Collapses(RegionalRequest request)
    {
        var behavior = request.Behavior.Behavior;
        return !behavior.CachePolicy.CachingDisabled
            && !behavior.ForwardedItems.SendsAnyCookies
            && request.Request.Method != "HEAD"
            && !request.Request.Headers.Contains("range")
            && request.Body.IsEmpty;
    }

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

    // A new whole representation makes the old one wrong even if it is not stored in its place.
    private static bool Supersedes(string method, EdgeResponse response, string? tag, CachedObject stale, bool isStored)
    {
        if (response.StatusCode is < 200 or >= 400 or 206 or 304)
            return false;
        return method == "HEAD"
            ? tag != stale.Head.OriginETag || response.Headers.Get("last-modified") != stale.Head.LastModified
            : !isStored;
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private void Forget(CollapsedFetch? collapsed)
    {
        if (collapsed is not null)
            _fetches.TryRemove(KeyValuePair.Create(collapsed.Key, collapsed));
    }

    // An object with a reference on its body, or none.
    private readonly struct Loaded(CachedObject? loaded, VariantFields? variants = null) : IDisposable
    {
        public CachedObject? Object { get; } = loaded;

        // Where there is no object of the key, but several below it.
        public VariantFields? Variants { get; } = variants;

        public void Dispose() => Object?.Body.Release();
    }
}
