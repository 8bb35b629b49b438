using System.Globalization;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Lambda;

/// <summary>However Brink ends while functions are at work, nothing of them stays.</summary>
public sealed class EndTests : IDisposable
{
    private const int Interrupt = 2, Kill = 9, Terminate = 15;

    // A child, a shell that ignores signals and its child, one in a session of its own, a daemon.
    private const int LeftByFunction = 5;

    private static string LeavesProcesses => Repository.PathTo("tests", "functions", "lambda", "leaves-processes");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-end-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<int, string, bool> Ends
    {
        get
        {
            var ends = new TheoryData<int, string, bool>();
            foreach (var signal in new[] { Terminate, Interrupt, Kill })
            {
                foreach (var (sandbox, forked) in new[] { ("--network=egress", true), ("--network=egress", false), ("--network=shared", true), ("--unsafe-no-sandbox", false) })
                    ends.Add(signal, sandbox, forked);
            }
            return ends;
        }
    }

    [Theory, MemberData(nameof(Ends))]
    public async Task BrinkEnds_WhileFunctionsAreBusy_NothingIsLeft(int signal, string sandbox, bool forked)
    {
        var word = "w" + Guid.NewGuid().ToString("N");
        using var package = new PythonPackage(LeavesProcesses, forked);
        await using var brink = Start(sandbox, package.Folder);
        var url = Url(brink);
        using var viewer = new HttpClient();
        _ = viewer.GetAsync(new Uri($"{url}/{word}/1"), TestContext.Current.CancellationToken);
        _ = viewer.GetAsync(new Uri($"{url}/{word}/2"), TestContext.Current.CancellationToken);
        await UntilAsync(() => Carrying(word).Count == 2 * LeftByFunction, () => $"{Carrying(word).Count} processes instead of {2 * LeftByFunction}");
        var all = Beneath(brink.Id).Concat(Carrying(word)).Where(process => process.Pid != brink.Id).Distinct().ToList();
        Assert.Equal(forked, all.Any(process => process.Command.Contains("python3 /var/runtime/zygote.py ", StringComparison.Ordinal)));

        brink.Signal(signal);
        await brink.WaitForExitAsync();

        await UntilAsync(() => all.All(process => !process.Lives) && Carrying(word).Count == 0, () => string.Join('\n', all.Where(process => process.Lives).Select(process => process.Command)));
        if (signal == Kill)
        {
            // What a killed Brink had on disk is removed by the next one.
            Assert.NotEmpty(RunFolders());
            var before = RunFolders();
            await using var next = Start(sandbox, package.Folder);
            Url(next);
            Assert.DoesNotContain(RunFolders(), before.Contains);
            next.Signal(Terminate);
            await next.WaitForExitAsync();
        }
        Assert.Empty(RunFolders());
        await UntilAsync(() => Groups(brink.Id).Length == 0, () => string.Join('\n', Groups(brink.Id)));
    }

    [Fact]
    public async Task GuardIsKilled_ThereIsAnotherOne()
    {
        var word = "w" + Guid.NewGuid().ToString("N");
        await using var brink = Start("--unsafe-no-sandbox", LeavesProcesses);
        using var viewer = new HttpClient();
        _ = viewer.GetAsync(new Uri($"{Url(brink)}/{word}"), TestContext.Current.CancellationToken);
        await UntilAsync(() => Carrying(word).Count == LeftByFunction, () => "the function never began");
        var guard = Assert.Single(Guards(brink.Id));

        guard.Signal(Kill);
        await UntilAsync(() => Guards(brink.Id) is [var another] && another != guard, () => "no other guard");
        brink.Signal(Kill);
        await brink.WaitForExitAsync();

        await UntilAsync(() => Carrying(word).Count == 0, () => "processes are left");
    }

    private ChildProcess Start(string sandbox, string function) => ChildProcess.Start("/usr/bin/env",
    [
        $"TMPDIR={_folder.FullName}", Repository.Executable, "dev", "--json", "--http-port", "0", "--origin", _folder.FullName, "--python", "/usr/bin/python3",
        "--origin-request", function, sandbox,
    ]);

    private static string Url(ChildProcess brink)
    {
        using var started = JsonDocument.Parse(brink.WaitForLine(line => line.Contains("\"type\":\"started\"", StringComparison.Ordinal)));
        return started.RootElement.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!).First(url => url.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    private string[] RunFolders() => [.. _folder.EnumerateDirectories("brink-lambda-*").Select(folder => folder.FullName)];

    /// <summary>The control groups of a Brink; none where it may not make any.</summary>
    private static string[] Groups(int brink) => Directory.Exists("/sys/fs/cgroup")
        ? [.. Directory.EnumerateDirectories("/sys/fs/cgroup", string.Create(CultureInfo.InvariantCulture, $"brink-{brink}-*"), new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })]
        : [];

    private static List<LiveProcess> Carrying(string word) => [.. LiveProcess.All().Where(process => process.Command.Contains(word, StringComparison.Ordinal))];

    private static List<LiveProcess> Guards(int brink) =>
        [.. LiveProcess.All().Where(process => process.Parent == brink && process.Command.StartsWith("/bin/sh", StringComparison.Ordinal) && process.Command.EndsWith(" guard", StringComparison.Ordinal))];

    private static List<LiveProcess> Beneath(int root)
    {
        var all = LiveProcess.All().ToLookup(process => process.Parent);
        var found = new List<LiveProcess>();
        var pending = new Stack<int>([root]);
        while (pending.TryPop(out var next))
        {
            foreach (var child in all[next])
            {
                found.Add(child);
                pending.Push(child.Pid);
            }
        }
        return found;
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> otherwise)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < ChildProcess.Patience, otherwise());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
