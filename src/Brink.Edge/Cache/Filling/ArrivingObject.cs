using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// An object on its way, as one cache sees it. Its bytes come into memory by a fill: this cache's own, or that of a cache behind it in the
/// same process, so that they are there once.
/// </summary>
internal sealed class ArrivingObject
{
    private readonly Audience _audience;
    private readonly Audience? _behind;
    private BodySlices? _arrived;
    private int _hasLeft;

    private ArrivingObject(ObjectHead head, ObjectFill fill, Audience audience, Audience? behind) =>
        (Head, Fill, _audience, _behind) = (head, fill, audience, behind);

    /// <summary>The head in this cache.</summary>
    public ObjectHead Head { get; }

    public ObjectFill Fill { get; }

    /// <summary>By a fill of this cache.</summary>
    public static ArrivingObject Own(ObjectHead head, ObjectFill fill, Audience audience) => new(head, fill, audience, behind: null);

    /// <summary>
    /// By the fill of the cache behind, of whose audience this cache becomes a member until the body is there or all its own viewers have
    /// left; null when it is too late.
    /// </summary>
    public static ArrivingObject? Share(ObjectHead head, ObjectFill fill, Audience audience)
    {
        if (!fill.Audience.TryJoin())
            return null;
        var arriving = new ArrivingObject(head, fill, audience, fill.Audience);
        audience.Gone.UnsafeRegister(static state => ((ArrivingObject)state!).AllHaveLeft(), arriving);
        return arriving;
    }

    /// <summary>
    /// The body for a member of the audience, which is one until it has been read; null when the beginning is already gone.
    /// </summary>
    public WritableBody? TryOpen()
    {
        if ((_behind is null ? Fill.TryOpen() : Fill.TryOpenFor(_audience)) is { } reader)
            return new FillingBody(reader);
        if (Volatile.Read(ref _arrived) is not { } whole || !whole.TryAddReference())
            return null;
        _audience.Leave();
        return new CachedBody(whole);
    }

    /// <summary>
    /// The whole body is there. It is held for the members of the audience that have not opened it yet: it may be stored nowhere, or be
    /// evicted at once.
    /// </summary>
    public void Arrived(BodySlices whole)
    {
        if (whole.TryAddReference())
            Volatile.Write(ref _arrived, whole);
        if (_audience.Gone.IsCancellationRequested)
            AllHaveLeft();
    }

    /// <summary>The fill has ended.</summary>
    public void LeaveBehind()
    {
        if (_behind is not null && Interlocked.Exchange(ref _hasLeft, 1) == 0)
            _behind.Leave();
    }

    private void AllHaveLeft()
    {
        LeaveBehind();
        Interlocked.Exchange(ref _arrived, null)?.Release();
    }
}
