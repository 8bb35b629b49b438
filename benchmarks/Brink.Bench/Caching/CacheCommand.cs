using System.CommandLine;
using System.Globalization;
using Brink.Bench.Load;

namespace Brink.Bench.Caching;

/// <summary>
/// <c>./bench cache</c>: the same hit of 1 KB and of 1 MB, found by the cache of the edge location, by the regional edge cache behind it, and on disk. One server each, in
/// alternated windows; judged by the ratio of CPU per request within each round.
/// </summary>
internal static class CacheCommand
{
    private const int OriginPort = 18000, FirstPort = 18960;

    private static readonly Place[] Places =
    [
        new("edge, in memory"),
        new("regional edge cache, in memory", "--tiers", "2", "--edge-memory", "0"),
        new("edge, on disk", "--edge-memory", "0", "--cache-dir"),
    ];

    public static Command Create()
    {
        var windows = new Option<int>("--windows") { Description = "Windows for each place.", DefaultValueFactory = _ => 7 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one window.", DefaultValueFactory = _ => 2 };
        var command = new Command("cache", "Hits of the edge's cache, of the regional one, and from disk: CPU per request in alternated windows.") { windows, seconds };
        command.SetAction(async parsed =>
        {
            Machine.WarnIfBusy();
            await RunAsync(parsed.GetValue(windows), parsed.GetValue(seconds));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(int windows, int seconds)
    {
        const int warmUp = 6;
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        var servers = new List<LoadedProcess>();
        try
        {
            var content = folder.CreateSubdirectory("content");
            await File.WriteAllTextAsync(Path.Combine(content.FullName, "obj1k"), new string('x', 1024));
            await File.WriteAllTextAsync(Path.Combine(content.FullName, "obj1m"), new string('x', 1024 * 1024));
            using var origin = LoadedProcess.Start("1", Environment.ProcessPath!, ["serve", "--origin", content.FullName, "--http-port", Text(OriginPort)]);
            await origin.ListensAsync(OriginPort);
            var distribution = Write(folder);
            for (var i = 0; i < Places.Length; i++)
            {
                string[] arguments = [.. Places[i].Arguments, .. Places[i].IsOnDisk ? [Path.Combine(folder.FullName, "cache")] : Array.Empty<string>()];
                servers.Add(LoadedProcess.Start("0", Environment.ProcessPath!, ["serve", "--http-port", Text(FirstPort + i), .. arguments, distribution]));
                await servers[i].ListensAsync(FirstPort + i);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)"));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Servers on core 0, load on core 1; {windows} windows of {seconds} s for each, alternated; µs of CPU per request, medians.\n"));
            var table = new MarkdownTable("hit", "found", "CPU", "/ edge, in memory: median", "quartiles");
            foreach (var path in new[] { "/obj1k", "/obj1m" })
                await MeasureAsync(path, servers, windows, seconds, warmUp, table);
            Console.WriteLine(table);
        }
        finally
        {
            servers.ForEach(server => server.Dispose());
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string path, List<LoadedProcess> servers, int windows, int seconds, int warmUp, MarkdownTable table)
    {
        for (var i = 0; i < servers.Count; i++)
            await OneAsync(servers[i], i, path, warmUp);
        var costs = servers.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < windows; round++)
        {
            for (var i = 0; i < servers.Count; i++)
            {
                var place = (i + round) % servers.Count;
                costs[place].Add(await OneAsync(servers[place], place, path, seconds));
            }
        }
        for (var i = 0; i < servers.Count; i++)
        {
            var ratios = costs[i].Zip(costs[0], (one, plain) => one / plain).Order().ToArray();
            table.Add(path == "/obj1k" ? "1 KB" : "1 MB", Places[i].Name, Number(Statistics.Median(costs[i]), "0.0"), Number(Statistics.Median(ratios), "0.00"),
                $"{Number(Statistics.Percentile(ratios, 0.25), "0.00")} to {Number(Statistics.Percentile(ratios, 0.75), "0.00")}");
        }
    }

    private static async Task<double> OneAsync(LoadedProcess server, int place, string path, int seconds)
    {
        var before = server.Cpu();
        var requests = await LoadTools.SaturateAsync("1", $"http://127.0.0.1:{Text(FirstPort + place)}{path}", seconds, 64, ["Host: cache.bench.test"]);
        return (server.Cpu() - before) / requests;
    }

    private static string Write(DirectoryInfo folder)
    {
        var file = Path.Combine(folder.FullName, "distribution.json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "cache", "Comment": "", "Enabled": true,
              "Aliases": { "Quantity": 1, "Items": ["cache.bench.test"] },
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "origin", "DomainName": "127.0.0.1",
                "CustomOriginConfig": { "HTTPPort": {{Text(OriginPort)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "origin", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "TrustedKeyGroups": { "Enabled": false, "Quantity": 0 } }
            }
            """);
        return file;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>Where hits are found: what the server is started with for it. A folder for the disk is added at the end.</summary>
    private sealed record Place(string Name, params string[] Arguments)
    {
        public bool IsOnDisk => Arguments is [.., "--cache-dir"];
    }
}
