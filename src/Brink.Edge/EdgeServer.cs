using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Brink.Edge.Admission;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Cache.Operating;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Configuration;
using Brink.Edge.Delivery;
using Brink.Edge.Listening;
using Brink.Edge.Listening.Ordinary;
using Brink.Edge.Listening.Polling;
using Brink.Edge.Logs;
using Brink.Edge.Metrics;
using Brink.Edge.Origins;
using Brink.Edge.Requests;
using Brink.Edge.WarmingUp;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Brink.Edge;

/// <summary>
/// An edge: listener, pipeline, cache and origins, put together. Kestrel runs bare, without hosting and without a service container: that
/// is what makes it start in milliseconds and keeps a request cheap.
/// </summary>
public sealed class EdgeServer : IAsyncDisposable
{
    /// <summary>The runtime's switch for completing socket operations on the thread that polls the sockets.</summary>
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private const int Backlog = 4096;

    /// <summary>What a TLS connection may have received that is not yet decrypted.</summary>
    private const int MaxUnread = 64 * 1024;

    /// <summary>What a stream of HTTP/2 may send of its body before it is asked for: docs/brink-dev.md says so.</summary>
    private const int MaxBodyUnread = 256 * 1024;

    private readonly EdgeServerOptions _options;
    private readonly EdgeState _state;
    private readonly IAccessLog _log;
    private readonly TimeProvider _time;
    private readonly CacheTiers _tiers;
    private readonly FillPlaces _places;
    private readonly DiskStore? _disk;
    private readonly ResponseWriter _writer;
    private readonly OriginFetch _origins;
    private readonly Door _door;
    private KestrelServer? _kestrel;
    private Http3Server? _http3;
    private TlsListener? _tls;
    private EdgeApplication? _application;

    static EdgeServer()
    {
        // A bare LF is a line end to some servers and not to others, which is how requests are smuggled:
        // here it is none (RFC 9112 section 2.2).
        AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
    }

    /// <summary>An edge that does not listen yet.</summary>
    /// <param name="options">Where and how it will.</param>
    /// <param name="state">What it serves by; swapped at any time.</param>
    /// <param name="log">Where it reports what it did.</param>
    /// <param name="time">Its clock.</param>
    /// <exception cref="CacheFolderException">The folder of the cache cannot be used.</exception>
    public EdgeServer(EdgeServerOptions options, EdgeState state, IAccessLog log, TimeProvider time)
        : this(options, EdgeCacheOptions.Default, state, log, time)
    {
    }

    internal EdgeServer(EdgeServerOptions options, EdgeCacheOptions cacheOptions, EdgeState state, IAccessLog log, TimeProvider time)
    {
        (_options, _state, _log, _time) = (options, state, log, time);
        // Read by the runtime once, at the process's first asynchronous socket operation. A value that is set already stands.
        if (options.Scheduling == EdgeScheduling.Inline && Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        _disk = options.CacheFolder is { } folder
            ? DiskStore.Open(
                new DiskOptions
                {
                    Folder = folder,
                    Size = options.CacheSize,
                    QueueSize = Math.Clamp(options.CacheMemory / 4, 4L << 20, 64L << 20),
                    Tell = message => log.Warned("cache", message),
                },
                time)
            : null;
        var caches = cacheOptions with { MemoryBudget = options.CacheMemory, HttpCaching = options.HttpCaching };
        _tiers = new CacheTiers(caches, options.CacheTiers, time, _disk);
        Cache = new CacheOperations(_tiers, time);
        _writer = new ResponseWriter(options, log, Counters, time);
        _door = new Door(options.Door, options.TrustedProxies, log, time);
        _places = new FillPlaces(options.FillsPerOrigin, options.WaitingFillsPerOrigin, cacheOptions.CollapseWait, time);
        _origins = new OriginFetch(
            _writer.Via, options.OriginAuthorities, _tiers.Caching.PassesInterimResponses, _places, Counters, time);
        DoorMetrics.AddTo(Counters, _door.Counters);
        Counters.AddGauge("brink_origin_waiting", "Requests for objects that wait for a place at their origin.", () => _places.Waiting);
        Counters.Add("brink_origin_refused_total", "Requests for objects that got no place at their origin.", () => _places.Refused);
        Counters.AddGauge("brink_cache_objects", "Objects in the caches, each tier by itself.", () => _tiers.Objects);
        Counters.AddGauge("brink_cache_bytes", "Memory that the objects in the caches take, each tier by itself.", () => _tiers.Bytes);
        if (_disk is not null)
            DiskMetrics.AddTo(Counters, _disk);
    }

    /// <summary>Whether this machine has what HTTP/3 needs: the library libmsquic.</summary>
    public static bool CanSpeakHttp3 => Http3Server.IsSupported;

    /// <summary>The cleartext port bound, or null. Set by <see cref="StartAsync"/>.</summary>
    public int? HttpPort { get; private set; }

    /// <summary>The TLS port bound, or null. Set by <see cref="StartAsync"/>.</summary>
    public int? HttpsPort { get; private set; }

    /// <summary>The addresses bound, a subset of the options'. Set by <see cref="StartAsync"/>.</summary>
    public ImmutableArray<IPAddress> Addresses { get; private set; } = [];

    /// <summary>What it counts.</summary>
    public EdgeCounters Counters { get; } = new();

    /// <summary>What is under way, and what was refused, at the door.</summary>
    public DoorCounters Door => _door.Counters;

    /// <summary>Requests that wait for a place at their origin.</summary>
    internal int OriginsWaiting => _places.Waiting;

    /// <summary>What is cached.</summary>
    internal CacheTiers Tiers => _tiers;

    /// <summary>What an operator does with it.</summary>
    public CacheOperations Cache { get; }

    /// <summary>
    /// What the caches know of a request, and would do with it now. The function on viewer-request runs. Null, with the reason, where the
    /// request does not get as far as a distribution.
    /// </summary>
    /// <param name="method">GET, HEAD or another.</param>
    /// <param name="url">What is asked for.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="fields">The header fields; Host is that of the URL where it is not among them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidOperationException">The edge has not been started.</exception>
    public ValueTask<(Explanation? Explanation, string? Refusal)> ExplainAsync(
        string method,
        Uri url,
        string target,
        IEnumerable<(string Name, string Value)> fields,
        CancellationToken cancellationToken = default)
    {
        var application = _application ?? throw new InvalidOperationException("the edge has not been started");
        return application.ExplainAsync(OperatorsViewer.Of(method, url, target, fields), cancellationToken);
    }

    /// <summary>
    /// Says which configuration objects are made under from now on, in a text that is the same for the same one. What an earlier process
    /// left on disk is forgotten if it was made under another.
    /// </summary>
    public void CacheIsMadeUnder(string configuration)
    {
        if (_disk is null || _disk.MadeUnder == configuration)
            return;
        _disk.MadeUnder = null;                     // an end between the two means an empty cache
        _tiers.Invalidate(InvalidationRule.Everything);
        _disk.MadeUnder = configuration;
    }

    /// <summary>Says the same of a configuration that serves now, when all that it can have touched has been invalidated.</summary>
    public void CacheHoldsUnder(string configuration) => _disk?.MadeUnder = configuration;

    /// <summary>Binds every address and serves from then on.</summary>
    /// <exception cref="EndpointUnavailableException">A port is taken, not allowed, or no address can be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var bound = new Dictionary<EndPoint, Socket>();
        try
        {
            Bind(bound);
            await WarmUpAsync(cancellationToken);
            var speaksHttp3 = SpeaksHttp3();
            var kestrelOptions = new KestrelServerOptions();
            Configure(kestrelOptions);
            var pipeline = new EdgePipeline(_tiers, _origins, _writer, _door.WrongSignatures, _time);
            var explainer = new Explainer(_tiers, _door.WrongSignatures);
            var application = new EdgeApplication(
                _state, pipeline, explainer, _writer, _options, HttpsPort, speaksHttp3, _log, _time);
            _application = application;
            Listen(kestrelOptions, bound.Keys.Cast<IPEndPoint>(), application, speaksHttp3);
            var listeners = new ProtocolSwitch.ListenerFactory(Transport(bound), endpoint => OwnListener(bound, endpoint));
            _kestrel = new KestrelServer(Options.Create(kestrelOptions), listeners, new KestrelLog(_log, _door.Counters));
            if (speaksHttp3)
                await StartHttp3Async(bound.Keys.Cast<IPEndPoint>(), application, cancellationToken);
            await _kestrel.StartAsync(application, cancellationToken);
        }
        catch (Exception exception)
        {
            foreach (var socket in bound.Values)
                socket.Dispose();
            if (_http3 is not null)
                await _http3.DisposeAsync();
            // Two programs can bind the same port at the same time; the second fails only when it listens.
            if (exception is IOException or SocketException)
            {
                var port = HttpPort ?? HttpsPort;
                throw new EndpointUnavailableException($"Listening on port {port} failed: {exception.Message}", exception) { Port = port };
            }
            throw;
        }
    }

    /// <summary>
    /// Accepts nothing more and lets requests under way finish, for the drain time of the options at most; then cuts them off. A cancelled
    /// <paramref name="cancellationToken"/> cuts at once.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _kestrel, null) is { } kestrel)
        {
            using var drain = new CancellationTokenSource(_options.DrainTime, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(drain.Token, cancellationToken);
            await Task.WhenAll(kestrel.StopAsync(either.Token), _http3?.StopAsync(either.Token) ?? Task.CompletedTask);
            kestrel.Dispose();
        }
        if (Interlocked.Exchange(ref _http3, null) is { } http3)
            await http3.DisposeAsync();
        _origins.Dispose();
    }

    /// <summary>
    /// The same, and waits for connections as long as they take; until <paramref name="cancellationToken"/> is cancelled.
    /// </summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _kestrel, null) is { } kestrel)
        {
            await kestrel.StopAsync(cancellationToken);
            kestrel.Dispose();
        }
        _origins.Dispose();
        _disk?.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private void Bind(Dictionary<EndPoint, Socket> bound)
    {
        if (_options.HttpPort is { } http)
            HttpPort = ListenSockets.Bind(_options.Addresses, http, bound);
        if (_options.HttpsPort is { } https)
            HttpsPort = ListenSockets.Bind(_options.Addresses, https, bound);
        if (bound.Count == 0)
            throw new EndpointUnavailableException("Neither an HTTP port nor an HTTPS port is given to listen on.");
        Addresses = [.. bound.Keys.Cast<IPEndPoint>().Select(endpoint => endpoint.Address).Distinct()];
    }

    private SocketTransportFactory Transport(Dictionary<EndPoint, Socket> bound) => new(
        Options.Create(new SocketTransportOptions
        {
            Backlog = Backlog,
            MaxReadBufferSize = MaxUnread,
            UnsafePreferInlineScheduling = _options.Scheduling == EdgeScheduling.Inline,
            CreateBoundListenSocket = endpoint => bound[endpoint],
        }),
        new KestrelLog(_log, _door.Counters));

    /// <summary>Where requests run on the threads that poll, Brink polls the connections itself.</summary>
    private PolledListener? OwnListener(Dictionary<EndPoint, Socket> bound, EndPoint endpoint) =>
        _options.Scheduling == EdgeScheduling.Inline && Poller.IsSupported && endpoint is IPEndPoint
            ? new PolledListener(bound[endpoint], Backlog)
            : null;

    /// <summary>A failure of the warm-up is logged, and the edge serves all the same.</summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        if (_options.WarmUp <= TimeSpan.Zero)
            return;
        try
        {
            await new WarmUp(_options, _time).RunAsync(_state.Current, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            _log.Faulted("warm-up", fault);
        }
    }

    /// <summary>Whether HTTP/3 is spoken: a distribution asks for it at the start, there is a TLS port, and the machine can.</summary>
    private bool SpeaksHttp3() =>
        HttpsPort is not null && _state.Current.Distributions.Any(static live => live.Distribution.AsksForHttp3) && Http3Server.IsSupported;

    private async Task StartHttp3Async(IEnumerable<IPEndPoint> endpoints, EdgeApplication application, CancellationToken cancellationToken)
    {
        _http3 = new Http3Server(
            endpoints.Where(endpoint => endpoint.Port == HttpsPort), Configure, _tls!.For, _door, new KestrelLog(_log, _door.Counters));
        await _http3.StartAsync(application, cancellationToken);
        _writer.AltSvc = string.Create(CultureInfo.InvariantCulture, $"h3=\":{HttpsPort}\"; ma=86400");
    }

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.AllowSynchronousIO = false;
        options.RequestHeaderEncodingSelector = static name => ReceivedFields.EncodingOf(name);
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var limits = options.Limits;
        // Above CloudFront's 8 KB of URL and 32 KB of head, so that the edge answers those errors: 413 and the page. Only what is beyond
        // even these gets Kestrel's empty 414 or 431; 128 KB is what one connection may occupy.
        limits.MaxRequestLineSize = 128 * 1024;
        limits.MaxRequestHeadersTotalSize = 128 * 1024;
        limits.MaxRequestHeaderCount = 16 * 1024;
        limits.Http2.MaxRequestHeaderFieldSize = 128 * 1024;
        limits.Http2.MaxStreamsPerConnection = _options.Door.StreamsPerConnection;
        limits.Http3.MaxRequestHeaderFieldSize = 128 * 1024;
        limits.Http2.InitialStreamWindowSize = MaxBodyUnread;
        limits.MaxRequestBodySize = null;
        limits.RequestHeadersTimeout = _options.RequestHeadersTimeout;
        limits.KeepAliveTimeout = _options.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = SlowViewers.Sending(_options.Door);
        limits.MinResponseDataRate = SlowViewers.Taking(_options.Door);
    }

    private void Listen(
        KestrelServerOptions options, IEnumerable<IPEndPoint> endpoints, EdgeApplication application, bool speaksHttp3)
    {
        var protocols = new ProtocolSwitch();
        options.Listen(new ProtocolSwitch.HandOff(), http2 =>
        {
            http2.Protocols = HttpProtocols.Http2;
            http2.Use(protocols.CaptureHttp2);
            http2.Use(Watches.Frames);
        });

        foreach (var endpoint in endpoints)
        {
            options.Listen(endpoint, listener =>
            {
                listener.Use(CountConnections);
                listener.Use(HeadDeadline.Middleware(_options.RequestHeadersTimeout, _log, _time));
                if (!_options.ProxyProtocolPeers.IsEmpty)
                    listener.Use(ProxyProtocol.Middleware(_options.ProxyProtocolPeers, _log));
                listener.Use(_door.Middleware(isSecure: endpoint.Port != HttpPort));
                if (endpoint.Port == HttpPort)
                {
                    listener.Protocols = HttpProtocols.Http1;
                    listener.Use(protocols.Choose);
                    if (_options.Scheduling == EdgeScheduling.Inline)
                        listener.Use(SendTogether.Middleware);
                    listener.Use(OrdinaryConnection.Middleware(application, _options, _log, _time));
                    listener.Use(Watches.Heads);
                    return;
                }
                // Kestrel's default here is both protocols, chosen by the ALPN feature that the middleware sets.
                _tls ??= new TlsListener(Certificate(), _state, speaksHttp3);
                if (_options.Scheduling == EdgeScheduling.Inline)
                    listener.Use(SendTogether.Middleware);
                listener.Use(_tls.Middleware);
                listener.Use(OrdinaryConnection.Middleware(application, _options, _log, _time));
                listener.Use(Watches.HeadsOrFrames);
            });
        }
    }

    private ConnectionDelegate CountConnections(ConnectionDelegate next) => async connection =>
    {
        Counters.ConnectionsAccepted.Increment();
        Counters.ConnectionsOpen.Increment();
        try
        {
            await next(connection);
        }
        finally
        {
            Counters.ConnectionsOpen.Decrement();
        }
    };

    private TlsCertificate Certificate()
    {
        if (_options.Certificate is { HasPrivateKey: false })
            throw new EndpointUnavailableException("The certificate for HTTPS has no private key.");
        try
        {
            return new TlsCertificate(_options.Certificate ?? SelfSignedCertificate.Create(_time), _options.CertificateChain);
        }
        catch (CryptographicException exception)
        {
            throw new EndpointUnavailableException($"The certificate for HTTPS cannot be used: {exception.Message}", exception);
        }
    }
}
