using System.Security.Cryptography;
using System.Text;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.JavaScript;

namespace Brink.Host.Development;

/// <summary>
/// Functions and the key value store from files, again and again. A function that does not compile any more gives its last good version; an unchanged one
/// is not compiled again.
/// </summary>
internal sealed class FunctionFiles(FunctionLimits limits, TimeProvider time)
{
    private readonly Dictionary<string, (byte[] Source, byte[]? Map, JavaScriptFunction Function)> _lastGood = new(StringComparer.Ordinal);
    private KeyValueStore? _store;

    /// <summary>The function of a file; null if it cannot be used and never could.</summary>
    public IEdgeFunction? Read(string name, string file, byte[] code, Runtime runtime, Reading reading, out DevFunction description)
    {
        var mistakes = reading.Mistakes;
        description = new DevFunction(name, file, runtime.ToName(), $"arn:aws:cloudfront::000000000000:function/{name}");
        var key = name + "\0" + file;
        var map = SourceMapFiles.Read(file, code, reading, out var mapBytes);
        if (_lastGood.TryGetValue(key, out var last) && last.Source.AsSpan().SequenceEqual(code) && last.Map.AsSpan().SequenceEqual(mapBytes))
            return last.Function;

        // An editor that empties a file before it fills it again: no version that anybody wants to serve.
        if (last.Function is not null && code.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
        {
            mistakes.Add(new DevMistake(file, "the file is empty"));
            return last.Function;
        }
        var source = new FunctionSource { Name = name, FileName = file, Code = code, Runtime = runtime, KeyValueStore = _store, SourceMap = map };
        reading.NewFunctions.Add(source);
        if (source.Check() is { } problem)
        {
            mistakes.Add(new DevMistake(file, problem.Message));
            return last.Function;
        }
        var function = JavaScriptFunction.Compile(source, limits, time);
        if (function.CompileError is { } error)
        {
            mistakes.Add(DevMistake.Of(file, error));
            return last.Function;
        }
        _lastGood[key] = (code, mapBytes, function);
        return function;
    }

    /// <summary>Why a file of that name cannot be run as it is: it is TypeScript. Null for any other.</summary>
    public static string? WhyNotJavaScript(string file) => Path.GetExtension(file) is ".ts" or ".mts" or ".cts" or ".tsx"
        ? $"is TypeScript, which neither AWS nor Brink runs: compile it first, say with npx -p typescript tsc --target es5 {Path.GetFileName(file)}, and give the .js file"
        : null;

    /// <summary>The store of an import file, the same object every time, with the contents of now. Null if the file cannot be used.</summary>
    public KeyValueStore? ReadKeyValueStore(string file, byte[] json, List<DevMistake> mistakes)
    {
        var now = time.GetUtcNow();
        switch (KeyValueStoreContents.Import(json, _store?.Current.Created ?? now, now))
        {
            case ImportOutcome.Imported(var contents):
                if (_store is null)
                    _store = new KeyValueStore(IdOf(file), contents);
                else
                    _store.Swap(contents);
                return _store;
            case ImportOutcome.Failed(var reasons):
                foreach (var reason in reasons)
                    mistakes.Add(new DevMistake(file, reason));
                return _store;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>An id in the form of AWS's, the same every time for the same file.</summary>
    private static string IdOf(string file) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(file))).AsSpan(0, 16)).ToString();
}
