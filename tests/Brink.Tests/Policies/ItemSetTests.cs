using Brink.Policies;

namespace Brink.Tests.Policies;

public sealed class ItemSetTests
{
    [Theory]
    [InlineData("session", true)]
    [InlineData("session-1", true)]
    [InlineData("Session", false)]
    [InlineData("user12", true)]
    [InlineData("user1", false)]
    [InlineData("exact", true)]
    [InlineData("exactly", false)]
    public void PatternsStandBesideNames(string name, bool isIncluded)
    {
        var set = ItemSet.Whitelist("exact") with { Patterns = ["session*", "user??"] };

        Assert.Equal(isIncluded, set.Includes(name, StringComparison.Ordinal));
        Assert.Equal(!isIncluded, (set with { Selection = ItemSelection.AllExcept }).Includes(name, StringComparison.Ordinal));
    }
}
