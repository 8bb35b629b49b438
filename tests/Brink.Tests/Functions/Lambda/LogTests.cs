using Brink.Functions.Lambda;

namespace Brink.Tests.Functions.Lambda;

/// <summary>The log stream on disk and who reads it.</summary>
public sealed class LogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Invocations_AreFoundByEitherId()
    {
        string id;
        await using (var log = new LambdaLogFile(_folder, TimeProvider.System))
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
        await using var log = new LambdaLogFile(_folder, TimeProvider.System);
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
        await using (var log = new LambdaLogFile(_folder, TimeProvider.System))
            Write(log, "whole");
        await File.AppendAllTextAsync(Path.Combine(_folder, LambdaLogFile.FileName), "{\"time\":\"20", TestContext.Current.CancellationToken);
        Assert.EndsWith("whole", Assert.Single(await ReadAsync(null)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LargeLog_IsPutAside_AndStillRead()
    {
        var text = new string('x', 60_000);
        await using (var log = new LambdaLogFile(_folder, TimeProvider.System))
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
