using Brink.Distributions;
using Brink.Edge.Cache.Rules;
using Brink.Http;

namespace Brink.Tests.Edge.Cache;

/// <summary>The field of CacheTagConfig (distribution spec 3.14).</summary>
public sealed class CacheTagsTests
{
    [Theory]
    [InlineData("product:tv, brand:x", "product:tv|brand:x")]
    [InlineData(" a ,,b,", "a|b")]
    [InlineData("a,A", "a")]
    [InlineData("a b,c", "c")]
    [InlineData("é,c", "c")]
    [InlineData("", "")]
    public void Tags_AreSeparatedByCommas_AndWhatIsNoneIsLeftOut(string value, string tags) =>
        Assert.Equal(tags, string.Join('|', Of(value)));

    [Fact]
    public void FieldThatComesTwice_IsOneList() => Assert.Equal(["a", "b"], Of("a", "b"));

    [Fact]
    public void MoreTagsThanFifty_AreNotStored() =>
        Assert.Equal("t49", Of(string.Join(',', Enumerable.Range(0, 60).Select(number => $"t{number}")))[^1]);

    [Theory]
    [InlineData(256, 1)]
    [InlineData(257, 0)]
    public void TagThatIsTooLong_IsNone(int length, int count) => Assert.Equal(count, Of(new string('a', length)).Length);

    private static string[] Of(params string[] values)
    {
        var origin = new CustomOrigin { Id = "o", DomainName = "origin.test" };
        var distribution = new Distribution
        {
            Id = "E1", DomainName = "d1.cloudfront.net", Origins = [origin], CacheTagHeader = "X-Tags",
            DefaultCacheBehavior = new CacheBehavior { TargetOriginId = "o", CachePolicy = TestEdge.CachingDisabled },
        };
        var headers = new HeaderList();
        foreach (var value in values)
            headers.Add("x-tags", value);
        return [.. CacheTags.Of(distribution, headers)];
    }
}
