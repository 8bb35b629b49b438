using System.Net;
using Brink.Edge;
using Brink.Edge.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using MicrosoftOptions = Microsoft.Extensions.Options.Options;

namespace Brink.Host.Admin;

/// <summary>
/// The operator's port, on this machine alone: <c>/health</c>, <c>/ready</c>, <c>/drain</c> and <c>/metrics</c>, and the caches
/// (<see cref="CachePages"/>). Pages in a browser reach ports of this machine too, so what a browser sends for a page is refused.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly KestrelServer _kestrel;
    private readonly Application _application;

    private AdminServer(KestrelServer kestrel, Application application, int port) =>
        (_kestrel, _application, Port) = (kestrel, application, port);

    /// <summary>The port, as bound.</summary>
    public int Port { get; }

    /// <summary>Listens from then on.</summary>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="text">What <c>/metrics</c> answers.</param>
    /// <param name="drain">Begins to drain. Called once.</param>
    /// <param name="cache">The pages about the caches; null for none.</param>
    /// <exception cref="EndpointUnavailableException">The port is taken, or not allowed.</exception>
    public static async Task<AdminServer> StartAsync(int port, PrometheusText text, Action drain, CachePages? cache = null)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null; // what takes a body counts it
        options.Limits.MaxConcurrentConnections = 64;
        options.Limits.MaxRequestLineSize = 128 * 1024; // a whole request that is to be explained, percent-encoded
        ListenOptions? listening = null;
        options.Listen(IPAddress.Loopback, port, listener => listening = listener);
        var application = new Application(text, drain, cache);
        var sockets = new SocketTransportFactory(MicrosoftOptions.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var kestrel = new KestrelServer(MicrosoftOptions.Create(options), sockets, NullLoggerFactory.Instance);
        try
        {
            await kestrel.StartAsync(application, CancellationToken.None);
        }
        catch (IOException exception)
        {
            kestrel.Dispose();
            throw new EndpointUnavailableException($"Listening on port {port} failed: {exception.Message}", exception) { Port = port };
        }
        return new AdminServer(kestrel, application, listening!.IPEndPoint!.Port);
    }

    /// <summary>From now on <c>/ready</c> says no.</summary>
    public void Drain() => _application.IsDraining = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _kestrel.StopAsync(atOnce.Token);
        _kestrel.Dispose();
    }

    private sealed class Application(PrometheusText text, Action drain, CachePages? cache) : IHttpApplication<IFeatureCollection>
    {
        private int _drains;

        public volatile bool IsDraining;

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            var request = context.GetRequiredFeature<IHttpRequestFeature>();
            if (IsOfAPage(request.Headers))
            {
                await SendAsync(context, AdminAnswer.Text(403, "requests of web pages are refused"));
            }
            else if (request is { Method: "POST", Path: "/drain" })
            {
                IsDraining = true;
                await SendAsync(context, AdminAnswer.Text(202, "draining"));
                if (Interlocked.Increment(ref _drains) == 1)
                    drain();
            }
            else
            {
                await SendAsync(context, await AnswerAsync(request));
            }
        }

        private async Task<AdminAnswer> AnswerAsync(IHttpRequestFeature request) => (request.Method, request.Path) switch
        {
            ("GET", "/health") => AdminAnswer.Text(200, "ok"),
            ("GET", "/ready") => IsDraining ? AdminAnswer.Text(503, "draining") : AdminAnswer.Text(200, "ready"),
            ("GET", "/metrics") => await MetricsAsync(),
            ("GET", "/invalidations") when cache is not null => cache.Invalidations(request.QueryString),
            ("POST", "/invalidations") when cache is not null => await ReadAsync(request) is { } body
                ? cache.Invalidate(body)
                : AdminAnswer.Text(413, $"a request has at most {InvalidationRequest.MaxBytes} bytes"),
            ("GET", "/cache/explain") when cache is not null => await cache.ExplainAsync(request.QueryString),
            ("GET", "/cache/objects") when cache is not null => cache.Objects(request.QueryString),
            ("GET", "/cache/export") when cache is not null => cache.Export(request.QueryString),
            ("GET", "/cache/stats") when cache is not null => cache.Stats(),
            (_, "/health" or "/ready" or "/metrics" or "/cache/explain" or "/cache/objects" or "/cache/export" or "/cache/stats") =>
                AdminAnswer.Text(405, $"{request.Path} takes GET"),
            (_, "/drain") => AdminAnswer.Text(405, "/drain takes POST"),
            (_, "/invalidations") => AdminAnswer.Text(405, "/invalidations takes GET and POST"),
            _ => AdminAnswer.Text(
                404,
                "there are /health, /ready, /drain, /metrics, /invalidations, /cache/explain, /cache/objects, /cache/export "
                + "and /cache/stats"),
        };

        private async Task<AdminAnswer> MetricsAsync()
        {
            using var buffer = new MemoryStream();
            await text.WriteAsync(buffer, CancellationToken.None);
            return new AdminAnswer(200, buffer.ToArray(), "text/plain; version=0.0.4; charset=utf-8");
        }

        /// <summary>The body; null if it is too long.</summary>
        private static async Task<byte[]?> ReadAsync(IHttpRequestFeature request)
        {
            using var body = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (await request.Body.ReadAsync(buffer) is > 0 and var count)
            {
                if (body.Length + count > InvalidationRequest.MaxBytes)
                    return null;
                body.Write(buffer, 0, count);
            }
            return body.ToArray();
        }

        /// <summary>A browser says where a page is from, and cannot be made to name this server by an address that is its own.</summary>
        private static bool IsOfAPage(IHeaderDictionary headers)
        {
            if (headers.Origin.Count > 0 || headers.ContainsKey("Sec-Fetch-Site"))
                return true;
            var host = new HostString(headers.Host.ToString()).Host;
            return host is not ("localhost" or "127.0.0.1");
        }

        private static async Task SendAsync(IFeatureCollection context, AdminAnswer answer)
        {
            var response = context.GetRequiredFeature<IHttpResponseFeature>();
            response.StatusCode = answer.Status;
            response.Headers.ContentType = answer.ContentType;
            response.Headers.CacheControl = "no-store";
            var body = context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
            if (answer.Write is { } write)
            {
                await write(body);
                return;
            }
            response.Headers.ContentLength = answer.Body.Length;
            await body.WriteAsync(answer.Body);
        }
    }
}
