using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Edge.Admission;
using Brink.Edge.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Brink.Edge.Listening;

/// <summary>
/// The TLS listener: TLS 1.2 and 1.3, HTTP/2 or HTTP/1.1 by ALPN, with the certificate and the policy of the distribution that the viewer
/// names (SNI). Kestrel's own middleware wants a service container; this one does not, and looks at the ClientHello first.
/// </summary>
internal sealed class TlsListener
{
    private readonly ServerOptionsSelectionCallback _choose, _chooseTls13;
    private readonly EdgeState _state;

    /// <param name="certificate">For names that no distribution has, and distributions without a certificate of their own.</param>
    /// <param name="state">The distributions.</param>
    /// <param name="speaksHttp3">Whether the edge speaks HTTP/3.</param>
    public TlsListener(TlsCertificate certificate, EdgeState state, bool speaksHttp3)
    {
        _state = state;
        var byDefault = ViewerTls.Of(certificate);
        For = name => state.Current.TlsFor(name, certificate, speaksHttp3) ?? byDefault;
        _choose = (_, hello, _, _) => new(For(hello.ServerName).OfOlderViewers);
        _chooseTls13 = (_, hello, _, _) => new(For(hello.ServerName).OfTls13);
    }

    /// <summary>How the handshake for a name goes.</summary>
    public Func<string, ViewerTls> For { get; }

    public ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        var pass = connection.Features.GetRequiredFeature<DoorPass>();
        if (!pass.TryBeginHandshake())
            return;
        var plain = connection.Transport;
        var asked = _state.Current.Questions & (ViewerQuestions.TlsSession | ViewerQuestions.Fingerprints | ViewerQuestions.Logged);
        var stream = new TlsStream(plain) { Hello = asked.HasFlag(ViewerQuestions.TlsSession) ? new ServerHello() : null };
        await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        TlsFingerprints? fingerprints;
        try
        {
            var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
            var closing = lifetime?.ConnectionClosedRequested ?? CancellationToken.None;
            var hello = await ClientHello.PeekAsync(plain.Input, asked.HasFlag(ViewerQuestions.Fingerprints), closing);
            fingerprints = hello.Fingerprints;
            await tls.AuthenticateAsServerAsync(hello.OffersTls13 ? _chooseTls13 : _choose, null, closing);
        }
        // NotSupportedException: what came is no ClientHello, and without one no options are chosen.
        catch (Exception exception) when (exception
            is IOException or AuthenticationException or OperationCanceledException or InvalidOperationException or NotSupportedException)
        {
            return; // a scan, a client that does not trust the certificate, or one that fell silent (HeadDeadline)
        }
        finally
        {
            pass.EndHandshake();
        }

        var feature = new TlsFeature(tls.NegotiatedApplicationProtocol.Protocol);
        connection.Features.Set<ITlsConnectionFeature>(feature);
        connection.Features.Set<ITlsApplicationProtocolFeature>(feature);
        if (asked != ViewerQuestions.None)
        {
            var isResumed = stream.Hello?.ResumesSession == true;
            connection.Features.Set(new TlsSession(tls.SslProtocol, tls.NegotiatedCipherSuite, isResumed, fingerprints));
            stream.Hello = null;
        }
        var pool = connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool;
        var encrypted = new DuplexPipe(
            PipeReader.Create(tls, new StreamPipeReaderOptions(pool, bufferSize: 4096, minimumReadSize: 1024, leaveOpen: true)),
            new TlsOutput(tls, stream));
        connection.Transport = encrypted;
        try
        {
            await next(connection);
        }
        finally
        {
            await encrypted.Input.CompleteAsync();
            await encrypted.Output.CompleteAsync();
            await SayGoodbyeAsync(tls, stream);
            connection.Transport = plain;
        }
    };

    /// <summary>
    /// close_notify (RFC 8446 section 6.1): without it an end looks to some viewers as if it had been cut off. Theirs is not waited for, and
    /// ours leaves with the transport's last bytes: those have a deadline, which a flush here, to a viewer that takes nothing, has not.
    /// </summary>
    private static async ValueTask SayGoodbyeAsync(SslStream tls, TlsStream stream)
    {
        stream.IsCollecting = true;
        try
        {
            await tls.ShutdownAsync();
        }
        catch (Exception exception) when (exception
            is IOException or InvalidOperationException or OperationCanceledException or CryptographicException)
        {
            // The handshake broke off, or the viewer is gone.
        }
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class TlsFeature(ReadOnlyMemory<byte> protocol) : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public ReadOnlyMemory<byte> ApplicationProtocol => protocol;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
