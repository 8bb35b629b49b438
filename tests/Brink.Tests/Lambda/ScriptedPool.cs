using System.Text;
using Brink.Lambda.Environments;
using Brink.Lambda.Pool;
using Brink.Lambda.Versions;

namespace Brink.Tests.Lambda;

/// <summary>A pool whose processes and whose clock are the test's.</summary>
internal sealed class ScriptedPool : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("brink-test-").FullName;
    private readonly Lazy<LambdaPool> _pool;
    private int _lastFunction;

    public ScriptedPool()
    {
        File.WriteAllText(Path.Combine(_folder, "bootstrap"), "");
        File.SetUnixFileMode(Path.Combine(_folder, "bootstrap"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _pool = new(() => new LambdaPool(Options with { TemporaryFolder = _folder }, Runtime, Time));
    }

    public LambdaPoolOptions Options { get; init; } = LambdaPoolOptions.Default;

    public ScriptedRuntime Runtime { get; } = new();

    public ManualTimeProvider Time { get; } = new();

    public LambdaPool Pool => _pool.Value;

    public FunctionVersion Function()
    {
        Assert.True(LambdaRuntime.TryParse("provided.al2023", out var provided));
        return new FunctionVersion { Name = $"scripted{++_lastFunction}", Number = 1, CodeFolder = _folder, Runtime = provided, Handler = "x" };
    }

    public Task<Invocation> InvokeAsync(FunctionVersion version, string json = "{}") =>
        Pool.InvokeAsync(version, Region.Home, Encoding.UTF8.GetBytes(json), InvocationLimits.Default, TestContext.Current.CancellationToken).AsTask();

    /// <summary>The process that starts next; it has asked for its first event.</summary>
    public async Task<ScriptedWorker> NextWorkerAsync()
    {
        var process = await Runtime.NextProcessAsync();
        var client = await process.ConnectAsync();
        await client.SendAsync(RuntimeClient.Next);
        return new ScriptedWorker(process, client);
    }

    public async ValueTask DisposeAsync()
    {
        await Pool.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A process of a <see cref="ScriptedPool"/> with its connection.</summary>
internal sealed record ScriptedWorker(ScriptedProcess Process, RuntimeClient Client)
{
    /// <summary>The event that it waits for.</summary>
    public async Task<(string Id, string Json)> EventAsync()
    {
        while (true)
        {
            var (_, headers, body) = await Client.ReceiveAsync();
            // The other answers are to what it posted.
            if (headers.TryGetValue("Lambda-Runtime-Aws-Request-Id", out var id))
                return (id, body);
        }
    }

    public Task AskAsync() => Client.SendAsync(RuntimeClient.Next);

    public Task AnswerAsync(string id, string json) => Client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", json));

    public Task AnswerAndAskAsync(string id, string json) => Client.SendAsync(RuntimeClient.Post($"invocation/{id}/response", json) + RuntimeClient.Next);
}
