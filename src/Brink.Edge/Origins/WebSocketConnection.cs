using System.Net.Security;
using System.Net.Sockets;
using Brink.Edge.Messages;

namespace Brink.Edge.Origins;

/// <summary>
/// The connection to an origin for one WebSocket handshake. It is not the pool's: it will not go back there, and what ends its sending
/// direction is the socket, which .NET does not show of pooled ones.
/// </summary>
internal sealed class WebSocketConnection
{
    private Stream? _stream;

    /// <summary>Sends the handshake on a connection of its own.</summary>
    /// <param name="handler">The settings; used for this request alone, and disposed.</param>
    /// <param name="request">The handshake.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        SocketsHttpHandler handler, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var connect = handler.ConnectCallback!;
        handler.ConnectCallback = async (context, token) => _stream = await connect(context, token);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        using var invoker = new HttpMessageInvoker(handler);
        return await invoker.SendAsync(request, cancellationToken);
    }

    /// <summary>What the connection is after a 101, with the bytes that came behind it.</summary>
    public TunnelBody Tunnel(HttpResponseMessage response) => new OriginTunnel(response, _stream!);

    private sealed class OriginTunnel(HttpResponseMessage response, Stream connection) : TunnelBody
    {
        public override Stream Stream { get; } = response.Content.ReadAsStream();

        public override async ValueTask EndSendingAsync()
        {
            switch (connection)
            {
                case SslStream secure:
                    await secure.ShutdownAsync();
                    break;
                case NetworkStream plain:
                    plain.Socket.Shutdown(SocketShutdown.Send);
                    break;
                default:
                    break;
            }
        }

        public override void Dispose() => response.Dispose();
    }
}
