using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Brink.Tests.Edge;

/// <summary>A viewer that says exactly the bytes it is given and shows exactly the bytes it gets. Text is Latin-1: one char, one byte.</summary>
public sealed class RawViewer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly NetworkStream _plain;
    private Stream _stream;
    private byte[] _buffer = [];

    private RawViewer(Socket socket)
    {
        _socket = socket;
        _stream = _plain = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Connects to a port of this machine, from one of its addresses.</summary>
    public static async Task<RawViewer> ConnectAsync(int port, IPAddress? address = null, IPAddress? from = null)
    {
        address ??= IPAddress.Loopback;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (from is not null)
            socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(new IPEndPoint(address, port));
        return new RawViewer(socket);
    }

    /// <summary>Connects to a port of this machine and speaks that protocol over TLS there; any certificate will do. Before TLS it may say something else.</summary>
    public static async Task<RawViewer> ConnectSecurelyAsync(int port, string protocol = "http/1.1", string before = "", IPAddress? from = null)
    {
        var viewer = await ConnectAsync(port, from: from);
        await viewer.SendPlainAsync(before);
        using var timeout = new CancellationTokenSource(Patience);
        var secure = new SslStream(viewer._stream);
        viewer._stream = secure;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [new SslApplicationProtocol(protocol)],
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
        };
        await secure.AuthenticateAsClientAsync(options, timeout.Token);
        return viewer;
    }

    /// <summary>One request on a connection of its own, and its answer.</summary>
    public static async Task<RawResponse> AskAsync(int port, string request, bool head = false)
    {
        using var viewer = await ConnectAsync(port);
        await viewer.SendAsync(request);
        return await viewer.ReceiveAsync(head);
    }

    /// <summary>Sends the bytes.</summary>
    public Task SendAsync(string text) => _stream.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>Sends the bytes past TLS.</summary>
    public Task SendPlainAsync(string text) => _plain.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask();

    /// <summary>Says that nothing more will come.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Goes away without a word: a reset, not an orderly end.</summary>
    public void Vanish()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Close();
    }

    /// <summary>Reads one response. Throws when the connection ends within it or nothing comes for ten seconds.</summary>
    public async Task<RawResponse> ReceiveAsync(bool head = false)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var headText = await ReadHeadAsync(timeout.Token);
        var lines = headText.Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = lines.Skip(1).Select(line => (Name: line[..line.IndexOf(':')], Value: line[(line.IndexOf(':') + 1)..].Trim())).ToList();
        string? Header(string name) => headers.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

        byte[] body;
        if (head || status is 100 or 101 or 204 or 304)
            body = [];
        else if (Header("Transfer-Encoding") == "chunked")
            body = await ReadChunksAsync(timeout.Token);
        else if (Header("Content-Length") is { } length)
            body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture), timeout.Token);
        else
            body = await ReadToEndAsync(timeout.Token);
        return new RawResponse(status, lines[0], headers, body);
    }

    /// <summary>Reads that many bytes of whatever comes.</summary>
    public async Task<byte[]> ReadBytesAsync(int count)
    {
        using var timeout = new CancellationTokenSource(Patience);
        return await ReadExactlyAsync(count, timeout.Token);
    }

    /// <summary>Reads until this text has come, and takes away all up to its end.</summary>
    public async Task ReadUntilAsync(string text)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var bytes = Encoding.Latin1.GetBytes(text);
        int at;
        while ((at = _buffer.AsSpan().IndexOf(bytes)) < 0)
        {
            if (!await FillAsync(timeout.Token))
                throw new IOException($"the connection ended before \"{text}\" had come");
        }
        _buffer = _buffer[(at + bytes.Length)..];
    }

    /// <summary>Reads whatever comes until the other side ends the connection, in order or not.</summary>
    public async Task<string> ReadToTheEndAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            while (await FillAsync(timeout.Token))
            {
            }
        }
        catch (IOException)
        {
            // reset
        }
        return Encoding.Latin1.GetString(_buffer);
    }

    /// <summary>Whether the other side has ended the connection and nothing is left to read. Waits up to ten seconds for it.</summary>
    public async Task<bool> IsClosedAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            return _buffer.Length == 0 && !await FillAsync(timeout.Token);
        }
        catch (IOException)
        {
            return true; // reset
        }
    }

    /// <summary>Waits until the other side has ended the connection; what comes before it is passed over.</summary>
    public async Task WaitForEndAsync(TimeSpan patience)
    {
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            while (await FillAsync(timeout.Token))
            {
            }
        }
        catch (IOException)
        {
            // reset
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<string> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int end;
        while ((end = _buffer.AsSpan().IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (!await FillAsync(cancellationToken))
                throw new IOException($"the connection ended within the head: \"{Encoding.Latin1.GetString(_buffer)}\"");
        }
        var head = Encoding.Latin1.GetString(_buffer, 0, end);
        _buffer = _buffer[(end + 4)..];
        return head;
    }

    private async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        while (_buffer.Length < count)
        {
            if (!await FillAsync(cancellationToken))
                throw new IOException($"the connection ended {count - _buffer.Length} bytes before the end of the body");
        }
        var bytes = _buffer[..count];
        _buffer = _buffer[count..];
        return bytes;
    }

    private async Task<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        while (true)
        {
            int end;
            while ((end = _buffer.AsSpan().IndexOf("\r\n"u8)) < 0)
            {
                if (!await FillAsync(cancellationToken))
                    throw new IOException("the connection ended between two chunks");
            }
            var size = int.Parse(Encoding.Latin1.GetString(_buffer, 0, end), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            _buffer = _buffer[(end + 2)..];
            body.Write(await ReadExactlyAsync(size, cancellationToken));
            await ReadExactlyAsync(2, cancellationToken);
            if (size == 0)
                return body.ToArray();
        }
    }

    private async Task<byte[]> ReadToEndAsync(CancellationToken cancellationToken)
    {
        while (await FillAsync(cancellationToken))
        {
        }
        var bytes = _buffer;
        _buffer = [];
        return bytes;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        var chunk = new byte[16 * 1024];
        var read = await _stream.ReadAsync(chunk, cancellationToken);
        _buffer = [.. _buffer, .. chunk.AsSpan(0, read)];
        return read > 0;
    }
}

/// <summary>A response as it came.</summary>
/// <param name="Status">The status code.</param>
/// <param name="StatusLine">The first line.</param>
/// <param name="Headers">The fields in order, names as sent.</param>
/// <param name="Body">The body, chunks put together.</param>
public sealed record RawResponse(int Status, string StatusLine, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>The body as Latin-1 text.</summary>
    public string Text => Encoding.Latin1.GetString(Body);

    /// <summary>The value of the first field of that name, or null.</summary>
    public string? this[string name] => Headers.FirstOrDefault(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>All values of that name.</summary>
    public IEnumerable<string> All(string name) => Headers.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);
}
