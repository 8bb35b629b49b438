using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Security.Authentication;
using Brink.Edge.Admission;
using Brink.Edge.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Brink.Edge.Listening;

/// <summary>
/// HTTP/3, beside TLS: on the same addresses and port, over UDP. A second Kestrel, because the bare one takes no transport of QUIC; this
/// one comes out of a service container, and is made only where a distribution asks for HTTP/3.
/// </summary>
internal sealed class Http3Server : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly IServer _kestrel;
    private readonly Door _door;
    private readonly Func<string, ViewerTls> _tlsFor;

    /// <param name="endpoints">Those of the TLS listener.</param>
    /// <param name="options">Sets what both Kestrels have in common.</param>
    /// <param name="tlsFor">The handshake for a name.</param>
    /// <param name="door">Who gets in.</param>
    /// <param name="log">Kestrel's.</param>
    public Http3Server(
        IEnumerable<IPEndPoint> endpoints, Action<KestrelServerOptions> options, Func<string, ViewerTls> tlsFor, Door door, KestrelLog log)
    {
        (_door, _tlsFor) = (door, tlsFor);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(log);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        if (IsSupported)
            builder.WebHost.UseQuic();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            options(kestrel);
            foreach (var endpoint in endpoints)
                kestrel.Listen(endpoint, Listen);
        });
        _host = builder.Build();
        _kestrel = _host.Services.GetRequiredService<IServer>();
    }

    /// <summary>Whether this machine has what QUIC needs: the library libmsquic.</summary>
    public static bool IsSupported =>
        (OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) && QuicListener.IsSupported;

    /// <summary>Serves from now on.</summary>
    /// <exception cref="IOException">Another program has the port.</exception>
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => _kestrel.StartAsync(application, cancellationToken);

    /// <summary>Lets requests under way finish until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _kestrel.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private void Listen(ListenOptions listener)
    {
        listener.Protocols = HttpProtocols.Http3;
        listener.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = Choose });
        ((IMultiplexedConnectionBuilder)listener).Use(Admit);
    }

    private ValueTask<SslServerAuthenticationOptions> Choose(TlsHandshakeCallbackContext handshake) =>
        _tlsFor(handshake.ClientHelloInfo.ServerName).OfHttp3 is { } options
            ? ValueTask.FromResult(options)
            : throw new AuthenticationException("the distribution's HttpVersion has no HTTP/3");

    private MultiplexedConnectionDelegate Admit(MultiplexedConnectionDelegate next) => async connection =>
    {
        using var pass = _door.Admit(connection.RemoteEndPoint);
        if (pass is null)
        {
            connection.Abort(new ConnectionAbortedException("the edge has as many connections as it may have"));
            return;
        }
        connection.Features.Set(pass);
        // .NET's QUIC resumes no session.
        connection.Features.Set(new TlsSession(SslProtocols.Tls13, ViewerTls.SuiteOfHttp3, isResumed: false, fingerprints: null));
        await next(connection);
    };
}
