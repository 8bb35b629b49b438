using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Brink.Bench.Engine;

/// <summary><c>./bench engine</c>: the functions under dynamic PGO on and off, each arm in processes of its own, processes and rounds interleaved.</summary>
internal static class EngineCommand
{
    public static Command Create()
    {
        var processes = new Option<int>("--processes") { Description = "Measuring processes of each arm.", DefaultValueFactory = _ => 3 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of each process.", DefaultValueFactory = _ => 5 };
        var calls = new Option<int>("--calls") { Description = "Calls of each function in a round.", DefaultValueFactory = _ => 10_000 };
        var only = new Option<string?>("--only") { Description = "Only functions whose name begins so." };
        var quick = new Option<bool>("--quick") { Description = "One process of each arm, three rounds of 5,000 calls, no fresh processes: to see where a change leads, not to report." };
        var command = new Command("engine", "Time, allocation and compile time of functions, from the edge's request to the applied result.") { processes, rounds, calls, only, quick };
        command.SetAction(parsed => parsed.GetValue(quick)
            ? RunAsync(1, 3, 5_000, parsed.GetValue(only), fresh: 0)
            : RunAsync(parsed.GetValue(processes), parsed.GetValue(rounds), parsed.GetValue(calls), parsed.GetValue(only), fresh: 5));
        return command;
    }

    private static async Task<int> RunAsync(int processes, int rounds, int calls, string? only, int fresh)
    {
        Machine.WarnIfBusy();
        var loads = new List<double> { Machine.Load() };
        List<List<RoundsResult>> on = [], off = [];
        for (var i = 0; i < processes; i++)
        {
            await Console.Error.WriteLineAsync($"process {i + 1} of {processes}, dynamic PGO on and off ...");
            on.Add(await MeasureAsync(pgo: true, rounds, calls, only));
            off.Add(await MeasureAsync(pgo: false, rounds, calls, only));
            loads.Add(Machine.Load());
        }
        List<FreshResult> first = [];
        for (var i = 0; i < fresh; i++)
        {
            await Console.Error.WriteLineAsync($"fresh processes, {i + 1} of {fresh} ...");
            foreach (var one in on[0])
                first.Add(JsonSerializer.Deserialize(await ChildAsync(pgo: true, ["engine-fresh", one.Name]), MeasurementsJson.Default.FreshResult)!);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {loads.Min():0.0} to {loads.Max():0.0}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Medians over {processes} processes of {rounds} rounds of {calls:N0} calls; times in µs; bytes without the copy of the messages.\n"));
        PrintCalls(on, off);
        PrintCompiling(on, first);
        if (FunctionCase.Yardstick.All(one => on[0].Any(result => result.Name == one.Name)))
            PrintYardstick(on, off);
        return 0;
    }

    private static void PrintCalls(List<List<RoundsResult>> on, List<List<RoundsResult>> off)
    {
        var table = new MarkdownTable("function", "p50", "p99", "CPU per call", "bytes per call", "calls/s/core", "PGO off: p50", "p99", "CPU per call");
        foreach (var one in on[0])
        {
            var (withPgo, without) = (Median(on, one.Name), Median(off, one.Name));
            table.Add(one.Name, Micros(withPgo.P50), Micros(withPgo.P99), Micros(withPgo.Cpu), Whole(withPgo.Bytes), Whole(1e6 / withPgo.Cpu),
                Micros(without.P50), Micros(without.P99), Micros(without.Cpu));
        }
        Console.WriteLine(table);
    }

    private static void PrintCompiling(List<List<RoundsResult>> on, List<FreshResult> fresh)
    {
        if (fresh.Count == 0)
        {
            var warmOnly = new MarkdownTable("function", "compile, warm", "kept, KB");
            foreach (var one in on[0])
            {
                var median = Median(on, one.Name);
                warmOnly.Add(one.Name, Whole(median.Compile), (median.KeptBytes / 1024).ToString("0.0", CultureInfo.InvariantCulture));
            }
            Console.WriteLine(warmOnly);
            return;
        }
        var table = new MarkdownTable("function", "compile, warm", "kept, KB", "fresh process: compile", "call 1", "calls 2-100, median", "call 100");
        foreach (var one in on[0])
        {
            var warm = Median(on, one.Name);
            var cold = fresh.Where(result => result.Name == one.Name).ToList();
            table.Add(one.Name, Whole(warm.Compile), (warm.KeptBytes / 1024).ToString("0.0", CultureInfo.InvariantCulture), Whole(Statistics.Median(cold.Select(result => result.Compile))),
                Whole(Statistics.Median(cold.Select(result => result.Call1))), Micros(Statistics.Median(cold.Select(result => result.Calls2To100))),
                Micros(Statistics.Median(cold.Select(result => result.Call100))));
        }
        Console.WriteLine(table);
    }

    private static void PrintYardstick(List<List<RoundsResult>> on, List<List<RoundsResult>> off)
    {
        var table = new MarkdownTable("over f1 to f5", "median p50", "mean CPU per call", "bytes per call, most", "calls/s/core", "compile, most");
        foreach (var (label, arm) in new[] { ("PGO on", on), ("PGO off", off) })
        {
            var five = FunctionCase.Yardstick.Select(one => Median(arm, one.Name)).ToList();
            var cpu = five.Average(one => one.Cpu);
            table.Add(label, Micros(Statistics.Median(five.Select(one => one.P50))), Micros(cpu), Whole(five.Max(one => one.Bytes)), Whole(1e6 / cpu), Whole(five.Max(one => one.Compile)));
        }
        Console.WriteLine(table);
    }

    private static RoundsResult Median(List<List<RoundsResult>> processes, string name)
    {
        var all = processes.Select(results => results.Single(result => result.Name == name)).ToList();
        return all[0] with
        {
            P50 = Statistics.Median(all.Select(one => one.P50)),
            P99 = Statistics.Median(all.Select(one => one.P99)),
            Cpu = Statistics.Median(all.Select(one => one.Cpu)),
            Bytes = Statistics.Median(all.Select(one => one.Bytes)),
            Compile = Statistics.Median(all.Select(one => one.Compile)),
            KeptBytes = Statistics.Median(all.Select(one => one.KeptBytes)),
        };
    }

    private static async Task<List<RoundsResult>> MeasureAsync(bool pgo, int rounds, int calls, string? only)
    {
        List<string> arguments = ["engine-rounds", "--rounds", rounds.ToString(CultureInfo.InvariantCulture), "--calls", calls.ToString(CultureInfo.InvariantCulture)];
        if (only is not null)
            arguments.AddRange(["--only", only]);
        return JsonSerializer.Deserialize(await ChildAsync(pgo, arguments), MeasurementsJson.Default.ListRoundsResult)!;
    }

    private static async Task<string> ChildAsync(bool pgo, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["DOTNET_TieredPGO"] = pgo ? "1" : "0";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException("a measuring process failed; it has said why above");
    }

    private static string Micros(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private static string Whole(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
