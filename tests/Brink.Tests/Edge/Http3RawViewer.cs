using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Text;

namespace Brink.Tests.Edge;

/// <summary>A viewer over QUIC that says the least of HTTP/3 (RFC 9114, RFC 9204), and may ask for another host than its handshake's.</summary>
internal sealed class Http3RawViewer(QuicConnection connection) : IAsyncDisposable
{
    public static async Task<Http3RawViewer> ConnectAsync(int port, string serverName)
    {
        var connection = await QuicConnection.ConnectAsync(new QuicClientConnectionOptions
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, port),
            DefaultStreamErrorCode = 0,
            DefaultCloseErrorCode = 0,
            MaxInboundUnidirectionalStreams = 3,
            ClientAuthenticationOptions = new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                ApplicationProtocols = [SslApplicationProtocol.Http3],
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
        });
        // The control stream, with empty settings.
        var control = await connection.OpenOutboundStreamAsync(QuicStreamType.Unidirectional);
        await control.WriteAsync(new byte[] { 0, 4, 0 });
        return new Http3RawViewer(connection);
    }

    /// <summary>Asks for / and returns the answer's frames.</summary>
    public async Task<byte[]> AskAsync(string host)
    {
        await using var stream = await connection.OpenOutboundStreamAsync(QuicStreamType.Bidirectional);
        // QPACK without a table: each field a literal, its name too (RFC 9204 section 4.5.6).
        byte[] block = [0, 0, .. Literal(":method", "GET"), .. Literal(":scheme", "https"), .. Literal(":authority", host), .. Literal(":path", "/")];
        await stream.WriteAsync(new byte[] { 1, (byte)block.Length }.Concat(block).ToArray(), completeWrites: true);
        var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return answer.ToArray();
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static IEnumerable<byte> Literal(string name, string value) =>
        [.. name.Length < 7 ? new[] { (byte)(0x20 | name.Length) } : [0x27, (byte)(name.Length - 7)], .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];
}
