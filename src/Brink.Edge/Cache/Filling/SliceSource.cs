using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Filling;

/// <summary>Asks for slices that are missing, in the name of one request.</summary>
/// <param name="fills">The fills under way.</param>
/// <param name="request">A copy of the request that outlives its viewer.</param>
/// <param name="fetch">What lies behind the cache.</param>
/// <param name="slabs">Memory.</param>
/// <param name="budget">Bytes that all fills may hold together.</param>
internal sealed class SliceSource(SliceFills fills, RegionalRequest request, Fetch fetch, SlabPool slabs, FillBudget budget)
{
    public SliceFills Fills => fills;

    /// <summary>
    /// Begins a fill for this reader, from the slice that has the byte at <paramref name="position"/>: to the next slice that is stored, or
    /// to the one that has the byte before <paramref name="end"/>.
    /// </summary>
    public SliceFill Start(SliceSet set, SlicedReader reader, long position, long end)
    {
        var start = SliceSet.StartOf(position);
        var fill = new SliceFill(fills, set, start, set.EndOfGap(start, end), slabs, budget, reader);
        _ = AskAsync(set, fill);
        return fill;
    }

    private async Task AskAsync(SliceSet set, SliceFill fill)
    {
        try
        {
            if (set.IsOutdated)
                throw new IOException("the object changed at the origin, and its old version is not there any more");
            var asked = request.AskingForPart(fill.Start, fill.End, set.Version);
            var response = (await fetch(asked, fill.Stopped)).Response;
            var part = PartOf(response, set, fill.Start);
            if (part is null)
            {
                response.Body.LetGo();
                set.IsOutdated = response.StatusCode is < 500 and not 429;
                throw new IOException($"the origin answered {response.StatusCode} where a part of the object was asked for");
            }
            var stream = response.Body.ToStream();
            if (part.Value.Range.From < fill.Start)
                stream = new PartStream(stream, fill.Start - part.Value.Range.From, part.Value.Range.To - fill.Start);
            await fill.RunAsync(stream, part.Value.Range.To);
        }
        catch (Exception failure) // each reader is told in its own place
        {
            fill.Fail(failure as IOException ?? new IOException("a part of the object could not be asked for", failure));
        }
    }

    // The part of the same version that was asked for, at least its first slice; or the whole, where the origin knows no ranges.
    private static ContentRange? PartOf(EdgeResponse response, SliceSet set, long start)
    {
        var version = SliceSet.VersionOf(response.Headers.Get("etag"), response.Headers.Get("last-modified"));
        if (version != set.Version)
            return null;
        var part = response.StatusCode switch
        {
            206 => ContentRange.Of(response),
            200 when response.Body.Length == set.Length => new ContentRange(new ByteRange(0, set.Length), set.Length),
            _ => null,
        };
        if (part is not { } found || found.Total != set.Length || found.Range.From > start)
            return null;
        var end = found.Range.To == set.Length ? set.Length : SliceSet.StartOf(found.Range.To);
        return end > start ? found with { Range = new ByteRange(found.Range.From, end) } : null;
    }
}
