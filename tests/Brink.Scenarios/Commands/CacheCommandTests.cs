using System.Net;
using System.Text;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary><c>brink invalidate</c> and <c>brink cache</c> beside a running <c>brink dev</c>.</summary>
public sealed class CacheCommandTests
{
    [Fact]
    public async Task CommandsAskTheOperatorsPort()
    {
        await using var origin = EchoOrigin.Start();
        await using var brink = BrinkDev.Start("--origin", origin.Url, "--admin-port", "0");
        var admin = brink.Started.GetProperty("admin").GetString()!;
        await brink.GetAsync("/a");

        var (explained, exitCode) = await RunAsync("cache", "explain", $"{brink.Url}/a", "--admin", admin);
        Assert.Equal(0, exitCode);
        Assert.Contains("the edge's cache answers: Hit", explained, StringComparison.Ordinal);
        Assert.Contains("/a", (await RunAsync("cache", "ls", "--admin", admin)).Output, StringComparison.Ordinal);
        Assert.Contains("\"path\":\"/a\"", (await RunAsync("cache", "export", "--admin", admin)).Output, StringComparison.Ordinal);
        Assert.Contains(" 1 Miss", (await RunAsync("cache", "stats", "--admin", admin)).Output, StringComparison.Ordinal);

        var (said, invalidated) = await RunAsync("invalidate", "/a", "/images/*", "--admin", admin);
        Assert.Equal((0, "1: the path /a, in every variant by headers and cookies\n2: every path, with its query, that begins with /images/"), (invalidated, said));
        Assert.Equal("Miss from cloudfront", (await brink.GetAsync("/a")).Headers.GetValues("X-Cache").Single());
        Assert.Equal("Hit from cloudfront", (await brink.GetAsync("/a")).Headers.GetValues("X-Cache").Single());
        Assert.Contains(" every path, with its query, that begins with /images/", (await RunAsync("cache", "invalidations", "--admin", admin)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "hello")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{")]
    public async Task AnotherServer_IsTold(string type, string body)
    {
        using var server = new HttpListener();
        var port = Nginx.FreePort();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var answering = Task.Run(async () =>
        {
            var context = await server.GetContextAsync();
            context.Response.ContentType = type;
            context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
        }, TestContext.Current.CancellationToken);
        await using var brink = ChildProcess.Start(Repository.Executable, ["cache", "stats", "--admin", $"http://127.0.0.1:{port}"]);

        Assert.Equal("", brink.ReadToEnd());
        Assert.Equal(1, await brink.WaitForExitAsync());
        Assert.Contains("it is no operator's port of this brink", brink.ErrorText, StringComparison.Ordinal);
        await answering;
    }

    [Theory]
    [InlineData("invalidate", "--all")]
    [InlineData("cache", "stats")]
    public async Task NothingListens_IsSaid(params string[] command)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, [.. command, "--admin", "http://127.0.0.1:1"]);

        Assert.Equal("", brink.ReadToEnd());
        Assert.Equal(1, await brink.WaitForExitAsync());
        Assert.Contains("nothing listens at http://127.0.0.1:1: start brink dev with --admin-port", brink.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<(string Output, int ExitCode)> RunAsync(params string[] arguments)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, arguments);
        var output = brink.ReadToEnd();
        return (output, await brink.WaitForExitAsync());
    }
}
