using System.CommandLine;
using Brink.Bench.Engine;
using Brink.ScriptGenerator;
using Brink.ScriptGenerator.Running;

namespace Brink.Bench.Hostile;

/// <summary><c>./bench fuzz</c>: what the tests do with a fixed number of random and spoilt scripts, for as long as one likes.</summary>
internal static class FuzzCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long. Default 5.", DefaultValueFactory = _ => 5 };
        var seed = new Option<ulong>("--seed") { Description = "Where to start. Default 1000000; the tests use what is below.", DefaultValueFactory = _ => 1_000_000 };
        var print = new Option<bool>("--print") { Description = "Print the generated and the spoilt script of the seed and run nothing." };
        var command = new Command("fuzz", "Random and spoilt scripts against the engine, each run several times; the first problem is printed with its seed.") { minutes, seed, print };
        command.SetAction(parsed => parsed.GetValue(print) ? Print(parsed.GetValue(seed)) : Fuzz(TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(seed)));
        return command;
    }

    private static int Print(ulong seed)
    {
        Console.WriteLine(Scripts.Generate(seed, Fuzzing.SettingsOf(seed)));
        Console.WriteLine("// ---------------------------------------------------------------- spoilt");
        Console.WriteLine(System.Text.Encoding.UTF8.GetString(new SourceMutator(Fuzzing.Corpus(FunctionCase.Root)).Mutate(seed)));
        return 0;
    }

    private static int Fuzz(TimeSpan duration, ulong seed)
    {
        var time = TimeProvider.System;
        var mutator = new SourceMutator(Fuzzing.Corpus(FunctionCase.Root));
        var fuzzing = new Fuzzing();
        var start = time.GetTimestamp();
        for (; time.GetElapsedTime(start) < duration; seed++)
        {
            if ((fuzzing.Generated(seed) ?? fuzzing.Mutated(mutator, seed)) is { } problem)
            {
                Console.WriteLine(problem);
                return 1;
            }
        }
        Console.WriteLine($"{fuzzing.Runs:N0} scripts in {time.GetElapsedTime(start).TotalSeconds:N0} s: {fuzzing.Refused:N0} refused, {fuzzing.Threw:N0} threw, {fuzzing.OverBudget:N0} over a budget, " +
            $"no problem. The next seed is {seed}.");
        return 0;
    }
}
