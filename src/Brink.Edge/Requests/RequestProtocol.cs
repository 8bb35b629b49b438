namespace Brink.Edge.Requests;

/// <summary>What is spoken with the origin on behalf of a request.</summary>
internal enum RequestProtocol
{
    /// <summary>HTTP/1.1: a request and an answer, which may be cached.</summary>
    Http,

    /// <summary>A handshake that may turn the connection into a WebSocket (distribution spec 2.15).</summary>
    WebSocket,

    /// <summary>gRPC: HTTP/2, messages both ways at the same time, and trailers (distribution spec 2.4).</summary>
    Grpc,
}
