using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Brink.Edge.Admission;

/// <summary>The middlewares that have what goes to Kestrel looked at.</summary>
internal static class Watches
{
    /// <summary>Before Kestrel's HTTP/1.1.</summary>
    public static ConnectionDelegate Heads(ConnectionDelegate http1) => connection => WatchAsync(connection, isHttp2: false, http1);

    /// <summary>Before Kestrel's HTTP/2.</summary>
    public static ConnectionDelegate Frames(ConnectionDelegate http2) => connection => WatchAsync(connection, isHttp2: true, http2);

    /// <summary>Before Kestrel, where ALPN has chosen.</summary>
    public static ConnectionDelegate HeadsOrFrames(ConnectionDelegate http) => connection =>
    {
        var chosen = connection.Features.GetRequiredFeature<ITlsApplicationProtocolFeature>().ApplicationProtocol;
        return WatchAsync(connection, chosen.Span.SequenceEqual("h2"u8), http);
    };

    private static async Task WatchAsync(ConnectionContext connection, bool isHttp2, ConnectionDelegate http)
    {
        var transport = connection.Transport;
        var pass = connection.Features.GetRequiredFeature<DoorPass>();
        PipeReader input = isHttp2 ? new FrameWatch(transport.Input, pass) : new HeadWatch(transport.Input, pass, connection);
        connection.Transport = new WatchedDuplex(input, transport.Output);
        try
        {
            await http(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    }

    private sealed record WatchedDuplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
