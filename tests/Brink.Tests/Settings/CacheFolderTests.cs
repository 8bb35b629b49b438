namespace Brink.Tests.Settings;

/// <summary>Where <c>--cache-dir</c> cannot be.</summary>
public sealed class CacheFolderTests
{
    [Theory]
    [InlineData("cache")]
    [InlineData(".cache/brink")]
    [InlineData("../content")]
    public async Task FolderOfWhatIsServed_IsAMistake(string cache)
    {
        await using var site = Site.OfFlags();
        var content = Directory.CreateDirectory(site.In("content")).FullName;
        site.Flags.AddRange(["--origin", content, "--cache-dir", Path.Combine(content, cache)]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"--cache-dir: {Path.GetFullPath(Path.Combine(content, cache))} is in {content}, which is served and watched: give a folder elsewhere", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(content));
    }

    [Fact]
    public async Task FolderBesideWhatIsServed_IsNone()
    {
        await using var site = Site.OfFlags();
        var content = Directory.CreateDirectory(site.In("content")).FullName;
        File.WriteAllText(Path.Combine(content, "a"), "one");
        site.Flags.AddRange(["--origin", content, "--cache-dir", content + "-cache"]);
        await site.StartAsync();

        Assert.Equal("one", (await site.Dev.AskAsync("/a")).Text);
    }

    [Fact]
    public async Task File_IsAMistake()
    {
        await using var site = Site.OfFlags();
        site.Flags.AddRange(["--origin", "http://127.0.0.1:1", "--cache-dir", site.Write("file", "")]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"--cache-dir: {site.In("file")} is a file: give a folder", errors, StringComparison.Ordinal);
    }
}
