using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Brink.Bench.Load;

namespace Brink.Bench.Compression;

/// <summary><c>./bench compression</c>: what a level costs and gives, and what a hit of a compressed object costs.</summary>
internal static class CompressionCommand
{
    private const int OriginPort = 18000, EdgePort = 18952;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "What is compressed; without any only hits are measured.", Arity = ArgumentArity.ZeroOrMore };
        var nginx = new Option<bool>("--nginx") { Description = "The files compressed for each request, beside nginx, and nothing else." };
        var windows = new Option<int>("--windows") { Description = "Pairs of windows.", DefaultValueFactory = _ => 10 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one window.", DefaultValueFactory = _ => 2 };
        var command = new Command("compression", "Compression by the edge: levels, and hits of compressed objects.") { files, nginx, windows, seconds };
        command.SetAction(async parsed =>
        {
            Machine.WarnIfBusy();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)\n"));
            var chosen = parsed.GetValue(files) ?? [];
            if (parsed.GetValue(nginx))
            {
                Console.WriteLine(await BesideNginx.MeasureAsync(chosen, parsed.GetValue(windows), parsed.GetValue(seconds)));
                return 0;
            }
            if (chosen.Length > 0)
                Console.WriteLine(Levels.Table(chosen));
            await MeasureHitsAsync(parsed.GetValue(windows), parsed.GetValue(seconds));
            return 0;
        });
        return command;
    }

    // About as many bytes on the wire: 1 KiB as it is, and a text that Brotli makes 1 KiB of.
    private static async Task MeasureHitsAsync(int windows, int seconds)
    {
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "plain"), new string('x', 1024));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "page.json"), $"\"{RandomNumberGenerator.GetHexString(1900)}\"");
            using var origin = LoadedProcess.Start("1", Environment.ProcessPath!, ["serve", "--origin", folder.FullName, "--http-port", Text(OriginPort)]);
            await origin.ListensAsync(OriginPort);
            string[] distributions = [await WriteAsync(folder, "plain", compress: false), await WriteAsync(folder, "coded", compress: true)];
            using var edge = LoadedProcess.Start("0", Environment.ProcessPath!, ["serve", "--http-port", Text(EdgePort), .. distributions]);
            await edge.ListensAsync(EdgePort);

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"The edge on core 0, load and origin on core 1; {windows} pairs of windows of {seconds} s, alternated; µs of CPU per hit.\n"));
            await MeasureAsync(edge, "plain", "/plain", 8);
            await MeasureAsync(edge, "coded", "/page.json", 8);
            var pairs = new List<(double Plain, double Coded)>();
            for (var i = 0; i < windows; i++)
            {
                var coded = i % 2 == 0 ? 0 : await MeasureAsync(edge, "coded", "/page.json", seconds);
                var plain = await MeasureAsync(edge, "plain", "/plain", seconds);
                pairs.Add((plain, i % 2 == 0 ? await MeasureAsync(edge, "coded", "/page.json", seconds) : coded));
            }
            var ratios = pairs.Select(pair => pair.Coded / pair.Plain).Order().ToArray();
            var table = new MarkdownTable("hit of", "µs");
            table.Add("a plain object (as J0)", Number(Statistics.Median(pairs.Select(pair => pair.Plain))));
            table.Add("a compressed object", Number(Statistics.Median(pairs.Select(pair => pair.Coded))));
            Console.WriteLine(table);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Ratio, median of pairs: {Statistics.Median(ratios):0.000} ({ratios[0]:0.00} to {ratios[^1]:0.00})"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> WriteAsync(DirectoryInfo folder, string name, bool compress)
    {
        var file = Path.Combine(folder.FullName, name + ".distribution.json");
        await File.WriteAllTextAsync(file, $$"""
            {
              "CallerReference": "{{name}}", "Comment": "", "Enabled": true,
              "Aliases": { "Quantity": 1, "Items": ["{{name}}.bench.test"] },
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "origin", "DomainName": "127.0.0.1", "CustomOriginConfig": { "HTTPPort": {{Text(OriginPort)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "origin", "ViewerProtocolPolicy": "allow-all", "Compress": {{(compress ? "true" : "false")}}, "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" }
            }
            """);
        return file;
    }

    private static async Task<double> MeasureAsync(LoadedProcess edge, string host, string path, int seconds)
    {
        var before = edge.Cpu();
        var requests = await LoadTools.SaturateAsync("1", $"http://127.0.0.1:{Text(EdgePort)}{path}", seconds, 64, [$"Host: {host}.bench.test"]);
        return (edge.Cpu() - before) / requests;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
