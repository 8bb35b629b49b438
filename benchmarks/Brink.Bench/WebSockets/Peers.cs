using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Brink.Bench.WebSockets;

/// <summary>
/// The two ends of the echo, each a process of its own. Behind the handshake they send bytes without frames: neither Brink nor nginx looks at them, and masking
/// would be most of what the peers do.
/// </summary>
internal static class Peers
{
    private static readonly byte[] Handshake = Encoding.ASCII.GetBytes(
        "GET /echo HTTP/1.1\r\nHost: bench.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    private static readonly byte[] Agreed = Encoding.ASCII.GetBytes(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");

    /// <summary>Sends back whatever comes behind a handshake, to the end of the process.</summary>
    public static Command CreateEcho()
    {
        var port = new Argument<int>("PORT");
        var command = new Command("websocket-echo", "The origin of ./bench websocket.") { port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var listener = new TcpListener(IPAddress.Loopback, parsed.GetValue(port));
            listener.Start();
            while (true)
                _ = EchoAsync(await listener.AcceptSocketAsync(cancellationToken));
        });
        return command;
    }

    /// <summary>Prints how many messages came back.</summary>
    public static Command CreateLoad()
    {
        var port = new Argument<int>("PORT");
        var connections = new Argument<int>("CONNECTIONS");
        var seconds = new Argument<int>("SECONDS");
        var size = new Argument<int>("BYTES");
        var command = new Command("websocket-load", "The viewers of ./bench websocket.") { port, connections, seconds, size };
        command.SetAction(async parsed =>
        {
            var until = TimeProvider.System.GetTimestamp() + parsed.GetValue(seconds) * TimeProvider.System.TimestampFrequency;
            var counts = await Task.WhenAll(Enumerable.Range(0, parsed.GetValue(connections)).Select(_ => TalkAsync(parsed.GetValue(port), parsed.GetValue(size), until)));
            Console.Write(counts.Sum().ToString(CultureInfo.InvariantCulture));
            return 0;
        });
        return command;
    }

    private static async Task EchoAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[128 * 1024];
            try
            {
                await ReadHeadAsync(socket);
                await socket.SendAsync(Agreed);
                while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                    await SendAllAsync(socket, buffer.AsMemory(0, read));
            }
            catch (SocketException)
            {
                // The other side is gone.
            }
        }
    }

    private static async Task<long> TalkAsync(int port, int size, long until)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Handshake);
        await ReadHeadAsync(socket);
        var (message, buffer) = (new byte[size], new byte[size]);
        for (var count = 0L; ; count++)
        {
            if (TimeProvider.System.GetTimestamp() >= until)
                return count;
            var sending = SendAllAsync(socket, message);
            for (var left = size; left > 0;)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(0, left));
                if (read == 0)
                    throw new InvalidOperationException("the server ended a WebSocket");
                left -= read;
            }
            await sending;
        }
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes)..];
    }

    private static async Task ReadHeadAsync(Socket socket)
    {
        var (head, one) = (new List<byte>(), new byte[1]);
        while (head is not [.., 13, 10, 13, 10])
        {
            if (await socket.ReceiveAsync(one) == 0)
                throw new InvalidOperationException($"no handshake: {Encoding.Latin1.GetString([.. head])}");
            head.Add(one[0]);
        }
        if (head[0] == (byte)'H' && head[9] != (byte)'1')
            throw new InvalidOperationException(Encoding.Latin1.GetString([.. head]));
    }
}
