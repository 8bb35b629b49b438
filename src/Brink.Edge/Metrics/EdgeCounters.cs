using System.Collections.Concurrent;

namespace Brink.Edge.Metrics;

/// <summary>
/// What an edge counts, for operators. Plain numbers: what exports them reads <see cref="All"/>, and knows none of them by name. A new
/// counter is a property here.
/// </summary>
public sealed class EdgeCounters
{
    /// <summary>Distributions that are counted by their own names; all others are counted together.</summary>
    private const int MostDistributions = 500;

    private const double Microsecond = 1e-6;

    private readonly ConcurrentQueue<Counter> _all = new();
    private readonly ConcurrentDictionary<string, DistributionCounters> _distributions = new(StringComparer.Ordinal);

    /// <summary>Counters that are all zero.</summary>
    public EdgeCounters()
    {
        ConnectionsAccepted = Add("brink_connections_accepted_total", "Viewer connections that were accepted.");
        ConnectionsOpen = AddGauge("brink_connections_open", "Viewer connections that are open.");
        OriginConnections = Add("brink_origin_connections_total", "Connections to origins that were made.");
        OriginConnectionsFailed = Add("brink_origin_connections_failed_total", "Connections to origins that could not be made.");
        OriginAnswers = Add("brink_origin_answers_total", "Requests that an origin answered.");
        OriginSeconds = Add(new Counter("brink_origin_answer_seconds_total", "Time from asking an origin to the head of its answer.")
        {
            Unit = Microsecond,
        });
        CloudFrontFunctions = new FunctionCounters(this, "cloudfront");
        LambdaFunctions = new FunctionCounters(this, "lambda");
    }

    /// <summary>Viewer connections that were accepted.</summary>
    public Counter ConnectionsAccepted { get; }

    /// <summary>Viewer connections that are open.</summary>
    public Counter ConnectionsOpen { get; }

    /// <summary>Connections to origins that were made.</summary>
    public Counter OriginConnections { get; }

    /// <summary>Connections to origins that could not be made.</summary>
    public Counter OriginConnectionsFailed { get; }

    /// <summary>Requests that an origin answered.</summary>
    public Counter OriginAnswers { get; }

    /// <summary>Microseconds from asking an origin to the head of its answer.</summary>
    public Counter OriginSeconds { get; }

    /// <summary>CloudFront Functions.</summary>
    internal FunctionCounters CloudFrontFunctions { get; }

    /// <summary>Lambda@Edge functions.</summary>
    internal FunctionCounters LambdaFunctions { get; }

    /// <summary>Every counter, in the order in which they were added.</summary>
    public IEnumerable<Counter> All => _all;

    /// <summary>A counter that only grows. Its name ends with _total.</summary>
    public Counter Add(string name, string help, params (string Name, string Value)[] labels) =>
        Add(new Counter(name, help, isGauge: false, labels));

    /// <summary>A counter that can fall.</summary>
    public Counter AddGauge(string name, string help, params (string Name, string Value)[] labels) =>
        Add(new Counter(name, help, isGauge: true, labels));

    /// <summary>A number that only grows and that something else keeps, read when it is asked for.</summary>
    public Counter Add(string name, string help, Func<long> read) => Add(new Counter(name, help) { Elsewhere = read });

    /// <summary>A number that can fall and that something else keeps, likewise.</summary>
    public Counter AddGauge(string name, string help, Func<long> read) =>
        Add(new Counter(name, help, isGauge: true) { Elsewhere = read });

    /// <summary>The requests of a distribution.</summary>
    internal DistributionCounters Of(string distributionId) =>
        _distributions.TryGetValue(distributionId, out var known) ? known : AddDistribution(distributionId);

    private DistributionCounters AddDistribution(string distributionId)
    {
        const string others = "others";
        var name = _distributions.Count < MostDistributions ? distributionId : others;
        return _distributions.GetOrAdd(name, static (id, all) => new DistributionCounters(all, id), this);
    }

    private Counter Add(Counter counter)
    {
        _all.Enqueue(counter);
        return counter;
    }
}
