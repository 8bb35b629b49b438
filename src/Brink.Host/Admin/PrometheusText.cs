using System.Globalization;
using Brink.Edge.Metrics;
using Prometheus;
using EdgeCounter = Brink.Edge.Metrics.Counter;

namespace Brink.Host.Admin;

/// <summary>
/// The counters of an edge in Prometheus' text format. They are read when they are asked for; requests know nothing of it.
/// </summary>
internal sealed class PrometheusText
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly EdgeCounters _counters;
    private readonly Dictionary<EdgeCounter, Action<double>> _known = [];
    private readonly Lock _gate = new();

    /// <param name="counters">What is exported, beside what the process itself has.</param>
    public PrometheusText(EdgeCounters counters)
    {
        _counters = counters;
        DotNetStats.Register(_registry);
        _registry.AddBeforeCollectCallback(ReadAll);
    }

    /// <summary>Writes all of it.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellationToken) =>
        _registry.CollectAndExportAsTextAsync(stream, cancellationToken);

    private void ReadAll()
    {
        lock (_gate) // two may ask at once
        {
            foreach (var counter in _counters.All)
            {
                if (!_known.TryGetValue(counter, out var set))
                    _known.Add(counter, set = SetterOf(counter));
                set(counter.Value * counter.Unit);
            }
        }
    }

    private Action<double> SetterOf(EdgeCounter counter)
    {
        string[] names = [.. counter.Labels.Select(label => label.Name)];
        string[] values = [.. counter.Labels.Select(label => label.Value)];
        var factory = Metrics.WithCustomRegistry(_registry);
        if (counter.IsGauge)
            return factory.CreateGauge(counter.Name, counter.Help, names).WithLabels(values).Set;
        return factory.CreateCounter(counter.Name, counter.Help, names).WithLabels(values).IncTo;
    }
}
