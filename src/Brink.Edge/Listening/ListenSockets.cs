using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Brink.Edge.Configuration;

namespace Brink.Edge.Listening;

/// <summary>Binds several addresses to one port, also when the port is to be any free one.</summary>
internal static class ListenSockets
{
    private const int TriesForAFreePort = 20;

    /// <summary>Adds the bound sockets and returns the port they all have.</summary>
    /// <exception cref="EndpointUnavailableException">With one sentence that says why.</exception>
    public static int Bind(ImmutableArray<IPAddress> addresses, int port, Dictionary<EndPoint, Socket> bound)
    {
        for (var attempt = 1; ; attempt++)
        {
            var sockets = new List<Socket>();
            var address = IPAddress.None;
            try
            {
                var chosen = port;
                SocketException? absent = null;
                foreach (var next in addresses)
                {
                    address = next;
                    if (TryBind(new IPEndPoint(address, chosen), ref absent) is not { } socket)
                        continue;
                    sockets.Add(socket);
                    chosen = ((IPEndPoint)socket.LocalEndPoint!).Port;
                }
                if (sockets.Count == 0)
                {
                    var all = string.Join(", ", addresses);
                    throw new EndpointUnavailableException($"None of the addresses {all} exists on this machine.", absent);
                }
                foreach (var socket in sockets)
                    bound.Add(socket.LocalEndPoint!, socket);
                return chosen;
            }
            catch (SocketException exception)
            {
                foreach (var socket in sockets)
                    socket.Dispose();
                // The port that was free on the first address is taken on the second: another one then.
                if (port == 0 && attempt < TriesForAFreePort && exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
                    continue;
                var endpoint = new IPEndPoint(address, port);
                throw new EndpointUnavailableException(
                    exception.SocketErrorCode switch
                    {
                        SocketError.AddressAlreadyInUse => $"Port {port} on {address} is already in use by another program.",
                        SocketError.AccessDenied => $"Listening on {endpoint} is not allowed for this user.",
                        _ => $"Listening on {endpoint} failed: {exception.Message}.",
                    },
                    exception)
                {
                    Port = exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied ? port : null,
                };
            }
        }
    }

    private static Socket? TryBind(IPEndPoint endpoint, ref SocketException? absent)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false; // the IPv4 address is bound for itself
            socket.Bind(endpoint);
            return socket;
        }
        catch (SocketException exception)
            when (exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            socket?.Dispose();
            absent = exception;
            return null;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
