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

    private ArrivingObject(ObjectHead head, ObjectFill fill, Audience audience, Audience? behind) =>
        (Head, Fill, _audience, _behind) = (head, fill, audience, behind);

    /// <summary>The head in this cache.</summary>
    public ObjectHead Head { get; }

    public ObjectFill Fill { get; }

    /// <summary>By a fill of this cache.</summary>
    public static ArrivingObject Own(ObjectHead head, ObjectFill fill, Audience audience) => new(head, fill, audience, behind: null);

    /// <summary>
    /// By the fill of the cache behind, of whose audience this cache becomes a member until all its own viewers have left, also those that
    /// come to read after the last byte; null when it is too late.
    /// </summary>
    public static ArrivingObject? Share(ObjectHead head, ObjectFill fill, Audience audience)
    {
        if (!fill.Audience.TryJoin())
            return null;
        var arriving = new ArrivingObject(head, fill, audience, fill.Audience);
        audience.Gone.UnsafeRegister(static state => ((ArrivingObject)state!)._behind!.Leave(), arriving);
        return arriving;
    }

    /// <summary>A reader for a member of the audience; null when the beginning is already gone.</summary>
    public FillReader? TryOpen() => _behind is null ? Fill.TryOpen() : Fill.TryOpenFor(_audience);
}
