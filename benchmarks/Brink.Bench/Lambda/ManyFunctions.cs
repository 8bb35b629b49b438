using System.Diagnostics;
using System.Globalization;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Bench.Lambda;

/// <summary>Memory of one warm environment, and two hundred functions warm at once: how long they take to start, what they hold, and that all answer.</summary>
internal sealed class ManyFunctions(BenchFunctions functions, IProcessSandbox sandbox)
{
    private const int Count = 200;

    public async Task<IReadOnlyList<MarkdownTable>> MeasureAsync()
    {
        var single = new MarkdownTable("one warm environment", "MB (PSS), alone");
        foreach (var runtime in functions.Runtimes)
        {
            await using var pool = new LambdaPool(LambdaPoolOptions.Default, sandbox, TimeProvider.System);
            var version = runtime.NewVersion();
            await StartAsync(pool, version);
            await BenchFunctions.InvokeAsync(pool, version, functions.Event);
            single.Add(runtime.Name, Number(ProcessMeasures.ProportionalMegabytes(pool.ProcessIds()), 1));
        }

        var many = new MarkdownTable($"{Count} functions, each with a warm environment", "to start all, s", "MB (PSS) each", "MB (PSS) in all", "Brink's own growth, MB", "all invoked at once, ms");
        foreach (var runtime in functions.Runtimes.Take(2))
        {
            await using var pool = new LambdaPool(LambdaPoolOptions.Default with { MaxEnvironments = Count }, sandbox, TimeProvider.System);
            var versions = Enumerable.Range(0, Count).Select(_ => runtime.NewVersion()).ToArray();
            await StartAsync(pool, runtime.NewVersion());
            var before = Resident();
            var begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(versions.Select(version => StartAsync(pool, version)));
            var started = Stopwatch.GetElapsedTime(begin);
            var grown = Resident() - before;
            begin = Stopwatch.GetTimestamp();
            await Task.WhenAll(versions.Select(version => BenchFunctions.InvokeAsync(pool, version, functions.Event).AsTask()));
            var invoked = Stopwatch.GetElapsedTime(begin);
            var held = ProcessMeasures.ProportionalMegabytes(pool.ProcessIds());
            if (pool.EnvironmentCount != Count)
                throw new InvalidOperationException($"{pool.EnvironmentCount} environments are there, not {Count}");
            many.Add(runtime.Name, Number(started.TotalSeconds, 1), Number(held / Count, 1), Number(held), Number(grown / 1048576.0, 1), Number(invoked.TotalMilliseconds));
        }
        return [single, many];
    }

    private static async Task StartAsync(LambdaPool pool, FunctionVersion version)
    {
        if (await pool.PrewarmAsync(version, Region.Home, 1) is { } problem)
            throw new InvalidOperationException(problem);
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }

    private static string Number(double value, int digits = 0) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
