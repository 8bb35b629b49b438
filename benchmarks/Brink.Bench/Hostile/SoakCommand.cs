using System.CommandLine;
using Brink.Bench.Engine;
using Brink.ScriptGenerator.Running;

namespace Brink.Bench.Hostile;

/// <summary><c>./bench soak</c>: the hostile scripts on two threads at once, for minutes. The process must live, give its memory back and stop each in time.</summary>
internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long. Default 2.", DefaultValueFactory = _ => 2 };
        var threads = new Option<int>("--threads") { Description = "How many threads. Default 2.", DefaultValueFactory = _ => 2 };
        var command = new Command("soak", "The hostile scripts on several threads at once: calls, CPU time per script, memory before and after, faults.") { minutes, threads };
        command.SetAction(parsed => Soak(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(threads)));
        return command;
    }

    private sealed class Subject(HostileCase hostile)
    {
        public string Name => hostile.Name;

        public ScriptUnderTest? Script { get; } = hostile.Compile(out _);

        public ScriptRun? First { get; set; }

        public List<double> Milliseconds { get; } = [];

        public bool MayEnd => hostile.MayEnd(First);
    }

    private static int Soak(TimeSpan duration, int threads)
    {
        var time = TimeProvider.System;
        var subjects = HostileCase.ReadAll(FunctionCase.Root).Select(one => new Subject(one)).ToList();
        var problems = new System.Collections.Concurrent.ConcurrentQueue<string>();

        // The first round compiles and settles; what differs from it later is a fault.
        foreach (var subject in subjects)
        {
            subject.First = subject.Script?.Run();
            if (!subject.MayEnd)
                problems.Enqueue($"{subject.Name} ends with {subject.First?.Result ?? "a refusal"}");
        }
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var calls = 0L;
        var start = time.GetTimestamp();
        var workers = Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            var random = new ScriptGenerator.Randomness((ulong)number);
            while (time.GetElapsedTime(start) < duration)
            {
                var subject = subjects[random.Next(subjects.Count)];
                if (subject.Script is not { } script)
                    continue;
                var from = ThreadClock.Now;
                var run = script.Run();
                var used = (ThreadClock.Now - from).TotalMilliseconds;
                Interlocked.Increment(ref calls);
                lock (subject.Milliseconds)
                    subject.Milliseconds.Add(used);
                if (run != subject.First)
                    problems.Enqueue($"{subject.Name}: {run} instead of {subject.First}");
            }
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        var after = GC.GetTotalMemory(forceFullCollection: true);

        Console.WriteLine($"{calls:N0} calls of {subjects.Count} scripts on {threads} threads in {time.GetElapsedTime(start).TotalSeconds:N0} s; " +
            $"memory {before / 1024:N0} KB before, {after / 1024:N0} KB after; {problems.Count} problems\n");
        var table = new MarkdownTable("script", "steps", "KB of its budget", "calls", "CPU ms, median", "CPU ms, most", "ns per step");
        foreach (var subject in subjects.Where(subject => subject.Milliseconds.Count > 0).OrderByDescending(subject => Statistics.Median(subject.Milliseconds)).Take(30))
        {
            var median = Statistics.Median(subject.Milliseconds);
            table.Add(subject.Name, $"{subject.First!.Steps:N0}", $"{subject.First.Memory / 1024:N0}", $"{subject.Milliseconds.Count:N0}", $"{median:N2}", $"{subject.Milliseconds.Max():N2}",
                $"{median * 1e6 / Math.Max(1, subject.First.Steps):N1}");
        }
        Console.WriteLine(table);
        foreach (var problem in problems.Distinct().Take(20))
            Console.Error.WriteLine(problem);
        return problems.IsEmpty ? 0 : 1;
    }
}
