using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Bench.Lambda;

/// <summary>The functions of <c>benchmarks/lambda</c>, for each runtime: the peers' job 7, and one that only says when it was entered.</summary>
internal sealed class BenchFunctions : IDisposable
{
    private readonly DirectoryInfo _made = Directory.CreateTempSubdirectory("brink-bench-lambda-");

    public BenchFunctions()
    {
        var runtimes = new List<BenchRuntime>
        {
            new("Node.js", "nodejs22.x", Path.Combine(Folder, "node"), Path.Combine(Folder, "empty-node")),
            new("Python", "python3.13", Path.Combine(Folder, "python"), Path.Combine(Folder, "empty-python")),
        };
        if (Environment.GetEnvironmentVariable("BRINK_AWS_LAMBDA_RIC") is { Length: > 0 } client)
            runtimes.Add(new("Node.js by aws-lambda-ric 3.3.0", "provided.al2023", WithClient("node", client), WithClient("empty-node", client)));
        Runtimes = runtimes;
        Event = File.ReadAllBytes(EventFile);
    }

    public static string Folder { get; } = Path.Combine(Environment.GetEnvironmentVariable("BRINK_ROOT") ?? Directory.GetCurrentDirectory(), "benchmarks", "lambda");

    public static string EventFile { get; } = Path.Combine(Folder, "viewer-request.json");

    public IReadOnlyList<BenchRuntime> Runtimes { get; }

    /// <summary>The event of job 7: twelve headers of 70 characters.</summary>
    public ReadOnlyMemory<byte> Event { get; }

    public static async ValueTask<Invocation> InvokeAsync(LambdaPool pool, FunctionVersion version, ReadOnlyMemory<byte> json)
    {
        var invocation = await pool.InvokeAsync(version, Region.Home, json, InvocationLimits.Default, default);
        return invocation.Outcome is InvocationOutcome.Result ? invocation : throw new InvalidOperationException($"{version}: {invocation.Outcome}\n{string.Join('\n', invocation.LogLines)}");
    }

    public void Dispose() => _made.Delete(recursive: true);

    /// <summary>The function of a folder with AWS's own client in the package: what is installed elsewhere a sandbox does not show.</summary>
    private string WithClient(string function, string client)
    {
        var folder = _made.CreateSubdirectory(function).FullName;
        File.Copy(Path.Combine(Folder, function, "index.js"), Path.Combine(folder, "index.js"));
        foreach (var part in new[] { "bin", "dist" })
        {
            var copy = Directory.CreateDirectory(Path.Combine(folder, "client", part)).FullName;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(client, part)))
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
        var bootstrap = Path.Combine(folder, "bootstrap");
        File.WriteAllText(bootstrap, "#!/bin/sh\nexec node client/bin/index.mjs \"$_HANDLER\"\n");
        File.SetUnixFileMode(bootstrap, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return folder;
    }
}

/// <summary>A runtime to measure.</summary>
/// <param name="Name">In tables.</param>
/// <param name="Identifier">As Lambda spells it.</param>
/// <param name="Function">The package of job 7.</param>
/// <param name="Empty">The package that only says when it was entered.</param>
internal sealed record BenchRuntime(string Name, string Identifier, string Function, string Empty)
{
    private int _last;

    public FunctionVersion NewVersion(bool isEmpty = false)
    {
        var runtime = LambdaRuntime.TryParse(Identifier, out var parsed) ? parsed : throw new ArgumentException(Identifier);
        return new FunctionVersion
        {
            Name = "bench",
            Number = ++_last,
            CodeFolder = isEmpty ? Empty : Function,
            Runtime = runtime,
            Handler = runtime.Family == RuntimeFamily.Provided ? "index.handler" : runtime.DefaultHandler,
            Timeout = TimeSpan.FromSeconds(900),
            MemoryMegabytes = 256,
        };
    }
}
