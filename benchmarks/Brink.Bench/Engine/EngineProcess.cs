using System.CommandLine;
using System.Text.Json;
using Brink.Functions;
using Brink.Functions.JavaScript;

namespace Brink.Bench.Engine;

/// <summary>
/// One measuring process of the engine's benchmark. Its parent (<see cref="EngineCommand"/>) starts it with dynamic PGO on or off and reads JSON from it.
/// Timed: the edge's own messages are copied from a template, the function runs, its result is applied.
/// </summary>
internal static class EngineProcess
{
    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>Warm calls of every function, in interleaved rounds, as one JSON array.</summary>
    public static Command CreateRounds()
    {
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
        var calls = new Option<int>("--calls") { DefaultValueFactory = _ => 10_000 };
        var warmup = new Option<int>("--warmup") { DefaultValueFactory = _ => 30_000 };
        var only = new Option<string?>("--only");
        var command = new Command("engine-rounds", "A measuring process of the engine's benchmark.") { rounds, calls, warmup, only };
        command.Hidden = true;
        command.SetAction(parsed => Rounds(parsed.GetValue(rounds), parsed.GetValue(calls), parsed.GetValue(warmup), parsed.GetValue(only)));
        return command;
    }

    /// <summary>The first hundred calls of one function in a process that has done nothing before.</summary>
    public static Command CreateFresh()
    {
        var name = new Argument<string>("NAME");
        var command = new Command("engine-fresh", "The first calls of one function in a fresh process.") { name };
        command.Hidden = true;
        command.SetAction(parsed => Fresh(FunctionCase.Named(parsed.GetValue(name)!)));
        return command;
    }

    private sealed class Subject(FunctionCase functionCase)
    {
        public FunctionCase Case { get; } = functionCase;
        public MessageTemplate Template { get; } = functionCase.ReadTemplate();
        public JavaScriptFunction Function { get; } = Compile(functionCase.ReadSource());
        public List<double> P50 { get; } = [];
        public List<double> P99 { get; } = [];
        public List<double> Cpu { get; } = [];
        public List<double> Bytes { get; } = [];
        public List<double> CompileTimes { get; } = [];

        public FunctionRun Call() => EngineProcess.Call(Function, Template);
    }

    private static void Rounds(int rounds, int calls, int warmup, string? only)
    {
        var subjects = FunctionCase.All.Where(one => only is null || one.Name.StartsWith(only, StringComparison.Ordinal)).Select(one => new Subject(one)).ToList();
        foreach (var subject in subjects.ToList())
        {
            if (subject.Call().Outcome is not FunctionOutcome.Fail(var error))
                continue;
            // A wrong answer is quick to give.
            Console.Error.WriteLine($"{subject.Case.Name} is left out, it fails: {error.Message}\n{error.Detail}");
            subjects.Remove(subject);
        }

        // In small turns, so that no function has the profile to itself while the engine's loop is optimised for what it sees.
        const int turn = 500;
        for (var done = 0; done < warmup; done += turn)
        {
            foreach (var subject in subjects)
            {
                for (var i = 0; i < turn; i++)
                    subject.Call();
            }
        }

        var copyBytes = subjects.ToDictionary(subject => subject, CopyBytes);
        var times = new double[calls];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var subject in subjects)
                Round(subject, times, copyBytes[subject]);
        }
        foreach (var subject in subjects)
            CompileRounds(subject);

        var results = subjects.Select(subject => new RoundsResult
        {
            Name = subject.Case.Name,
            P50 = Statistics.Median(subject.P50),
            P99 = Statistics.Median(subject.P99),
            Cpu = Statistics.Median(subject.Cpu),
            Bytes = Statistics.Median(subject.Bytes),
            Compile = Statistics.Median(subject.CompileTimes),
            KeptBytes = KeptBytes(subject),
        }).ToList();
        Console.WriteLine(JsonSerializer.Serialize(results, MeasurementsJson.Default.ListRoundsResult));
    }

    private static void Round(Subject subject, double[] times, double copyBytes)
    {
        // One clock reading for each call (about 25 ns, included): the end of one is the start of the next.
        var perTick = 1e6 / Time.TimestampFrequency;
        var last = Time.GetTimestamp();
        for (var i = 0; i < times.Length; i++)
        {
            subject.Call();
            var now = Time.GetTimestamp();
            times[i] = (now - last) * perTick;
            last = now;
        }
        subject.P50.Add(Statistics.Percentile(times, 0.5));
        subject.P99.Add(Statistics.Percentile(times, 0.99));

        var bytesBefore = GC.GetAllocatedBytesForCurrentThread();
        var cpuBefore = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < times.Length; i++)
            subject.Call();
        subject.Cpu.Add((Environment.CpuUsage.TotalTime - cpuBefore).TotalMicroseconds / times.Length);
        subject.Bytes.Add((GC.GetAllocatedBytesForCurrentThread() - bytesBefore) / (double)times.Length - copyBytes);
    }

    private static double CopyBytes(Subject subject)
    {
        const int copies = 1000;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < copies; i++)
            MessageTemplate.Recycle(subject.Template.Next(), FunctionOutcome.Continue.Instance);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)copies;
    }

    private static void CompileRounds(Subject subject)
    {
        var source = subject.Case.ReadSource();
        for (var i = 0; i < 1000; i++)
        {
            var start = Time.GetTimestamp();
            Compile(source);
            // The first half warms the compiler up.
            if (i >= 500)
                subject.CompileTimes.Add(Time.GetElapsedTime(start).TotalMicroseconds);
        }
    }

    private static double KeptBytes(Subject subject)
    {
        var source = subject.Case.ReadSource();
        var kept = new JavaScriptFunction[200];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < kept.Length; i++)
            kept[i] = Compile(source);
        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)kept.Length;
        GC.KeepAlive(kept);
        return bytes;
    }

    private static void Fresh(FunctionCase functionCase)
    {
        var template = functionCase.ReadTemplate();
        var source = functionCase.ReadSource();
        // The clock and the copy are not what is to be seen cold.
        template.Next();
        Time.GetElapsedTime(Time.GetTimestamp());

        var start = Time.GetTimestamp();
        var function = Compile(source);
        var compile = Time.GetElapsedTime(start).TotalMicroseconds;

        var times = new double[100];
        for (var i = 0; i < times.Length; i++)
        {
            start = Time.GetTimestamp();
            if (Call(function, template).Outcome is FunctionOutcome.Fail)
                throw new InvalidOperationException($"{functionCase.Name} fails");
            times[i] = Time.GetElapsedTime(start).TotalMicroseconds;
        }
        var result = new FreshResult
        {
            Name = functionCase.Name,
            Compile = compile,
            Call1 = times[0],
            Calls2To100 = Statistics.Median(times.Skip(1)),
            Call100 = times[^1],
        };
        Console.WriteLine(JsonSerializer.Serialize(result, MeasurementsJson.Default.FreshResult));
    }

    /// <summary>A function, ready to be called over and over with messages of its own.</summary>
    public static Action Caller(FunctionCase functionCase)
    {
        var subject = new Subject(functionCase);
        return () => subject.Call();
    }

    internal static FunctionRun Call(JavaScriptFunction function, MessageTemplate template)
    {
        var triggerEvent = template.Next();
        var running = function.InvokeAsync(triggerEvent, CancellationToken.None);
        var run = running.IsCompletedSuccessfully ? running.Result : throw new InvalidOperationException($"{function.Name} waits for something");
        MessageTemplate.Recycle(triggerEvent, run.Outcome);
        return run;
    }

    private static JavaScriptFunction Compile(FunctionSource source)
    {
        var function = JavaScriptFunction.Compile(source, FunctionLimits.Default, Time);
        return function.CompileError is { } error ? throw new InvalidOperationException($"{source.FileName}: {error.Message}\n{error.Detail}") : function;
    }
}
