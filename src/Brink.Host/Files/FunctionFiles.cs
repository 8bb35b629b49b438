using System.Security.Cryptography;
using System.Text;
using Brink.Checking;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.JavaScript;

namespace Brink.Host.Files;

/// <summary>
/// CloudFront Functions and the key value store from files, read again after each change. A function that no longer compiles keeps its last
/// good version; an unchanged one is not compiled again.
/// </summary>
internal sealed class FunctionFiles(FunctionLimits limits, TimeProvider time)
{
    private readonly Dictionary<string, (byte[] Source, byte[]? Map, JavaScriptFunction Function)> _lastGood = new(StringComparer.Ordinal);
    /// <summary>What help calls the value of --kvs.</summary>
    public const string StoreValue = "FILE-or-ID=FILE";

    private const string HandlerMissing = "handler-missing";

    private KeyValueStore? _store;

    /// <summary>The function of a file; null if it cannot be used and never could.</summary>
    public IEdgeFunction? Read(string name, string file, byte[] code, Runtime runtime, Reading reading, out DevFunction description)
    {
        var mistakes = reading.Mistakes;
        description = new DevFunction(name, file, runtime.ToName(), $"arn:aws:cloudfront::000000000000:function/{name}");
        var key = name + "\0" + file;
        var map = SourceMapFiles.Read(file, code, reading, out var mapBytes);
        if (_lastGood.TryGetValue(key, out var last)
            && last.Source.AsSpan().SequenceEqual(code) && last.Map.AsSpan().SequenceEqual(mapBytes))
            return last.Function;

        // An editor empties a file before it fills it again: an empty file is no version to serve.
        if (last.Function is not null && code.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            mistakes.Add(new FileMistake(file, "the file is empty"));
            return last.Function;
        }
        var source = new FunctionSource
        {
            Name = name,
            FileName = file,
            Code = code,
            Runtime = runtime,
            KeyValueStore = _store,
            SourceMap = map,
        };
        reading.NewFunctions.Add(source);
        if (source.Check() is { } problem)
        {
            mistakes.Add(new FileMistake(file, problem.Message));
            return last.Function;
        }
        var function = JavaScriptFunction.Compile(source, limits, time);
        if (function.CompileError is { } error)
        {
            mistakes.Add(FileMistake.Of(file, error));
            return last.Function;
        }
        // A save without a handler would answer every request with 503.
        if (last.Function is not null
            && FunctionCheck.Run(source).FirstOrDefault(finding => finding.Rule.Id == HandlerMissing) is { } missing)
        {
            mistakes.Add(new FileMistake(file, missing.Message));
            return last.Function;
        }
        _lastGood[key] = (code, mapBytes, function);
        return function;
    }

    /// <summary>Why a file of that name cannot be run as it is: it is TypeScript. Null for any other.</summary>
    /// <param name="file">As named on the command line.</param>
    /// <param name="isLambda">Node.js is to run it, which takes today's JavaScript.</param>
    public static string? WhyNotJavaScript(string file, bool isLambda = false)
    {
        if (Path.GetExtension(file) is not (".ts" or ".mts" or ".cts" or ".tsx"))
            return null;
        // TypeScript 5 is the last that writes ES 5, which the dialect has whole; as a module of ES 2015 it leaves import as it is.
        var target = isLambda ? "--target es2022 --module commonjs" : "--target es5 --module es2015 --lib es2020";
        return "is TypeScript, which neither AWS nor Brink runs: compile it first, say with "
            + $"npx -p typescript@5 tsc {target} {file}, and give the .js file";
    }

    /// <summary>
    /// The store of an import file: the same object every time, with the current contents. Null if the file cannot be used.
    /// </summary>
    /// <param name="given">The value of --kvs: FILE, or ID=FILE for a store that code opens by its id.</param>
    /// <param name="reading">Takes the mistakes.</param>
    public KeyValueStore? ReadKeyValueStore(string given, Reading reading)
    {
        var at = given.IndexOf('=', StringComparison.Ordinal);
        var (id, file) = at > 0 && Guid.TryParseExact(given[..at], "D", out _) ? (given[..at], given[(at + 1)..]) : (null, given);
        if (reading.Bytes(file) is not { } json)
            return null;
        var now = time.GetUtcNow();
        switch (KeyValueStoreContents.Import(json, _store?.Current.Created ?? now, now))
        {
            case ImportOutcome.Imported(var contents):
                if (_store is null)
                    _store = new KeyValueStore(id ?? IdOf(file), contents);
                else
                    _store.Swap(contents);
                return _store;
            case ImportOutcome.Failed(var reasons):
                foreach (var reason in reasons)
                    reading.Mistakes.Add(new FileMistake(file, reason));
                return _store;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>An id in the form of AWS's, the same every time for the same file.</summary>
    private static string IdOf(string file) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(file))).AsSpan(0, 16)).ToString();
}
