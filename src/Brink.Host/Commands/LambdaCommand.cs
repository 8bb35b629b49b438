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
using Brink.Lambda.Debugging;
using Brink.Lambda.Environments;
using Brink.Lambda.Packages;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;

namespace Brink.Host.Commands;

/// <summary><c>brink lambda</c>: tools for one Lambda@Edge function.</summary>
internal static class LambdaCommand
{
    // The runtime's limit on an event (lambda spec 6.2).
    private const int EventLimit = 6 * 1024 * 1024;

    public static Command Create() => new("lambda", "Tools for one Lambda@Edge function.") { CreateInvoke() };

    /// <summary><c>brink lambda invoke</c>: one invocation in a real process. The log goes to stderr, the result to stdout.</summary>
    private static DescribedCommand CreateInvoke()
    {
        var package = new Argument<string>("DIR-or-ZIP") { Description = "The function's package: a folder with what would be zipped, or the zip." };
        var eventFile = new Option<string>("--event") { Description = "The event, JSON.", HelpName = "FILE", Required = true };
        var runtime = new Option<string?>("--runtime") { Description = "nodejs18.x to nodejs24.x, python3.9 to python3.14, provided.al2, provided.al2023. Default: by the files and the installed interpreter.", HelpName = "NAME" };
        runtime.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && !LambdaRuntime.TryParse(name, out _))
                result.AddError($"--runtime {name}: Brink runs {string.Join(", ", LambdaRuntime.All)}{DidYouMean.After(name, LambdaRuntime.All.Select(one => one.Identifier))}");
        });
        OptionValues.WithWords(runtime, () => LambdaRuntime.All.Select(one => one.Identifier));
        var handler = new Option<string?>("--handler") { Description = "Default: index.handler for Node.js, lambda_function.lambda_handler for Python.", HelpName = "NAME" };
        var node = new Option<string?>("--node") { Description = "The Node.js executable. Default: node on PATH.", HelpName = "EXE" };
        var python = new Option<string?>("--python") { Description = "The Python executable. Default: /usr/bin/python3, else python3 on PATH.", HelpName = "EXE" };
        var timeout = new Option<int>("--timeout") { Description = "Seconds one invocation may take.", HelpName = "S", DefaultValueFactory = _ => 3 };
        var memory = new Option<int>("--memory") { Description = "Megabytes the function may hold.", HelpName = "MB", DefaultValueFactory = _ => 128 };
        var inspect = new Option<bool>("--inspect") { Description = "Waits for a debugger before the code is loaded; while it is attached there is no timeout." };
        var inspectPort = NumberOption.Create("--inspect-port", "The debugger's port on 127.0.0.1.", 1, 65535, "a port is 1 to 65535", byDefault: DevOptions.DefaultInspectPort);
        var unsafeNoSandbox = new Option<bool>("--unsafe-no-sandbox") { Description = "Runs the function with all the rights of brink." };
        var network = NetworkOption.Create();
        var blockNetwork = NetworkOption.CreateBlock();
        var command = new DescribedCommand("invoke", "Runs a function once, in a process of its own; prints its log to stderr and its result to stdout. The exit code is 0 only if it succeeded.")
        {
            package,
            { "Invocation", eventFile, runtime, handler, node, python, timeout, memory },
            { "Sandbox and network", network, blockNetwork, unsafeNoSandbox },
            { "Debuggers", inspect, inspectPort },
        };
        command.SetAction((parsed, cancellationToken) => InvokeAsync(
            parsed.GetValue(package)!, parsed.GetValue(eventFile)!, parsed.GetValue(runtime), parsed.GetValue(handler),
            new Interpreters { Node = parsed.GetValue(node), Python = parsed.GetValue(python) },
            TimeSpan.FromSeconds(parsed.GetValue(timeout)), parsed.GetValue(memory), parsed.GetValue(inspect) ? parsed.GetValue(inspectPort) : null, parsed.GetValue(unsafeNoSandbox),
            new NetworkOption.Given(parsed.GetValue(network), [.. parsed.GetValue(blockNetwork) ?? []]), cancellationToken));
        return command;
    }

    private static async Task<int> InvokeAsync(
        string path, string eventFile, string? runtimeName, string? handler, Interpreters interpreters, TimeSpan timeout, int memory, int? inspectPort, bool unsafeNoSandbox,
        NetworkOption.Given network, CancellationToken cancellationToken)
    {
        var reading = new Reading();
        var eventJson = reading.Bytes(eventFile);
        var isZip = FunctionPackage.IsZip(path) && File.Exists(path);
        if (!Directory.Exists(path) && !isZip)
            reading.Unusable(path, File.Exists(path) ? $"this is a file; give its folder, and the file as --handler {Path.GetFileNameWithoutExtension(path)}.{(path.EndsWith(".py", StringComparison.Ordinal) ? "lambda_handler" : "handler")}" : "there is no such folder or zip");
        if (eventJson is not null && EventMistake(eventJson) is { } mistake)
            reading.Unusable(eventFile, mistake);
        if (reading.Mistakes.Count > 0)
        {
            foreach (var wrong in reading.Mistakes)
                await Console.Error.WriteLineAsync($"{wrong.File}: {wrong.Message}");
            return ExitCode.Failure;
        }

        if (network.Mistakes(unsafeNoSandbox) is { Count: > 0 } contradictions)
        {
            foreach (var contradiction in contradictions)
                await Console.Error.WriteLineAsync($"brink: {contradiction}");
            return ExitCode.WrongUsage;
        }

        await DebianPackages.InstallAsync(DebianPackages.MissingFor([(path, runtimeName)], interpreters, unsafeNoSandbox ? null : network.Network), "brink");
        try
        {
            return await RunAsync(path, isZip, eventJson!, runtimeName, handler, interpreters, timeout, memory, inspectPort, unsafeNoSandbox, network, cancellationToken);
        }
        catch (IOException failure)
        {
            // A folder for it could not be made.
            await Console.Error.WriteLineAsync($"brink: {failure.Message}");
            return ExitCode.Failure;
        }
    }

    private static async Task<int> RunAsync(
        string path, bool isZip, byte[] eventJson, string? runtimeName, string? handler, Interpreters interpreters, TimeSpan timeout, int memory, int? inspectPort, bool unsafeNoSandbox,
        NetworkOption.Given network, CancellationToken cancellationToken)
    {
        using var code = OpenedPackage.Open(path, isZip, out var refused);
        if (code is null)
        {
            await Console.Error.WriteLineAsync($"{path}: {refused!.Reason}");
            if (refused.Kind == PackageProblemKind.Malformed && isZip)
                await Console.Error.WriteLineAsync($"    Lambda's answer: {PackageProblem.CouldNotUnzip}");
            return ExitCode.Failure;
        }
        if (code.Note is { } modes)
            await Console.Error.WriteLineAsync($"{path}: {modes}");

        var choice = RuntimeChoice.For(code.Folder, runtimeName, handler, interpreters);
        if (choice.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync($"brink: {code.InItsAuthorsWords(problem)}");
            return ExitCode.Failure;
        }
        if (inspectPort is not null && choice.Runtime!.Family == RuntimeFamily.Provided)
        {
            await Console.Error.WriteLineAsync($"brink: {choice.Runtime} has no debugger that brink could open: leave out --inspect");
            return ExitCode.Failure;
        }
        await using var debugger = OpenDebugger(inspectPort, out var taken);
        if (taken is not null)
        {
            await Console.Error.WriteLineAsync($"brink: {taken}");
            return ExitCode.Failure;
        }
        var version = new FunctionVersion
        {
            Name = DevOptions.NameOf(path),
            Number = 1,
            CodeFolder = code.Folder,
            Runtime = choice.Runtime!,
            Handler = handler ?? choice.Runtime!.DefaultHandler,
            Timeout = timeout,
            MemoryMegabytes = memory,
            Debugger = debugger,
        };
        if (version.Mistakes() is { Count: > 0 } mistakes)
        {
            foreach (var rule in mistakes)
                await Console.Error.WriteLineAsync($"brink: {rule}");
            return ExitCode.WrongUsage;
        }
        if (choice.Note is { } note)
            await Console.Error.WriteLineAsync($"brink: {note}");

        var (sandbox, missing) = await FunctionSandbox.OpenAsync(unsafeNoSandbox, network);
        if (sandbox is null)
        {
            await Console.Error.WriteLineAsync($"brink: {missing}");
            return ExitCode.Failure;
        }
        await FunctionSandbox.TellAsync(sandbox, "brink");
        (var opened, missing) = await DataFolder.OpenLogAsync("brink");
        if (opened is null)
        {
            await Console.Error.WriteLineAsync($"brink: {missing}");
            return ExitCode.Failure;
        }
        await using var log = opened;
        await using var pool = new LambdaPool(LambdaPoolOptions.Default with { Interpreters = interpreters, Log = log }, sandbox, TimeProvider.System);
        if (debugger is not null)
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"brink: {version.Name} waits for a debugger at 127.0.0.1:{debugger.Port} before its code is loaded"));
        // The first signal ends the function too: its environment goes with the pool.
        using var signals = Signals.CancelOnStop(cancellationToken);
        try
        {
            var invocation = await pool.InvokeAsync(version, Region.Home, eventJson, InvocationLimits.Default, signals.Token);
            var exitCode = Report(invocation);
            if (invocation.Outcome is InvocationOutcome.InitFailed { ErrorMessage: var error } && LoadHints.HintFor(code.Folder, error) is { } hint)
                await Console.Error.WriteLineAsync($"{path}: {hint}");
            return exitCode;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("brink: stopped");
            return ExitCode.Failure;
        }
    }

    private static FunctionDebugger? OpenDebugger(int? port, out string? problem)
    {
        problem = null;
        try
        {
            return port is { } number ? FunctionDebugger.Open(number, waitsBeforeLoading: true, TimeProvider.System) : null;
        }
        catch (System.Net.Sockets.SocketException failure)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"port {port} of 127.0.0.1 cannot be had for the debugger ({failure.Message}): name another one with --inspect-port");
            return null;
        }
    }

    /// <summary>A package whose files are where a process can see them: a folder's own, or those unpacked of a zip, which go again.</summary>
    private sealed class OpenedPackage(string path, string folder, PackageFolder? copy, string? note) : IDisposable
    {
        public string Folder => folder;

        public string? Note => note;

        public static OpenedPackage? Open(string path, bool isZip, out PackageProblem? problem)
        {
            using var package = FunctionPackage.Open(path, PackageLimits.Lambda, out problem);
            if (package is null)
                return null;
            if (!isZip)
                return new OpenedPackage(path, Path.GetFullPath(path), copy: null, package.NoteOnModes());
            var copy = PackageFolder.Create();
            var folder = Path.Combine(copy.Path, "1");
            problem = package.CopyTo(folder);
            if (problem is null)
                return new OpenedPackage(path, folder, copy, package.NoteOnModes());
            copy.Dispose();
            return null;
        }

        public string InItsAuthorsWords(string text) => copy is not null ? text.Replace(folder, path, StringComparison.Ordinal) : text;

        public void Dispose() => copy?.Dispose();
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
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
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
}
