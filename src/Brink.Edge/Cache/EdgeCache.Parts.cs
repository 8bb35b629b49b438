using System.Collections.Immutable;
using System.Globalization;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>Parts of objects, and objects that consist of slices (distribution spec 3.6).</summary>
internal sealed partial class EdgeCache
{
    // A part that is asked for by its first byte, where what comes may be stored.
    private static ByteRange? PartToAskFor(RegionalRequest request)
    {
        var behavior = request.Behavior.Behavior;
        return behavior.CachePolicy.CachingDisabled || !request.Body.IsEmpty || request.Revalidation is not null
            ? null
            : ByteRanges.One(request.Request);
    }

    /// <summary>
    /// Asks for the slices that the part lies in. A 206 begins an object of which only these are there; whatever else comes is treated as
    /// for any request.
    /// </summary>
    private async ValueTask<CacheAnswer> AskForPartAsync(
        string key, long revision, RegionalRequest request, ByteRange part, Fetch fetch, CancellationToken cancellationToken)
    {
        var start = SliceSet.StartOf(part.From);
        long? end = part.To > long.MaxValue - SliceSet.SliceSize ? null : SliceSet.StartOf(part.To + SliceSet.SliceSize - 1);
        var asking = request.AskingForPart(start, end);
        var audience = new Audience();
        var asked = _time.GetTimestamp();
        var fetching = fetch(asking, audience.Gone).AsTask();
        FetchResult result;
        try
        {
            result = await fetching.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (!fetching.IsCompleted)
        {
            audience.Leave();
            _ = LetGoAsync(fetching);
            throw;
        }
        if (result is { Response.StatusCode: 206, EndedBy: null or ResultType.LambdaGeneratedResponse }
            && ContentRange.Of(result.Response) is { } came)
        {
            switch (ByteRanges.Of(request.Request, came.Total))
            {
                case []:
                    return NoSuchPart(request, result, came.Total);
                case [var wanted] when came.Range.From <= wanted.From && wanted.To <= came.Range.To:
                    return PartOf(key, revision, asking, request, fetch, result, asked, came, wanted);
            }
        }
        var answer = Digest(key, revision, asking, null, result, asked, audience, null);
        return Take(answer, leads: true, request, audience)
            ?? await AskAloneAsync(key, revision, request, fetch, null, cancellationToken);
    }

    private CacheAnswer PartOf(
        string key,
        long revision,
        RegionalRequest asking,
        RegionalRequest request,
        Fetch fetch,
        FetchResult result,
        long askedAt,
        ContentRange came,
        ByteRange wanted)
    {
        var response = result.Response;
        var (now, date) = (_time.GetTimestamp(), _time.GetUtcNow());
        var age = InitialAge.Of(response.Headers, _time.GetElapsedTime(askedAt, now), date);
        InitialAge.Normalize(response.Headers);
        InitialAge.DateExpiry(response.Headers, date);
        var whole = new EdgeResponse { StatusCode = 200, Headers = response.Headers.Clone() };
        whole.Headers.Remove("content-range");
        whole.Headers.Set("Content-Length", came.Total.ToString(CultureInfo.InvariantCulture));
        var freshness = Kept(asking, result, ImmutableDictionary<int, TimeSpan>.Empty, whole, date, age);
        var items = request.Behavior.Behavior.ForwardedItems;
        var dropped = _caching.Filter(response, items) || result.DroppedSetCookie;
        _caching.Filter(whole, items);
        var version = SliceSet.VersionOf(whole.Headers.Get("etag"), whole.Headers.Get("last-modified"));
        var notStored = freshness.NotStored
            ?? (version is null ? NotStoredReason.NoVersion : came.Total > Limits.CacheableBytes ? NotStoredReason.TooLarge : null);
        // Only whole slices are kept; what came beyond them is not worth a question of its own.
        var end = came.Range.To == came.Total ? came.Total : SliceSet.StartOf(came.Range.To);
        var storedUnder = notStored is null ? KeyToStoreUnder(key, revision, asking, whole) : null;
        notStored ??= storedUnder is null ? NotStoredReason.Vary : null;
        var isStored = storedUnder is not null && came.Range.From % SliceSet.SliceSize == 0 && wanted.To <= end;
        var head = isStored
            ? ObjectHead.From(
                storedUnder!, ObjectName.Of(asking, whole), revision, whole, 200, freshness, now, age, items.SendsAnyCookies,
                edgeCoding: null)
            : null;
        if (head is not null)
            asking.Note(RequestStepKind.Stored);
        if (response.Body is RangedBody { Slices: { } shared } regional)
        {
            if (head is not null)
                Store(new CachedObject(head, BodySlices.Empty, shared));
            response.Body = RangedBody.Of(shared.Opener.Open(shared, request, wanted), wanted.Length, shared);
            regional.Dispose();
        }
        else if (head is not null)
        {
            var arriving = came.Range with { To = end };
            BeginSlices(head, version!, response.Body.ToStream(), came.Total, arriving, wanted, asking, fetch, out var reader);
            response.Body = RangedBody.Of(reader, wanted.Length, reader.Set);
        }
        else
        {
            var part = new PartStream(response.Body.ToStream(), wanted.From - came.Range.From, wanted.Length);
            response.Body = new StreamBody(part, wanted.Length);
        }
        response.Headers.Set("Content-Range", new ContentRange(wanted, came.Total).ToString());
        response.Headers.Remove("content-length");
        return Fetched(response, result.EndedBy ?? result.FromCache ?? ResultType.Miss, result) with
        {
            NotStored = notStored,
            DroppedSetCookie = dropped,
            VariesOnEverything = freshness.RevalidatesUnconditionally,
        };
    }

    // More was asked for than the viewer wants, and came; what it wants lies behind the end.
    private static CacheAnswer NoSuchPart(RegionalRequest request, FetchResult result, long total)
    {
        var response = result.Response;
        response.Body.LetGo();
        InitialAge.Normalize(response.Headers);
        var dropped = ResponseFilter.Apply(response, request.Behavior.Behavior.ForwardedItems);
        var refusal = new EdgeResponse { StatusCode = 416, Headers = response.Headers };
        refusal.Headers.Remove("content-length");
        refusal.Headers.Remove("content-type");
        refusal.Headers.Set("Content-Range", ContentRange.OfNone(total));
        return Fetched(refusal, result.EndedBy ?? result.FromCache ?? ResultType.Miss, result) with
        {
            NotStored = NotStoredReason.AnswerToOneRequest,
            DroppedSetCookie = dropped,
        };
    }

    private static async Task LetGoAsync(Task<FetchResult> fetching)
    {
        try
        {
            (await fetching).Response.Body.LetGo();
        }
        catch (Exception)
        {
            // It was cancelled, as it should be.
        }
    }

    /// <summary>
    /// Stores the head of a large object, and begins to fill its slices from a body that is on its way.
    /// </summary>
    /// <param name="head">That of the whole object.</param>
    /// <param name="version">What the origin calls it.</param>
    /// <param name="stream">The bytes of <paramref name="arriving"/>.</param>
    /// <param name="total">Bytes of the whole object.</param>
    /// <param name="arriving">The part that comes; it begins where a slice does.</param>
    /// <param name="wanted">The part of that which the request wants.</param>
    /// <param name="asked">The request, detached from its viewer.</param>
    /// <param name="fetch">Where the rest can be asked for.</param>
    /// <param name="reader">Reads what is wanted.</param>
    private CachedObject BeginSlices(
        ObjectHead head,
        Revalidation version,
        Stream stream,
        long total,
        ByteRange arriving,
        ByteRange wanted,
        RegionalRequest asked,
        Fetch fetch,
        out SlicedReader reader)
    {
        var opener = new SliceOpener(this, fetch);
        var slices = new SliceSet(SliceSet.NewId(), total, version, Storage, opener);
        var stored = new CachedObject(head, BodySlices.Empty, slices);
        reader = opener.Open(slices, asked, wanted);
        var fill = new SliceFill(_sliceFills, slices, arriving.From, arriving.To, _slabs, _fillBudget, reader);
        reader.Begin(fill);
        Store(stored);
        _ = fill.RunAsync(stream, arriving.To);
        return stored;
    }

    // Takes over the reference on the body.
    private static EdgeResponse PartsOf(CachedObject stored, ByteRange[] parts)
    {
        var response = stored.Head.ToParts(parts, stored.Length, slices: null, range =>
        {
            stored.Body.TryAddReference(); // one is held here: it succeeds
            return new SlicesReader(stored.Body, range.From, range.To);
        });
        stored.Body.Release();
        return response;
    }

    private static EdgeResponse OfSlices(
        CachedObject stored, SliceSet slices, ByteRange[]? parts, RegionalRequest request, BodyReader? prepared)
    {
        BodyReader Open(ByteRange range)
        {
            var reader = prepared ?? slices.Opener.Open(slices, request, range);
            prepared = null; // it is for the first part
            return reader;
        }
        return parts is null
            ? WithBody(stored.Head, RangedBody.Of(Open(new ByteRange(0, slices.Length)), slices.Length, slices))
            : stored.Head.ToParts(parts, slices.Length, slices, Open);
    }

    // The same part as OfSlices opens first.
    private static BodyReader ReaderOf(SliceSet slices, CachedObject found, RegionalRequest request)
    {
        var parts = Preconditions.Parts(request.Request, found.Head, slices.Length);
        return slices.Opener.Open(slices, request, parts is [var one, ..] ? one : new ByteRange(0, slices.Length));
    }

    // Where the first byte cannot be had, or the viewer leaves before it comes, the reader is let go of: a fill would wait for it.
    private static async ValueTask<bool> PrepareAsync(BodyReader reader, CancellationToken cancellationToken)
    {
        var isPrepared = false;
        try
        {
            return isPrepared = await reader.PrepareAsync(cancellationToken);
        }
        finally
        {
            if (!isPrepared)
                reader.Dispose();
        }
    }

    private static bool WantsBody(CachedObject found, RegionalRequest request) =>
        PresentWithoutBody(found.Head, found.Length, request) is null
        && Preconditions.Parts(request.Request, found.Head, found.Length) is not { Length: 0 };

    /// <summary>Opens readers of objects whose slices this cache keeps.</summary>
    private sealed class SliceOpener(EdgeCache cache, Fetch fetch) : ISliceOpener
    {
        public SlicedReader Open(SliceSet set, RegionalRequest request, ByteRange part) => new(
            set,
            new SliceSource(cache._sliceFills, request.Detach(revalidation: null), fetch, cache._slabs, cache._fillBudget),
            part.From,
            part.To);

        BodyReader ISliceOpener.Open(SliceSet set, RegionalRequest request, ByteRange part) => Open(set, request, part);
    }
}
