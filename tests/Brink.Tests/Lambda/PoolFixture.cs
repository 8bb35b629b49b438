using System.Text;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>A pool with real processes, and functions written for a test. All of it goes with the test.</summary>
public sealed class PoolFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-test-").FullName;
    private readonly Lazy<LambdaPool> _pool;
    private int _lastFunction;

    public PoolFixture() => _pool = new(() => new LambdaPool(Options, Sandbox, Time));

    public LambdaPoolOptions Options { get; set; } = LambdaPoolOptions.Default;

    public TimeProvider Time { get; set; } = TimeProvider.System;

    public IProcessSandbox Sandbox { get; set; } = new UnsandboxedProcesses();

    public LambdaPool Pool => _pool.Value;

    /// <summary>A folder of the test's own.</summary>
    public string Folder => _folder;

    /// <summary>What environments keep on disk goes here, so that a test sees what is left.</summary>
    public string PoolFolder => Directory.CreateDirectory(Path.Combine(_folder, "p")).FullName;

    public FunctionVersion Node(string code, string runtime = "nodejs22.x", string handler = "index.handler", string file = "index.js", double timeout = 10, int memory = 256) =>
        Function(runtime, handler, timeout, memory, (file, code));

    public FunctionVersion Python(string code, string runtime = "python3.11", string handler = "lambda_function.lambda_handler", double timeout = 10, int memory = 256) =>
        Function(runtime, handler, timeout, memory, ("lambda_function.py", code));

    public FunctionVersion Function(string runtime, string handler, double timeout, int memory, params (string File, string Code)[] files)
    {
        var name = $"f{Interlocked.Increment(ref _lastFunction)}";
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName;
        foreach (var (file, code) in files)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, code);
            if (file == "bootstrap")
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
        Assert.True(LambdaRuntime.TryParse(runtime, out var parsed));
        return new FunctionVersion
        {
            Name = name, Number = 1, CodeFolder = folder, Runtime = parsed, Handler = handler, Timeout = TimeSpan.FromSeconds(timeout), MemoryMegabytes = memory,
        };
    }

    public async Task<Invocation> InvokeAsync(FunctionVersion version, string json = "{}", InvocationLimits? limits = null) =>
        await Pool.InvokeAsync(version, Region.Home, Encoding.UTF8.GetBytes(json), limits ?? InvocationLimits.Default, TestContext.Current.CancellationToken);

    public async Task<string> ResultAsync(FunctionVersion version, string json = "{}") => Result(await InvokeAsync(version, json));

    /// <summary>The JSON of an invocation that succeeded; else the test fails with the log.</summary>
    public static string Result(Invocation invocation)
    {
        Assert.True(invocation.Outcome is InvocationOutcome.Result, $"{invocation.Outcome}\n{string.Join('\n', invocation.LogLines)}");
        return Encoding.UTF8.GetString(((InvocationOutcome.Result)invocation.Outcome).Json.Span);
    }

    /// <summary>Waits until a process of this pool is there: what a test with a clock of its own cannot know otherwise.</summary>
    public async Task EnvironmentIsUpAsync()
    {
        while (Pool.EnvironmentCount == 0)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until something is so that nothing tells of; false if it never is.</summary>
    public async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        for (var looks = 0; looks < 1000 && !condition(); looks++)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        return condition();
    }

    public async ValueTask DisposeAsync()
    {
        if (_pool.IsValueCreated)
            await _pool.Value.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
