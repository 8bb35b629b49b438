using System.Globalization;
using System.Text.Json;

namespace Brink.Scenarios.Kit;

/// <summary>What the origin was asked.</summary>
internal sealed record SeenRequest(string Method, string Target, Dictionary<string, string> Headers, string Body);

/// <summary>A real origin in a process of its own (origin.py).</summary>
internal sealed class EchoOrigin : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly ChildProcess _process;
    private readonly HttpClient _client = new();

    private EchoOrigin(ChildProcess process, int port)
    {
        _process = process;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }

    public string Url { get; }

    public static EchoOrigin Start()
    {
        // The system's own Python, by its full path: a python3 found on PATH may be another tool's shim.
        var process = ChildProcess.Start("/usr/bin/python3", [Repository.PathTo("tests", "Brink.Scenarios", "Kit", "origin.py")]);
        return new EchoOrigin(process, int.Parse(process.WaitForLine(_ => true), CultureInfo.InvariantCulture));
    }

    /// <summary>What was asked since the last call.</summary>
    public async Task<SeenRequest[]> SeenAsync() => JsonSerializer.Deserialize<SeenRequest[]>(await _client.GetStringAsync(new Uri(Url + "/_seen")), Json)!;

    /// <summary>Returns when a request has arrived.</summary>
    public async Task WaitUntilAskedAsync()
    {
        using var deadline = new CancellationTokenSource(ChildProcess.Patience);
        while ((await SeenAsync()).Length == 0)
            deadline.Token.ThrowIfCancellationRequested();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }
}
