namespace Brink.JavaScript.Hosting;

/// <summary>
/// An object of the host as a script sees it: a fixed list of named properties, each read when the script first asks for it, then kept on
/// the engine's side. What the script changes stays there; after the call the host asks which properties were touched. No property is ever
/// copied for nothing. A class and no interface, as a virtual call costs a third of one through an interface with many classes behind it.
/// </summary>
public abstract class HostObject
{
    /// <summary>
    /// Objects with the same layout have the same names at the same places, so that a site of code that read one knows the place in the
    /// next. Null for lists whose names come from a request.
    /// </summary>
    public abstract object? Layout { get; }

    /// <summary>What <c>Object.prototype.toString</c> calls it, where that is not <c>Object</c>.</summary>
    public virtual string? ClassName => null;

    /// <summary>How many properties there are. At most 1,000.</summary>
    public abstract int Count { get; }

    /// <summary>The name of a property. Names are unique.</summary>
    public abstract string NameAt(int index);

    /// <summary>The same, for a source that has the name only as a part of something else. Not to be kept.</summary>
    public virtual ReadOnlySpan<char> NameSpanAt(int index) => NameAt(index);

    /// <summary>The place of a name, or -1.</summary>
    public abstract int IndexOf(ReadOnlySpan<char> name);

    /// <summary>Gives the value of a property, through one call on <paramref name="value"/>; none means undefined.</summary>
    public abstract void Read(int index, ref HostValue value);
}
