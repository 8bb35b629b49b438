using System.Globalization;
using System.Net;
using System.Text;
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
/// The operator's port, on this machine alone: <c>/health</c>, <c>/ready</c>, <c>/drain</c> and <c>/metrics</c>. Pages in a browser reach
/// ports of this machine too, so what a browser sends for a page is refused.
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
    /// <exception cref="EndpointUnavailableException">The port is taken, or not allowed.</exception>
    public static async Task<AdminServer> StartAsync(int port, PrometheusText text, Action drain)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = 0;
        options.Limits.MaxConcurrentConnections = 64;
        ListenOptions? listening = null;
        options.Listen(IPAddress.Loopback, port, listener => listening = listener);
        var application = new Application(text, drain);
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

    private sealed class Application(PrometheusText text, Action drain) : IHttpApplication<IFeatureCollection>
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
            var (method, path) = (request.Method, request.Path);
            if (IsOfAPage(request.Headers))
                await AnswerAsync(context, 403, "requests of web pages are refused\n");
            else if (path is not ("/health" or "/ready" or "/drain" or "/metrics"))
                await AnswerAsync(context, 404, "there are /health, /ready, /drain and /metrics\n");
            else if (method != (path == "/drain" ? "POST" : "GET"))
                await AnswerAsync(context, 405, $"{path} takes {(path == "/drain" ? "POST" : "GET")}\n");
            else
                await AnswerAsync(context, path);
        }

        private async Task AnswerAsync(IFeatureCollection context, string path)
        {
            switch (path)
            {
                case "/health":
                    await AnswerAsync(context, 200, "ok\n");
                    break;
                case "/ready":
                    await (IsDraining ? AnswerAsync(context, 503, "draining\n") : AnswerAsync(context, 200, "ready\n"));
                    break;
                case "/drain":
                    IsDraining = true;
                    await AnswerAsync(context, 202, "draining\n");
                    if (Interlocked.Increment(ref _drains) == 1)
                        drain();
                    break;
                default:
                    await AnswerMetricsAsync(context);
                    break;
            }
        }

        private async Task AnswerMetricsAsync(IFeatureCollection context)
        {
            using var buffer = new MemoryStream();
            await text.WriteAsync(buffer, CancellationToken.None);
            await AnswerAsync(context, 200, buffer.ToArray(), "text/plain; version=0.0.4; charset=utf-8");
        }

        /// <summary>A browser says where a page is from, and cannot be made to name this server by an address that is its own.</summary>
        private static bool IsOfAPage(IHeaderDictionary headers)
        {
            if (headers.Origin.Count > 0 || headers.ContainsKey("Sec-Fetch-Site"))
                return true;
            var host = new HostString(headers.Host.ToString()).Host;
            return host is not ("localhost" or "127.0.0.1");
        }

        private static Task AnswerAsync(IFeatureCollection context, int status, string text) =>
            AnswerAsync(context, status, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8");

        private static async Task AnswerAsync(IFeatureCollection context, int status, ReadOnlyMemory<byte> body, string type)
        {
            var response = context.GetRequiredFeature<IHttpResponseFeature>();
            response.StatusCode = status;
            response.Headers.ContentType = type;
            response.Headers.CacheControl = "no-store";
            response.Headers.ContentLength = body.Length;
            await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(body);
        }
    }
}
