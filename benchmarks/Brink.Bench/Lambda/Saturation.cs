using System.Globalization;
using Brink.Bench.Load;

namespace Brink.Bench.Lambda;

/// <summary>
/// How long the unlucky wait when there is more to do than the machine can: 32 viewers that ask as fast as they are answered, a warm viewer-request function in the
/// sandbox, a cached object of 1 KB. Load, edge and workers share all cores, so every process has to wait for its turn.
/// </summary>
internal sealed class Saturation(BenchFunctions functions, bool quick)
{
    private const string Cores = "0-1023";
    private const int Port = 18_938, Connections = 32;

    private readonly int _rounds = quick ? 3 : 5;
    private readonly int _seconds = quick ? 3 : 6;
    private readonly int _warmUp = quick ? 4 : 8;

    public async Task<IReadOnlyList<MarkdownTable>> MeasureAsync()
    {
        var table = new MarkdownTable($"{Connections} connections on {Environment.ProcessorCount} cores, ms", "requests/s", "p50", "p99", "p99.9", "longest", "p99 / p50");
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.CreateSubdirectory("origin").FullName, "index.html"), new string('x', 1024));
            using var get = WrkScript.Get(OverHttp.Headers);
            // One after the other: an edge at rest takes no time, but it has threads and timers.
            foreach (var runtime in functions.Runtimes)
                await AddAsync(table, runtime, folder.FullName, get);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return [table];
    }

    private async Task AddAsync(MarkdownTable table, BenchRuntime runtime, string folder, WrkScript get)
    {
        var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/index.html");
        using var server = LoadedProcess.Start(
            Cores, Environment.ProcessPath!,
            ["serve", "--http-port", Port.ToString(CultureInfo.InvariantCulture), "--origin", Path.Combine(folder, "origin"), "--viewer-request", runtime.Function, "--runtime", runtime.Identifier],
            workingDirectory: folder);
        try
        {
            await server.ListensAsync(Port);
            await get.RunAsync(Cores, url, Connections, _warmUp);
            var results = new List<WrkResult>();
            for (var round = 0; round < _rounds; round++)
                results.Add(await get.RunAsync(Cores, url, Connections, _seconds));
            table.Add(
                runtime.Name, Median(results, each => each.Requests / (double)_seconds, 0), Milliseconds(results, each => each.P50), Milliseconds(results, each => each.P99),
                Milliseconds(results, each => each.P999), (results.Max(each => each.Max) / 1000).ToString("N0", CultureInfo.InvariantCulture),
                Median(results, each => each.P99 / each.P50, 1));
        }
        finally
        {
            await server.StopAsync();
        }
    }

    private static string Milliseconds(List<WrkResult> results, Func<WrkResult, double> of) => Median(results, each => of(each) / 1000, 2);

    private static string Median(List<WrkResult> results, Func<WrkResult, double> of, int digits) =>
        Statistics.Median(results.Select(of)).ToString($"N{digits}", CultureInfo.InvariantCulture);
}
