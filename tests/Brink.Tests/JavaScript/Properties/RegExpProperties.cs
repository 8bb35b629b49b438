using Brink.Tests.JavaScript.RegularExpressions;

namespace Brink.Tests.JavaScript.Properties;

public class RegExpProperties
{
    /// <summary>The pattern comes from its number, the text can be shrunk.</summary>
    [Fact]
    public void Pattern_MatchesAsTheNaiveMatcherDoes()
    {
        var compared = 0;
        Property.Holds<(int Seed, byte[] Letters)>(5_000, input =>
        {
            var generator = new PatternGenerator(new Random(input.Seed));
            var pattern = generator.Next(4);
            var text = new string([.. input.Letters.Select(letter => "abcx "[letter % 5])]);
            if (new NaiveMatcher(text, generator.Groups).Exec(pattern) is not { } expected)
                return;
            compared++;
            var actual = RegExpProbe.Exec(pattern.Write(), "", text);
            Assert.True(expected == actual, $"/{pattern.Write()}/ on \"{text}\": expected {expected}, got {actual}");
        });
        Assert.InRange(compared, 3_000, 6_000);
    }
}
