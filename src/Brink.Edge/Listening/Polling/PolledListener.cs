using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Listening.Polling;

/// <summary>
/// Accepts connections on a bound socket, and has them polled by threads of our own (docs/decisions/0023-ordinary-requests.md).
/// </summary>
internal sealed class PolledListener : IConnectionListener
{
    private readonly Socket _socket;

    /// <summary>Listens from now on.</summary>
    /// <exception cref="SocketException">Another program listens there already.</exception>
    public PolledListener(Socket bound, int backlog)
    {
        _socket = bound;
        EndPoint = bound.LocalEndPoint!;
        bound.Listen(backlog);
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return Take(await _socket.AcceptAsync(cancellationToken));
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
            }
            catch (SocketException)
            {
                // The viewer left before it was accepted.
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private static PolledConnection Take(Socket accepted)
    {
        try
        {
            return new PolledConnection(accepted);
        }
        catch
        {
            accepted.Dispose();
            throw;
        }
    }
}
