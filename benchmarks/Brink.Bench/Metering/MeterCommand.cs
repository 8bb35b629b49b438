using System.CommandLine;
using System.Globalization;
using Brink.Bench.Engine;
using Brink.Bench.Hostile;
using Brink.Functions.Metering;
using Brink.Functions.Modules;
using Brink.JavaScript;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Programs;
using Brink.ScriptGenerator.Running;

namespace Brink.Bench.Metering;

/// <summary>
/// <c>./bench meter</c>: what a unit of cost takes in time, for each kind of work, to set prices by and to see that none is far too low. Each piece of work
/// runs without end until a budget of 400,000 units or 2 MB stops it.
/// </summary>
internal static class MeterCommand
{
    private const int Warmup = 60, Rounds = 15;

    public static Command Create()
    {
        var only = new Option<string?>("--only") { Description = "Only work whose name contains this, or with --built-ins one of these between commas." };
        var hostile = new Option<bool>("--hostile") { Description = "The hostile functions of tests/functions/hostile instead: the time until each is stopped." };
        var builtIns = new Option<bool>("--built-ins") { Description = "Every built-in instead, on large and odd values drawn by chance, beside an endless loop." };
        var samples = new Option<int>("--samples") { Description = "With --built-ins: combinations of values for each. Default 200.", DefaultValueFactory = _ => 200 };
        var seed = new Option<ulong>("--seed") { Description = "With --built-ins: others are drawn with another. Default 1.", DefaultValueFactory = _ => 1 };
        var command = new Command("meter", "Nanoseconds for a unit of cost, for each kind of work.") { only, hostile, builtIns, samples, seed };
        command.SetAction(parsed => parsed.GetValue(builtIns)
            ? new BuiltInSweep(parsed.GetValue(samples), parsed.GetValue(seed)).Run(parsed.GetValue(only))
            : Run(parsed.GetValue(hostile), parsed.GetValue(only)));
        return command;
    }

    /// <summary>What ended a call, the units it used, what it threw.</summary>
    private readonly record struct Ending(CallStatus Status, long Units, string? Problem);

    private sealed record Work(string Name, Func<Ending> Call);

    /// <summary>One piece of work, measured: the medians of the rounds.</summary>
    private sealed record Measured(string Name, CallStatus Status, long Units, double Milliseconds)
    {
        public double NanosecondsPerUnit => Milliseconds * 1e6 / Math.Max(1, Units);
    }

    private static int Run(bool hostile, string? only)
    {
        Machine.WarnIfBusy();
        var works = (hostile ? ReadHostile() : ReadWork()).Where(work => only is null || work.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToList();
        foreach (var work in works.ToList())
        {
            // An exception of the script is quick to come by.
            if (work.Call().Problem is not { } problem || hostile)
                continue;
            Console.Error.WriteLine($"{work.Name} is left out, it fails: {problem}");
            works.Remove(work);
        }
        var results = works.ConvertAll(Measure);
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Work without end on {ComputeBudget.Aws.Units:N0} units and 2 MB; medians of {Rounds} calls.\n"));
        var table = new MarkdownTable("work", "stopped by", "units", "ms", "ns a unit");
        foreach (var one in hostile ? results.OrderByDescending(one => one.Milliseconds) : results.OrderByDescending(one => one.NanosecondsPerUnit))
        {
            table.Add(one.Name, one.Status.ToString(), one.Units.ToString("N0", CultureInfo.InvariantCulture), one.Milliseconds.ToString("0.00", CultureInfo.InvariantCulture),
                one.NanosecondsPerUnit.ToString("0.00", CultureInfo.InvariantCulture));
        }
        Console.WriteLine(table);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{results.Count} kinds; ns a unit: median {Statistics.Median(results.Select(one => one.NanosecondsPerUnit)):0.00}, most {results.Max(one => one.NanosecondsPerUnit):0.00}; longest {results.Max(one => one.Milliseconds):0.00} ms"));
        return 0;
    }

    private static Measured Measure(Work work)
    {
        for (var i = 0; i < Warmup; i++)
            work.Call();
        var times = new double[Rounds];
        Ending ending = default;
        for (var i = 0; i < Rounds; i++)
        {
            var start = ThreadClock.Now;
            ending = work.Call();
            times[i] = (ThreadClock.Now - start).TotalMilliseconds;
        }
        return new Measured(work.Name, ending.Status, ending.Units, Statistics.Median(times));
    }

    private static Ending Call(JavaScriptProgram program)
    {
        var limits = new CallLimits { Steps = ComputeBudget.Aws.Units, MemoryBytes = Limits.FunctionMemoryBytes, StartTimeMilliseconds = 1.8e12, RandomSeed = 42 };
        using var result = program.Call(NoEvent, limits, hostContext: null);
        return result.Fault is { } fault
            ? throw new InvalidOperationException("the engine failed", fault)
            : new Ending(result.Status, result.StepsUsed, result.Status == CallStatus.Threw ? result.Error!.Text : null);
    }

    private static readonly HostObject NoEvent = new HostModule { Functions = [] };

    private static IEnumerable<Work> ReadWork()
    {
        foreach (var line in File.ReadLines(Path.Combine(FunctionCase.Root, "benchmarks/meter/work.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = line.Split("::", 3, StringSplitOptions.TrimEntries);
            var program = Compile(parts[0],
                $"import crypto from 'crypto'; import qs from 'querystring'; var shared = 1; async function handler() {{ {parts[1]}; for (;;) {{ {parts[2]} }} }}");
            yield return new Work(parts[0], () => Call(program));
        }
    }

    /// <summary>With an event and a store, as at an edge. Scripts that do not compile have nothing to time.</summary>
    private static IEnumerable<Work> ReadHostile()
    {
        foreach (var hostile in HostileCase.ReadAll(FunctionCase.Root))
        {
            if (ScriptUnderTest.Compile(hostile.Code, Runtime.CloudFrontJs20, out _, ComputeBudget.Aws.Units) is not { } script)
                continue;
            yield return new Work(hostile.Name, () =>
            {
                var run = script.Run();
                return new Ending(run.Status, run.Steps, run.Fault?.ToString());
            });
        }
    }

    private static JavaScriptProgram Compile(string name, string source) => JavaScriptProgram.Compile(source, Runtime.CloudFrontJs20, HostModules.For(Runtime.CloudFrontJs20)) switch
    {
        CompileOutcome.Compiled(var program) => program,
        CompileOutcome.Refused(var error) => throw new InvalidOperationException($"{name}: {error.Text}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
