using Brink.Functions;
using Brink.Functions.Lambda;

namespace Brink.Host.Development;

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
    private readonly DirectoryInfo _copies = Directory.CreateTempSubdirectory("brink-lambda-");
    private readonly Dictionary<string, Published> _published = new(StringComparer.Ordinal);
    private readonly List<LambdaEdgeFunction> _replaced = [];

    public LambdaFiles(DevOptions options, LambdaQuotas quotas, IProcessSandbox sandbox, TimeProvider time)
    {
        (_options, _quotas) = (options, quotas);
        _interpreters = new Interpreters { Node = options.Node, Python = options.Python };
        _log = new LambdaLogFile(Commands.DataFolder.Logs, time);
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
        if (LambdaPackage.Open(path, out var problem) is not { } package)
            return LastGood(last, name, path, problem!, null, reading);
        var fingerprint = package.Fingerprint;
        reading.Files[path] = fingerprint;
        if (Directory.Exists(path))
            reading.WatchedFolders.Add(Path.GetFullPath(path));
        var timeout = events.Select(each => _quotas.For(each).Timeout).Min();
        if (last is not null && last.Fingerprint.AsSpan().SequenceEqual(fingerprint) && last.Function.Version.Timeout == timeout)
            return Described(last.Function, path, reading);

        var strictest = events.MinBy(each => _quotas.For(each).CodeBytes);
        var codeBytes = _quotas.For(strictest).CodeBytes;
        if (package.IsLargerThan(codeBytes))
            return LastGood(last, name, path, $"is larger than {codeBytes / 1024.0 / 1024.0:0.##} MB as a zip, the most that the {_quotas.Name} quotas allow on {strictest.ToName()}", null, reading);

        var number = (last?.Function.Version.Number ?? 0) + 1;
        var copy = Path.Combine(_copies.FullName, name, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (Directory.Exists(copy))
            Directory.Delete(copy, recursive: true);
        package.CopyTo(copy);
        var handler = _options.Handler ?? HandlerOf(path);
        var choice = RuntimeChoice.For(copy, _options.Runtime, handler, _interpreters);
        if (choice.Runtime is null)
            return LastGood(last, name, path, choice.Problem!.Replace(copy, path, StringComparison.Ordinal), null, reading);
        if (choice.Note is { } note)
            reading.Warn(path, note);
        var version = new FunctionVersion
        {
            Name = name, Number = number, CodeFolder = copy, Runtime = choice.Runtime, Handler = handler ?? choice.Runtime.DefaultHandler, Timeout = timeout,
        };
        if (version.Mistakes() is [var first, ..])
            return LastGood(last, name, path, first, null, reading);

        // On the thread that reads configurations: nothing is swapped in before every region has it.
        var source = Path.TrimEndingDirectorySeparator(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!);
        var replication = _replicator.ReplicateAsync(version, source).GetAwaiter().GetResult();
        reading.Acknowledgements.AddRange(replication.Acknowledgements);
        if (replication.Function is not { } function)
            return LastGood(last, name, path, "does not load", replication.Acknowledgements.First(each => !each.IsReady).Problem, reading);
        if (last is not null)
            _replaced.Add(last.Function);
        _published[key] = new Published(function, fingerprint);
        return Described(function, path, reading);
    }

    /// <summary>After the swap: the versions before it end with the requests that still run them.</summary>
    public void RetireReplaced()
    {
        foreach (var function in _replaced)
        {
            _ = function.RetireAsync();
            // The files of the one before may still be read by a request under way; those of the one before that are not.
            var older = Path.Combine(Path.GetDirectoryName(function.Version.CodeFolder)!, (function.Version.Number - 1).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (Directory.Exists(older))
                Directory.Delete(older, recursive: true);
        }
        _replaced.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await _log.DisposeAsync();
        _copies.Delete(recursive: true);
    }

    /// <summary>A file names its handler; a folder leaves it to the runtime.</summary>
    private static string? HandlerOf(string path)
    {
        if (!File.Exists(path))
            return null;
        var module = Path.GetFileNameWithoutExtension(path);
        return path.EndsWith(".py", StringComparison.Ordinal) ? $"{module}.lambda_handler" : $"{module}.handler";
    }

    private static LambdaEdgeFunction Described(LambdaEdgeFunction function, string path, Reading reading)
    {
        reading.Functions.Add(new DevFunction(function.Version.Name, path, function.Version.Runtime.Identifier, function.Version.Arn));
        return function;
    }

    private static LambdaEdgeFunction? LastGood(Published? last, string name, string path, string message, string? detail, Reading reading)
    {
        reading.Mistakes.Add(new DevMistake(path, message, detail));
        if (last is not null)
            return Described(last.Function, path, reading);
        reading.FailedFunctions.Add(name);
        reading.IsUnusable = true;
        return null;
    }

    private sealed record Published(LambdaEdgeFunction Function, byte[] Fingerprint);
}
