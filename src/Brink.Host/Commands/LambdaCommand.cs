using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Brink.Configuration;
using Brink.Host.CommandLine;
using Brink.Host.Development;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Lambda.Environments;
using Brink.Lambda.Packages;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Host.Commands;

/// <summary><c>brink lambda</c>: tools for one Lambda@Edge function.</summary>
internal static class LambdaCommand
{
    // The runtime's limit on an event (lambda-edge spec 6.2).
    private const int EventLimit = 6 * 1024 * 1024;

    public static Command Create() => new("lambda", "Tools for one Lambda@Edge function.") { CreateInvoke() };

    /// <summary><c>brink lambda invoke</c>: one invocation in a real process. The log goes to stderr, the result to stdout.</summary>
    private static DescribedCommand CreateInvoke()
    {
        var package = new Argument<string>("DIR-or-ZIP")
        {
            Description = "The function's package: a folder with what would be zipped, or the zip.",
        };
        var eventFile = new Option<string>("--event") { Description = "The event, JSON.", HelpName = "FILE", Required = true };
        var runtime = RuntimeOption();
        var handler = new Option<string?>("--handler")
        {
            Description = "Default: index.handler for Node.js, lambda_function.lambda_handler for Python.",
            HelpName = "NAME",
        };
        var node = new Option<string?>("--node") { Description = "The Node.js executable. Default: node on PATH.", HelpName = "EXE" };
        var python = new Option<string?>("--python")
        {
            Description = "The Python executable. Default: /usr/bin/python3, else python3 on PATH.",
            HelpName = "EXE",
        };
        var timeout = new Option<int>("--timeout")
        {
            Description = "Seconds one invocation may take.",
            HelpName = "S",
            DefaultValueFactory = _ => 3,
        };
        var memory = new Option<int>("--memory")
        {
            Description = "Megabytes the function may hold.",
            HelpName = "MB",
            DefaultValueFactory = _ => 128,
        };
        var inspect = new Option<bool>("--inspect")
        {
            Description = "Waits for a debugger before the code is loaded; while it is attached there is no timeout.",
        };
        var inspectPort = NumberOption.Create(
            "--inspect-port", "The debugger's port on 127.0.0.1.", 1, 65535, "a port is 1 to 65535",
            byDefault: DevOptions.DefaultInspectPort);
        var unsafeNoSandbox = new Option<bool>("--unsafe-no-sandbox") { Description = "Runs the function with all the rights of brink." };
        var network = NetworkOption.Create();
        var blockNetwork = NetworkOption.CreateBlock();
        var command = new DescribedCommand(
            "invoke",
            "Runs a function once, in a process of its own; prints its log to stderr and its result to stdout. "
                + "The exit code is 0 only if it succeeded.")
        {
            package,
            { "Invocation", eventFile, runtime, handler, node, python, timeout, memory },
            { "Sandbox and network", network, blockNetwork, unsafeNoSandbox },
            { "Debuggers", inspect, inspectPort },
        };
        command.SetAction((parsed, cancellationToken) => InvokeAsync(
            new Given
            {
                Path = parsed.GetValue(package)!,
                EventFile = parsed.GetValue(eventFile)!,
                Runtime = parsed.GetValue(runtime),
                Handler = parsed.GetValue(handler),
                Interpreters = new Interpreters { Node = parsed.GetValue(node), Python = parsed.GetValue(python) },
                Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)),
                MemoryMegabytes = parsed.GetValue(memory),
                InspectPort = parsed.GetValue(inspect) ? parsed.GetValue(inspectPort) : null,
                UnsafeNoSandbox = parsed.GetValue(unsafeNoSandbox),
                Network = new NetworkOption.Given(parsed.GetValue(network), [.. parsed.GetValue(blockNetwork) ?? []]),
            },
            cancellationToken));
        return command;
    }

    private static Option<string?> RuntimeOption()
    {
        var runtime = new Option<string?>("--runtime")
        {
            Description = "nodejs18.x to nodejs24.x, python3.9 to python3.14, provided.al2, provided.al2023. "
                + "Default: by the files and the installed interpreter.",
            HelpName = "NAME",
        };
        runtime.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not { } name || LambdaRuntime.TryParse(name, out _))
                return;
            var question = DidYouMean.After(name, LambdaRuntime.All.Select(one => one.Identifier));
            result.AddError($"--runtime {name}: Brink runs {string.Join(", ", LambdaRuntime.All)}{question}");
        });
        OptionValues.WithWords(runtime, () => LambdaRuntime.All.Select(one => one.Identifier));
        return runtime;
    }

    private static async Task<int> InvokeAsync(Given given, CancellationToken cancellationToken)
    {
        var (path, network) = (given.Path, given.Network);
        var reading = new Reading();
        var eventJson = reading.Bytes(given.EventFile);
        if (WhyNoPackage(path) is { } reason)
            reading.Unusable(path, reason);
        if (eventJson is not null && EventMistake(eventJson) is { } mistake)
            reading.Unusable(given.EventFile, mistake);
        if (reading.Mistakes.Count > 0)
        {
            foreach (var wrong in reading.Mistakes)
                await Console.Error.WriteLineAsync($"{wrong.File}: {wrong.Message}");
            return ExitCode.Failure;
        }

        if (network.Mistakes(given.UnsafeNoSandbox) is { Count: > 0 } contradictions)
        {
            foreach (var contradiction in contradictions)
                await Console.Error.WriteLineAsync($"brink: {contradiction}");
            return ExitCode.WrongUsage;
        }

        SandboxNetwork? sandboxNetwork = given.UnsafeNoSandbox ? null : network.Network;
        await DebianPackages.InstallAsync(DebianPackages.MissingFor([(path, given.Runtime)], given.Interpreters, sandboxNetwork), "brink");
        try
        {
            return await RunAsync(given, eventJson!, cancellationToken);
        }
        catch (IOException failure)
        {
            // A folder for it could not be made.
            await Console.Error.WriteLineAsync($"brink: {failure.Message}");
            return ExitCode.Failure;
        }
    }

    private static string? WhyNoPackage(string path)
    {
        if (Directory.Exists(path) || (FunctionPackage.IsZip(path) && File.Exists(path)))
            return null;
        if (!File.Exists(path))
            return "there is no such folder or zip";
        var exported = path.EndsWith(".py", StringComparison.Ordinal) ? "lambda_handler" : "handler";
        return $"this is a file; give its folder, and the file as --handler {Path.GetFileNameWithoutExtension(path)}.{exported}";
    }

    private static async Task<int> RunAsync(Given given, byte[] eventJson, CancellationToken cancellationToken)
    {
        var path = given.Path;
        using var code = LambdaCode.Open(path, PackageLimits.Lambda, out var refused);
        if (code is null)
            return await RefuseAsync(path, refused!);
        // A folder is run where it is; what is unpacked of a zip goes again.
        using var copies = Directory.Exists(path) ? null : PackageFolder.Create();
        if (copies is not null && code.CopyTo(Path.Combine(copies.Path, "1")) is { } problem)
            return await RefuseAsync(path, problem);
        if (code.NoteOnModes is { } modes)
            await Console.Error.WriteLineAsync($"{path}: {modes}");

        var choice = code.ChooseRuntime(given.Runtime, given.Handler, given.Interpreters);
        if (choice.Runtime is not { } runtime)
            return await FailAsync(choice.Problem);
        if (given.InspectPort is not null && runtime.Family == RuntimeFamily.Provided)
            return await FailAsync($"{runtime} has no debugger that brink could open: leave out --inspect");
        string? taken = null;
        await using var debugger = given.InspectPort is { } port
            ? LambdaCode.OpenDebugger(port, waitsBeforeLoading: true, TimeProvider.System, out taken)
            : null;
        if (taken is not null)
            return await FailAsync(taken);
        var version = code.ToVersion(DevOptions.NameOf(path), 1, runtime, given.Handler, given.Timeout, given.MemoryMegabytes, debugger);
        if (version.Mistakes() is { Count: > 0 } mistakes)
        {
            foreach (var rule in mistakes)
                await Console.Error.WriteLineAsync($"brink: {rule}");
            return ExitCode.WrongUsage;
        }
        if (choice.Note is { } note)
            await Console.Error.WriteLineAsync($"brink: {note}");

        var (sandbox, missing) = await FunctionSandbox.OpenAsync(given.UnsafeNoSandbox, given.Network);
        if (sandbox is null)
            return await FailAsync(missing);
        await FunctionSandbox.TellAsync(sandbox, "brink");
        (var opened, missing) = await DataFolder.OpenLogAsync("brink");
        if (opened is null)
            return await FailAsync(missing);
        await using var log = opened;
        var poolOptions = LambdaPoolOptions.Default with { Interpreters = given.Interpreters, Log = log };
        await using var pool = new LambdaPool(poolOptions, sandbox, TimeProvider.System);
        if (debugger is not null)
        {
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"brink: {version.Name} waits for a debugger at 127.0.0.1:{debugger.Port} before its code is loaded"));
        }
        // The first signal ends the function too: its environment goes with the pool.
        using var signals = Signals.CancelOnStop(cancellationToken);
        try
        {
            var invocation = await pool.InvokeAsync(version, Region.Home, eventJson, InvocationLimits.Default, signals.Token);
            var exitCode = Report(invocation);
            var loadError = (invocation.Outcome as InvocationOutcome.InitFailed)?.ErrorMessage;
            if (loadError is not null && LoadHints.HintFor(code.Folder, loadError) is { } hint)
                await Console.Error.WriteLineAsync($"{path}: {hint}");
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            return await FailAsync("stopped");
        }
    }

    private static async Task<int> FailAsync(string? reason)
    {
        await Console.Error.WriteLineAsync($"brink: {reason}");
        return ExitCode.Failure;
    }

    private static async Task<int> RefuseAsync(string path, PackageProblem problem)
    {
        await Console.Error.WriteLineAsync($"{path}: {problem.Reason}");
        if (LambdaCode.AnswerOfLambda(path, problem) is { } answer)
            await Console.Error.WriteLineAsync($"    {answer}");
        return ExitCode.Failure;
    }

    private static int Report(Invocation invocation)
    {
        foreach (var line in invocation.LogLines)
            Console.Error.WriteLine(Readable(line));
        switch (invocation.Outcome)
        {
            case InvocationOutcome.Result(var json):
                Console.WriteLine(Encoding.UTF8.GetString(json.Span));
                return ExitCode.Success;
            case InvocationOutcome.Throttled(var reason):
                Console.Error.WriteLine($"brink: throttled: {reason}");
                return ExitCode.Failure;
            case InvocationOutcome.NotStarted(var reason):
                Console.Error.WriteLine($"brink: {reason}");
                return ExitCode.Failure;
            case InvocationOutcome.Failure failure:
                Console.WriteLine(ErrorJson(failure));
                return ExitCode.Failure;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The error object that the Invoke API answers.</summary>
    private static string ErrorJson(InvocationOutcome.Failure failure)
    {
        var trace = failure switch
        {
            InvocationOutcome.FunctionError error => error.Trace,
            InvocationOutcome.InitFailed error => error.Trace,
            _ => [],
        };
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteString("errorType", failure.ErrorType);
            json.WriteString("errorMessage", failure.ErrorMessage);
            if (trace.Count > 0)
            {
                json.WriteStartArray("trace");
                foreach (var line in trace)
                    json.WriteStringValue(line);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>A log entry of several lines holds them together with \r: for a terminal they are lines again.</summary>
    private static string Readable(string line) => line.Replace("\r", Environment.NewLine + "    ", StringComparison.Ordinal);

    private static string? EventMistake(byte[] json)
    {
        if (json.Length > EventLimit)
            return string.Create(CultureInfo.InvariantCulture, $"the event has {json.Length} bytes; Lambda takes at most {EventLimit}");
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
            }
            return null;
        }
        catch (JsonException failure)
        {
            return $"the event is not JSON: {JsonMistake.Of(failure)}";
        }
    }

    /// <summary>What the command line says.</summary>
    private sealed record Given
    {
        public required string Path { get; init; }

        public required string EventFile { get; init; }

        public required string? Runtime { get; init; }

        public required string? Handler { get; init; }

        public required Interpreters Interpreters { get; init; }

        public required TimeSpan Timeout { get; init; }

        public required int MemoryMegabytes { get; init; }

        /// <summary>The port for a debugger; null where none is waited for.</summary>
        public required int? InspectPort { get; init; }

        public required bool UnsafeNoSandbox { get; init; }

        public required NetworkOption.Given Network { get; init; }
    }
}
