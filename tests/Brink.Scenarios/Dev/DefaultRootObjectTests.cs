using System.Net;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>What / is: the index page of a folder that has one, unless a flag says otherwise.</summary>
public sealed class DefaultRootObjectTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task FolderHasAnIndexPage_RootIsThatPage_AndTheStartSaysSo()
    {
        Write("index.html", "index");
        await using var brink = BrinkDev.Start("--origin", _folder.FullName);

        var reply = await brink.GetAsync("/");

        Assert.Equal((HttpStatusCode.OK, "index"), (reply.StatusCode, await reply.TextAsync()));
        Assert.Equal("index.html", brink.Started.GetProperty("defaultRootObject").GetString());
        await using var text = ChildProcess.Start(Repository.Executable, ["dev", "--origin", _folder.FullName, "--http-port", "0"]);
        Assert.Contains("/ is index.html", text.WaitForLine(line => line.StartsWith("  default root", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--default-root-object", "")]
    [InlineData("--default-root-object=")]
    public async Task SwitchedOff_RootIsNothing(params string[] flag)
    {
        Write("index.html", "index");
        await using var brink = BrinkDev.Start(["--origin", _folder.FullName, .. flag]);

        var reply = await brink.GetAsync("/");

        Assert.Equal(HttpStatusCode.NotFound, reply.StatusCode);
        Assert.False(brink.Started.TryGetProperty("defaultRootObject", out _));
    }

    [Fact]
    public async Task AnotherName_IsTaken_BeforeAServerToo()
    {
        Write("index.html", "index");
        Write("home.html", "home");
        await using var origin = BrinkDev.Start("--origin", _folder.FullName);
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--default-root-object", "home.html");

        Assert.Equal("home", await (await brink.GetAsync("/")).TextAsync());
    }

    [Fact]
    public async Task IndexPageComesLater_RootIsThatPageFromThenOn()
    {
        Write("a.txt", "content");
        await using var brink = BrinkDev.Start("--origin", _folder.FullName);
        Assert.Equal(HttpStatusCode.NotFound, (await brink.GetAsync("/")).StatusCode);

        Write("index.html", "index");
        brink.WaitFor("reloaded");

        Assert.Equal("index", await (await brink.GetAsync("/")).TextAsync());
    }

    private void Write(string name, string content) => File.WriteAllText(Path.Combine(_folder.FullName, name), content);
}
