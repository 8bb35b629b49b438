using System.Globalization;
using System.Net.Sockets;
using Brink.Events;
using Brink.Functions;
using Brink.Host.Development;
using Brink.Host.Options;
using Brink.Lambda;
using Brink.Lambda.Debugging;
using Brink.Lambda.Logs;
using Brink.Lambda.Packages;
using Brink.Lambda.Pool;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Host.Files;

/// <summary>
/// Functions of tier 2 from folders and files, again and again. Every save that loads is the next version; one that does not load leaves the last good
/// version serving.
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
        var pool = LambdaPoolOptions.Default with { Interpreters = _interpreters, Log = _log, FreezeAfter = options.Freeze ? FreezeAfter : null };
        _pool = new LambdaPool(options.Concurrency is { } limit ? pool with { ConcurrencyPerRegion = limit } : pool, sandbox, time);
        // This node serves one region: the one behind the edge.
        _replicator = new LambdaReplicator(_pool, quotas, [new Region(options.EdgeRegion ?? EdgeLocation.Default.Region)], time, options.Prewarm ?? 1);
    }

    /// <summary>The function of a path for these events; null if it cannot be used and never could.</summary>
    public LambdaEdgeFunction? Read(string name, string path, IReadOnlyCollection<EventType> events, Reading reading)
    {
        var key = name + "\0" + path;
        _published.TryGetValue(key, out var last);
        var quotas = Strictest(events);
        if (FunctionFiles.WhyNotJavaScript(path, isLambda: true) is { } other)
            return LastGood(last, name, path, other, null, reading);
        using var package = FunctionPackage.Open(path, quotas.Package, out var problem);
        if (package is null)
            return LastGood(last, name, path, problem!, reading);
        var fingerprint = package.Fingerprint;
        reading.Files[path] = fingerprint;
        if (Directory.Exists(path))
            reading.WatchedFolders.Add(Path.GetFullPath(path));
        if (last is not null && last.Fingerprint.AsSpan().SequenceEqual(fingerprint) && last.Quotas == quotas)
            return Described(last.Function, path, reading);

        var number = (last?.Function.Version.Number ?? 0) + 1;
        // Two functions may bear one name.
        var place = last?.Place ?? Path.Combine(_copies.Path, (++_lastPlace).ToString(CultureInfo.InvariantCulture));
        var copy = Path.Combine(place, number.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
        if (package.CopyTo(copy) is { } failed)
            return LastGood(last, name, path, failed, reading);
        if (package.NoteOnModes() is { } modes)
            reading.Warn(path, modes);
        var handler = _options.Handler ?? HandlerOf(path);
        var choice = RuntimeChoice.For(copy, _runtimes.OfLambda(name), handler, _interpreters);
        if (choice.Runtime is null)
            return LastGood(last, name, path, choice.Problem!.Replace(copy, path, StringComparison.Ordinal), null, reading);
        if (choice.Note is { } note)
            reading.Warn(path, note);
        var debugger = DebuggerOf(key, name, choice.Runtime, path, reading, out var portIsTaken);
        if (portIsTaken is not null)
            return LastGood(last, name, path, portIsTaken, null, reading);
        var version = new FunctionVersion
        {
            Name = name, Number = number, CodeFolder = copy, Runtime = choice.Runtime, Handler = handler ?? choice.Runtime.DefaultHandler,
            Timeout = _timeout.For(name) is { } seconds ? TimeSpan.FromSeconds(seconds) : quotas.Timeout,
            MemoryMegabytes = _memory.For(name) ?? FunctionVersion.DefaultMemory,
            Debugger = debugger,
        };
        if (version.Mistakes() is [var first, ..])
            return LastGood(last, name, path, first, null, reading);
        if (quotas.Refusal(version) is { } refusal)
            return LastGood(last, name, path, refusal, $"the {_quotas.Name} quotas; --quotas current or a file of your own allows more", reading);

        // On the thread that reads configurations: nothing is swapped in before every region has it.
        var source = Path.TrimEndingDirectorySeparator(Directory.Exists(path) || FunctionPackage.IsZip(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
        var replication = _replicator.ReplicateAsync(version, source).GetAwaiter().GetResult();
        reading.Acknowledgements.AddRange(replication.Acknowledgements);
        if (replication.Function is not { } function)
        {
            var reason = replication.Acknowledgements.First(each => !each.IsReady).Problem!;
            return LastGood(last, name, path, LoadHints.HintFor(copy, reason) is { } hint ? $"does not load: {hint}" : "does not load", reason, reading);
        }
        if (last is not null)
            _replaced.Add(last.Function);
        _published[key] = new Published(function, fingerprint, quotas, place);
        return Described(function, path, reading);
    }

    /// <summary>After the swap: the versions before it end with the requests that still run them.</summary>
    public void RetireReplaced()
    {
        foreach (var function in _replaced)
        {
            _ = function.RetireAsync();
            // The files of the one before may still be read by a request under way; those of the one before that are not.
            var older = Path.Combine(Path.GetDirectoryName(function.Version.CodeFolder)!, (function.Version.Number - 1).ToString(CultureInfo.InvariantCulture));
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
        reading.Functions.Add(new DevFunction(function.Version.Name, path, function.Version.Runtime.Identifier, function.Version.Arn, function.Version.Debugger is { } debugger ? Address(debugger) : null));
        return function;
    }

    /// <summary>The door that stays the same for all versions of a function; null where there is none to be.</summary>
    private FunctionDebugger? DebuggerOf(string key, string name, LambdaRuntime runtime, string path, Reading reading, out string? problem)
    {
        problem = null;
        if (!_options.Inspect && !_options.InspectBreak)
            return null;
        if (runtime.Family == RuntimeFamily.Provided)
        {
            reading.Warn(path, $"{runtime} has no debugger that brink could open: it is not inspected");
            return null;
        }
        if (!_debuggers.TryGetValue(key, out var debugger))
        {
            var port = (_options.InspectPort ?? DevOptions.DefaultInspectPort) + _debuggers.Count;
            try
            {
                _debuggers.Add(key, debugger = FunctionDebugger.Open(port, _options.InspectBreak, _time));
            }
            catch (SocketException failure)
            {
                problem = string.Create(CultureInfo.InvariantCulture, $"port {port} of 127.0.0.1 cannot be had for its debugger ({failure.Message}): name another one with --inspect-port");
                return null;
            }
        }
        // Nothing else is said until somebody comes.
        if (debugger.WaitsBeforeLoading)
            Console.Error.WriteLine($"brink dev: {name} waits for a debugger at {Address(debugger)} before its code is loaded");
        return debugger;
    }

    private static string Address(FunctionDebugger debugger) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{debugger.Port}");

    /// <summary>What its events allow it together: of each quota the smallest.</summary>
    private FunctionQuotas Strictest(IReadOnlyCollection<EventType> events)
    {
        var (time, memory, code) = (events.MinBy(each => _quotas.For(each).Timeout), events.MinBy(each => _quotas.For(each).MemoryMegabytes), events.MinBy(each => _quotas.For(each).CodeBytes));
        return new FunctionQuotas(_quotas.For(time).Timeout, _quotas.For(memory).MemoryMegabytes, new PackageLimits
        {
            ZippedBytes = _quotas.For(code).CodeBytes,
            ZippedRule = $"the most that the {_quotas.Name} quotas allow on {code.ToName()}",
        });
    }

    private static LambdaEdgeFunction? LastGood(Published? last, string name, string path, PackageProblem problem, Reading reading) =>
        LastGood(last, name, path, problem.Reason, problem.Kind == PackageProblemKind.Malformed && FunctionPackage.IsZip(path) ? $"Lambda's answer: {PackageProblem.CouldNotUnzip}" : null, reading);

    private static LambdaEdgeFunction? LastGood(Published? last, string name, string path, string message, string? detail, Reading reading)
    {
        reading.Mistakes.Add(new FileMistake(path, message, detail));
        if (last is not null)
            return Described(last.Function, path, reading);
        reading.FailedFunctions.Add(name);
        reading.IsUnusable = true;
        return null;
    }

    private sealed record Published(LambdaEdgeFunction Function, byte[] Fingerprint, FunctionQuotas Quotas, string Place);

    private sealed record FunctionQuotas(TimeSpan Timeout, int MemoryMegabytes, PackageLimits Package)
    {
        /// <summary>CloudFront's sentence about a function that asks for more than its events allow; null when it does not.</summary>
        public string? Refusal(FunctionVersion version)
        {
            if (version.Timeout > Timeout)
                return string.Create(CultureInfo.InvariantCulture, $"The function timeout is larger than the maximum allowed for functions that are triggered by a CloudFront event: {version.Timeout.TotalSeconds:0} Max allowed: {Timeout.TotalSeconds:0} Function: {version.Arn}");
            return version.MemoryMegabytes > MemoryMegabytes
                ? string.Create(CultureInfo.InvariantCulture, $"The function memory size is larger than the maximum allowed for functions that are triggered by a CloudFront event: {version.MemoryMegabytes} Max allowed: {MemoryMegabytes} Function: {version.Arn}")
                : null;
        }
    }
}
