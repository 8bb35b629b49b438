using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Brink.Distributions;

namespace Brink.Edge.Configuration;

/// <summary>
/// How handshakes for a distribution go: certificate, versions, cipher suites, and the protocols of ALPN. Made once for each snapshot and
/// shared by its handshakes.
/// </summary>
/// <remarks>
/// A viewer that offers TLS 1.3 gets it, whatever it offers besides, and the cipher suites of TLS 1.3 are the same in every policy. So the
/// policy's list is given for TLS 1.2 alone: .NET makes a new context for each handshake that has a list, and resumes none.
/// </remarks>
internal sealed class ViewerTls
{
    /// <summary>
    /// The one suite of HTTP/3. Every QUIC has it (RFC 9001 section 5.3), and Kestrel does not tell which one was chosen among several.
    /// </summary>
    public const TlsCipherSuite SuiteOfHttp3 = TlsCipherSuite.TLS_AES_128_GCM_SHA256;

    private ViewerTls(TlsCertificate certificate, bool allowsHttp2, bool allowsHttp3, SecurityPolicy policy)
    {
        if (allowsHttp3)
        {
            OfHttp3 = Options(certificate, allowsHttp2: false, SslProtocols.Tls13);
            OfHttp3.ApplicationProtocols = [SslApplicationProtocol.Http3];
            OfHttp3.CipherSuitesPolicy = new CipherSuitesPolicy([SuiteOfHttp3]);
        }
        OfTls13 = Options(certificate, allowsHttp2, SslProtocols.Tls13);
        OfOlderViewers = OfTls13;
        if (policy == SecurityPolicy.Tls13Of2025)
            return;
        // The floor: 1.0 and 1.1 are broken, whatever the policy allows.
        OfOlderViewers = Options(certificate, allowsHttp2, SslProtocols.Tls12);
        OfOlderViewers.CipherSuitesPolicy = new CipherSuitesPolicy(SuitesOf(policy));
    }

    /// <summary>Handshakes for a distribution.</summary>
    public static ViewerTls Of(Distribution distribution, TlsCertificate certificate, bool speaksHttp3) => new(
        certificate, distribution.Allows("2.0", speaksHttp3), distribution.Allows("3.0", speaksHttp3),
        distribution.ViewerCertificate.Policy);

    /// <summary>Handshakes for a name that no distribution has.</summary>
    public static ViewerTls Of(TlsCertificate certificate) =>
        new(certificate, allowsHttp2: true, allowsHttp3: false, ViewerCertificate.Default.Policy);

    /// <summary>For viewers that offer TLS 1.3.</summary>
    public SslServerAuthenticationOptions OfTls13 { get; }

    /// <summary>For the others: TLS 1.2, or the alert for a version that is not spoken.</summary>
    public SslServerAuthenticationOptions OfOlderViewers { get; }

    /// <summary>For viewers that speak HTTP/3; null where they may not.</summary>
    public SslServerAuthenticationOptions? OfHttp3 { get; }

    private static readonly TlsCipherSuite[] Of2021 =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private static readonly TlsCipherSuite[] Of2019 =
    [
        .. Of2021,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384,
    ];

    private static readonly TlsCipherSuite[] Of2018 =
    [
        .. Of2019,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA256,
    ];

    private static readonly TlsCipherSuite[] Of2016 =
    [
        .. Of2018,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA,
    ];

    /// <summary>The cipher suites of TLS 1.2 that a policy allows (distribution spec 2.11).</summary>
    internal static IReadOnlyList<TlsCipherSuite> SuitesOf(SecurityPolicy policy) => policy switch
    {
        SecurityPolicy.Tls13Of2025 => [],
        SecurityPolicy.Tls12Of2021 or SecurityPolicy.Tls12Of2025 => Of2021,
        SecurityPolicy.Tls12Of2019 => Of2019,
        SecurityPolicy.Tls12Of2018 => Of2018,
        _ => Of2016,
    };

    private static SslServerAuthenticationOptions Options(TlsCertificate certificate, bool allowsHttp2, SslProtocols version) => new()
    {
        ServerCertificateContext = certificate.Context,
        EnabledSslProtocols = version,
        ApplicationProtocols = allowsHttp2
            ? [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11]
            : [SslApplicationProtocol.Http11],
        AllowRenegotiation = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };
}
