using System.Diagnostics;
using System.Globalization;
using Brink.Bench.Load;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Bench.Lambda;

/// <summary>
/// One warm environment, one invocation after the other, without an edge: what an invocation costs the worker and Brink. Beside it Node.js's own HTTP server doing
/// the same JSON work, under one connection and under 64. All in turn, several times.
/// </summary>
internal sealed class WarmInvocations(BenchFunctions functions, IProcessSandbox sandbox, bool quick)
{
    private const int BarePort = 18_941;
    private const int WarmUp = 5_000;
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(250);

    private readonly int _rounds = quick ? 3 : 7;
    private readonly int _seconds = quick ? 1 : 2;
    private readonly int _rests = quick ? 10 : 40;

    public async Task<IReadOnlyList<MarkdownTable>> MeasureAsync()
    {
        using var bare = LoadedProcess.Start("0-1023", "node", [Path.Combine(BenchFunctions.Folder, "bare-http.cjs"), BarePort.ToString(CultureInfo.InvariantCulture)]);
        await bare.ListensAsync(BarePort);
        using var post = WrkScript.Post(functions.Event);
        var arms = new List<(string Name, Func<Task<Sample>> Measure)>
        {
            ("bare Node.js http, 1 connection", () => BareAsync(bare, post, 1)),
            ("bare Node.js http, 64 connections", () => BareAsync(bare, post, 64)),
        };
        var pools = new List<LambdaPool>();
        try
        {
            foreach (var runtime in functions.Runtimes)
            {
                var pool = new LambdaPool(LambdaPoolOptions.Default, sandbox, TimeProvider.System);
                pools.Add(pool);
                var version = runtime.NewVersion();
                for (var count = 0; count < WarmUp; count++)
                    await BenchFunctions.InvokeAsync(pool, version, functions.Event);
                arms.Add((runtime.Name, () => PooledAsync(pool, version)));
            }
            var samples = arms.Select(_ => new List<Sample>()).ToArray();
            for (var round = -1; round < _rounds; round++)
            {
                for (var arm = 0; arm < arms.Count; arm++)
                {
                    var sample = await arms[arm].Measure();
                    // The first one only warms up.
                    if (round >= 0)
                        samples[arm].Add(sample);
                }
            }
            var table = new MarkdownTable("warm, one invocation at a time", "invocations/s", "µs worker CPU", "invocations per worker CPU second", "of bare, 1 connection", "µs Brink CPU", "p50, µs", "p99, µs");
            for (var arm = 0; arm < arms.Count; arm++)
            {
                table.Add(
                    arms[arm].Name, Median(samples[arm], each => each.Rate), Median(samples[arm], each => each.WorkerCpu, 1), Median(samples[arm], each => 1e6 / each.WorkerCpu),
                    Number(Statistics.Median(samples[arm].Zip(samples[0], (one, other) => other.WorkerCpu / one.WorkerCpu)), 2), Median(samples[arm], each => each.BrinkCpu, 1),
                    Median(samples[arm], each => each.P50), Median(samples[arm], each => each.P99));
            }
            return [table, await FreezingAsync()];
        }
        finally
        {
            foreach (var pool in pools)
                await pool.DisposeAsync();
        }
    }

    private async Task<Sample> BareAsync(LoadedProcess bare, WrkScript post, int connections)
    {
        var before = bare.Cpu();
        var result = await post.RunAsync("0-1023", $"http://127.0.0.1:{BarePort}/", connections, _seconds);
        return new Sample(result.Requests / (double)_seconds, (bare.Cpu() - before) / result.Requests, double.NaN, result.P50, result.P99);
    }

    private async Task<Sample> PooledAsync(LambdaPool pool, FunctionVersion version)
    {
        var pids = pool.ProcessIds();
        var (worker, brink) = (ProcessMeasures.Cpu(pids), Environment.CpuUsage.TotalTime);
        var latencies = new List<double>();
        var begin = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            await BenchFunctions.InvokeAsync(pool, version, functions.Event);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < _seconds);
        var elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var n = latencies.Count;
        var times = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(latencies);
        return new Sample(
            n / elapsed, (ProcessMeasures.Cpu(pids) - worker) * 1e6 / n, (Environment.CpuUsage.TotalTime - brink).TotalMicroseconds / n, Statistics.Percentile(times, 0.5), Statistics.Percentile(times, 0.99));
    }

    /// <summary>What an invocation takes after a rest, when the environment was held still and when it was not.</summary>
    private async Task<MarkdownTable> FreezingAsync()
    {
        var table = new MarkdownTable($"after {Rest.TotalMilliseconds} ms of rest, Node.js", "p50, µs", "p90, µs", "CPU of the resting environment, ms/s");
        foreach (var (name, freezeAfter) in new[] { ("default", (TimeSpan?)null), ("frozen after 100 ms", TimeSpan.FromMilliseconds(100)) })
        {
            await using var pool = new LambdaPool(LambdaPoolOptions.Default with { FreezeAfter = freezeAfter }, sandbox, TimeProvider.System);
            var version = functions.Runtimes[0].NewVersion();
            for (var count = 0; count < WarmUp; count++)
                await BenchFunctions.InvokeAsync(pool, version, functions.Event);
            var latencies = new double[_rests];
            var (cpu, begin) = (ProcessMeasures.Cpu(pool.ProcessIds()), Stopwatch.GetTimestamp());
            for (var i = 0; i < latencies.Length; i++)
            {
                await Task.Delay(Rest);
                var start = Stopwatch.GetTimestamp();
                await BenchFunctions.InvokeAsync(pool, version, functions.Event);
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
            var taken = (ProcessMeasures.Cpu(pool.ProcessIds()) - cpu) * 1000 / Stopwatch.GetElapsedTime(begin).TotalSeconds;
            table.Add(name, Number(Statistics.Percentile(latencies, 0.5)), Number(Statistics.Percentile(latencies, 0.9)), Number(taken, 1));
        }
        return table;
    }

    private static string Median(List<Sample> samples, Func<Sample, double> of, int digits = 0) => Number(Statistics.Median(samples.Select(of)), digits);

    private static string Number(double value, int digits = 0) => double.IsNaN(value) ? "–" : value.ToString($"N{digits}", CultureInfo.InvariantCulture);

    /// <summary>A round: CPU in µs an invocation, latencies in µs.</summary>
    private sealed record Sample(double Rate, double WorkerCpu, double BrinkCpu, double P50, double P99);
}
