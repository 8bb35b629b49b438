using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Filling;

/// <summary>The fills of large objects that are under way.</summary>
internal sealed class SliceFills
{
    private readonly Lock _gate = new();

    // By the name of the body: one that is read from disk again has another set of the same name.
    private readonly Dictionary<string, List<SliceFill>> _fills = new(StringComparer.Ordinal);

    /// <summary>A fill that is about to bring the byte at that position; null if there is none.</summary>
    public SliceFill? For(SliceSet set, long position)
    {
        lock (_gate)
        {
            if (!_fills.TryGetValue(set.Id, out var fills))
                return null;
            foreach (var fill in fills)
            {
                if (fill.IsAboutToBring(position))
                    return fill;
            }
            return null;
        }
    }

    public void Add(SliceSet set, SliceFill fill)
    {
        lock (_gate)
        {
            if (!_fills.TryGetValue(set.Id, out var fills))
                _fills.Add(set.Id, fills = []);
            fills.Add(fill);
        }
    }

    public void Remove(SliceSet set, SliceFill fill)
    {
        lock (_gate)
        {
            if (_fills.TryGetValue(set.Id, out var fills) && fills.Remove(fill) && fills.Count == 0)
                _fills.Remove(set.Id);
        }
    }
}
