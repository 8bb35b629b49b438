using System.CommandLine;
using System.Globalization;
using Brink.Bench.Serving;
using Brink.Host.Development;
using Brink.Lambda.Processes;

namespace Brink.Bench.Lambda;

/// <summary>
/// <c>./bench lambda</c>: warm invocations beside what bare Node.js does, the whole over HTTP, the longest waits at saturation, cold starts in the sandbox, and many functions warm at once.
/// </summary>
internal static class LambdaBenchCommand
{
    private static readonly string[] Parts = ["warm", "http", "saturation", "cold", "many"];

    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter rounds: under two minutes." };
        var only = new Option<string[]>("--only") { Description = "One part, or some: warm, http, saturation, cold, many." };
        only.AcceptOnlyFromAmong(Parts);
        var command = new Command("lambda", "Lambda@Edge functions: warm invocations, the whole over HTTP, waits at saturation, cold starts, memory, many functions warm at once.") { quick, only };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(quick), parsed.GetValue(only) is { Length: > 0 } parts ? parts : Parts));
        return command;
    }

    private static async Task<int> RunAsync(bool quick, string[] parts)
    {
        Machine.WarnIfBusy();
        // As the edge does it: what arrives is worked on by the thread that learnt of it.
        SchedulingMode.Default.Prepare();
        var (sandbox, problem) = await FunctionSandbox.OpenAsync(unsafeNoSandbox: false);
        if (sandbox is null)
        {
            await Console.Error.WriteLineAsync($"{problem}\nmeasured without a sandbox");
            sandbox = new UnsandboxedProcesses();
        }
        using var functions = new BenchFunctions();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Machine.Describe()}; load average {Machine.Load():0.0}\n\n{sandbox.Description}; event of {functions.Event.Length:N0} bytes\n"));
        foreach (var part in Parts.Where(parts.Contains))
        {
            await Console.Error.WriteLineAsync($"{part} ...");
            foreach (var table in await (part switch
            {
                "warm" => new WarmInvocations(functions, sandbox, quick).MeasureAsync(),
                "http" => new OverHttp(functions, quick).MeasureAsync(),
                "saturation" => new Saturation(functions, quick).MeasureAsync(),
                "cold" => new ColdStarts(functions, sandbox, quick).MeasureAsync(),
                _ => new ManyFunctions(functions, sandbox).MeasureAsync(),
            }))
                Console.WriteLine(table);
        }
        return 0;
    }
}
