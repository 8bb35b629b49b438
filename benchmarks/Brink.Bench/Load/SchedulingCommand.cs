using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Brink.Bench.Engine;
using Brink.Bench.Serving;

namespace Brink.Bench.Load;

/// <summary>
/// <c>./bench scheduling</c>: which threads should run the requests? Judged by CPU per request at saturation, and by the latency of normal traffic at half
/// load, alone and beside a function that burns its whole compute budget each time.
/// </summary>
internal static class SchedulingCommand
{
    private const int FirstPort = 18930;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of one measurement.", DefaultValueFactory = _ => 5 };
        var runaways = new Option<double>("--runaways") { Description = "Percent of requests that run away.", DefaultValueFactory = _ => 1 };
        var serverCores = new Option<string>("--server-cores") { Description = "Cores of the server, as taskset names them.", DefaultValueFactory = _ => "0" };
        var loadCores = new Option<string>("--load-cores") { Description = "Cores of the load.", DefaultValueFactory = _ => "1" };
        var command = new Command("scheduling", "Thread pool or socket threads: CPU per request, and latency beside a runaway function.")
        {
            rounds, seconds, runaways, serverCores, loadCores,
        };
        command.SetAction(async parsed =>
        {
            var bench = new Bench(parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(runaways) / 100, parsed.GetValue(serverCores)!, parsed.GetValue(loadCores)!);
            return await bench.RunAsync();
        });
        return command;
    }

    private sealed class Arm(SchedulingMode mode, int port) : IDisposable
    {
        public SchedulingMode Mode { get; } = mode;
        public LoadedProcess Server { get; set; } = null!;
        public string Normal { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/obj1k");
        public string Runaway { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/runaway");
        public int Port { get; } = port;
        public List<double> Rate { get; } = [];
        public List<double> CpuAtSaturation { get; } = [];
        public List<double> CpuAtHalf { get; } = [];
        public List<double[]> Alone { get; } = [];
        public List<double[]> Beside { get; } = [];
        public List<double> RunawayTimes { get; } = [];

        public void Dispose() => Server.Dispose();
    }

    private sealed class Bench(int rounds, int seconds, double runaways, string serverCores, string loadCores)
    {
        private readonly List<Arm> _arms = [.. SchedulingMode.All.Select((mode, i) => new Arm(mode, FirstPort + i))];

        public async Task<int> RunAsync()
        {
            Machine.WarnIfBusy();
            var folder = Directory.CreateTempSubdirectory("brink-bench");
            try
            {
                await File.WriteAllTextAsync(Path.Combine(folder.FullName, "obj1k"), new string('x', 1024));
                foreach (var arm in _arms)
                    await StartAsync(arm, folder.FullName);
                await MeasureAsync();
                Print();
                return 0;
            }
            finally
            {
                foreach (var arm in _arms.Where(arm => arm.Server is not null))
                    arm.Dispose();
                folder.Delete(recursive: true);
            }
        }

        private async Task StartAsync(Arm arm, string folder)
        {
            arm.Server = LoadedProcess.Start(serverCores, Environment.ProcessPath!,
            [
                "serve", "--http-port", arm.Port.ToString(CultureInfo.InvariantCulture), "--origin", folder, "--scheduling", arm.Mode.Name,
                "--viewer-request", Path.Combine(FunctionCase.Root, "benchmarks/scheduling/runaway.js"),
                "--viewer-response", Path.Combine(FunctionCase.Root, "benchmarks/peers/j1-response.js"),
            ]);
            await arm.Server.ListensAsync(arm.Port);
            using var client = new HttpClient();
            for (var i = 0; i < 3; i++)
            {
                using var normal = await client.GetAsync(arm.Normal);
                using var runaway = await client.GetAsync(arm.Runaway);
                if ((int)normal.StatusCode != 200 || (int)runaway.StatusCode != 503)
                    throw new InvalidOperationException($"{arm.Mode.Name}: {(int)normal.StatusCode} for normal traffic and {(int)runaway.StatusCode} for the runaway function");
            }
        }

        private async Task MeasureAsync()
        {
            // The same rate for all: half of what the slowest one manages.
            var half = double.PositiveInfinity;
            foreach (var arm in _arms)
            {
                await Console.Error.WriteLineAsync($"{arm.Mode.Name} warms up ...");
                // At a moderate rate first: under full load on one core the compiler's own thread starves, and the code stays slow for half a minute.
                await LoadTools.PaceAsync(loadCores, arm.Normal, 3000, 16, 12, 200);
                await LoadTools.SaturateAsync(loadCores, arm.Normal, 5);
                half = Math.Min(half, await LoadTools.SaturateAsync(loadCores, arm.Normal, seconds) / (double)seconds / 2);
            }
            for (var round = 0; round < rounds; round++)
            {
                await Console.Error.WriteLineAsync($"round {round + 1} of {rounds} ...");
                foreach (var arm in _arms)
                {
                    var (requests, cpu) = await CountAsync(arm, () => LoadTools.SaturateAsync(loadCores, arm.Normal, seconds));
                    arm.Rate.Add(requests / (double)seconds);
                    arm.CpuAtSaturation.Add(cpu / requests);
                }
                foreach (var arm in _arms)
                {
                    var (times, cpu) = await CountAsync(arm, () => LoadTools.PaceAsync(loadCores, arm.Normal, half, 16, seconds, 200));
                    arm.Alone.Add(times);
                    arm.CpuAtHalf.Add(cpu / times.Length);
                }
                foreach (var arm in _arms)
                {
                    // Two streams of their own: one generator would send the runaways of all its connections in the same moment.
                    var runaway = LoadTools.PaceAsync(loadCores, arm.Runaway, half * runaways, 4, seconds, 503);
                    arm.Beside.Add(await LoadTools.PaceAsync(loadCores, arm.Normal, half * (1 - runaways), 16, seconds, 200));
                    arm.RunawayTimes.AddRange(await runaway);
                }
            }
        }

        private static async Task<(T Result, double Cpu)> CountAsync<T>(Arm arm, Func<Task<T>> load)
        {
            var before = arm.Server.Cpu();
            var result = await load();
            return (result, arm.Server.Cpu() - before);
        }

        private void Print()
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0} (ours included)"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Server on core {serverCores}, load on core {loadCores}; medians over {rounds} rounds of {seconds} s, interleaved; {runaways:0.##%} runaways.\n"));
            var table = new MarkdownTable("scheduling", "requests/s", "µs CPU, saturated", "µs CPU, half load", "half load: p50 / p99 / p99.9, ms", "beside runaways: p50 / p99 / p99.9, ms", "answered: normal, runaway /s",
                "a runaway, ms: p50");
            foreach (var arm in _arms)
            {
                table.Add(arm.Mode.Name, Statistics.Median(arm.Rate).ToString("N0", CultureInfo.InvariantCulture), Number(Statistics.Median(arm.CpuAtSaturation), "0.0"), Number(Statistics.Median(arm.CpuAtHalf), "0.0"),
                    Percentiles(arm.Alone), Percentiles(arm.Beside),
                    string.Create(CultureInfo.InvariantCulture, $"{arm.Beside.Average(times => times.Length) / seconds:N0}, {arm.RunawayTimes.Count / (double)(seconds * rounds):N0}"),
                    Number(Statistics.Median(arm.RunawayTimes), "0.00"));
            }
            Console.WriteLine(table);
        }

        private static string Percentiles(List<double[]> rounds) => string.Join(" / ", new[] { 0.5, 0.99, 0.999 }
            .Select(share => Number(Statistics.Median(rounds.Select(times => Statistics.Percentile(times, share))), "0.00")));

        private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
    }
}
