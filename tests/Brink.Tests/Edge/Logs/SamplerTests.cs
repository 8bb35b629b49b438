using Brink.Edge.Logs;

namespace Brink.Tests.Edge.Logs;

public sealed class SamplerTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(Sampler.All, 100_000, 100_000)]
    [InlineData(500_000, 49_000, 51_000)]
    [InlineData(10_000, 850, 1_150)]
    [InlineData(1, 0, 3)]
    public void Share_IsTaken(int perMillion, int least, int most)
    {
        var sampler = new Sampler(1);

        Assert.InRange(Enumerable.Range(0, 100_000).Count(_ => sampler.TakesNext(perMillion)), least, most);
    }

    [Fact]
    public void Seed_ChoosesWhich()
    {
        Assert.Equal(Taken(1), Taken(1));
        Assert.NotEqual(Taken(1), Taken(2));
    }

    private static List<int> Taken(long seed)
    {
        var sampler = new Sampler(seed);
        return [.. Enumerable.Range(0, 1_000).Where(_ => sampler.TakesNext(100_000))];
    }
}
