using System.CommandLine;
using Brink.Tests.Edge.Cache.Model;

namespace Brink.Bench.Caching;

/// <summary><c>./bench model</c>: what the tests do with a few thousand random operations, for as many as one likes.</summary>
internal static class ModelCommand
{
    /// <summary>A run begins with empty caches: what long runs leave behind in memory is not what they are for.</summary>
    private const int PerRun = 2_500;

    private static readonly Func<int, int, ModelRun>[] Kinds =
    [
        (seed, count) => new ModelRun(seed, count, 1),
        (seed, count) => new ModelRun(seed, count, 2),
        (seed, count) => new ModelRun(seed, count, 1) { MayForget = true, Memory = 3 + seed % 5L << 20 },
        (seed, count) => new ModelRun(seed, count, 2) { MayForget = true, Memory = 6 + seed % 9L << 20 },
    ];

    public static Command Create()
    {
        var operations = new Option<int>("--operations") { Description = "How many. Default 100000.", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<int>("--seed") { Description = "Where to start. Default 1000; the tests use what is below.", DefaultValueFactory = _ => 1000 };
        var command = new Command("model", "The cache beside a small one that is simple enough to be right: the first answer that differs is printed with its seed.") { operations, seed };
        command.SetAction(parsed => Run(parsed.GetValue(operations), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(int operations, int seed)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var tally = new Tally();
        for (var (at, left) = (0, operations); left > 0; at++, left -= PerRun)
        {
            var run = Kinds[at % Kinds.Length](seed + at / Kinds.Length, Math.Min(PerRun, left));
            if (Comparison.Run(run, tally) is { } problem)
            {
                Console.WriteLine(problem);
                return 1;
            }
            Console.Error.WriteLine($"{run}: agreed");
        }
        Console.WriteLine($"{operations:N0} operations from seed {seed} in {time.GetElapsedTime(start).TotalSeconds:N0} s: the cache and the model agreed on {tally.Answers:N0} answers, " +
            $"of which {tally.FromCache:N0} took no question to the origin.");
        return 0;
    }
}
