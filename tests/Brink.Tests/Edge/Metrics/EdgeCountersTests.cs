using Brink.Edge.Metrics;

namespace Brink.Tests.Edge.Metrics;

public sealed class EdgeCountersTests
{
    [Fact]
    public void ManyThreadsAdd_NothingIsLost()
    {
        var counter = new Counter("brink_things_total", "Things.");

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 10_000; i++)
                counter.Increment();
        });
        counter.Add(5);

        Assert.Equal(80_005, counter.Value);
    }

    [Fact]
    public void EveryCounter_IsListedOnce_AndNamedAsPrometheusNamesIt()
    {
        var counters = new EdgeCounters();
        var own = counters.Add("brink_own_total", "Own things.", ("kind", "a"));

        var all = counters.All.ToList();

        Assert.Contains(own, all);
        Assert.All(all, counter => Assert.Equal(!counter.IsGauge, counter.Name.EndsWith("_total", StringComparison.Ordinal)));
        Assert.All(all, counter => Assert.StartsWith("brink_", counter.Name, StringComparison.Ordinal));
        Assert.Equal(all.Count, all.Select(counter => (counter.Name, string.Join(',', counter.Labels))).Distinct().Count());
    }
}
