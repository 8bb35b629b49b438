using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Brink.Edge.Viewers;

/// <summary>
/// The viewer's side of one request: what Kestrel offers for it. Kestrel keeps these objects with their connection and hands them out again, so
/// what is fetched once (the features, the text of the address) serves every request of the connection.
/// </summary>
internal sealed class Viewer
{
    private IFeatureCollection? _features;
    private IHttpConnectionFeature _connection = null!;
    private IPAddress? _address;
    private string _ip = "";
    private IPAddress? _serverAddress;
    private string _serverIp = "";

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public IHttpResponseBodyFeature ResponseBody { get; private set; } = null!;

    public IHttpRequestLifetimeFeature Lifetime { get; private set; } = null!;

    public IHttpRequestBodyDetectionFeature BodyDetection { get; private set; } = null!;

    /// <summary>The body as a pipe; a read that is under way can be ended through it.</summary>
    public PipeReader? RequestBodyReader => _features?.Get<IRequestBodyPipeFeature>()?.Reader;

    /// <summary>The address, IPv4 dotted or IPv6 unbracketed.</summary>
    public string Ip => _ip;

    /// <summary>The address that the viewer connected to, in the same form. The text is made when it is first asked for.</summary>
    public string ServerIp
    {
        get
        {
            if (!ReferenceEquals(_connection.LocalIpAddress, _serverAddress))
            {
                _serverAddress = _connection.LocalIpAddress;
                _serverIp = Plain(_serverAddress)?.ToString() ?? "";
            }
            return _serverIp;
        }
    }

    public int Port { get; private set; }

    public bool IsLoopback { get; private set; }

    /// <summary>Takes up the next request. On Kestrel the features of a connection stay the same objects from request to request.</summary>
    public void Attach(IFeatureCollection features)
    {
        if (!ReferenceEquals(features, _features))
            TakeFeatures(features);

        Port = _connection.RemotePort;
        if (ReferenceEquals(_connection.RemoteIpAddress, _address))
            return;
        _address = _connection.RemoteIpAddress;
        var address = Plain(_address);
        _ip = address?.ToString() ?? "";
        IsLoopback = address is not null && IPAddress.IsLoopback(address);
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private void TakeFeatures(IFeatureCollection features)
    {
        _features = features;
        Request = features.GetRequiredFeature<IHttpRequestFeature>();
        Response = features.GetRequiredFeature<IHttpResponseFeature>();
        ResponseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        Lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        BodyDetection = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>();
        _connection = features.GetRequiredFeature<IHttpConnectionFeature>();
    }
}
