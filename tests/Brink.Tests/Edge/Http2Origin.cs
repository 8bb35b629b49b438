using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Brink.Tests.Edge;

/// <summary>An origin that speaks HTTP/2 without TLS, with a script for every request.</summary>
internal sealed class Http2Origin : IHttpApplication<IFeatureCollection>, IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly Func<Http2Call, Task> _script;

    private Http2Origin(Func<Http2Call, Task> script)
    {
        _script = script;
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = HttpProtocols.Http2);
        _server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
    }

    public int Port => new Uri(_server.Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<Http2Origin> StartAsync(Func<Http2Call, Task> script)
    {
        var origin = new Http2Origin(script);
        await origin._server.StartAsync(origin, TestContext.Current.CancellationToken);
        return origin;
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public Task ProcessRequestAsync(IFeatureCollection context) => _script(new Http2Call(context));

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _server.StopAsync(now.Token);
        _server.Dispose();
    }
}

/// <summary>One request at the origin.</summary>
internal sealed class Http2Call(IFeatureCollection features)
{
    private readonly IHttpRequestFeature _request = features.GetRequiredFeature<IHttpRequestFeature>();
    private readonly IHttpResponseBodyFeature _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();

    public string Protocol => _request.Protocol;

    public string Target => _request.RawTarget;

    public CancellationToken Gone => features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted;

    public string? this[string name] => _request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    /// <summary>Begins the answer.</summary>
    public Task BeginAsync(int status, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = status;
        foreach (var (name, value) in fields)
            response.Headers[name] = value;
        return _body.Stream.FlushAsync();
    }

    public async Task SayAsync(string bytes)
    {
        await _body.Stream.WriteAsync(System.Text.Encoding.Latin1.GetBytes(bytes));
        await _body.Stream.FlushAsync();
    }

    /// <summary>The next piece of the body, as it came; empty at its end.</summary>
    public async Task<string> HearAsync()
    {
        var piece = new byte[16 * 1024];
        return System.Text.Encoding.Latin1.GetString(piece, 0, await _request.Body.ReadAsync(piece));
    }

    public void Trail(string name, string value) => features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers[name] = value;

    public void Reset() => features.GetRequiredFeature<IHttpResetFeature>().Reset(8);
}
