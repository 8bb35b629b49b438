using Brink.Host.Admin;

namespace Brink.Tests.Host;

/// <summary>What became of requests, over time.</summary>
public sealed class CacheStatsTests
{
    [Fact]
    public void Since_IsWhatCameBetween_AndAProcessThatBeganAnewCountsFromItsStart()
    {
        var then = new CacheStats([], [new DistributionStats("E1", 10, 6, 1, 2, 1, 0.6667, 100), new DistributionStats("E2", 50, 0, 0, 50, 0, 0, 5)]);
        var now = new CacheStats([], [new DistributionStats("E1", 30, 21, 1, 7, 1, 0.7241, 900), new DistributionStats("E2", 3, 3, 0, 0, 0, 1, 1), new DistributionStats("E3", 1, 1, 0, 0, 0, 1, 1)]);

        Assert.Equal(
            [new DistributionStats("E1", 20, 15, 0, 5, 0, 0.75, 800), now.Distributions[1], now.Distributions[2]],
            now.Since(then).Distributions);
        Assert.Equal(new DistributionStats("E1", 0, 0, 0, 0, 0, null, 0), now.Since(now).Distributions[0]);
    }
}
