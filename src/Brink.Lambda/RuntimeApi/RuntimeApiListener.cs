using System.Net;
using System.Net.Sockets;
using Brink.Lambda.Processes;

namespace Brink.Lambda.RuntimeApi;

/// <summary>
/// Where one environment's Runtime API listens: on a unix socket, and on a port of this machine's loopback where the process shares it. All
/// that runs on this machine reaches that port, other functions too: there each client is looked at before it is admitted.
/// </summary>
internal sealed class RuntimeApiListener : IDisposable
{
    // A runtime needs one or two. What user code opens beyond this is closed at once: each one may hold a payload in memory.
    private const int ConnectionLimit = 8;

    private const int Backlog = 64;

    private readonly IRuntimeApi _api;
    private readonly Socket _unix;
    private readonly Socket? _loopback;
    private readonly HashSet<RuntimeApiConnection> _connections = [];
    private readonly HashSet<Task> _questions = [];
    private bool _disposed;

    public RuntimeApiListener(string socketPath, bool listensOnLoopback, IRuntimeApi api)
    {
        _api = api;
        SocketPath = socketPath;
        _unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _unix.Bind(new UnixDomainSocketEndPoint(socketPath));
        _unix.Listen(Backlog);
        _ = AcceptAsync(_unix);
        if (!listensOnLoopback)
            return;
        _loopback = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _loopback.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _loopback.Listen(Backlog);
        Address = $"127.0.0.1:{((IPEndPoint)_loopback.LocalEndPoint!).Port}";
        _ = AcceptAsync(_loopback);
    }

    public string SocketPath { get; }

    /// <summary>What AWS_LAMBDA_RUNTIME_API says.</summary>
    public string Address { get; } = $"127.0.0.1:{IProcessSandbox.RuntimeApiPort}";

    /// <summary>
    /// The process is gone: reads what it sent last, an error before it exited, say. Its end closes its connections behind their last byte;
    /// one that a child of it holds open is not waited for beyond the limit.
    /// </summary>
    public async Task DrainAsync(TimeSpan limit)
    {
        var start = TimeProvider.System.GetTimestamp();
        while ((IsAsked(_unix) || IsAsked(_loopback)) && TimeProvider.System.GetElapsedTime(start) < limit)
            await Task.Delay(1);
        Task[] ends;
        lock (_connections)
            ends = [.. _connections.Select(connection => connection.Ended), .. _questions];
        await Task.WhenAny(Task.WhenAll(ends), Task.Delay(limit));

        static bool IsAsked(Socket? listener)
        {
            try
            {
                return listener?.Poll(0, SelectMode.SelectRead) ?? false;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>The process is gone: its connections, and those of its children, mean nothing any more.</summary>
    public void CloseConnections()
    {
        RuntimeApiConnection[] connections;
        lock (_connections)
            connections = [.. _connections];
        foreach (var connection in connections)
            connection.Close();
    }

    public void Dispose()
    {
        lock (_connections)
            _disposed = true;
        _unix.Dispose();
        _loopback?.Dispose();
        CloseConnections();
        File.Delete(SocketPath);
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await listener.AcceptAsync();
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                if (Volatile.Read(ref _disposed))
                    return;
                // The client was gone before we looked, or Brink is out of descriptors; the next one may come through.
                await Task.Delay(10);
                continue;
            }
            _ = listener == _loopback ? AskAndServeAsync(accepted) : ServeAsync(accepted);
        }
    }

    private async Task AskAndServeAsync(Socket accepted)
    {
        accepted.NoDelay = true;
        // Off the thread that accepts: a client that is not admitted must not keep others waiting.
        var question = Task.Run(() => _api.AdmitsAsync(LoopbackClient.Of(accepted)).AsTask());
        lock (_connections)
            _questions.Add(question);
        var isAdmitted = false;
        try
        {
            isAdmitted = await question;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or IOException)
        {
            // It has gone.
        }
        Task serving = Task.CompletedTask;
        if (isAdmitted)
            serving = ServeAsync(accepted);
        lock (_connections)
            _questions.Remove(question);
        if (!isAdmitted)
            await RefuseAsync(accepted);
        await serving;
    }

    private static async Task RefuseAsync(Socket accepted)
    {
        try
        {
            await accepted.SendAsync(RuntimeAnswers.NotYours);
        }
        catch (SocketException)
        {
            // It has gone.
        }
        accepted.Dispose();
    }

    private async Task ServeAsync(Socket accepted)
    {
        var connection = new RuntimeApiConnection(accepted, _api);
        lock (_connections)
        {
            if (_disposed || _connections.Count >= ConnectionLimit)
            {
                accepted.Dispose();
                return;
            }
            _connections.Add(connection);
        }
        await connection.RunAsync();
        lock (_connections)
            _connections.Remove(connection);
    }
}
