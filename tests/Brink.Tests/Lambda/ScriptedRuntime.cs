using System.Net.Sockets;
using System.Text;
using Brink.Lambda.Processes;

namespace Brink.Tests.Lambda;

/// <summary>A sandbox whose processes are the test itself: it speaks to the Runtime API byte by byte, and ends when the test says so.</summary>
internal sealed class ScriptedRuntime : IProcessSandbox
{
    private readonly System.Threading.Channels.Channel<ScriptedProcess> _started = System.Threading.Channels.Channel.CreateUnbounded<ScriptedProcess>();

    public string Description => "a test";

    public bool SharesLoopback => true;

    public string PathInside(SandboxMount mount) => mount.Source;

    public Task<ISandboxedProcess> StartAsync(ProcessStart start)
    {
        var process = new ScriptedProcess(start);
        _started.Writer.TryWrite(process);
        return Task.FromResult<ISandboxedProcess>(process);
    }

    public async Task<ScriptedProcess> NextProcessAsync() => await _started.Reader.ReadAsync(TestContext.Current.CancellationToken);
}

internal sealed class ScriptedProcess(ProcessStart start) : ISandboxedProcess
{
    private readonly TaskCompletionSource<ProcessExit> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProcessStart Start => start;

    public int Pid => 1;

    public Task<ProcessExit> Exit => _exit.Task;

    public long PeakMemory => 42 * 1024 * 1024;

    /// <summary>What the pool sees when it looks whether it computes.</summary>
    public bool IsAsleep { get; set; }

    public void DrainOutput()
    {
    }

    public void Resume()
    {
    }

    public void Rest()
    {
    }

    /// <summary>Whether the pool holds it still now, and how often it began to.</summary>
    public bool IsFrozen { get; private set; }

    public int Freezes { get; private set; }

    public void Freeze() => (IsFrozen, Freezes) = (true, Freezes + 1);

    public void Thaw() => IsFrozen = false;

    public void Kill() => _exit.TrySetResult(new ProcessExit(null, 9, false));

    public void End(int code) => _exit.TrySetResult(new ProcessExit(code, null, false));

    public void Print(string text) => start.Output.Write(Encoding.UTF8.GetBytes(text));

    public async Task<RuntimeClient> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(start.RuntimeApiSocket));
        return new RuntimeClient(socket);
    }
}

/// <summary>Bytes to the Runtime API, and its answers.</summary>
internal sealed class RuntimeClient(Socket socket) : IDisposable
{
    public const string Next = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n";
    private readonly List<byte> _received = [];

    public static string Post(string path, string body, string headers = "") =>
        $"POST /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    public async Task SendAsync(string text) => await SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, TestContext.Current.CancellationToken)..];
    }

    /// <summary>One answer: status, headers, body.</summary>
    public async Task<(int Status, Dictionary<string, string> Headers, string Body)> ReceiveAsync()
    {
        var buffer = new byte[65536];
        while (true)
        {
            var text = Encoding.UTF8.GetString([.. _received]);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                var lines = text[..end].Split("\r\n");
                var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.OrdinalIgnoreCase);
                var length = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), System.Globalization.CultureInfo.InvariantCulture);
                if (_received.Count >= end + 4 + length)
                {
                    var body = Encoding.UTF8.GetString([.. _received.Skip(end + 4).Take(length)]);
                    _received.RemoveRange(0, end + 4 + length);
                    return (int.Parse(lines[0].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), headers, body);
                }
            }
            var count = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(count > 0, "the Runtime API closed the connection");
            _received.AddRange(buffer.AsSpan(0, count));
        }
    }

    /// <summary>The other end closes without another answer.</summary>
    public async Task ShouldCloseAsync()
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        }
        catch (SocketException)
        {
        }
    }

    public void Dispose() => socket.Dispose();
}
