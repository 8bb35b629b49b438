using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Brink.Distributions;

namespace Brink.Edge.Origins;

/// <summary>What connections to origins depend on besides name and port: requests whose settings are the same may share them.</summary>
/// <param name="ConnectionTimeout">How long an attempt may take, TLS handshake included.</param>
/// <param name="KeepaliveTimeout">How long an idle connection is kept.</param>
/// <param name="IpAddressType">Which addresses are tried.</param>
/// <param name="IsHttp2">Whether HTTP/2 is spoken, and nothing else.</param>
/// <param name="Sni">The name asked for in the handshake; null for the Host that is sent.</param>
/// <param name="AllowedCertificateNames">
/// The names of which the certificate must have one, a blank between two; empty for the usual rule.
/// </param>
internal sealed record OriginConnectionSettings(
    TimeSpan ConnectionTimeout, TimeSpan KeepaliveTimeout, OriginIpAddressType IpAddressType, bool IsHttp2, string? Sni,
    string AllowedCertificateNames)
{
    public static OriginConnectionSettings Of(CustomOrigin origin, bool isHttp2 = false) => new(
        origin.ConnectionTimeout, origin.KeepaliveTimeout, origin.IpAddressType, isHttp2, origin.Sni ?? origin.HostHeader,
        origin.AllowedCertificateNames.IsDefaultOrEmpty ? "" : string.Join(' ', origin.AllowedCertificateNames));
}

/// <summary>Connects to origins: address, TLS, certificate (distribution spec 2.2, functions spec 7.1).</summary>
/// <param name="authorities">Authorities trusted besides the machine's; null for none.</param>
/// <param name="passesInterimResponses">Whether interim responses go on to viewers.</param>
internal sealed class OriginConnector(X509Certificate2Collection? authorities, bool passesInterimResponses)
{
    /// <summary>A connection, with TLS where the origin wants it.</summary>
    /// <param name="settings">How to connect.</param>
    /// <param name="domainName">The origin's name, or its address without brackets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="https">Whether TLS is spoken.</param>
    /// <param name="host">The Host that is sent over the connection.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="SocketException">No connection.</exception>
    /// <exception cref="AuthenticationException">No TLS, or a certificate that is not accepted; the message says why.</exception>
    public async ValueTask<Stream> ConnectAsync(
        OriginConnectionSettings settings, string domainName, int port, bool https, string? host, CancellationToken cancellationToken)
    {
        var family = settings.IpAddressType switch
        {
            OriginIpAddressType.IPv4 => AddressFamily.InterNetwork,
            OriginIpAddressType.IPv6 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        var socket = family == AddressFamily.Unspecified
            ? new Socket(SocketType.Stream, ProtocolType.Tcp)
            : new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            await socket.ConnectAsync(new DnsEndPoint(domainName, port, family), cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return https ? await SecureAsync(stream, settings, domainName, host, cancellationToken)
                : passesInterimResponses ? new InterimStream(stream)
                : stream;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<SslStream> SecureAsync(
        NetworkStream stream, OriginConnectionSettings settings, string domainName, string? host, CancellationToken cancellationToken)
    {
        var sentName = NameOf(host) ?? domainName;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = settings.Sni ?? sentName,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ApplicationProtocols = settings.IsHttp2 ? [SslApplicationProtocol.Http2] : null,
            // Thrown, because a plain no would not say why.
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                Problem(certificate as X509Certificate2, chain, errors, settings.AllowedCertificateNames, domainName, sentName)
                    is { } problem
                    ? throw new AuthenticationException(problem)
                    : true,
        };
        var secure = passesInterimResponses ? new InterimSslStream(stream) : new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(options, cancellationToken);
            if (settings.IsHttp2 && secure.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
                throw new AuthenticationException("it does not speak HTTP/2, which gRPC needs");
            return secure;
        }
        catch
        {
            await secure.DisposeAsync();
            throw;
        }
    }

    /// <summary>Why the certificate is not accepted; null if it is.</summary>
    private string? Problem(
        X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, string allowedNames, string domainName, string sentName)
    {
        if (certificate is null)
            return "it showed no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && !IsTrustedByAuthorities(certificate, chain))
            return "its certificate is not one that this machine trusts (self-signed, expired, or of an unknown authority)";
        if (allowedNames.Length > 0)
        {
            return CertificateNames.HasOneOf(certificate, allowedNames)
                ? null
                : $"its certificate is for {CertificateNames.Of(certificate)}; "
                    + $"allowed are {allowedNames.Replace(" ", ", ", StringComparison.Ordinal)}";
        }
        // .NET has checked the name asked for. The certificate may name the origin as well, or the Host that is sent to it (spec 2.2).
        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            || CertificateNames.HasOneOf(certificate, domainName) || CertificateNames.HasOneOf(certificate, sentName)
                ? null
                : $"its certificate is for another name: {CertificateNames.Of(certificate)}";
    }

    private bool IsTrustedByAuthorities(X509Certificate2 certificate, X509Chain? sent)
    {
        if (authorities is null)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1")); // server authentication
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null)
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(certificate);
    }

    /// <summary>The name in a Host field, without port; null if a handshake could not ask for it.</summary>
    private static string? NameOf(string? host)
    {
        if (host is null)
            return null;
        var colon = host.LastIndexOf(':');
        var name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return Uri.CheckHostName(name) == UriHostNameType.Unknown ? null : name.Trim('[', ']');
    }
}

/// <summary>The names in a certificate.</summary>
internal static class CertificateNames
{
    /// <summary>
    /// Whether the certificate is for one of the names, a blank between two. A wildcard stands for
    /// itself and for every name of its one label.
    /// </summary>
    public static bool HasOneOf(X509Certificate2 certificate, string names)
    {
        try
        {
            foreach (var range in names.AsSpan().Split(' '))
            {
                var name = names[range];
                var isFor = name.StartsWith("*.", StringComparison.Ordinal)
                    ? All(certificate).Any(own => IsUnder(own, name))
                    : certificate.MatchesHostname(name);
                if (isFor)
                    return true;
            }
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Its list of names is not readable: it is for no name.
        }
        return false;
    }

    /// <summary>For messages.</summary>
    public static string Of(X509Certificate2 certificate)
    {
        try
        {
            return string.Join(", ", All(certificate).Take(5));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return "names that cannot be read";
        }
    }

    private static ImmutableArray<string> All(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension is X509SubjectAlternativeNameExtension alternatives)
                return [.. alternatives.EnumerateDnsNames(), .. alternatives.EnumerateIPAddresses().Select(address => address.ToString())];
        }
        return [certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)];
    }

    private static bool IsUnder(string name, string wildcard)
    {
        if (name.Equals(wildcard, StringComparison.OrdinalIgnoreCase))
            return true;
        var rest = wildcard.AsSpan(1);
        return name.Length > rest.Length
            && name.AsSpan().EndsWith(rest, StringComparison.OrdinalIgnoreCase)
            && !name.AsSpan(0, name.Length - rest.Length).Contains('.');
    }
}
