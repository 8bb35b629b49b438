using System.Globalization;
using Brink.Bench.Load;
using Brink.Lambda.Processes;

namespace Brink.Bench.Lambda;

/// <summary>
/// The whole: a viewer, the edge, a warm viewer-request function in the sandbox, a cached object of 1 KB. The edge and its workers share one core, the load has the
/// other. At saturation, and at half of it beside an edge without a function at the same rate: what the function adds.
/// </summary>
internal sealed class OverHttp(BenchFunctions functions, bool quick)
{
    private const string ServerCore = "0", LoadCore = "1";
    private const int FirstPort = 18_942, Connections = 64, PacedConnections = 16;

    // The viewer's header fields make the event of the peers' job 7.
    internal static readonly string[] Headers = [.. Enumerable.Range(0, 12).Select(i => $"X-Header-{i}: {new string('v', 70)}")];

    private readonly int _rounds = quick ? 2 : 5;
    private readonly int _seconds = quick ? 1 : 3;
    private readonly int _warmUp = quick ? 4 : 8;

    public async Task<IReadOnlyList<MarkdownTable>> MeasureAsync()
    {
        var folder = Directory.CreateTempSubdirectory("brink-bench");
        var arms = new List<Arm> { new("no function", null, FirstPort) };
        arms.AddRange(functions.Runtimes.Select((runtime, i) => new Arm(runtime.Name, runtime, FirstPort + 1 + i)));
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.CreateSubdirectory("origin").FullName, "index.html"), new string('x', 1024));
            foreach (var arm in arms)
                await StartAsync(arm, folder.FullName);
            for (var round = 0; round < _rounds; round++)
            {
                foreach (var arm in arms)
                    await SaturateAsync(arm);
            }
            foreach (var arm in arms.Skip(1))
            {
                for (var round = 0; round < _rounds; round++)
                {
                    var half = Statistics.Median(arm.Rates) / 2;
                    arm.Alone.Add(await PaceAsync(arms[0], half));
                    arm.Half.Add(await PaceAsync(arm, half));
                }
            }
            return [Saturated(arms), AtHalf(arms)];
        }
        finally
        {
            foreach (var arm in arms.Where(arm => arm.Server is not null))
            {
                await arm.Server!.StopAsync();
                arm.Server.Dispose();
            }
            folder.Delete(recursive: true);
        }
    }

    private async Task StartAsync(Arm arm, string folder)
    {
        string[] function = arm.Runtime is { } runtime ? ["--viewer-request", runtime.Function, "--runtime", runtime.Identifier] : [];
        arm.Server = LoadedProcess.Start(ServerCore, Environment.ProcessPath!, ["serve", "--http-port", arm.Port.ToString(CultureInfo.InvariantCulture), "--origin", Path.Combine(folder, "origin"), .. function], workingDirectory: folder);
        await arm.Server.ListensAsync(arm.Port);
        // At a moderate rate first: under full load on one core the compiler's own thread starves.
        await LoadTools.PaceAsync(LoadCore, arm.Url, 1_000, PacedConnections, _warmUp, 200, Headers);
        await LoadTools.SaturateAsync(LoadCore, arm.Url, Math.Max(1, _warmUp / 2), Connections, Headers);
    }

    private async Task SaturateAsync(Arm arm)
    {
        var (edge, all) = (arm.EdgeCpu, arm.AllCpu);
        var requests = await LoadTools.SaturateAsync(LoadCore, arm.Url, _seconds, Connections, Headers);
        arm.Rates.Add(requests / (double)_seconds);
        arm.Edge.Add((arm.EdgeCpu - edge) * 1e6 / requests);
        arm.Workers.Add((arm.AllCpu - all - (arm.EdgeCpu - edge)) * 1e6 / requests);
    }

    private async Task<(double P50, double P99)> PaceAsync(Arm arm, double rate)
    {
        var times = await LoadTools.PaceAsync(LoadCore, arm.Url, rate, PacedConnections, _seconds, 200, Headers);
        return (Statistics.Percentile(times, 0.5), Statistics.Percentile(times, 0.99));
    }

    private static MarkdownTable Saturated(List<Arm> arms)
    {
        var table = new MarkdownTable($"{Connections} connections, as fast as they go", "requests/s", "µs CPU, edge", "µs CPU, workers", "invocations per worker CPU second", "processes of workers");
        foreach (var arm in arms)
        {
            var workers = Statistics.Median(arm.Workers);
            table.Add(
                arm.Name, Number(Statistics.Median(arm.Rates)), Number(Statistics.Median(arm.Edge), 1), arm.Runtime is null ? "–" : Number(workers, 1), arm.Runtime is null ? "–" : Number(1e6 / workers),
                arm.Runtime is null ? "–" : arm.Environments.ToString(CultureInfo.InvariantCulture));
        }
        return table;
    }

    private static MarkdownTable AtHalf(List<Arm> arms)
    {
        var table = new MarkdownTable("half of that, ms", "requests/s", "p50", "p99", "no function, same rate: p50", "p99", "added at p50", "added at p99");
        foreach (var arm in arms.Skip(1))
        {
            var (half, alone) = (Medians(arm.Half), Medians(arm.Alone));
            table.Add(
                arm.Name, Number(Statistics.Median(arm.Rates) / 2), Number(half.P50, 2), Number(half.P99, 2), Number(alone.P50, 2), Number(alone.P99, 2),
                Number(half.P50 - alone.P50, 2), Number(half.P99 - alone.P99, 2));
        }
        return table;

        static (double P50, double P99) Medians(List<(double P50, double P99)> rounds) => (Statistics.Median(rounds.Select(round => round.P50)), Statistics.Median(rounds.Select(round => round.P99)));
    }

    private static string Number(double value, int digits = 0) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);

    private sealed class Arm(string name, BenchRuntime? runtime, int port)
    {
        public string Name { get; } = name;
        public BenchRuntime? Runtime { get; } = runtime;
        public int Port { get; } = port;
        public string Url { get; } = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/index.html");
        public LoadedProcess? Server { get; set; }
        public List<double> Rates { get; } = [];
        public List<double> Edge { get; } = [];
        public List<double> Workers { get; } = [];
        public List<(double P50, double P99)> Half { get; } = [];
        public List<(double P50, double P99)> Alone { get; } = [];

        public double EdgeCpu => ProcessMeasures.CpuOf(Server!.Id);

        public double AllCpu => ProcessMeasures.Cpu([Server!.Id]);

        public int Environments => ProcessTree.ChildrenOf(Server!.Id).Count();
    }
}
