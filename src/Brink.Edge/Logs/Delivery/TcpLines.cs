using System.Net.Sockets;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Lines to a server over TCP, over one connection, made anew when it breaks. Lines that were under way then are sent again.
/// </summary>
/// <param name="host">Its name or address.</param>
/// <param name="port">Its port.</param>
public sealed class TcpLines(string host, int port) : ILogDestination
{
    private Socket? _connection;

    /// <inheritdoc/>
    public DateTimeOffset? DueAt => null;

    /// <inheritdoc/>
    public long Lost => 0;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        try
        {
            if (_connection is null)
            {
                _connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await _connection.ConnectAsync(host, port, cancellationToken);
            }
            for (var sent = 0; sent < lines.Length;)
                sent += await _connection.SendAsync(lines[sent..], SocketFlags.None, cancellationToken);
        }
        catch
        {
            _connection?.Dispose();
            _connection = null;
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask TendAsync(CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _connection?.Dispose();
        return default;
    }
}
