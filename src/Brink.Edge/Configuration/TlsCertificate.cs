using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Brink.Edge.Configuration;

/// <summary>A certificate with its key and what leads from it to a root, ready for handshakes. Many distributions may share one.</summary>
public sealed class TlsCertificate
{
    /// <summary>Prepares a certificate.</summary>
    /// <param name="certificate">The certificate, with its private key.</param>
    /// <param name="chain">The intermediate certificates that are sent along. Default none.</param>
    public TlsCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        Certificate = certificate;
        Context = SslStreamCertificateContext.Create(certificate, additionalCertificates: chain, offline: true);
    }

    /// <summary>The certificate.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What a handshake takes. One context for all handshakes, so that sessions can be resumed.</summary>
    internal SslStreamCertificateContext Context { get; }
}
