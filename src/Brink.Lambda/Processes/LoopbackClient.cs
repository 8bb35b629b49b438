using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Brink.Lambda.Processes;

/// <summary>
/// The other end of a connection over this machine's loopback. The kernel does not tell a server which process that is, but
/// <c>/proc/net</c> lists the owner of every socket.
/// </summary>
public sealed class LoopbackClient
{
    private const string Established = "01";

    private readonly int _port, _serverPort;

    private LoopbackClient(int port, int serverPort) => (_port, _serverPort) = (port, serverPort);

    /// <summary>The other end of a connection to a port of 127.0.0.1.</summary>
    public static LoopbackClient Of(Socket accepted)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        return new(((IPEndPoint)accepted.RemoteEndPoint!).Port, ((IPEndPoint)accepted.LocalEndPoint!).Port);
    }

    /// <summary>
    /// The user that opened its socket, and the socket's number, which no other socket has while it is open. Null: it has been closed.
    /// </summary>
    public (uint User, long Socket)? FindOwner()
    {
        // A socket for IPv6 may connect over IPv4 too, as Java's do.
        foreach (var (table, loopback) in new[] { ("/proc/net/tcp", "0100007F"), ("/proc/net/tcp6", "0000000000000000FFFF00000100007F") })
        {
            if (!File.Exists(table))
                continue;
            var connection = string.Create(
                CultureInfo.InvariantCulture, $" {loopback}:{_port:X4} {loopback}:{_serverPort:X4} {Established} ");
            foreach (var line in File.ReadLines(table))
            {
                if (!line.Contains(connection, StringComparison.Ordinal))
                    continue;
                // Number, both ends, state, queues, timer, retransmissions, user, timeouts, inode.
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                return (uint.Parse(fields[7], CultureInfo.InvariantCulture), long.Parse(fields[9], CultureInfo.InvariantCulture));
            }
        }
        return null;
    }

    /// <summary>Whether a process has this socket open.</summary>
    public static bool IsOpenIn(int process, long socket)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"socket:[{socket}]");
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Any(descriptor => new FileInfo(descriptor).LinkTarget == name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;       // it has ended meanwhile, or hides
        }
    }
}
