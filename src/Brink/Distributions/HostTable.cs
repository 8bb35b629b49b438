using System.Collections.Frozen;
using Brink.Http;

namespace Brink.Distributions;

/// <summary>
/// Host to distribution (distribution spec 1.1, stage 3): the exact alias, then the most specific wildcard alias, then the default name.
/// Immutable; built with each snapshot.
/// </summary>
/// <typeparam name="T">What is looked up: a distribution, or an edge's form of it.</typeparam>
public sealed class HostTable<T> where T : class
{
    private readonly record struct Entry(T Value, bool Enabled);

    // Wildcards are kept under their suffix with the leading dot: "*.example.com" is ".example.com" here, so that exact names and
    // wildcards cannot be mixed up and one lookup for each dot of the host, left to right, finds the most specific first.
    private readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _aliases;
    private readonly FrozenDictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _defaultNames;

    /// <summary>
    /// A table over the given entries. Of two that claim one name the first wins; an API refuses such a pair before it gets here.
    /// </summary>
    public HostTable(IEnumerable<T> entries, Func<T, Distribution> distributionOf)
    {
        var aliases = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        var defaultNames = new Dictionary<string, Entry>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in entries)
        {
            var distribution = distributionOf(value);
            var entry = new Entry(value, distribution.Enabled);
            foreach (var alias in distribution.Aliases)
                aliases.TryAdd(alias.StartsWith("*.", StringComparison.Ordinal) ? alias[1..] : alias, entry);
            defaultNames.TryAdd(distribution.DomainName, entry);
        }
        _aliases = aliases.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _defaultNames = defaultNames.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// The distribution that serves this Host, or null. The port is ignored, letter case too. A disabled distribution answers to its names
    /// with null: it shadows a wildcard that would match otherwise.
    /// </summary>
    public T? Find(ReadOnlySpan<char> host)
    {
        host = HostField.WithoutPort(host);
        if (host.IsEmpty || host[0] == '.')
            return null;
        if (_aliases.TryGetValue(host, out var entry))
            return entry.Enabled ? entry.Value : null;
        var rest = host;
        for (var dot = rest.IndexOf('.'); dot >= 0; dot = rest.IndexOf('.'))
        {
            if (_aliases.TryGetValue(rest[dot..], out entry))
                return entry.Enabled ? entry.Value : null;
            rest = rest[(dot + 1)..];
        }
        return _defaultNames.TryGetValue(host, out entry) && entry.Enabled ? entry.Value : null;
    }
}
