using System.IO.Pipelines;
using System.Net;
using Brink.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Brink.Edge.Viewers;

/// <summary>A viewer whose HTTP Kestrel speaks: TLS, HTTP/2, and whatever is not ordinary (<see cref="Ordinary.OrdinaryConnection"/>).</summary>
/// <remarks>Lost on the way: Kestrel writes the names it knows in its own order and case, before the names it does not know.</remarks>
internal sealed class KestrelViewer : Viewer
{
    private IFeatureCollection? _features;
    private IHttpConnectionFeature _connection = null!;
    private IHttpResponseBodyFeature _responseBody = null!;
    private IHttpRequestLifetimeFeature _lifetime = null!;
    private IHttpRequestBodyDetectionFeature _bodyDetection = null!;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public override CancellationToken Gone => _lifetime.RequestAborted;

    public override Stream RequestBody => _bodyDetection.CanHaveBody ? Request.Body : Stream.Null;

    public override PipeReader? RequestBodyReader => _bodyDetection.CanHaveBody ? _features?.Get<IRequestBodyPipeFeature>()?.Reader : null;

    public override bool HasStarted => Response.HasStarted;

    public override PipeWriter Body => _responseBody.Writer;

    protected override IPAddress? LocalAddress => _connection.LocalIpAddress;

    /// <summary>Takes up the next request. The features of a connection stay the same objects from request to request.</summary>
    public void Attach(IFeatureCollection features)
    {
        if (!ReferenceEquals(features, _features))
            TakeFeatures(features);
        SetAddress(_connection.RemoteIpAddress, _connection.RemotePort);
    }

    public override ViewerRequestReader.Verdict Read(EdgeRequest request) => ViewerRequestReader.Read(this, request);

    public override void Begin(int status, string? reason)
    {
        Response.StatusCode = status;
        if (reason is not null)
            Response.ReasonPhrase = reason;
    }

    public override void Field(string name, string value)
    {
        var headers = Response.Headers;
        try
        {
            headers[name] = headers.TryGetValue(name, out var values) ? StringValues.Concat(values, value) : value;
        }
        catch (InvalidOperationException)
        {
            // Kestrel refuses names and values with control characters. They come from an origin that sent them; functions are checked before.
        }
    }

    public override void Frame(long? contentLength) => Response.Headers.ContentLength = contentLength;

    public override void CloseAfterwards() => Response.Headers.Connection = "close";

    public override void StartOver()
    {
        Response.Headers.Clear();
        Response.ReasonPhrase = null;
    }

    public override void Abort() => _lifetime.Abort();

    public override bool RequireHttp11()
    {
        const int http11Required = 0xd;
        if (_features?.Get<IHttpResetFeature>() is not { } stream)
            return false;
        stream.Reset(http11Required);
        return true;
    }

    private void TakeFeatures(IFeatureCollection features)
    {
        _features = features;
        Request = features.GetRequiredFeature<IHttpRequestFeature>();
        Response = features.GetRequiredFeature<IHttpResponseFeature>();
        _responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        _bodyDetection = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>();
        _connection = features.GetRequiredFeature<IHttpConnectionFeature>();
    }
}
