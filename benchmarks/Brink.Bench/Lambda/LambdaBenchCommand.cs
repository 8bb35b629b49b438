using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Brink.Functions.Lambda;

namespace Brink.Bench.Lambda;

/// <summary><c>./bench lambda</c>: warm invocations and cold starts of real functions, without an edge in front and without a sandbox.</summary>
internal static class LambdaBenchCommand
{
    // Of /proc/PID/stat: a tick is 10 ms on every Linux that matters.
    private const double TickSeconds = 0.01;

    public static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long each warm row is measured.", DefaultValueFactory = _ => 5 };
        var command = new Command("lambda", "Warm invocations and cold starts of Lambda@Edge functions, without an edge.") { seconds };
        command.SetAction((parsed, _) => RunAsync(TimeSpan.FromSeconds(parsed.GetValue(seconds))));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan length)
    {
        var root = Environment.GetEnvironmentVariable("BRINK_ROOT") ?? Directory.GetCurrentDirectory();
        var folder = Path.Combine(root, "benchmarks", "lambda");
        var json = await File.ReadAllBytesAsync(Path.Combine(folder, "viewer-request.json"));
        List<(string Name, FunctionVersion Version)> functions =
        [
            ("Node.js", Version("node", "nodejs22.x", Path.Combine(folder, "node"))),
            ("Python", Version("python", "python3.13", Path.Combine(folder, "python"))),
        ];
        if (Environment.GetEnvironmentVariable("BRINK_AWS_LAMBDA_RIC") is { } client)
            functions.Add(("Node.js, aws-lambda-ric 3.3.0", Version("ric", "provided.al2023", WithBootstrap(Path.Combine(folder, "node"), client))));

        var warm = new MarkdownTable("warm, one invocation at a time", "invocations/s", "worker µs CPU", "invocations per worker CPU second", "brink µs CPU", "p50 µs", "p99 µs", "worker MB");
        var cold = new MarkdownTable("cold start, no sandbox", "p50 ms", "p90 ms", "starts");
        foreach (var (name, version) in functions)
        {
            await using var pool = new LambdaPool(LambdaPoolOptions.Default, new UnsandboxedProcesses(), TimeProvider.System);
            for (var count = 0; count < 3000; count++)
                await InvokeAsync(pool, version, json);
            // A client that asks for the next event in a piece of its own is not ready at once, and a second environment helps out.
            var pids = pool.ProcessIds();
            var (workerBefore, brinkBefore) = (pids.Sum(CpuOf), Environment.CpuUsage.TotalTime);
            var latencies = new List<long>();
            var begin = Stopwatch.GetTimestamp();
            Invocation last;
            do
            {
                var start = Stopwatch.GetTimestamp();
                last = await InvokeAsync(pool, version, json);
                latencies.Add(Stopwatch.GetTimestamp() - start);
            }
            while (Stopwatch.GetElapsedTime(begin) < length);
            var elapsed = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            var (worker, brink) = (pids.Sum(CpuOf) - workerBefore, (Environment.CpuUsage.TotalTime - brinkBefore).TotalSeconds);
            latencies.Sort();
            var n = latencies.Count;
            warm.Add(name, Number(n / elapsed), Number(worker / n * 1e6, 1), Number(n / worker), Number(brink / n * 1e6, 1),
                Number(Micros(latencies[n / 2])), Number(Micros(latencies[n * 99 / 100])), Number(last.MaxMemoryUsed / 1048576.0));

            var starts = new List<double>();
            for (var count = 0; count < 20; count++)
            {
                await using var fresh = new LambdaPool(LambdaPoolOptions.Default, new UnsandboxedProcesses(), TimeProvider.System);
                var start = Stopwatch.GetTimestamp();
                await InvokeAsync(fresh, version, json);
                starts.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            starts.Sort();
            cold.Add(name, Number(starts[10], 1), Number(starts[18], 1), "20");
        }
        foreach (var (_, version) in functions.Where(function => function.Version.CodeFolder.StartsWith(Path.GetTempPath(), StringComparison.Ordinal)))
            Directory.Delete(version.CodeFolder, recursive: true);
        Console.WriteLine(Machine.Describe());
        Console.WriteLine(warm);
        Console.WriteLine(cold);
        return 0;
    }

    private static async ValueTask<Invocation> InvokeAsync(LambdaPool pool, FunctionVersion version, byte[] json)
    {
        var invocation = await pool.InvokeAsync(version, Region.Home, json, InvocationLimits.Default, default);
        return invocation.Outcome is InvocationOutcome.Result ? invocation : throw new InvalidOperationException($"{version}: {invocation.Outcome}");
    }

    private static FunctionVersion Version(string name, string runtime, string folder) => new()
    {
        Name = name,
        Number = 1,
        CodeFolder = folder,
        Runtime = LambdaRuntime.TryParse(runtime, out var parsed) ? parsed : throw new ArgumentException(runtime),
        Handler = parsed.Family == RuntimeFamily.Provided ? "index.handler" : parsed.DefaultHandler,
        MemoryMegabytes = 256,
    };

    private static string WithBootstrap(string function, string client)
    {
        var folder = Directory.CreateTempSubdirectory("brink-bench-").FullName;
        File.Copy(Path.Combine(function, "index.js"), Path.Combine(folder, "index.js"));
        var bootstrap = Path.Combine(folder, "bootstrap");
        File.WriteAllText(bootstrap, $"#!/bin/sh\nexec node {client}/bin/index.mjs \"$_HANDLER\"\n");
        File.SetUnixFileMode(bootstrap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return folder;
    }

    private static double CpuOf(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * TickSeconds;
    }

    private static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;

    private static string Number(double value, int digits = 0) => value.ToString($"N{digits}", CultureInfo.InvariantCulture);
}
