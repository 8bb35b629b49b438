using System.Text;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Functions;

/// <summary><c>brink function test</c> with files that no sane tool writes: an exit code, one message, no trace of ours.</summary>
public class BadInputTests
{
    private const string PassOn = "function handler(event) { return event.request }";

    public static TheoryData<string, byte[], int> Sources => new()
    {
        { "not UTF-8", [.. Encoding.UTF8.GetBytes(PassOn), 0xFF, 0xFE], 1 },
        { "empty", [], 1 },
        { "NULs", new byte[300], 1 },
        { "ten kilobytes of brackets", Encoding.UTF8.GetBytes(new string('(', 5_000) + new string(')', 5_000)), 1 },
        { "a thousand nested functions", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a=>", 3_000)) + "1"), 1 },
        { "over the size", Encoding.UTF8.GetBytes(PassOn + new string(' ', 10_240)), 1 },
        { "an endless loop", Encoding.UTF8.GetBytes("function handler(event) { for (;;) {} }"), 1 },
        { "both line ends", Encoding.UTF8.GetBytes("// a\r\n// b\n" + PassOn + "\r\n"), 0 },
    };

    [Theory]
    [MemberData(nameof(Sources))]
    public async Task Source_EndsInAnExitCodeAndAMessage(string what, byte[] source, int exitCode)
    {
        await using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("function.js"), source, TestContext.Current.CancellationToken);
        await AssertEndsAsync(what, folder.File("function.js"), Repository.PathTo("samples/spa-rewrite/events/folder.json"), exitCode);
    }

    public static TheoryData<string, string, int> Events => new()
    {
        { "empty", "", 1 },
        { "no JSON", "\u0000{", 1 },
        { "nested deep", new string('[', 20_000), 1 },
        { "no context", "{\"request\":{}}", 1 },
        { "wrong types", """{"context":{"eventType":"viewer-request"},"request":{"headers":[]}}""", 1 },
        { "half a pair", """{"context":{"eventType":"viewer-request"},"request":{"uri":"/\ud800"}}""", 1 },
        { "over 40 KB", """{"context":{"eventType":"viewer-request"},"request":{"uri":"/""" + new string('x', 41_000) + "\"}}", 1 },
        { "keys twice", """{"context":{"eventType":"viewer-request"},"request":{"uri":"/a"},"request":{"uri":"/b"}}""", 0 },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Event_EndsInAnExitCodeAndAMessage(string what, string eventObject, int exitCode)
    {
        await using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("function.js"), PassOn, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(folder.File("event.json"), eventObject, TestContext.Current.CancellationToken);
        await AssertEndsAsync(what, folder.File("function.js"), folder.File("event.json"), exitCode);
    }

    private static async Task AssertEndsAsync(string what, string function, string eventFile, int exitCode)
    {
        await using var brink = ChildProcess.Start(Repository.Executable, ["function", "test", function, "--event", eventFile]);
        var output = brink.ReadToEnd();
        var ended = await brink.WaitForExitAsync();
        Assert.True(ended == exitCode, $"{what}: exit code {ended}\n{output}\n{brink.ErrorText}");
        Assert.True(output.Length + brink.ErrorText.Length > 0, what);
        Assert.DoesNotContain("   at Brink.", output + brink.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", output + brink.ErrorText, StringComparison.Ordinal);
    }

    private sealed class TemporaryFolder : IAsyncDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("brink-bad-input-").FullName;

        public string File(string name) => Path.Combine(_path, name);

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
