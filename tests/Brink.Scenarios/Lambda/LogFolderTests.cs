using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>Folders that functions need and that cannot be had: one line and an exit code; <c>brink logs</c> says what it knows.</summary>
public sealed class LogFolderTests : IDisposable
{
    private const string Site = "http://127.0.0.1:1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("brink dev", "dev", "--http-port", "0", "--origin", Site, "--origin-request", "f/index.mjs")]
    [InlineData("brink", "lambda", "invoke", "f", "--event", "event.json")]
    public async Task FolderThatCannotBeMade_IsOneLineAndAnExitCode(string name, params string[] arguments)
    {
        Write("f/index.mjs", "export const handler = async () => 'answer'");
        Write("event.json", "{}");
        Write(".brink", "a file where the folder should be");
        var (exit, _, error) = await RunAsync(arguments);
        Assert.Equal(1, exit);
        Assert.StartsWith($"{name}: .brink/logs: the log of functions cannot be kept there: ", error.Split('\n')[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);

        File.Delete(In(".brink"));
        (exit, _, error) = await RunAsync(arguments, ("TMPDIR", In("nowhere")));
        Assert.Equal(1, exit);
        Assert.StartsWith($"{name}: {In("nowhere")}", error.Split('\n')[^1], StringComparison.Ordinal);
        Assert.Contains("no folder for functions can be made there: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogThatIsAPipe_IsRefusedAtStart_AndHoldsNoReaderUp()
    {
        Write("f/index.mjs", "export const handler = async () => 'answer'");
        Directory.CreateDirectory(In(".brink/logs"));
        await using (var mkfifo = ChildProcess.Start("/usr/bin/mkfifo", [In(".brink/logs/functions.jsonl")]))
            Assert.Equal(0, await mkfifo.WaitForExitAsync());

        var (exit, _, error) = await RunAsync(["dev", "--http-port", "0", "--origin", Site, "--origin-request", "f/index.mjs"]);
        Assert.Equal(1, exit);
        Assert.Equal("brink dev: .brink/logs: the log of functions cannot be kept there: functions.jsonl is a pipe or a device, not a file", error.Split('\n')[^1]);
        (exit, _, error) = await RunAsync(["logs"]);
        Assert.Equal((1, "brink: .brink/logs holds no log: no Lambda@Edge function has run from this folder"), (exit, error));
    }

    [Fact]
    public async Task Logs_SayWhatIsMissing_NotThatNothingHasRun()
    {
        var (exit, _, error) = await RunAsync(["logs"]);
        Assert.Equal((1, "brink: .brink/logs holds no log: no Lambda@Edge function has run from this folder"), (exit, error));

        Write(".brink/logs/functions.jsonl", "");
        Write(".brink/logs/functions.missing", "00000000000000000012\n");
        (exit, _, error) = await RunAsync(["logs"]);
        Assert.Equal((1, "brink: .brink/logs holds no entries: 12 lines of this log are missing: they could not be written"), (exit, error));
        (exit, _, error) = await RunAsync(["logs", "--request", "x"]);
        Assert.Equal((1, "brink: no line of request x; 12 lines of this log are missing: they could not be written"), (exit, error));

        Write("f/index.mjs", "export const handler = async () => 'answer'");
        Write("event.json", "{}");
        Assert.Equal(0, (await RunAsync(["lambda", "invoke", "f", "--event", "event.json"])).Exit);
        (exit, var output, error) = await RunAsync(["logs"]);
        Assert.Equal((0, "brink: 12 lines of this log are missing: they could not be written"), (exit, error));
        Assert.EndsWith("12 lines are missing here: they could not be written", output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains("REPORT RequestId:", output, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(name))!);
        File.WriteAllText(In(name), text);
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, params (string Name, string? Value)[] environment)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, arguments, _folder.FullName, null, environment);
        var output = brink.ReadToEnd();
        return (await brink.WaitForExitAsync(), output, brink.ErrorText);
    }
}
