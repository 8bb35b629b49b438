using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Edge.Configuration;

namespace Brink.Host.Development;

/// <summary>
/// An authority of this user alone: it makes certificates for whatever name is served in development, and a browser that trusts it accepts
/// them all. Its key never leaves the user's data folder; <c>brink trust</c> says how to trust it, and how to end that.
/// </summary>
internal sealed class LocalAuthority : IDisposable
{
    private const string CertificateName = "authority.pem", KeyName = "authority.key";

    /// <summary>Browsers accept no longer one for a server.</summary>
    private const int LeafDays = 397;

    private const int AuthorityYears = 10;

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, TlsCertificate> _issued = new(StringComparer.Ordinal);

    private LocalAuthority(X509Certificate2 certificate, string? file, TimeProvider time) =>
        (_certificate, File, _time) = (certificate, file, time);

    /// <summary>The certificate to trust, PEM; null for an authority that could not be kept and ends with the process.</summary>
    public string? File { get; }

    /// <summary>Where this user's authority is: <c>$XDG_DATA_HOME/brink/authority</c>, or the same below <c>~/.local/share</c>.</summary>
    public static string DefaultFolder { get; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "brink", "authority");

    /// <summary>The authority of a folder. It is made where there is none, or where its time is over.</summary>
    /// <exception cref="IOException">The folder cannot be written, or holds something else.</exception>
    public static LocalAuthority Open(string folder, TimeProvider time)
    {
        var (certificateFile, keyFile) = (Path.Combine(folder, CertificateName), Path.Combine(folder, KeyName));
        try
        {
            if (System.IO.File.Exists(certificateFile))
            {
                var kept = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
                if (kept.NotAfter > time.GetUtcNow().AddDays(LeafDays))
                    return new LocalAuthority(kept, certificateFile, time);
                kept.Dispose();
            }
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var made = Make(time);
            // The key first: a certificate without it would be found at the next start.
            const UnixFileMode ofUser = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Write(keyFile, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), ofUser);
            // A copy among the machine's authorities must be readable, and takes its rights from here.
            Write(certificateFile, made.ExportCertificatePem(), ofUser | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            return new LocalAuthority(made, certificateFile, time);
        }
        catch (Exception exception)
            when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"{folder} cannot hold the authority for certificates: {exception.Message}", exception);
        }
    }

    /// <summary>An authority that nothing keeps: its certificates are trusted by no one, and end with the process.</summary>
    public static LocalAuthority InMemory(TimeProvider time) => new(Make(time), file: null, time);

    /// <summary>A certificate for names; the same for the same names for as long as it is valid.</summary>
    /// <param name="names">Host names, a wildcard as their first label included. The first is the subject.</param>
    public TlsCertificate For(IReadOnlyList<string> names)
    {
        var key = string.Join(' ', names);
        if (_issued.TryGetValue(key, out var issued) && issued.Certificate.NotAfter > _time.GetUtcNow().AddDays(1))
            return issued;
        return _issued[key] = Issue(names);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 Make(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Brink local authority of {Environment.UserName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddYears(AuthorityYears));
    }

    private TlsCertificate Issue(IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        alternatives.AddIpAddress(IPAddress.Loopback);
        alternatives.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        var now = _time.GetUtcNow();
        // An hour back: clocks of one machine and its containers differ.
        var serialNumber = RandomNumberGenerator.GetBytes(16);
        using var certificate = request.Create(_certificate, now.AddHours(-1), now.AddDays(LeafDays - 1), serialNumber);
        return new TlsCertificate(certificate.CopyWithPrivateKey(key));
    }

    private static void Write(string file, string text, UnixFileMode mode)
    {
        // Created with its rights, so that there is no moment in which others can read a key.
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = mode,
        });
        using var writer = new StreamWriter(stream);
        writer.Write(text);
    }
}
