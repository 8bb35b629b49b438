namespace Brink.Distributions;

/// <summary>
/// Host to distribution (distribution spec 1.1, stage 3): the exact alias, then the most specific wildcard alias, then the default name.
/// Immutable; built with each snapshot.
/// </summary>
/// <typeparam name="T">What is looked up: a distribution, or what an edge keeps for it.</typeparam>
public sealed class HostTable<T> where T : class
{
    private readonly T[] _entries;
    private readonly Func<T, Distribution> _distributionOf;

    /// <summary>A table over the given entries.</summary>
    public HostTable(IEnumerable<T> entries, Func<T, Distribution> distributionOf)
    {
        _entries = [.. entries];
        _distributionOf = distributionOf;
    }

    /// <summary>
    /// The distribution that serves this Host, or null. The port is ignored, letter case too. A disabled distribution answers to its names with
    /// null: it shadows a wildcard that would match otherwise.
    /// </summary>
    public T? Find(ReadOnlySpan<char> host)
    {
        foreach (var entry in _entries)
        {
            if (host.Equals(_distributionOf(entry).DomainName, StringComparison.OrdinalIgnoreCase))
                return entry;
        }
        return null;
    }
}
