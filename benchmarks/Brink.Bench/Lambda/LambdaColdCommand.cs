using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Bench.Lambda;

/// <summary><c>./bench lambda-cold</c>: from the call to the first line of the handler, in a sandbox, with an empty module; and what an environment holds.</summary>
internal static class LambdaColdCommand
{
    private const string Python = "import time\ndef lambda_handler(event, context):\n    entry = time.time()\n    time.sleep(event['holds'])\n    return entry * 1000";
    private const string Node = "exports.handler = async (event) => { const entry = performance.timeOrigin + performance.now(); await new Promise((done) => setTimeout(done, event.holds * 1000)); return entry; };";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var starts = new Option<int>("--starts") { Description = "Environments for each row.", DefaultValueFactory = _ => 40 };
        var network = new Option<SandboxNetwork>("--network") { Description = "What functions reach of the network.", DefaultValueFactory = _ => SandboxNetwork.None };
        var command = new Command("lambda-cold", "Cold starts of Lambda@Edge functions in the sandbox, and what an environment holds.") { starts, network };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(starts), parsed.GetValue(network)));
        return command;
    }

    private static async Task<int> RunAsync(int count, SandboxNetwork network)
    {
        var (sandbox, problem) = await BubblewrapSandbox.OpenAsync(SandboxOptions.Default with { Network = network });
        if (sandbox is null)
        {
            Console.Error.WriteLine(problem);
            return 1;
        }
        var folder = Directory.CreateTempSubdirectory("brink-bench-").FullName;
        var table = new MarkdownTable($"cold start in the sandbox, to the handler's first line, network: {network.ToString().ToLowerInvariant()}", "first ms", "p50 ms", "p90 ms", "p99 ms", "MB per environment", "MB of the zygote", "starts");
        foreach (var (name, runtime, files) in new (string, string, (string, string)[])[]
        {
            ("Python, forked from a zygote", "python3.11", [("lambda_function.py", Python)]),
            ("Python, started by itself", "python3.11", [("lambda_function.py", Python), ("libnone.so", "")]),
            ("Node.js", "nodejs22.x", [("index.js", Node)]),
        })
        {
            var version = Version(Directory.CreateDirectory(Path.Combine(folder, name)).FullName, runtime, files);
            await using var pool = new LambdaPool(LambdaPoolOptions.Default with { MaxEnvironments = count + 1 }, sandbox, TimeProvider.System);
            var @event = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"holds":{{count * Pause.TotalSeconds * 1.5 + 5}}}"""));
            var under = new List<(double Called, Task<Invocation> Invocation)>();
            for (var start = 0; start < count; start++)
            {
                under.Add((Now(), pool.InvokeAsync(version, Region.Home, @event, InvocationLimits.Default, default).AsTask()));
                // Each is there before the next begins.
                await Task.Delay(Pause);
            }
            var pids = pool.ProcessIds();
            var held = pids.Average(pid => ProcessTree.Of(pid).Sum(Proportional)) / 1024;
            var zygote = ProcessTree.Of(Environment.ProcessId).Where(pid => ProcessTree.Read($"/proc/{pid}/cmdline").Contains("zygote.py", StringComparison.Ordinal) && !pids.Any(mine => ProcessTree.Of(mine).Contains(pid))).Sum(Proportional) / 1024;
            var first = 0.0;
            var times = new List<double>();
            foreach (var (called, invocation) in under)
            {
                var outcome = (await invocation).Outcome as InvocationOutcome.Result ?? throw new InvalidOperationException($"{name}: {(await invocation).Outcome}");
                var time = JsonSerializer.Deserialize<JsonElement>(outcome.Json.Span).GetDouble() - called;
                if (times.Count == 0 && first == 0)
                    first = time;
                else
                    times.Add(time);
            }
            var samples = times.ToArray();
            table.Add(name, Number(first), Number(Statistics.Percentile(samples, 0.5)), Number(Statistics.Percentile(samples, 0.9)), Number(Statistics.Percentile(samples, 0.99)),
                Number(held), zygote > 0 ? Number(zygote) : "", count.ToString(CultureInfo.InvariantCulture));
        }
        Directory.Delete(folder, recursive: true);
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(table);
        return 0;
    }

    private static FunctionVersion Version(string folder, string runtime, (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Combine(folder, name), text);
        return new FunctionVersion
        {
            Name = "cold",
            Number = 1,
            CodeFolder = folder,
            Runtime = LambdaRuntime.TryParse(runtime, out var parsed) ? parsed : throw new ArgumentException(runtime),
            Handler = parsed.DefaultHandler,
            MemoryMegabytes = 128,
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    /// <summary>Its memory in KiB, what it shares with others counted by shares.</summary>
    private static double Proportional(int pid)
    {
        var line = ProcessTree.Read($"/proc/{pid}/smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static double Now() => TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static string Number(double value) => value.ToString("N1", CultureInfo.InvariantCulture);
}
