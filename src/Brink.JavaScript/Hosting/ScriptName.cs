using Brink.JavaScript.Values;

namespace Brink.JavaScript.Hosting;

/// <summary>
/// A property name that the host asks for again and again. Made once and kept in a static field: its hash is computed once, and each call
/// finds its own key object by that hash; those of <see cref="HostEnvironment.Names"/> have one key object for all calls.
/// </summary>
/// <param name="text">The name; no surrogates.</param>
public sealed class ScriptName(string text)
{
    /// <summary>The name.</summary>
    public string Text { get; } = text;

    internal int Hash { get; } = AtomTable.HashOf(new TextView(text));

    /// <summary>Its place in <see cref="HostEnvironment.Find"/>.</summary>
    internal int Number { get; } = Interlocked.Increment(ref s_count) - 1;

    private static int s_count;

    /// <inheritdoc/>
    public override string ToString() => Text;
}
