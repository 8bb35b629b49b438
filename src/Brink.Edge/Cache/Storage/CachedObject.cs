namespace Brink.Edge.Cache.Storage;

/// <summary>An object that is stored: its head, its body, and the marks that eviction reads.</summary>
/// <param name="head">All but the body.</param>
/// <param name="body">The whole body; empty where <paramref name="slices"/> has it.</param>
/// <param name="slices">The body of a large object, of which any part may be missing; else null.</param>
internal sealed class CachedObject(ObjectHead head, BodySlices body, SliceSet? slices = null)
{
    /// <summary>In place of the last invalidation that an object was compared with: one means it.</summary>
    public const long Invalidated = -1;

    private int _uses;
    private long _leaveOriginAloneUntil = long.MinValue;
    private long _checkedRevision = head.Revision;

    public ObjectHead Head { get; } = head;

    public BodySlices Body { get; } = body;

    public SliceSet? Slices { get; } = slices;

    /// <summary>Whether it is a slice of a large object.</summary>
    public bool IsSlice => ReferenceEquals(Head.Name, ObjectName.OfSlice);

    /// <summary>Bytes of the whole body, whether they are here or not.</summary>
    public long Length => Slices?.Length ?? Body.Length;

    /// <summary>Bytes it costs. Fixed, so that what is added is what is taken off.</summary>
    public long Size { get; } = head.Size + body.Size;

    /// <summary>Hits since the last look of eviction, 3 at most.</summary>
    public int Uses
    {
        get => Volatile.Read(ref _uses);
        set => Volatile.Write(ref _uses, value);
    }

    /// <summary>After a failed refresh the origin is not asked before this timestamp (spec 3.4).</summary>
    public long LeaveOriginAloneUntil
    {
        get => Volatile.Read(ref _leaveOriginAloneUntil);
        set => Volatile.Write(ref _leaveOriginAloneUntil, value);
    }

    /// <summary>The last invalidation that it was compared with, or <see cref="Invalidated"/>.</summary>
    public long CheckedRevision => Volatile.Read(ref _checkedRevision);

    /// <summary>Notes what came of a comparison; false where another one came to an end since.</summary>
    public bool TryCheck(long seen, long revision) => Interlocked.CompareExchange(ref _checkedRevision, revision, seen) == seen;

    /// <summary>
    /// Notes a hit. A hot object is only read here: at 3 nothing is written, so its cache line stays shared among the cores.
    /// </summary>
    public void NoteUse()
    {
        var uses = Volatile.Read(ref _uses);
        if (uses < 3)
            Volatile.Write(ref _uses, uses + 1);
    }

    // What MemoryStorage knows of it, touched under its lock only: that it had been there shortly before, and its place in a queue.
    internal bool HasReturned { get; set; }

    internal ObjectQueue? Queue { get; set; }

    internal CachedObject? Newer { get; set; }

    internal CachedObject? Older { get; set; }
}

/// <summary>A first-in first-out queue threaded through the objects: an object can be taken out of the middle at no cost.</summary>
internal sealed class ObjectQueue
{
    private CachedObject? _newest;
    private CachedObject? _oldest;

    public long Bytes { get; private set; }

    public int Count { get; private set; }

    public CachedObject? Oldest => _oldest;

    public void Add(CachedObject item)
    {
        item.Queue = this;
        item.Newer = null;
        item.Older = _newest;
        if (_newest is not null)
            _newest.Newer = item;
        _newest = item;
        _oldest ??= item;
        Bytes += item.Size;
        Count++;
    }

    public void Remove(CachedObject item)
    {
        if (item.Newer is not null)
            item.Newer.Older = item.Older;
        else
            _newest = item.Older;
        if (item.Older is not null)
            item.Older.Newer = item.Newer;
        else
            _oldest = item.Newer;
        item.Queue = null;
        item.Newer = item.Older = null;
        Bytes -= item.Size;
        Count--;
    }
}
