using Brink.Distributions;

namespace Brink.Tests.Distributions;

public sealed class NormalizedPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/priv/x", "/priv/x")]
    [InlineData("/x/../priv/x", "/priv/x")]
    [InlineData("/./priv/x", "/priv/x")]
    [InlineData("/../../priv/x", "/priv/x")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/a/..b/c", "/a/..b/c")]
    [InlineData("//priv/x", "//priv/x")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("/%70riv/%7ex", "/priv/~x")]
    [InlineData("/x/%2e%2E/priv", "/priv")]
    [InlineData("/a%2Fb%20c%", "/a%2Fb%20c%")]
    [InlineData("/%2570", "/%2570")]
    public void Path_AsPatternsSeeIt(string path, string normalized) => Assert.Equal(normalized, NormalizedPath.Of(path));
}
