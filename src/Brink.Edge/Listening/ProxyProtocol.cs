using System.Collections.Immutable;
using System.Net;
using Brink.Edge.Logs;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Brink.Edge.Listening;

/// <summary>
/// Connections of proxies that speak the PROXY protocol. One that comes from such a proxy begins with a <see cref="ProxyHeader"/>, and from
/// there on is the connection of the viewer which that names; without one it ends. Of all others no header is ever read: a viewer could say
/// anything there.
/// </summary>
internal sealed class ProxyProtocol
{
    private readonly ImmutableArray<IPNetwork> _proxies;
    private readonly IAccessLog _log;

    private ProxyProtocol(ImmutableArray<IPNetwork> proxies, IAccessLog log) => (_proxies, _log) = (proxies, log);

    /// <summary>The middleware of a listener, before anything else is read.</summary>
    public static Func<ConnectionDelegate, ConnectionDelegate> Middleware(ImmutableArray<IPNetwork> proxies, IAccessLog log)
    {
        var protocol = new ProxyProtocol(proxies, log);
        return next => connection => protocol.Concerns(connection) ? protocol.ReadAsync(connection, next) : next(connection);
    }

    private bool Concerns(ConnectionContext connection) =>
        connection.RemoteEndPoint is IPEndPoint { Address: var address }
        && _proxies.Contain(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private async Task ReadAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await HeaderAsync(connection) is not { } header)
            return;
        if (header is { Source: { } source, Destination: { } destination } && !IsLoopbackOfAnotherMachine(source, connection))
            (connection.RemoteEndPoint, connection.LocalEndPoint) = (source, destination);
        await next(connection);
    }

    /// <summary>Then the proxy is the viewer: what is on its machine is not on this one.</summary>
    private static bool IsLoopbackOfAnotherMachine(IPEndPoint source, ConnectionContext connection) =>
        IPAddress.IsLoopback(source.Address)
        && connection.RemoteEndPoint is IPEndPoint { Address: var proxy }
        && !IPAddress.IsLoopback(proxy.IsIPv4MappedToIPv6 ? proxy.MapToIPv4() : proxy);

    /// <summary>The header, which is consumed; null where the connection ends here.</summary>
    private async ValueTask<ProxyHeader?> HeaderAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        // HeadDeadline bounds the wait.
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        var closing = lifetime?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(closing);
                var buffer = read.Buffer;
                switch (ProxyHeader.Read(buffer, out var header))
                {
                    case ProxyHeader.Verdict.Whole:
                        input.AdvanceTo(buffer.GetPosition(header.Length));
                        return header;

                    case ProxyHeader.Verdict.Incomplete when !read.IsCompleted && !read.IsCanceled:
                        input.AdvanceTo(buffer.Start, buffer.End);
                        break;

                    default:
                        input.AdvanceTo(buffer.Start);
                        // A connection that carries nothing at all is how load balancers see whether something listens.
                        if (!buffer.IsEmpty)
                        {
                            _log.Refused(
                                $"a connection from {connection.RemoteEndPoint}, which is to speak the PROXY protocol, "
                                + "does not begin with its header");
                        }
                        return null;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return null; // the proxy left, or the edge stops
        }
    }
}
