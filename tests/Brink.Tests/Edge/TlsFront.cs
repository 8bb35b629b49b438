using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Brink.Tests.Edge;

/// <summary>TLS in front of an origin that speaks none: takes it off and passes the bytes on. Remembers which names were asked for.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2 _certificate;
    private readonly SslProtocols _protocols;
    private readonly int _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _names = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public TlsFront(ScriptedOrigin origin, X509Certificate2 certificate, SslProtocols protocols = SslProtocols.None)
    {
        (_target, _certificate, _protocols) = (origin.Port, certificate, protocols);
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The server name of each handshake; empty where there was none.</summary>
    public IReadOnlyList<string> Names => [.. _names];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException) // stopped, before or while it waits
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                await using var secure = new SslStream(client.GetStream());
                await secure.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        EnabledSslProtocols = _protocols,
                        ServerCertificateSelectionCallback = (_, name) =>
                        {
                            _names.Enqueue(name ?? "");
                            return _certificate;
                        },
                    },
                    _stop.Token);
                using var target = new TcpClient();
                await target.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                var plain = target.GetStream();
                await Task.WhenAny(secure.CopyToAsync(plain, _stop.Token), plain.CopyToAsync(secure, _stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException or SocketException or ObjectDisposedException)
        {
        }
    }
}

/// <summary>An authority that exists for one test run, and certificates of it.</summary>
internal sealed class TestAuthority
{
    private static readonly DateTimeOffset From = DateTimeOffset.UnixEpoch.AddYears(40);
    private static readonly DateTimeOffset Until = DateTimeOffset.UnixEpoch.AddYears(120);
    private readonly X509Certificate2 _root;

    public TestAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        _root = request.CreateSelfSigned(From, Until);
    }

    /// <summary>The root, as <c>--origin-ca</c> would read it.</summary>
    public X509Certificate2Collection Roots => [X509CertificateLoader.LoadCertificate(_root.RawData)];

    public string Pem => _root.ExportCertificatePem();

    public X509Certificate2 Issue(params string[] names) => IssueAs("CN=server of a test", names);

    public X509Certificate2 IssueAs(string subject, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        using var certificate = request.Create(_root, From, Until, RandomNumberGenerator.GetBytes(8));
        return X509CertificateLoader.LoadPkcs12(certificate.CopyWithPrivateKey(key).Export(X509ContentType.Pfx), null);
    }
}
