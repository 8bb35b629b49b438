using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Brink.Tests.Edge;

/// <summary>An origin on a socket of its own that answers with exactly the bytes of its script, however wrong they are.</summary>
public sealed class ScriptedOrigin : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<OriginRequest> _requests = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;
    private readonly TaskCompletionSource<OriginRequest> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Func<OriginConversation, Task> _script = conversation => conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    private volatile bool _leavesBodies;
    private int _connectionCount;

    /// <summary>Starts to listen on a free port of 127.0.0.1.</summary>
    public ScriptedOrigin()
        : this(IPAddress.Loopback)
    {
    }

    /// <summary>Starts to listen on a free port of an address.</summary>
    public ScriptedOrigin(IPAddress address)
    {
        _listener = new TcpListener(address, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What was asked so far.</summary>
    public IReadOnlyList<OriginRequest> Requests => [.. _requests];

    /// <summary>The first request, when it has come.</summary>
    public Task<OriginRequest> AskedAsync() => _asked.Task.WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>How many connections were made.</summary>
    public int Connections => _connectionCount;

    /// <summary>Answers every request with these bytes and keeps the connection.</summary>
    public ScriptedOrigin Reply(string bytes) => Script(conversation => conversation.SayAsync(bytes));

    /// <summary>Answers every request with these bytes and ends the connection.</summary>
    public ScriptedOrigin ReplyAndClose(string bytes) => Script(async conversation =>
    {
        await conversation.SayAsync(bytes);
        conversation.Close();
    });

    /// <summary>Answers every request with these bytes as soon as its head is there, reads nothing of its body, and ends the connection.</summary>
    public ScriptedOrigin ReplyAtHead(string bytes)
    {
        _leavesBodies = true;
        return ReplyAndClose(bytes);
    }

    /// <summary>Runs this on every request.</summary>
    public ScriptedOrigin Script(Func<OriginConversation, Task> script)
    {
        _script = script;
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connectionCount);
                _connections.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException) // stopped, before or while it waits
        {
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var reader = new RequestReader(socket, _leavesBodies, _stop.Token);
                while (await reader.ReadAsync() is { } request)
                {
                    _requests.Enqueue(request);
                    _asked.TrySetResult(request);
                    var conversation = new OriginConversation(request, socket, _stop.Token);
                    await _script(conversation);
                    if (conversation.IsClosed)
                        return;
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
            {
            }
        }
    }

    private sealed class RequestReader(Socket socket, bool leavesBodies, CancellationToken cancellationToken)
    {
        private byte[] _buffer = [];

        public async Task<OriginRequest?> ReadAsync()
        {
            int end;
            while ((end = _buffer.AsSpan().IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (!await FillAsync())
                    return null;
            }
            var lines = Encoding.Latin1.GetString(_buffer, 0, end).Split("\r\n");
            _buffer = _buffer[(end + 4)..];
            var headers = lines.Skip(1).Select(line => (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim())).ToList();
            var request = new OriginRequest(lines[0], headers, "");
            if (leavesBodies)
                return request;
            if (request["Content-Length"] is { } length)
                return request with { Body = await TakeAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
            if (request["Transfer-Encoding"] is null)
                return request;

            var body = new StringBuilder();
            while (true)
            {
                while ((end = _buffer.AsSpan().IndexOf("\r\n"u8)) < 0)
                {
                    if (!await FillAsync())
                        return null;
                }
                var size = int.Parse(Encoding.Latin1.GetString(_buffer, 0, end), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                _buffer = _buffer[(end + 2)..];
                body.Append(await TakeAsync(size));
                await TakeAsync(2);
                if (size == 0)
                    return request with { Body = body.ToString() };
            }
        }

        private async Task<string> TakeAsync(int count)
        {
            while (_buffer.Length < count)
            {
                if (!await FillAsync())
                    throw new IOException("the edge broke off within the body");
            }
            var text = Encoding.Latin1.GetString(_buffer, 0, count);
            _buffer = _buffer[count..];
            return text;
        }

        private async Task<bool> FillAsync()
        {
            var chunk = new byte[16 * 1024];
            var read = await socket.ReceiveAsync(chunk, cancellationToken);
            _buffer = [.. _buffer, .. chunk.AsSpan(0, read)];
            return read > 0;
        }
    }
}

/// <summary>One request at the origin and the wire under it.</summary>
public sealed class OriginConversation(OriginRequest request, Socket socket, CancellationToken stopped)
{
    /// <summary>What was asked.</summary>
    public OriginRequest Request => request;

    /// <summary>Whether the script ended the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Sends these bytes.</summary>
    public Task SayAsync(string bytes) => socket.SendAsync(Encoding.Latin1.GetBytes(bytes), stopped).AsTask();

    /// <summary>Says nothing more until the origin is disposed or the edge goes away; true if the edge went away.</summary>
    public async Task<bool> StallAsync()
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1], stopped) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>What comes next: that many bytes, or fewer where the edge ends its side before.</summary>
    public async Task<byte[]> HearAsync(int count)
    {
        var heard = new byte[count];
        var length = 0;
        while (length < count && await socket.ReceiveAsync(heard.AsMemory(length), stopped) is > 0 and var read)
            length += read;
        return heard[..length];
    }

    /// <summary>Sends these bytes.</summary>
    public async Task SayAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, stopped)..];
    }

    /// <summary>Says that nothing more will come.</summary>
    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        IsClosed = true;
        socket.Close();
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        Close();
    }
}

/// <summary>A request as the origin got it.</summary>
/// <param name="Line">The request line.</param>
/// <param name="Headers">The fields in order.</param>
/// <param name="Body">The body as Latin-1 text.</param>
public sealed record OriginRequest(string Line, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    /// <summary>The method.</summary>
    public string Method => Line.Split(' ')[0];

    /// <summary>The target, as it came.</summary>
    public string Target => Line.Split(' ')[1];

    /// <summary>The value of the first field of that name, or null.</summary>
    public string? this[string name] => Headers.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
