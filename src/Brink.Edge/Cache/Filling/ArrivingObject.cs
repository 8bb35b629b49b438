using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// An object on its way, as one cache sees it. Its bytes come into memory by a fill: this cache's own, or that of a cache behind it in the
/// same process, so that they are there once.
/// </summary>
internal sealed class ArrivingObject
{
    private readonly Audience _audience;
    private readonly bool _isShared;

    private ArrivingObject(ObjectHead head, ObjectFill fill, Audience audience, bool isShared) =>
        (Head, Fill, _audience, _isShared) = (head, fill, audience, isShared);

    /// <summary>The head in this cache.</summary>
    public ObjectHead Head { get; }

    public ObjectFill Fill { get; }

    /// <summary>By a fill of this cache.</summary>
    public static ArrivingObject Own(ObjectHead head, ObjectFill fill, Audience audience) => new(head, fill, audience, isShared: false);

    /// <summary>
    /// By the fill of the cache behind, of whose audience this cache becomes a member until all its own viewers have left: the fill may end
    /// before the first of them has opened it. Null when it is too late.
    /// </summary>
    public static ArrivingObject? Share(ObjectHead head, ObjectFill fill, Audience audience)
    {
        if (!fill.Audience.TryJoin())
            return null;
        var arriving = new ArrivingObject(head, fill, audience, isShared: true);
        audience.Gone.UnsafeRegister(static behind => ((Audience)behind!).Leave(), fill.Audience);
        return arriving;
    }

    /// <summary>A reader for a member of the audience; null when the beginning is already gone.</summary>
    public FillReader? TryOpen() => _isShared ? Fill.TryOpenFor(_audience) : Fill.TryOpen();
}
