namespace Brink.Http;

/// <summary>
/// A request on its way from the viewer to the origin. The viewer-request function edits this object;
/// what is not edited goes on byte for byte (functions spec 2.2, "Encoding rule").
/// </summary>
public sealed class EdgeRequest
{
    /// <summary>The method in capitals, as sent: <c>GET</c>, <c>POST</c>.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>
    /// The path: begins with <c>/</c>, no query, not decoded, dot segments and double slashes kept. Latin-1 text of the bytes.
    /// </summary>
    public string Uri { get; set; } = "/";

    /// <summary>The query as received, without <c>?</c>. Null when the target had no <c>?</c>, empty for a bare one.</summary>
    public string? QueryString { get; set; }

    /// <summary>The header fields, <c>Host</c> and <c>Cookie</c> among them.</summary>
    public HeaderList Headers { get; init; } = new();

    /// <summary>The viewer's address, without port: IPv4 dotted or IPv6 unbracketed.</summary>
    public string ClientIp { get; set; } = "";

    /// <summary>The viewer's port.</summary>
    public int ClientPort { get; set; }

    /// <summary>
    /// The address of the proxy that the request came from, where the viewer's is known from its word; null where the viewer came itself.
    /// </summary>
    public string? ProxyIp { get; set; }

    /// <summary><c>1.0</c>, <c>1.1</c>, <c>2.0</c> or <c>3.0</c>, the way CloudFront-Viewer-Http-Version spells it.</summary>
    public string HttpVersion { get; set; } = "1.1";

    /// <summary>Whether the viewer came over TLS.</summary>
    public bool IsHttps { get; set; }

    /// <summary>The request id: 56 characters, the same in X-Amz-Cf-Id, in events, in logs and towards the origin.</summary>
    public string RequestId { get; set; } = "";

    /// <summary>A request of its own with the same content, for work that outlives the viewer's.</summary>
    public EdgeRequest Clone() => new()
    {
        Method = Method,
        Uri = Uri,
        QueryString = QueryString,
        Headers = Headers.Clone(),
        ClientIp = ClientIp,
        ClientPort = ClientPort,
        ProxyIp = ProxyIp,
        HttpVersion = HttpVersion,
        IsHttps = IsHttps,
        RequestId = RequestId,
    };
}
