using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// A property name that the host asks for again and again. Made once and kept in a static field: its hash is computed once, and each call finds
/// its own key object by that hash. It is not entered into a process-wide table, so that names of hosts and of programs cannot get in each other's way.
/// </summary>
/// <param name="text">The name; no surrogates.</param>
public sealed class ScriptName(string text)
{
    /// <summary>The name.</summary>
    public string Text { get; } = text;

    internal int Hash { get; } = AtomTable.HashOf(new TextView(text));

    /// <inheritdoc/>
    public override string ToString() => Text;
}
