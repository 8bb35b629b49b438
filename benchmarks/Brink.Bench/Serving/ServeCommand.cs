using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Host.Development;
using Brink.Host.Options;
using Brink.Lambda.Logs;
using Brink.Lambda.Processes;

namespace Brink.Bench.Serving;

/// <summary>
/// An edge to load: configured through the very reader of <c>brink dev</c>, without its access log (the peers have theirs off) and without a watch on
/// the files.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var distributions = new Argument<string[]>("DISTRIBUTION") { Description = "DistributionConfig files; Host chooses.", Arity = ArgumentArity.ZeroOrMore };
        var resources = new Option<string[]>("--resources") { Description = "Folders of what distributions name by an id.", HelpName = "DIR" };
        var functions = new Option<string[]>("--function") { Description = "Binds a function's name to its code.", HelpName = "NAME=FILE" };
        var keyValueStore = new Option<string?>("--kvs") { HelpName = "FILE" };
        var origin = new Option<string?>("--origin") { Description = "Instead of distributions: a folder or URL.", HelpName = "DIR-or-URL" };
        var viewerRequest = new Option<string?>("--viewer-request") { Description = "A CloudFront Function, or a folder for Lambda@Edge.", HelpName = "FILE" };
        var runtime = new Option<string?>("--runtime") { Description = "Of the Lambda@Edge function.", HelpName = "NAME" };
        var viewerResponse = new Option<string?>("--viewer-response") { HelpName = "FILE" };
        var httpPort = new Option<int>("--http-port") { HelpName = "N", DefaultValueFactory = _ => 18900 };
        var scheduling = new Option<string>("--scheduling") { Description = "Which threads run the requests.", DefaultValueFactory = _ => SchedulingMode.Default.Name };
        scheduling.AcceptOnlyFromAmong([.. SchedulingMode.All.Select(mode => mode.Name)]);
        var warmUp = new Option<int>("--warm-up") { Description = "Milliseconds of warming up before it listens.", HelpName = "MS", DefaultValueFactory = _ => 300 };
        var tiers = new Option<int>("--tiers") { Description = "Caches in a row.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var edgeMemory = new Option<long?>("--edge-memory") { Description = "Bytes that the edge's own cache keeps in memory: with 0 hits are found behind it.", HelpName = "BYTES" };
        var cacheFolder = new Option<string?>("--cache-dir") { HelpName = "DIR" };
        var command = new Command("serve", "An edge without access log, to load.")
        {
            distributions, resources, functions, keyValueStore, origin, viewerRequest, viewerResponse, runtime, httpPort, scheduling, warmUp, tiers, edgeMemory, cacheFolder,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new DevOptions
            {
                Distributions = [.. parsed.GetValue(distributions) ?? []],
                Resources = [.. parsed.GetValue(resources) ?? []],
                Functions = [.. parsed.GetValue(functions) ?? []],
                KeyValueStore = parsed.GetValue(keyValueStore),
                Origin = parsed.GetValue(origin),
                ViewerRequest = parsed.GetValue(viewerRequest),
                ViewerResponse = parsed.GetValue(viewerResponse),
                Runtimes = parsed.GetValue(runtime) is { } name ? [name] : [],
                HttpPort = parsed.GetValue(httpPort),
                Tiers = parsed.GetValue(tiers),
                CacheFolder = parsed.GetValue(cacheFolder),
            };
            return RunAsync(options, SchedulingMode.Named(parsed.GetValue(scheduling)!), TimeSpan.FromMilliseconds(parsed.GetValue(warmUp)), parsed.GetValue(edgeMemory));
        });
        return command;
    }

    private static async Task<int> RunAsync(DevOptions options, SchedulingMode mode, TimeSpan warmUp, long? edgeMemory)
    {
        var misuse = options.Mistakes();
        foreach (var mistake in misuse)
            await Console.Error.WriteLineAsync(mistake);
        if (misuse.Count > 0)
            return 2;
        // Before the process opens its first socket.
        mode.Prepare();
        LambdaLogFile? log = null;
        if (options.UsesLambda)
        {
            var (sandbox, problem) = await FunctionSandbox.OpenAsync(unsafeNoSandbox: false);
            if (sandbox is null)
                await Console.Error.WriteLineAsync($"{problem}\nserved without a sandbox");
            (log, problem) = await LambdaLogFile.OpenAsync(Path.Combine(Directory.GetCurrentDirectory(), ".brink", "logs"), TimeProvider.System, Console.Error.WriteLine);
            if (log is null)
            {
                await Console.Error.WriteLineAsync(problem);
                return 1;
            }
            options = options with { Sandbox = sandbox ?? new UnsandboxedProcesses(), Log = log };
        }
        // The functions are gone before their log is closed.
        await using var closing = log;
        await using var reader = new DevConfigurationReader(options, authority: null, TimeProvider.System);
        var (configuration, mistakes) = await reader.ReadAsync();
        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync($"{mistake.File}: {mistake.Message}\n{mistake.Detail}");
        if (configuration is null || mistakes.Count > 0)
            return 1;

        var state = new EdgeState();
        state.Swap(configuration.Snapshot);
        var edgeOptions = EdgeServerOptions.Default with { Addresses = [IPAddress.Loopback], HttpPort = options.HttpPort, Scheduling = mode.Scheduling, WarmUp = warmUp, CacheTiers = options.Tiers!.Value, CacheFolder = options.CacheFolder };
        await using var edge = new EdgeServer(edgeOptions, state, NoAccessLog.Instance, TimeProvider.System);
        if (edgeMemory is { } bytes)
            edge.Tiers.Edge.MemoryBudget = bytes;
        await edge.StartAsync();

        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        await stop.Task;
        return 0;

        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }
}
