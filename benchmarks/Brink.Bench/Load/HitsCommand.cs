using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;

namespace Brink.Bench.Load;

/// <summary>
/// <c>./bench hits</c>: hits to which the edge does something on their way out, beside the plain hit (J0 of the peers' script), on one server in alternated windows. Judged by
/// the ratio of CPU per request within each pair of windows.
/// </summary>
internal static class HitsCommand
{
    private const int OriginPort = 18000, Port = 18950;

    private static readonly Hit Plain = new("plain", null);

    private static readonly Hit[] Others =
    [
        new("compressed", null) { Path = "/page.json" },
        new("Origin-without-a-policy", null, "Origin: https://page.example"),
        new("SecurityHeadersPolicy", "67f7725c-6f97-4210-82d7-5512b31e9d03"),
        new("CORS-with-preflight-and-SecurityHeadersPolicy", "eaab4381-ed33-4a86-88ca-d9558dc6cd63", "Origin: https://page.example"),
        new("signed-URL-RSA-2048", null) { Signing = "RSA" },
        new("signed-URL-P-256", null) { Signing = "ECDSA" },
        new("signed-URL-RSA-2048-verified-each-time", null) { Signing = "RSA", IsRemembered = false },
        new("signed-URL-P-256-verified-each-time", null) { Signing = "ECDSA", IsRemembered = false },
    ];

    public static Command Create()
    {
        var windows = new Option<int>("--windows") { Description = "Pairs of windows for each kind of hit.", DefaultValueFactory = _ => 10 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one window.", DefaultValueFactory = _ => 2 };
        var only = new Option<string[]>("--only") { Description = "These kinds of hits alone.", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        var command = new Command("hits", "Hits with a response headers policy, and of private content, beside plain ones: CPU per request in alternated windows.") { windows, seconds, only };
        command.SetAction(async parsed =>
        {
            Machine.WarnIfBusy();
            var chosen = parsed.GetValue(only) is { Length: > 0 } names ? Others.Where(hit => names.Contains(hit.Name)).ToArray() : Others;
            await RunAsync(chosen, parsed.GetValue(windows), parsed.GetValue(seconds));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(Hit[] hits, int windows, int seconds)
    {
        const int warmUp = 8;
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            var content = folder.CreateSubdirectory("content");
            await File.WriteAllTextAsync(Path.Combine(content.FullName, "obj1k"), new string('x', 1024));
            // Brotli makes about as many bytes of it.
            await File.WriteAllTextAsync(Path.Combine(content.FullName, "page.json"), $"\"{RandomNumberGenerator.GetHexString(1900)}\"");
            using var origin = LoadedProcess.Start("1", Environment.ProcessPath!, ["serve", "--origin", content.FullName, "--http-port", Text(OriginPort)]);
            await origin.ListensAsync(OriginPort);
            using var signing = new SigningKeys(folder.CreateSubdirectory("resources"));
            string[] distributions = [.. hits.Prepend(Plain).Select(hit => Write(folder, hit))];
            using var server = LoadedProcess.Start("0", Environment.ProcessPath!, ["serve", "--http-port", Text(Port), "--resources", signing.Folder, .. distributions]);
            await server.ListensAsync(Port);

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Server on core 0, load on core 1; {windows} pairs of windows of {seconds} s, alternated; µs of CPU per request.\n"));
            var table = new MarkdownTable("hit", "plain", "this", "this / plain: median", "quartiles");
            await MeasureAsync(server, signing, Plain, warmUp);
            foreach (var hit in hits)
            {
                await Console.Error.WriteLineAsync($"{hit.Name} ...");
                await MeasureAsync(server, signing, hit, warmUp);
                var pairs = new List<(double Plain, double This)>();
                for (var i = 0; i < windows; i++)
                {
                    var (first, second) = i % 2 == 0 ? (Plain, hit) : (hit, Plain);
                    var (one, two) = (await MeasureAsync(server, signing, first, seconds), await MeasureAsync(server, signing, second, seconds));
                    pairs.Add(first == Plain ? (one, two) : (two, one));
                }
                var ratios = pairs.Select(pair => pair.This / pair.Plain).Order().ToArray();
                table.Add(hit.Name, Number(Statistics.Median(pairs.Select(pair => pair.Plain)), "0.00"), Number(Statistics.Median(pairs.Select(pair => pair.This)), "0.00"),
                    Number(Statistics.Median(ratios), "0.000"), $"{Number(Statistics.Percentile(ratios, 0.25), "0.00")} to {Number(Statistics.Percentile(ratios, 0.75), "0.00")}");
            }
            Console.WriteLine(table);
            foreach (var key in hits.Select(hit => hit.Signing).OfType<string>().Distinct())
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"One verification with {key} by itself: {signing.VerificationWith(key).TotalMicroseconds:0.0} µs"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Write(DirectoryInfo folder, Hit hit)
    {
        var file = Path.Combine(folder.FullName, hit.Name + ".json");
        File.WriteAllText(file, $$"""
            {
              "CallerReference": "{{hit.Name}}", "Comment": "", "Enabled": true,
              "Aliases": { "Quantity": 1, "Items": ["{{hit.Host}}"] },
              "Origins": { "Quantity": 1, "Items": [ {
                "Id": "origin", "DomainName": "127.0.0.1",
                "CustomOriginConfig": { "HTTPPort": {{Text(OriginPort)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } } ] },
              "DefaultCacheBehavior": {
                "TargetOriginId": "origin", "ViewerProtocolPolicy": "allow-all", "Compress": true, "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
                "ResponseHeadersPolicyId": "{{hit.PolicyId}}",
                "TrustedKeyGroups": {{(hit.Signing is { } key ? $"{{ \"Enabled\": true, \"Quantity\": 1, \"Items\": [\"{key}-group\"] }}" : "{ \"Enabled\": false, \"Quantity\": 0 }")}} }
            }
            """);
        return file;
    }

    private static async Task<double> MeasureAsync(LoadedProcess server, SigningKeys signing, Hit hit, int seconds)
    {
        var before = server.Cpu();
        var requests = await LoadTools.SaturateAsync("1", $"http://127.0.0.1:{Text(Port)}{signing.Target(hit.Host, hit.Path, hit.Signing, hit.IsRemembered)}", seconds, 64, [$"Host: {hit.Host}", .. hit.Headers]);
        return (server.Cpu() - before) / requests;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A kind of hit: the behavior has this response headers policy, the requests have these fields.</summary>
    private sealed record Hit(string Name, string? PolicyId, params string[] Headers)
    {
        public string Path { get; init; } = "/obj1k";

        /// <summary>The kind of key that must have signed; null where none must.</summary>
        public string? Signing { get; init; }

        /// <summary>Whether the edge remembers that the signature is right; otherwise it is verified for every request.</summary>
        public bool IsRemembered { get; init; } = true;

        public string Host => Name.ToLowerInvariant() + ".bench.test";
    }
}
