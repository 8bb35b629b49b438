using System.Net.Security;
using System.Security.Authentication;

namespace Brink.Edge.Configuration;

/// <summary>What a client's TLS is known again by.</summary>
/// <param name="Ja3">32 hexadecimal digits.</param>
/// <param name="Ja4">36 characters.</param>
internal sealed record TlsFingerprints(string Ja3, string Ja4);

/// <summary>What is known of a connection's handshake: only where a policy asks for it when the connection begins.</summary>
internal sealed class TlsSession
{
    private readonly string _ofLaterRequests;
    private string _ofNextRequest;

    public TlsSession(SslProtocols version, TlsCipherSuite suite, bool isResumed, TlsFingerprints? fingerprints)
    {
        (Protocol, Cipher) = (version == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2", NameOf(suite));
        var start = $"{Protocol}:{Cipher}";
        _ofNextRequest = $"{start}:{(isResumed ? "sessionResumed" : "fullHandshake")}";
        _ofLaterRequests = $"{start}:connectionReused";
        Fingerprints = fingerprints;
    }

    /// <summary>TLSv1.2 or TLSv1.3.</summary>
    public string Protocol { get; }

    /// <summary>The cipher suite by its name in CloudFront's headers and logs.</summary>
    public string Cipher { get; }

    /// <summary>Null where no policy asks for them.</summary>
    public TlsFingerprints? Fingerprints { get; }

    /// <summary>CloudFront-Viewer-TLS of the connection's next request: after the first one the connection is reused.</summary>
    public string NextRequest() => Interlocked.Exchange(ref _ofNextRequest, _ofLaterRequests);

    /// <summary>The name of a cipher suite as CloudFront writes it: of TLS 1.3 the registered one, of older ones OpenSSL's.</summary>
    internal static string NameOf(TlsCipherSuite suite)
    {
        var name = suite.ToString();
        if (name.IndexOf("_WITH_", StringComparison.Ordinal) is not (> 0 and var with))
            return name;
        var exchange = name["TLS_".Length..with] is var keys and not "RSA" ? keys + "-" : "";
        var cipher = name[(with + "_WITH_".Length)..]
            .Replace("AES_", "AES", StringComparison.Ordinal).Replace("_CBC", "", StringComparison.Ordinal)
            .Replace("POLY1305_SHA256", "POLY1305", StringComparison.Ordinal);
        return (exchange + cipher).Replace('_', '-');
    }
}
