using Brink.Distributions;

namespace Brink.Tests.Distributions;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("*", "/", true)]
    [InlineData("*", "/any/path.html", true)]
    [InlineData("/images/*", "/images/cat.png", true)]
    [InlineData("/images/*", "/images/", true)]
    [InlineData("/images/*", "/images", false)]
    [InlineData("images/*", "/images/a/b/c.png", true)]
    [InlineData("/images/*.jpg", "/images/a/b.jpg", true)]
    [InlineData("/images/*.jpg", "/images/a/b.jpg2", false)]
    [InlineData("/images/*.jpg", "/Images/a.jpg", false)]
    [InlineData("*.gif", "/deep/down/a.gif", true)]
    [InlineData("/a??.html", "/a12.html", true)]
    [InlineData("/a??.html", "/a1.html", false)]
    [InlineData("/a?b", "/a/b", true)]
    [InlineData("/index.html", "/index.html", true)]
    [InlineData("/index.html", "/index.htm", false)]
    [InlineData("/index.html", "/x/index.html", false)]
    [InlineData("a*b*c", "/axbxbxc", true)]
    [InlineData("a*b*c", "/axbxbx", false)]
    [InlineData("/a.c", "/abc", false)]
    public void Path_MatchesOrNot(string pattern, string path, bool matches) => Assert.Equal(matches, new PathPattern(pattern).Matches(path));

    [Fact]
    public void ManyStars_StayLinearEnough()
    {
        // A matcher that tries every split of every star would not come back from this.
        Assert.False(new PathPattern(string.Concat(Enumerable.Repeat("*a", 60)) + "b").Matches("/" + new string('a', 4000)));
    }
}
