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
            && ContentRange.Of(result.Response) is { } came
            && ByteRanges.Of(request.Request, came.Total) is [var wanted] && came.Range.From <= wanted.From && wanted.To <= came.Range.To)
            return PartOf(key, revision, asking, request, fetch, result, asked, came, wanted);
        var answer = Digest(key, revision, asking, null, result, asked, audience, null);
        return Take(answer, leads: true, request, fetch, audience)
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
        var whole = new EdgeResponse { StatusCode = 200, Headers = response.Headers.Clone() };
        whole.Headers.Remove("content-range");
        whole.Headers.Set("Content-Length", came.Total.ToString(CultureInfo.InvariantCulture));
        var freshness = Kept(asking, result, ImmutableDictionary<int, TimeSpan>.Empty, whole, date, age);
        var items = request.Behavior.Behavior.ForwardedItems;
        var dropped = ResponseFilter.Apply(response, items);
        ResponseFilter.Apply(whole, items);
        var stream = response.Body is StreamBody body ? body.Stream : BodyHead.Whole(((BytesBody)response.Body).Bytes);
        var version = SliceSet.VersionOf(whole.Headers.Get("etag"), whole.Headers.Get("last-modified"));
        var notStored = freshness.NotStored
            ?? (version is null ? NotStoredReason.NoVersion : came.Total > Limits.CacheableBytes ? NotStoredReason.TooLarge : null);
        // Only whole slices are kept; what came beyond them is not worth a question of its own.
        var end = came.Range.To == came.Total ? came.Total : SliceSet.StartOf(came.Range.To);
        if (notStored is null && came.Range.From % SliceSet.SliceSize == 0 && wanted.To <= end)
        {
            asking.Note(RequestStepKind.Stored);
            var head = ObjectHead.From(
                key, ObjectName.Of(asking, whole), revision, whole, 200, freshness, now, age, items.SendsAnyCookies, edgeCoding: null);
            BeginSlices(head, version!, stream, came.Total, came.Range with { To = end }, wanted, asking, fetch, out var reader);
            response.Body = RangedBody.Of(reader, wanted.Length);
        }
        else
            response.Body = new StreamBody(new PartStream(stream, wanted.From - came.Range.From, wanted.Length), wanted.Length);
        response.Headers.Set("Content-Range", new ContentRange(wanted, came.Total).ToString());
        response.Headers.Remove("content-length");
        return Fetched(response, result.EndedBy ?? result.FromCache ?? ResultType.Miss, result) with
        {
            NotStored = notStored,
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
        var slices = new SliceSet(SliceSet.NewId(), total, version, Storage);
        var stored = new CachedObject(head, BodySlices.Empty, slices);
        var source = SourceFor(asked, fetch);
        reader = new SlicedReader(slices, source, wanted.From, wanted.To);
        var fill = new SliceFill(_sliceFills, slices, arriving.From, arriving.To, _slabs, _fillBudget, reader);
        reader.Begin(fill);
        Store(stored);
        _ = fill.RunAsync(stream, arriving.To);
        return stored;
    }

    // Takes over the reference on the body.
    private static EdgeResponse PartsOf(CachedObject stored, ByteRange[] parts)
    {
        var response = stored.Head.ToParts(parts, stored.Length, range =>
        {
            stored.Body.TryAddReference(); // one is held here: it succeeds
            return new SlicesReader(stored.Body, range.From, range.To);
        });
        stored.Body.Release();
        return response;
    }

    private EdgeResponse OfSlices(
        CachedObject stored, SliceSet slices, ByteRange[]? parts, RegionalRequest request, Fetch fetch, SlicedReader? prepared)
    {
        var source = SourceFor(request, fetch);
        BodyReader Open(ByteRange range)
        {
            var reader = prepared ?? new SlicedReader(slices, source, range.From, range.To);
            prepared = null; // it is for the first part
            return reader;
        }
        return parts is null
            ? WithBody(stored.Head, RangedBody.Of(Open(new ByteRange(0, slices.Length)), slices.Length))
            : stored.Head.ToParts(parts, slices.Length, Open);
    }

    private SliceSource SourceFor(RegionalRequest request, Fetch fetch) =>
        new(_sliceFills, request.Detach(revalidation: null), fetch, _slabs, _fillBudget);

    // The same part as OfSlices opens first.
    private SlicedReader ReaderOf(SliceSet slices, CachedObject found, RegionalRequest request, Fetch fetch)
    {
        var parts = Preconditions.Parts(request.Request, found.Head, slices.Length);
        var first = parts is [var one, ..] ? one : new ByteRange(0, slices.Length);
        var source = SourceFor(request, fetch);
        return new SlicedReader(slices, source, first.From, first.To);
    }

    private static bool WantsBody(CachedObject found, RegionalRequest request) =>
        PresentWithoutBody(found.Head, found.Length, request) is null
        && Preconditions.Parts(request.Request, found.Head, found.Length) is not { Length: 0 };
}
