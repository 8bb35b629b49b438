using Brink.PrivateContent;

namespace Brink.Tests.PrivateContent;

/// <summary>The Resource of a policy: four sections, each with its own wildcards (distribution spec 2.12).</summary>
public sealed class ResourcePatternTests
{
    [Theory]
    [InlineData("https://h.test/a.jpg", "https://h.test/a.jpg", true)]
    [InlineData("https://h.test/a.jpg", "http://h.test/a.jpg", false)]
    [InlineData("https://h.test/a.jpg", "https://h.test/A.jpg", false)]
    [InlineData("HTTPS://H.test/a.jpg", "https://h.TEST/a.jpg", true)]
    [InlineData("https://h.test/a.jpg", "https://h.test/a.jpg?x", false)]
    [InlineData("https://h.test/a.jpg?x=1", "https://h.test/a.jpg?x=1", true)]
    [InlineData("https://h.test/a.jpg?x=1", "https://h.test/a.jpg?x=2", false)]
    [InlineData("https://h.test/a.jpg?x=1", "https://h.test/a.jpgyx=1", true)]
    [InlineData("https://h.test/a?.jpg", "https://h.test/a1.jpg", true)]
    [InlineData("https://h.test/a?.jpg", "https://h.test/a12.jpg", false)]
    [InlineData(@"https://h.test/a?.jpg\?x=*", "https://h.test/a1.jpg?x=12", true)]
    [InlineData(@"https://h.test/a?.jpg\?x=*", "https://h.test/a1.jpg", false)]
    [InlineData(@"https://h.test/a.jpg\?x=1", "https://h.test/a.jpgyx=1", false)]
    [InlineData(@"https://h.test/*\?x=1", "https://h.test/a/b.jpg?x=1", true)]
    [InlineData("https://h.test/*.jpg", "https://h.test/a/b.jpg", true)]
    [InlineData("https://h.test/*.jpg", "https://h.test/a.png?x=.jpg", false)]
    [InlineData("https://h.test/*", "https://h.test/a?x=1", true)]
    [InlineData("https://h.test/a*", "https://h.test/a?x=1", true)]
    [InlineData("https://h.test/a*", "https://h.test/b?x=a", false)]
    [InlineData("https://h.test/a/*/c", "https://h.test/a/b/b/c", true)]
    [InlineData("https://*.test/a", "https://h.test/a", true)]
    [InlineData("https://*.test/a", "https://h.evil/.test/a", false)]
    [InlineData("https://h*", "https://h.test/a?x", true)]
    [InlineData("https://h.test", "https://h.test/", false)]
    [InlineData("https://h.test/", "https://h.test/", true)]
    [InlineData("http*://h.test/a", "https://h.test/a", true)]
    [InlineData("http*://h.test/a", "http://h.test/a", true)]
    [InlineData("*://h.test/a", "http://h.test/a", true)]
    [InlineData("h.test/a", "http://h.test/a", true)]
    [InlineData("h.test/a?u=http://x/", "https://h.test/a?u=http://x/", true)]
    [InlineData("*", "https://h.test/a?x=1", true)]
    [InlineData("*/a", "https://h.test/a", true)]
    [InlineData("*/a", "https://h.test/b/a", false)]
    [InlineData("", "https://h.test/", false)]
    [InlineData("https://h.test:8080/a", "https://h.test:8080/a", true)]
    [InlineData("https://h.test/a", "https://h.test:8080/a", false)]
    [InlineData("https://h.test/*a*b*c", "https://h.test/xaxbxbxc", true)]
    [InlineData("https://h.test/*a*b*c", "https://h.test/xaxbxbxcx", false)]
    public void Pattern_MatchesWithinItsSections(string pattern, string url, bool matches)
    {
        var (scheme, host, path) = (url.IndexOf(':'), url.IndexOf("//", StringComparison.Ordinal) + 2, url.IndexOf('/', "https://".Length));
        var query = url.IndexOf('?') is >= 0 and var mark ? mark : url.Length;

        Assert.Equal(matches, new ResourcePattern(pattern).Matches(url.AsSpan(0, scheme), url.AsSpan(host, path - host), url.AsSpan(path, query - path), query == url.Length ? null : url[(query + 1)..]));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1&Expires=1&Signature=s&Key-Pair-Id=k", "a=1")]
    [InlineData("Policy=p&Signature=s&Key-Pair-Id=k&Hash-Algorithm=SHA256", null)]
    [InlineData("Policy=p&a&&b=&Signature=s", "a&&b=")]
    [InlineData("Expires", null)]
    [InlineData("expires=1&XPolicy=1&Policy2=1", "expires=1&XPolicy=1&Policy2=1")]
    [InlineData("%45xpires=1&Expires=1", "%45xpires=1")]
    public void QueryWithoutTheSignature(string? query, string? rest) => Assert.Equal(rest, SignedQuery.Without(query));
}
