using Brink.Distributions;
using Brink.Edge.Origins;

namespace Brink.Tests.Edge;

public sealed class OriginPoolsTests
{
    private readonly ManualTimeProvider _time = new();

    private static OriginConnectionSettings Named(string sni) =>
        OriginConnectionSettings.Of(new CustomOrigin { Id = "o", DomainName = "example.test", Sni = sni, AllowedCertificateNames = ["a.test", "b.test"] });

    private OriginPools Pools() => new(static _ => new HttpMessageInvoker(new SocketsHttpHandler()), _time);

    [Fact]
    public void SameSettingsInAnotherRecord_FindTheSamePool()
    {
        using var pools = Pools();

        Assert.Same(pools.For(Named("x.test")), pools.For(Named("x.test")));
        Assert.NotSame(pools.For(Named("x.test")), pools.For(Named("y.test")));
    }

    [Fact]
    public void SettingsThatKeepChanging_AreForgotten_TheLongestUnusedFirst()
    {
        using var pools = Pools();
        var kept = pools.For(Named("kept.test"));
        for (var i = 0; i < 3 * OriginPools.Max; i++)
        {
            _time.AdvanceSeconds(1);
            pools.For(Named($"n{i}.test"));
            Assert.Same(kept, pools.For(Named("kept.test")));
        }
        Assert.Equal(OriginPools.Max, pools.Count);
    }
}
