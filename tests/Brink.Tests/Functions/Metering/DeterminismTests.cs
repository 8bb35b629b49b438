using System.Diagnostics;
using System.Globalization;
using Brink.Events;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Metering;

/// <summary>The same code costs the same units of cost in every process, however it is compiled and whatever ran before: all kinds of work of <c>./bench meter</c>.</summary>
public sealed class DeterminismTests
{
    private const string OutputVariable = "BRINK_COSTS";

    [Fact]
    public async Task Costs_AreTheSame_UnderOtherSettingsOfTheRuntime()
    {
        if (Environment.GetEnvironmentVariable(OutputVariable) is not null)
            return;                                                             // a child of this very test
        var plain = await CostsOfChildAsync([]);
        var other = await CostsOfChildAsync([("DOTNET_TieredPGO", "0"), ("DOTNET_TieredCompilation", "0"), ("DOTNET_ReadyToRun", "0"), ("DOTNET_gcServer", "1")]);

        Assert.True(plain.Length > 200, $"only {plain.Length} kinds of work ran");
        Assert.Equal(plain, other);
    }

    /// <summary>Twice in one process, the second time with warm caches and in another order; a child writes the figures down.</summary>
    [Fact]
    public void Costs_AreTheSame_WhateverRanBefore()
    {
        var work = Work().ToList();

        var first = work.ConvertAll(one => (one.Name, Cost: Cost(one.Function)));
        work.Reverse();
        var second = work.ConvertAll(one => (one.Name, Cost: Cost(one.Function)));
        second.Reverse();

        Assert.Equal(first, second);
        if (Environment.GetEnvironmentVariable(OutputVariable) is { } file)
            File.WriteAllLines(file, first.Select(one => $"{one.Name}: {one.Cost}"));
    }

    private static IEnumerable<(string Name, JavaScriptFunction Function)> Work()
    {
        var limits = new FunctionLimits { Compute = new ComputeBudget(100_000_000), MemoryBytes = 100_000_000 };
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "benchmarks/meter/work.txt")))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            var parts = line.Split("::", 3, StringSplitOptions.TrimEntries);
            yield return (parts[0], Compile(
                $"import crypto from 'crypto'; import qs from 'querystring'; var shared = 1; async function handler(event) {{ {parts[1]}; for (var rounds = 0; rounds < 3; rounds++) {{ {parts[2]} }} return event.request }}",
                limits: limits));
        }
    }

    private static string Cost(JavaScriptFunction function)
    {
        var run = Run(function, EventType.ViewerRequest, Request(), null);
        return string.Create(CultureInfo.InvariantCulture, $"{run.Units} units {MessageOf(run)}");
    }

    private static async Task<string[]> CostsOfChildAsync((string Name, string Value)[] settings)
    {
        var output = Path.GetTempFileName();
        try
        {
            var method = $"{typeof(DeterminismTests).FullName}.{nameof(Costs_AreTheSame_WhateverRanBefore)}";
            var start = new ProcessStartInfo(Path.ChangeExtension(typeof(DeterminismTests).Assembly.Location, null), ["-method", method, "-noLogo", "-noColor"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            start.Environment[OutputVariable] = output;
            foreach (var (name, value) in settings)
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, text);
            return await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
