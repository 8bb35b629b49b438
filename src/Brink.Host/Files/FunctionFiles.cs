using Brink.Checking;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.JavaScript;

namespace Brink.Host.Files;

/// <summary>
/// CloudFront Functions from files, read again after each change. A function that no longer compiles keeps its last
/// good version; an unchanged one is not compiled again.
/// </summary>
internal sealed class FunctionFiles(FunctionLimits limits, TimeProvider time)
{
    private readonly Dictionary<string, Compiled> _lastGood = new(StringComparer.Ordinal);

    private const string HandlerMissing = "handler-missing";

    /// <summary>The function of a file; null if it cannot be used and never could.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="file">The file.</param>
    /// <param name="code">What is in it.</param>
    /// <param name="runtime">The dialect.</param>
    /// <param name="store">The store that is associated with it; null for none.</param>
    /// <param name="reading">Takes the mistakes.</param>
    /// <param name="description">What it is called.</param>
    public IEdgeFunction? Read(
        string name, string file, byte[] code, Runtime runtime, KeyValueStore? store, Reading reading, out DevFunction description)
    {
        var mistakes = reading.Mistakes;
        description = new DevFunction(name, file, runtime.ToName(), $"arn:aws:cloudfront::000000000000:function/{name}");
        var key = name + "\0" + file;
        var map = SourceMapFiles.Read(file, code, reading, out var mapBytes);
        var last = _lastGood.GetValueOrDefault(key);
        if (last is not null && last.IsOf(code, mapBytes, runtime, store))
            return last.Function;

        // An editor empties a file before it fills it again: an empty file is no version to serve.
        if (last is not null && code.AsSpan().Trim(" \t\r\n"u8).IsEmpty)
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
            KeyValueStore = store,
            SourceMap = map,
        };
        reading.NewFunctions.Add(source);
        if (source.Check() is { } problem)
        {
            mistakes.Add(new FileMistake(file, problem.Message));
            return last?.Function;
        }
        var function = JavaScriptFunction.Compile(source, limits, time);
        if (function.CompileError is { } error)
        {
            mistakes.Add(FileMistake.Of(file, error));
            return last?.Function;
        }
        // A save without a handler would answer every request with 503.
        if (last is not null
            && FunctionCheck.Run(source).FirstOrDefault(finding => finding.Rule.Id == HandlerMissing) is { } missing)
        {
            mistakes.Add(new FileMistake(file, missing.Message));
            return last.Function;
        }
        _lastGood[key] = new Compiled(code, mapBytes, runtime, store, function);
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

    /// <summary>A version that compiled, and what of.</summary>
    private sealed record Compiled(byte[] Source, byte[]? Map, Runtime Runtime, KeyValueStore? Store, JavaScriptFunction Function)
    {
        public bool IsOf(byte[] code, byte[]? map, Runtime runtime, KeyValueStore? store) =>
            Source.AsSpan().SequenceEqual(code) && Map.AsSpan().SequenceEqual(map) && Runtime == runtime && ReferenceEquals(Store, store);
    }
}
