using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Bench.Engine;

namespace Brink.Bench.Load;

/// <summary>
/// <c>./bench compare REVISION</c>: the jobs of the peers' script on this tree and on an older one, in alternated windows on the same core. Judged by the
/// ratio of CPU per request within each pair of windows, so that what else the machine does meets both.
/// </summary>
internal static class CompareCommand
{
    private const int OriginPort = 18000; // what benchmarks/peers/write-distributions names
    private const int BeforePort = 18950;
    private const int AfterPort = 18951;

    public static Command Create()
    {
        var before = new Argument<string>("BEFORE") { Description = "The Brink.Bench executable of the older tree." };
        var configuration = new Argument<string>("CONFIGURATION") { Description = "The folder that benchmarks/peers/write-distributions wrote." };
        var jobs = new Option<int[]>("--jobs") { AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [0, 1, 2, 3, 4, 5, 6] };
        var windows = new Option<int>("--windows") { Description = "Pairs of windows for each job.", DefaultValueFactory = _ => 10 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one window.", DefaultValueFactory = _ => 2 };
        var warmUp = new Option<int>("--warm-up") { Description = "Seconds of load before the first window of each job.", DefaultValueFactory = _ => 8 };
        var command = new Command("compare", "Two trees side by side: CPU per request in alternated windows.") { before, configuration, jobs, windows, seconds, warmUp };
        command.SetAction(async parsed =>
        {
            Machine.WarnIfBusy();
            var chosen = Job.All.Where(job => parsed.GetValue(jobs)!.Contains(job.Number)).ToArray();
            await RunAsync(parsed.GetValue(before)!, parsed.GetValue(configuration)!, chosen, parsed.GetValue(windows), parsed.GetValue(seconds), parsed.GetValue(warmUp));
            return 0;
        });
        return command;
    }

    private static async Task RunAsync(string before, string configuration, Job[] jobs, int windows, int seconds, int warmUp)
    {
        var content = Directory.CreateTempSubdirectory("brink-bench");
        try
        {
            foreach (var path in (string[])["obj1k", "nocache", "page", "index.html", "app/index.html", "a/page", "b/page"])
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(content.FullName, path))!);
                await File.WriteAllTextAsync(Path.Combine(content.FullName, path), new string('x', 1024));
            }
            using var origin = LoadedProcess.Start("1", Environment.ProcessPath!, ["serve", "--origin", content.FullName, "--http-port", Text(OriginPort)]);
            await origin.ListensAsync(OriginPort);
            using var old = Serve(before, configuration, BeforePort);
            using var @new = Serve(Environment.ProcessPath!, configuration, AfterPort);
            await old.ListensAsync(BeforePort);
            await @new.ListensAsync(AfterPort);

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Servers on core 0, load and origin on core 1; {windows} pairs of windows of {seconds} s, alternated; µs of CPU per request.\n"));
            var table = new MarkdownTable("job", "before", "after", "after / before: median", "least to most", "quartiles");
            foreach (var job in jobs)
            {
                await Console.Error.WriteLineAsync($"J{job.Number} ...");
                await MeasureAsync(old, BeforePort, job, warmUp);
                await MeasureAsync(@new, AfterPort, job, warmUp);
                var pairs = new List<(double Before, double After)>();
                for (var i = 0; i < windows; i++)
                {
                    // Whichever goes first would have the warmer caches of the other's load: they take turns.
                    if (i % 2 == 0)
                    {
                        var first = await MeasureAsync(old, BeforePort, job, seconds);
                        pairs.Add((first, await MeasureAsync(@new, AfterPort, job, seconds)));
                    }
                    else
                    {
                        var first = await MeasureAsync(@new, AfterPort, job, seconds);
                        pairs.Add((await MeasureAsync(old, BeforePort, job, seconds), first));
                    }
                }
                var ratios = pairs.Select(pair => pair.After / pair.Before).Order().ToArray();
                table.Add($"J{job.Number}", Number(Statistics.Median(pairs.Select(pair => pair.Before)), "0.0"), Number(Statistics.Median(pairs.Select(pair => pair.After)), "0.0"),
                    Number(Statistics.Median(ratios), "0.000"), $"{Number(ratios[0], "0.00")} to {Number(ratios[^1], "0.00")}",
                    $"{Number(Statistics.Percentile(ratios, 0.25), "0.00")} to {Number(Statistics.Percentile(ratios, 0.75), "0.00")}");
            }
            Console.WriteLine(table);
        }
        finally
        {
            content.Delete(recursive: true);
        }
    }

    private static LoadedProcess Serve(string executable, string configuration, int port)
    {
        var distributions = Directory.GetFiles(configuration, "j*.json");
        var functions = Directory.GetFiles(Path.Combine(FunctionCase.Root, "benchmarks/peers"), "j*.js");
        return LoadedProcess.Start("0", executable,
            ["serve", "--http-port", Text(port), .. distributions, .. functions.SelectMany(file => (string[])["--function", $"{Path.GetFileNameWithoutExtension(file)}={file}"])]);
    }

    private static async Task<double> MeasureAsync(LoadedProcess server, int port, Job job, int seconds)
    {
        var before = server.Cpu();
        var requests = await LoadTools.SaturateAsync("1", $"http://127.0.0.1:{Text(port)}{job.Path}", seconds, 64, [$"Host: j{job.Number}.bench.test", .. job.Headers]);
        return (server.Cpu() - before) / requests;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>One request of a job of the peers' script.</summary>
    private sealed record Job(int Number, string Path, params string[] Headers)
    {
        public static readonly Job[] All =
        [
            new(0, "/obj1k"),
            new(1, "/obj1k"),
            new(2, "/app/users/42"),
            new(3, "/obj1k", $"Authorization: Bearer {Token()}"),
            new(4, "/obj1k?utm_source=x&b=2&a=1&fbclid=zzzz&c=3"),
            new(5, "/page", "Cookie: sid=abcdef0123456789; ab=a"),
            new(6, "/nocache"),
        ];

        // The key is the one in benchmarks/peers/j3-request.js.
        private static string Token()
        {
            var text = $"{Base64Url("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url("""{"sub":"1234567890","name":"Jane Example","exp":4102444800}"""u8)}";
            return $"{text}.{Base64Url(HMACSHA256.HashData("bench-secret-0123456789abcdef0123456789"u8, Encoding.ASCII.GetBytes(text)))}";
        }

        private static string Base64Url(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
    }
}
