using Brink.Lambda.Environments;
using Brink.Lambda.Logs;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>The log stream on disk and who reads it.</summary>
public sealed class LogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Invocations_AreFoundByEitherId()
    {
        string id;
        await using (var log = await OpenAsync())
        {
            await using var lambda = new PoolFixture { Options = LambdaPoolOptions.Default with { Log = log } };
            var version = lambda.Node("exports.handler = async (event) => { console.log('said', event) }");
            id = (await lambda.InvokeAsync(version, "1", new InvocationLimits { EdgeRequestId = "edge==" })).RequestId;
            await lambda.InvokeAsync(version, "2");
        }
        var mine = await ReadAsync(id);
        Assert.Equal(mine, await ReadAsync("edge=="));
        Assert.Collection(mine,
            line => Assert.EndsWith($"START RequestId: {id} Version: 1", line, StringComparison.Ordinal),
            line => Assert.EndsWith("INFO\tsaid 1", line, StringComparison.Ordinal),
            line => Assert.EndsWith($"END RequestId: {id}", line, StringComparison.Ordinal),
            line => Assert.Contains($"REPORT RequestId: {id}\tDuration: ", line, StringComparison.Ordinal));
        Assert.All(mine, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z us-east-1 /aws/lambda/us-east-1\.f1  ", line));
        Assert.Equal(8, (await ReadAsync(null)).Count(line => !line.Contains("INIT_START", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Follow_ShowsWhatComes()
    {
        await using var log = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = 0;
        Write(log, "line 0");
        await foreach (var line in LambdaLogReader.ReadAsync(_folder, null, follows: true, TimeProvider.System, stop.Token))
        {
            Assert.EndsWith($"line {seen}", line, StringComparison.Ordinal);
            if (++seen == 3)
                await stop.CancelAsync();
            else
                Write(log, $"line {seen}");
        }
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task TornLine_IsLeftOut()
    {
        await using (var log = await OpenAsync())
            Write(log, "whole");
        await File.AppendAllTextAsync(Path.Combine(_folder, LambdaLogFile.FileName), "{\"time\":\"20", TestContext.Current.CancellationToken);
        Assert.EndsWith("whole", Assert.Single(await ReadAsync(null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeLog_IsPutAside_AndStillRead()
    {
        var text = new string('x', 60_000);
        await using (var log = await OpenAsync())
        {
            for (var line = 0; line < 700; line++)
            {
                Write(log, text);
                // The writer keeps up: what is lost would make the test prove less.
                if (line % 100 == 99)
                    await Task.Delay(150, TestContext.Current.CancellationToken);
            }
            Write(log, "last");
        }
        Assert.Equal(["functions.1.jsonl", "functions.jsonl"], LambdaLogFile.FilesIn(_folder).Select(Path.GetFileName));
        var lines = await ReadAsync(null);
        Assert.Equal(701, lines.Count);
        Assert.EndsWith("last", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineAfterATornOne_IsKept()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, LambdaLogFile.FileName), "{\"time\":\"20", TestContext.Current.CancellationToken);
        await using (var log = await OpenAsync())
            Write(log, "whole");
        Assert.EndsWith("whole", Assert.Single(await ReadAsync(null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatCannotBeMade_IsOneSentence()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var (log, problem) = await LambdaLogFile.OpenAsync(Path.Combine(file, "logs"), TimeProvider.System, null);
        Assert.Null(log);
        Assert.Matches($"^{file}/logs: the log of functions cannot be kept there: [^\n]+$", problem);

        // The name of the log is a folder's.
        Directory.CreateDirectory(Path.Combine(_folder, LambdaLogFile.FileName));
        (log, problem) = await LambdaLogFile.OpenAsync(_folder, TimeProvider.System, null);
        Assert.Null(log);
        Assert.Matches("^[^\n]+: the log of functions cannot be kept there: [^\n]+$", problem);
    }

    [Fact]
    public async Task LogThatCannotBeWritten_IsSaidOnce_WithTrueCounts_AlsoInTheLog()
    {
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using (var log = await OpenAsync(said.Enqueue))
        {
            Write(log, "before");
            await WrittenAsync("before");
            // No file can be opened where a folder stands, for whatever user.
            var path = Path.Combine(_folder, LambdaLogFile.FileName);
            File.Move(path, path + ".aside");
            Directory.CreateDirectory(path);
            for (var line = 1; line <= 5; line++)
            {
                Write(log, $"lost {line}");
                await EventuallyAsync(() => log.Dropped == line);
            }
            Assert.Equal(5, LambdaLogReader.CountMissing(_folder));
            Directory.Delete(path);
            File.Move(path + ".aside", path);
            Write(log, "after");
            await WrittenAsync("after");
            Assert.Equal(5, log.Dropped);
        }
        Assert.Collection(await ReadAsync(null),
            line => Assert.EndsWith("before", line, StringComparison.Ordinal),
            line => Assert.EndsWith("5 lines are missing here: they could not be written", line, StringComparison.Ordinal),
            line => Assert.EndsWith("after", line, StringComparison.Ordinal));
        Assert.Equal(5, LambdaLogReader.CountMissing(_folder));
        Assert.Collection(said,
            line => Assert.StartsWith($"{_folder}: functions' logs cannot be written, lines are lost: ", line, StringComparison.Ordinal),
            line => Assert.Equal($"{_folder}: functions' logs are written again; so far 5 lines are missing", line),
            line => Assert.Equal($"5 lines of functions' logs are missing in {_folder}", line));
    }

    [Fact]
    public async Task AnotherProcessWrites_IsWaitedFor()
    {
        var time = new ManualTimeProvider();
        await using (var log = await OpenAsync(time: time))
        {
            using var other = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
                "/usr/bin/python3", ["-c", "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()", Path.Combine(_folder, "functions.missing")])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true,
            })!;
            Assert.Equal("held", await other.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            Write(log, "one");
            await time.TimerIsSetAsync(TestContext.Current.CancellationToken); // it has tried
            Assert.Equal(0, Kept());
            time.AdvanceSeconds(1);
            await time.TimerIsSetAsync(TestContext.Current.CancellationToken); // and again
            Assert.Equal(0, Kept());
            other.StandardInput.Close();
            await other.WaitForExitAsync(TestContext.Current.CancellationToken);
            time.AdvanceSeconds(1);
            await WrittenAsync("one");
            Assert.Equal(0, log.Dropped);
        }
    }

    [Fact]
    public async Task FullDisk_LosesWholeLinesOnly_AndSaysHowMany()
    {
        Assert.SkipUnless(Libc.EffectiveUser == 0 && Run("mount", "-t", "tmpfs", "-o", "size=64k", "brink-test", _folder) == 0, "needs root, to mount a small file system");
        try
        {
            await using (var log = await OpenAsync())
            {
                for (var line = 0; line < 20; line++)
                {
                    Write(log, $"{line} {new string('x', 5000)}");
                    await EventuallyAsync(() => log.Dropped + Kept() == line + 1);
                }
                Assert.InRange(log.Dropped, 5, 15);
                Assert.Equal(log.Dropped, LambdaLogReader.CountMissing(_folder));
            }
            Assert.EndsWith("\n", await File.ReadAllTextAsync(Path.Combine(_folder, LambdaLogFile.FileName), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            Run("umount", _folder);
        }

        static int Run(string command, params string[] arguments)
        {
            using var process = System.Diagnostics.Process.Start(command, arguments);
            process.WaitForExit();
            return process.ExitCode;
        }
    }

    private int Kept() => File.ReadLines(Path.Combine(_folder, LambdaLogFile.FileName)).Count();

    private async Task<LambdaLogFile> OpenAsync(Action<string>? report = null, TimeProvider? time = null)
    {
        var (log, problem) = await LambdaLogFile.OpenAsync(_folder, time ?? TimeProvider.System, report);
        return log ?? throw new InvalidOperationException(problem);
    }

    private Task WrittenAsync(string text) => EventuallyAsync(() => File.ReadAllText(Path.Combine(_folder, LambdaLogFile.FileName)).Contains(text, StringComparison.Ordinal));

    /// <summary>Looks whenever a file of the log has changed: what is waited for comes with such a change.</summary>
    private async Task EventuallyAsync(Func<bool> condition)
    {
        using var changes = new SemaphoreSlim(0);
        using var watcher = new FileSystemWatcher(_folder);
        watcher.Changed += (_, _) => changes.Release();
        watcher.Created += (_, _) => changes.Release();
        watcher.EnableRaisingEvents = true;
        while (!condition())
            Assert.True(await changes.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken), "nothing changes, and it is not so");
    }

    private static void Write(LambdaLogFile log, string text) =>
        log.Write(new LogEntry(TimeProvider.System.GetUtcNow(), Region.Home, "/aws/lambda/us-east-1.f", "s", null, null, text));

    private async Task<List<string>> ReadAsync(string? requestId)
    {
        var lines = new List<string>();
        await foreach (var line in LambdaLogReader.ReadAsync(_folder, requestId, follows: false, TimeProvider.System, TestContext.Current.CancellationToken))
            lines.Add(line);
        return lines;
    }
}
