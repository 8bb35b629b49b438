using System.Collections.Concurrent;

namespace Brink.Edge.Metrics;

/// <summary>
/// What an edge counts, for operators. Plain numbers: what exports them reads <see cref="All"/>, and knows none of them by name. A new
/// counter is a property here.
/// </summary>
public sealed class EdgeCounters
{
    private readonly ConcurrentQueue<Counter> _all = new();

    /// <summary>Counters that are all zero.</summary>
    public EdgeCounters()
    {
        ConnectionsAccepted = Add("brink_connections_accepted_total", "Viewer connections that were accepted.");
        ConnectionsOpen = AddGauge("brink_connections_open", "Viewer connections that are open.");
    }

    /// <summary>Viewer connections that were accepted.</summary>
    public Counter ConnectionsAccepted { get; }

    /// <summary>Viewer connections that are open.</summary>
    public Counter ConnectionsOpen { get; }

    /// <summary>Every counter, in the order in which they were added.</summary>
    public IEnumerable<Counter> All => _all;

    /// <summary>A counter that only grows. Its name ends with _total.</summary>
    public Counter Add(string name, string help, params (string Name, string Value)[] labels) =>
        Add(new Counter(name, help, isGauge: false, labels));

    /// <summary>A counter that can fall.</summary>
    public Counter AddGauge(string name, string help, params (string Name, string Value)[] labels) =>
        Add(new Counter(name, help, isGauge: true, labels));

    private Counter Add(Counter counter)
    {
        _all.Enqueue(counter);
        return counter;
    }
}
