using System.Globalization;
using Brink.Events;
using Brink.Functions;
using Brink.Host.Options;
using Brink.Lambda;
using Brink.Lambda.Debugging;
using Brink.Lambda.Logs;
using Brink.Lambda.Packages;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;
using Brink.Quotas;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>
/// Lambda@Edge functions from folders and files, again and again. Every save that loads is the next version; one that does not load leaves
/// the last good version serving.
/// </summary>
internal sealed class LambdaFiles : IAsyncDisposable
{
    // An environment in use is never held still, one that rests soon is.
    private static readonly TimeSpan FreezeAfter = TimeSpan.FromMilliseconds(100);

    private readonly DevOptions _options;
    private readonly LambdaQuotas _quotas;
    private readonly Interpreters _interpreters;
    private readonly LambdaLogFile _log;
    private readonly LambdaPool _pool;
    private readonly LambdaReplicator _replicator;
    private int _lastPlace;
    private readonly PackageFolder _copies = PackageFolder.Create();
    private readonly Dictionary<string, Published> _published = new(StringComparer.Ordinal);
    private readonly List<LambdaEdgeFunction> _replaced = [];
    private readonly Dictionary<string, FunctionDebugger> _debuggers = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly PerFunction _memory, _timeout;
    private readonly FunctionRuntimes _runtimes;

    public LambdaFiles(DevOptions options, LambdaQuotas quotas, TimeProvider time)
    {
        if (options is not { Sandbox: { } sandbox, Log: { } log })
            throw new InvalidOperationException("the command opens a sandbox and a log where functions use them");
        (_options, _quotas) = (options, quotas);
        _time = time;
        _runtimes = options.GivenRuntimes([]);
        (_memory, _timeout) = (options.MemoryMegabytes([]), options.TimeoutSeconds([]));
        _interpreters = new Interpreters { Node = options.Node, Python = options.Python };
        _log = log;
        var pool = LambdaPoolOptions.Default with
        {
            Interpreters = _interpreters,
            Log = _log,
            FreezeAfter = options.Freeze ? FreezeAfter : null,
        };
        _pool = new LambdaPool(options.Concurrency is { } limit ? pool with { ConcurrencyPerRegion = limit } : pool, sandbox, time);
        // This node serves one region: the one behind the edge.
        var region = new Region(options.EdgeRegion ?? EdgeLocation.Default.Region);
        _replicator = new LambdaReplicator(_pool, quotas, [region], time, options.Prewarm ?? 1);
    }

    /// <summary>Environments that there are just now.</summary>
    public int EnvironmentCount => _pool.EnvironmentCount;

    /// <summary>The function of a path for these events; null if it cannot be used and never could.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">Its code.</param>
    /// <param name="events">What it runs on.</param>
    /// <param name="reading">Takes the mistakes.</param>
    /// <param name="described">What is known of it besides, where flags do not say otherwise; null for nothing.</param>
    public async Task<LambdaEdgeFunction?> ReadAsync(
        string name, string path, IReadOnlyCollection<EventType> events, Reading reading, LambdaVersionResource? described = null)
    {
        var key = KeyOf(name, path);
        _published.TryGetValue(key, out var last);
        var quotas = Strictest(events);
        if (FunctionFiles.WhyNotJavaScript(path, isLambda: true) is { } other)
            return LastGood(last, name, path, other, null, reading);
        using var code = LambdaCode.Open(path, quotas.Package, out var refused);
        if (code is null)
            return LastGood(last, name, path, refused!, reading);
        var fingerprint = code.Fingerprint;
        reading.Files[path] = fingerprint;
        if (Directory.Exists(path))
            reading.WatchedFolders.Add(Path.GetFullPath(path));
        if (last is not null && last.Fingerprint.AsSpan().SequenceEqual(fingerprint)
            && last.Quotas == quotas && last.Described == described)
            return Described(last.Function, path, reading);

        var number = last is null ? described?.Number ?? 1 : last.Function.Version.Number + 1;
        // Two functions may bear one name.
        var place = last?.Place ?? Path.Combine(_copies.Path, (++_lastPlace).ToString(CultureInfo.InvariantCulture));
        if (Copy(code, Path.Combine(place, number.ToString(CultureInfo.InvariantCulture))) is { } failed)
            return LastGood(last, name, path, failed, reading);
        if (code.NoteOnModes is { } modes)
            reading.Warn(path, modes);
        var version = MakeVersion(code, name, number, path, described, quotas, reading, out var problem);
        if (version is null)
            return LastGood(last, name, path, problem!.Message, problem.Detail, reading);

        // Nothing is swapped in before every region has it.
        var replication = await _replicator.ReplicateAsync(version, SourceOf(path));
        reading.Acknowledgements.AddRange(replication.Acknowledgements);
        if (replication.Function is not { } function)
        {
            var reason = replication.Acknowledgements.First(each => !each.IsReady).Problem!;
            var hint = LoadHints.HintFor(code.Folder, reason);
            return LastGood(last, name, path, hint is null ? "does not load" : $"does not load: {hint}", reason, reading);
        }
        if (last is not null)
            _replaced.Add(last.Function);
        _published[key] = new Published(function, fingerprint, quotas, described, place);
        return Described(function, path, reading);
    }

    private static string KeyOf(string name, string path) => name + "\0" + path;

    private static PackageProblem? Copy(LambdaCode code, string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        return code.CopyTo(folder);
    }

    /// <summary>The next version of a function; null where it would be refused.</summary>
    private FunctionVersion? MakeVersion(
        LambdaCode code, string name, int number, string path, LambdaVersionResource? described, FunctionQuotas quotas, Reading reading,
        out Problem? problem)
    {
        problem = null;
        var handler = _options.Handler ?? described?.Handler ?? HandlerOf(path);
        var choice = code.ChooseRuntime(_runtimes.OfLambda(name) ?? described?.Runtime, handler, _interpreters);
        if (choice.Runtime is not { } runtime)
        {
            problem = new Problem(choice.Problem!);
            return null;
        }
        if (choice.Note is { } note)
            reading.Warn(path, note);
        var debugger = DebuggerOf(name, runtime, path, reading, out var portIsTaken);
        if (portIsTaken is not null)
        {
            problem = new Problem(portIsTaken);
            return null;
        }
        var timeout = _timeout.For(name) is { } seconds ? TimeSpan.FromSeconds(seconds) : described?.Timeout ?? quotas.Timeout;
        var memory = _memory.For(name) ?? described?.MemoryMegabytes ?? FunctionVersion.DefaultMemory;
        var version = code.ToVersion(name, number, runtime, handler, timeout, memory, debugger);
        if (version.Mistakes() is [var first, ..])
            problem = new Problem(first);
        else if (quotas.Refusal(version) is { } refusal)
            problem = new Problem(refusal, $"the {_quotas.Name} quotas; --quotas current or a file of your own allows more");
        return problem is null ? version : null;
    }

    /// <summary>Where the author has the code.</summary>
    private static string SourceOf(string path)
    {
        var isWhole = Directory.Exists(path) || FunctionPackage.IsZip(path);
        return Path.TrimEndingDirectorySeparator(isWhole ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>After the swap: the versions before it end with the requests that still run them.</summary>
    public void RetireReplaced()
    {
        foreach (var function in _replaced)
        {
            _ = function.RetireAsync();
            // A request under way may still read the files of the version before; no request reads older ones.
            var number = (function.Version.Number - 1).ToString(CultureInfo.InvariantCulture);
            var older = Path.Combine(Path.GetDirectoryName(function.Version.CodeFolder)!, number);
            if (Directory.Exists(older))
                Directory.Delete(older, recursive: true);
        }
        _replaced.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        foreach (var debugger in _debuggers.Values)
            await debugger.DisposeAsync();
        await _log.DisposeAsync();
        _copies.Dispose();
    }

    /// <summary>A file names its handler; a folder leaves it to the runtime.</summary>
    private static string? HandlerOf(string path)
    {
        if (!File.Exists(path) || FunctionPackage.IsZip(path))
            return null;
        var module = Path.GetFileNameWithoutExtension(path);
        return path.EndsWith(".py", StringComparison.Ordinal) ? $"{module}.lambda_handler" : $"{module}.handler";
    }

    private static LambdaEdgeFunction Described(LambdaEdgeFunction function, string path, Reading reading)
    {
        var version = function.Version;
        var debugger = version.Debugger is { } open ? Address(open) : null;
        reading.Functions.Add(new DevFunction(version.Name, path, version.Runtime.Identifier, version.Arn, debugger));
        return function;
    }

    /// <summary>The debugger's port, which stays the same for all versions of a function; null where none is to be opened.</summary>
    private FunctionDebugger? DebuggerOf(string name, LambdaRuntime runtime, string path, Reading reading, out string? problem)
    {
        problem = null;
        if (!_options.Inspect && !_options.InspectBreak)
            return null;
        if (runtime.Family == RuntimeFamily.Provided)
        {
            reading.Warn(path, $"{runtime} has no debugger that brink could open: it is not inspected");
            return null;
        }
        var key = KeyOf(name, path);
        if (!_debuggers.TryGetValue(key, out var debugger))
        {
            var port = (_options.InspectPort ?? DevOptions.DefaultInspectPort) + _debuggers.Count;
            debugger = LambdaCode.OpenDebugger(port, _options.InspectBreak, _time, out problem);
            if (debugger is null)
                return null;
            _debuggers.Add(key, debugger);
        }
        // Without this line brink would seem to hang.
        if (debugger.WaitsBeforeLoading)
            Console.Error.WriteLine($"brink dev: {name} waits for a debugger at {Address(debugger)} before its code is loaded");
        return debugger;
    }

    private static string Address(FunctionDebugger debugger) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{debugger.Port}");

    /// <summary>What its events allow it together: of each quota the smallest.</summary>
    private FunctionQuotas Strictest(IReadOnlyCollection<EventType> events)
    {
        var time = events.MinBy(each => _quotas.For(each).Timeout);
        var memory = events.MinBy(each => _quotas.For(each).MemoryMegabytes);
        var code = events.MinBy(each => _quotas.For(each).CodeBytes);
        return new FunctionQuotas(_quotas.For(time).Timeout, _quotas.For(memory).MemoryMegabytes, new PackageLimits
        {
            ZippedBytes = _quotas.For(code).CodeBytes,
            ZippedRule = $"the most that the {_quotas.Name} quotas allow on {code.ToName()}",
        });
    }

    private static LambdaEdgeFunction? LastGood(Published? last, string name, string path, PackageProblem problem, Reading reading) =>
        LastGood(last, name, path, problem.Reason, LambdaCode.AnswerOfLambda(path, problem), reading);

    private static LambdaEdgeFunction? LastGood(Published? last, string name, string path, string message, string? detail, Reading reading)
    {
        reading.Mistakes.Add(new FileMistake(path, message, detail));
        if (last is not null)
            return Described(last.Function, path, reading);
        reading.FailedFunctions.Add(name);
        reading.IsUnusable = true;
        return null;
    }

    private sealed record Published(
        LambdaEdgeFunction Function, byte[] Fingerprint, FunctionQuotas Quotas, LambdaVersionResource? Described, string Place);

    private sealed record Problem(string Message, string? Detail = null);

    private sealed record FunctionQuotas(TimeSpan Timeout, int MemoryMegabytes, PackageLimits Package)
    {
        /// <summary>CloudFront's sentence about a function that asks for more than its events allow; null when it does not.</summary>
        public string? Refusal(FunctionVersion version)
        {
            var (timeout, longest) = (version.Timeout.TotalSeconds, Timeout.TotalSeconds);
            return timeout > longest ? TooLarge("timeout", timeout, longest, version)
                : version.MemoryMegabytes > MemoryMegabytes ? TooLarge("memory size", version.MemoryMegabytes, MemoryMegabytes, version)
                : null;
        }

        private static string TooLarge(string setting, double value, double largest, FunctionVersion version) => string.Create(
            CultureInfo.InvariantCulture,
            $"The function {setting} is larger than the maximum allowed for functions that are triggered by a CloudFront event: " +
            $"{value:0} Max allowed: {largest:0} Function: {version.Arn}");
    }
}
