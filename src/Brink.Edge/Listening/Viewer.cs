using System.IO.Pipelines;
using System.Net;
using Brink.Edge.Configuration;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Listening;

/// <summary>
/// The viewer's side of one request: who asks, what is asked, and where the answer goes. Objects of this kind stay with their connection,
/// so what is made once (the text of the address) serves every request of it.
/// </summary>
internal abstract class Viewer(TrustedProxies? proxies)
{
    private IPAddress? _address;
    private string _ip = "";
    private int _port;
    private bool _isLoopback;
    private bool _isProxy;
    private IPAddress? _serverAddress;
    private string _serverIp = "";

    /// <summary>Whether the viewer of the request that was read last is on this machine, as far as trusted proxies say.</summary>
    public bool IsLoopback { get; private set; }

    /// <summary>Whether the connection itself is from this machine, and not from a trusted proxy: what a proxy says is not asked.</summary>
    public bool IsAtThisMachine => _isLoopback && !_isProxy;

    /// <summary>The address that the viewer connected to, in the same form. The text is made when it is first asked for.</summary>
    public string ServerIp
    {
        get
        {
            var local = LocalAddress;
            if (!ReferenceEquals(local, _serverAddress))
            {
                _serverAddress = local;
                _serverIp = Plain(local)?.ToString() ?? "";
            }
            return _serverIp;
        }
    }

    /// <summary>The connection's handshake; null without TLS, and where no policy asked for it.</summary>
    public virtual TlsSession? Tls => null;

    /// <summary>Whether a request that is read has its fields in the order in which they came.</summary>
    public virtual bool KeepsOrder => false;

    /// <summary>Whether the viewer wants to speak WebSocket from here on: a GET of HTTP/1.1 that offers it as an upgrade.</summary>
    public virtual bool OffersWebSocket => false;

    /// <summary>Cancelled when the edge stops, where a request could go on for long.</summary>
    public virtual CancellationToken Stopping => CancellationToken.None;

    /// <summary>
    /// Bytes of the request: its head, and its body as far as it came. Where Kestrel read the head, its fields as HTTP/1.1 spells them.
    /// </summary>
    public abstract long RequestBytes { get; }

    /// <summary>
    /// Bytes of the answer so far, once it is framed: its head, and what was sent of its body, with the framing of chunks. Where Kestrel
    /// writes it, the head as HTTP/1.1 spells it, and the body alone.
    /// </summary>
    /// <param name="bodyBytes">What was sent of the body.</param>
    public abstract long ResponseBytes(long bodyBytes);

    /// <summary>The Content-Length of the answer; null where it has none.</summary>
    public long? ContentLength { get; protected set; }

    /// <summary>Where interim responses to the request go; nowhere over HTTP/2, and where the rules of caching pass none on.</summary>
    public virtual InterimRoute Interim => default;

    /// <summary>Cancelled when the viewer is gone.</summary>
    public abstract CancellationToken Gone { get; }

    /// <summary>The body of the request; <see cref="Stream.Null"/> if there is none.</summary>
    public abstract Stream RequestBody { get; }

    /// <summary>The same as a pipe, through which a read that is under way can be ended; null if there is none.</summary>
    public abstract PipeReader? RequestBodyReader { get; }

    /// <summary>Whether any of the answer may have left: then it cannot become another one.</summary>
    public abstract bool HasStarted { get; }

    /// <summary>The body of the answer. Its first flush takes the head along.</summary>
    public abstract PipeWriter Body { get; }

    protected abstract IPAddress? LocalAddress { get; }

    /// <summary>Reads the head of the request; on a refusal <paramref name="request"/> holds what was read so far.</summary>
    public abstract ViewerRequestReader.Verdict Read(EdgeRequest request);

    /// <summary>Begins the head of the answer. Null is the standard phrase of the status.</summary>
    public abstract void Begin(int status, string? reason);

    /// <summary>
    /// Adds a field, next to those of its name. What is not valid HTTP is left out: a line end in a value never becomes a line of its own.
    /// </summary>
    public abstract void Field(string name, string value);

    /// <summary>Adds fields that are ready, likewise.</summary>
    public virtual void Fields(PreparedFields fields)
    {
        foreach (var field in fields.Fields)
            Field(field.Name, field.Value);
    }

    /// <summary>Sets the length of the body; null where it is not known. The head is complete then.</summary>
    public abstract void Frame(long? contentLength);

    /// <summary>
    /// Sends the head as 101, and gives the connection for whatever is spoken from here on. What a viewer takes how fast is no longer
    /// measured.
    /// </summary>
    public virtual ValueTask<Stream> UpgradeAsync() => throw new NotSupportedException("this connection has not offered an upgrade");

    /// <summary>How fast the body of the request comes is no longer measured.</summary>
    public virtual void LetBodyTakeItsTime()
    {
        // Only some viewers have bodies.
    }

    /// <summary>
    /// Adds a field behind the body, said before the answer ends. Only HTTP/2 has such fields here; elsewhere, and where it is not valid,
    /// it is left out.
    /// </summary>
    public virtual void Trailer(string name, string value)
    {
    }

    /// <summary>This answer is the last one of the connection; said before <see cref="Frame"/>. HTTP/2 has no such thing.</summary>
    public abstract void CloseAfterwards();

    /// <summary>Forgets the head of the answer, for another one in its place.</summary>
    public abstract void StartOver();

    /// <summary>Ends the connection (in HTTP/2: the stream) within the answer.</summary>
    public abstract void Abort();

    /// <summary>
    /// Ends a stream so that its viewer asks again over HTTP/1.1 (HTTP_1_1_REQUIRED, RFC 9113 section 7; H3_VERSION_FALLBACK, RFC 9114
    /// section 8.1); false where there is none.
    /// </summary>
    public virtual bool RequireHttp11() => false;

    /// <summary>Sets who asks; a trusted proxy says it in a header of the request.</summary>
    protected void SetClient(EdgeRequest request)
    {
        (request.ClientIp, request.ClientPort, IsLoopback) = (_ip, _port, _isLoopback);
        if (!_isProxy || proxies!.ViewerOf(request.Headers) is not { } viewer)
            return;
        (request.ClientIp, request.ClientPort, request.ProxyIp) = (viewer.Address.ToString(), viewer.Port, _ip);
        IsLoopback = _isLoopback && IPAddress.IsLoopback(viewer.Address); // another machine's loopback is not this one's
    }

    protected void SetAddress(IPAddress? address, int port)
    {
        _port = port;
        if (ReferenceEquals(address, _address))
            return;
        _address = address;
        var plain = Plain(address);
        _ip = plain?.ToString() ?? "";
        _isLoopback = plain is not null && IPAddress.IsLoopback(plain);
        _isProxy = plain is not null && proxies?.Contains(plain) == true;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
