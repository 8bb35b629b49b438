using System.Net;
using System.Net.Sockets;

namespace Brink.Lambda.Debugging;

/// <summary>
/// The way for a debugger to one function: a port of this machine's loopback that stays the same while processes and versions come and go.
/// Each process listens on a port of its own, and a connection to this one leads to the process started last. While a debugger is attached
/// no time runs out.
/// </summary>
public sealed class FunctionDebugger : IAsyncDisposable
{
    /// <summary>What a process may hold beyond the function's memory, for its side of the debugger.</summary>
    internal const int ExtraMegabytes = 256;

    /// <summary>While time is held, how often that is looked at again.</summary>
    internal static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    // A process listens as soon as its interpreter has started.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly TcpListener _listener;
    private readonly TimeProvider _time;
    private readonly HashSet<TcpClient> _open = [];
    private readonly Task _accepting;
    private int _target;
    private int _attached;
    private bool _wasAttached;

    private FunctionDebugger(TcpListener listener, bool waits, TimeProvider time)
    {
        (_listener, _time, WaitsBeforeLoading) = (listener, time, waits);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1, for Node.js's inspector protocol or Python's debug adapter protocol.</summary>
    public int Port { get; }

    /// <summary>Every process waits for a debugger before it loads the function's code.</summary>
    public bool WaitsBeforeLoading { get; }

    /// <summary>No time runs out: a debugger is attached, or is waited for.</summary>
    public bool HoldsTime
    {
        get
        {
            lock (_gate)
                return _attached > 0 || (WaitsBeforeLoading && !_wasAttached);
        }
    }

    /// <summary>Opens the port; 0 takes a free one.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static FunctionDebugger Open(int port, bool waitsBeforeLoading, TimeProvider time)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        return new FunctionDebugger(listener, waitsBeforeLoading, time);
    }

    /// <summary>
    /// A port for a process about to start, which is the one to debug from now on. Debuggers of the process before it are disconnected, and
    /// may connect again.
    /// </summary>
    internal int NewTarget()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        TcpClient[] old;
        lock (_gate)
        {
            _target = ((IPEndPoint)probe.LocalEndpoint).Port;
            _wasAttached = false;
            old = [.. _open];
        }
        foreach (var connection in old)
            connection.Dispose();
        return _target;
    }

    /// <summary>Closes the port and the connections of debuggers.</summary>
    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        TcpClient[] left;
        lock (_gate)
            left = [.. _open];
        foreach (var connection in left)
            connection.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = LeadAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task LeadAsync(TcpClient debugger)
    {
        using var process = new TcpClient { NoDelay = true };
        debugger.NoDelay = true;
        var isAttached = false;
        try
        {
            lock (_gate)
            {
                _open.Add(debugger);
                _open.Add(process);
            }
            await ConnectAsync(process);
            var (near, far) = (debugger.GetStream(), process.GetStream());
            var answers = PumpAsync(far, near);
            var buffer = new byte[16 * 1024];
            while (await near.ReadAsync(buffer) is > 0 and var count)
            {
                // Browsers ask for the list of targets again and again, by plain HTTP: no debugger is attached yet.
                if (!isAttached && !IsQuestion(buffer.AsSpan(0, count)))
                {
                    isAttached = true;
                    lock (_gate)
                        (_attached, _wasAttached) = (_attached + 1, true);
                }
                await far.WriteAsync(buffer.AsMemory(0, count));
            }
            process.Client.Shutdown(SocketShutdown.Send);
            await answers;
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(debugger);
                _open.Remove(process);
                if (isAttached)
                    _attached--;
            }
            debugger.Dispose();
        }
    }

    /// <summary>To the process started last, once it listens.</summary>
    private async Task ConnectAsync(TcpClient process)
    {
        var since = _time.GetTimestamp();
        while (true)
        {
            int target;
            lock (_gate)
                target = _target;
            try
            {
                await process.ConnectAsync(IPAddress.Loopback, target);
                return;
            }
            catch (SocketException) when (_time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, _time);
            }
        }
    }

    private static async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to);
            to.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // The other direction ends too.
            to.Socket.Dispose();
        }
    }

    private static bool IsQuestion(ReadOnlySpan<byte> request) =>
        request.StartsWith("GET /json"u8);
}
