using Brink.Policies;

namespace Brink.Tests.Policies;

public sealed class AllowedOriginTests
{
    [Theory]
    [InlineData("*", "https://example.org", true)]
    [InlineData("*", "null", true)]
    [InlineData("https://example.org", "https://example.org", true)]
    [InlineData("https://example.org", "https://EXAMPLE.org", true)]
    [InlineData("https://example.org", "http://example.org", false)]
    [InlineData("https://example.org", "https://example.org:8443", false)]
    [InlineData("https://example.org", "https://example.org.evil.net", false)]
    [InlineData("https://example.org", "https://www.example.org", false)]
    [InlineData("https://example.org", "null", false)]
    [InlineData("https://example.org", "", false)]
    [InlineData("http://localhost:3000", "http://localhost:3000", true)]
    [InlineData("http://localhost:3000", "http://localhost:3001", false)]
    [InlineData("https://*.example.org", "https://www.example.org", true)]
    [InlineData("https://*.example.org", "https://a.b.example.org", true)]
    [InlineData("https://*.example.org", "http://www.example.org", false)]
    [InlineData("https://*.example.org", "https://example.org", false)]
    [InlineData("https://*.example.org", "https://.example.org", false)]
    [InlineData("https://*.example.org", "https://evilexample.org", false)]
    [InlineData("https://*.example.org", "https://evil.net/.example.org", false)]
    [InlineData("https://*.example.org", "https://evil.net@www.example.org", false)]
    [InlineData("https://*.example.org", "https://www.example.org:8443", false)]
    [InlineData("https://*.example.org:8443", "https://www.example.org:8443", true)]
    [InlineData("*.example.org", "https://www.example.org", true)]
    [InlineData("*.example.org", "http://www.example.org", true)]
    [InlineData("example.org", "https://example.org", true)]
    [InlineData("example.org", "example.org", false)]
    public void Entry_AllowsWhatItNames(string entry, string origin, bool isAllowed)
    {
        Assert.True(AllowedOrigin.TryParse(entry, out var allowed, out var problem), problem);
        Assert.Equal(isAllowed, allowed.Matches(origin));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("*.")]
    [InlineData("https://")]
    [InlineData("://example.org")]
    [InlineData("https://example.org/")]
    [InlineData("https://example.org/path")]
    [InlineData("https://user@example.org")]
    [InlineData("https://example.org ")]
    [InlineData("ht tp://example.org")]
    [InlineData("example.*")]
    [InlineData("test.*.example.org")]
    [InlineData("*test.example.org")]
    [InlineData("exa*mple.org")]
    [InlineData("https://*")]
    [InlineData("**")]
    [InlineData("*.*.example.org")]
    public void WrongEntry_IsRefused(string entry)
    {
        Assert.False(AllowedOrigin.TryParse(entry, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void AnyOrigin_IsItsOwnKind()
    {
        Assert.True(AllowedOrigin.TryParse("*", out var any, out _));
        Assert.True(AllowedOrigin.TryParse("example.org", out var one, out _));
        Assert.Equal(AllowedOrigin.Any, any);
        Assert.NotEqual(AllowedOrigin.Any, one);
    }
}
