using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>
/// The certificates of resources. Beside the document <c>name.json</c> lie <c>name.pem</c>, the certificate and its chain, and
/// <c>name.key</c>, the private key; a document of IAM has the certificate in it.
/// </summary>
internal static class CertificateFiles
{
    /// <summary>The certificate of a document; null, with a mistake, where it cannot be used.</summary>
    /// <param name="resource">What the document says.</param>
    /// <param name="document">The document's file.</param>
    /// <param name="time">By which it must be valid.</param>
    /// <param name="reading">Where mistakes go.</param>
    public static TlsCertificate? Read(CertificateResource resource, string document, TimeProvider time, Reading reading)
    {
        var (pemFile, keyFile) = (Path.ChangeExtension(document, ".pem"), Path.ChangeExtension(document, ".key"));
        if ((resource.Pem ?? reading.Text(pemFile)) is not { } pem || reading.Text(keyFile) is not { } key)
            return null;
        var named = resource.Pem is null ? pemFile : document;
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            reading.Unusable(named, $"the file holds no certificate that can be read: {exception.Message}");
            return null;
        }
        if (chain.Count == 0)
        {
            reading.Unusable(named, "the file holds no certificate: it begins with -----BEGIN CERTIFICATE-----");
            return null;
        }
        if (chain[0].NotAfter < time.GetUtcNow() || chain[0].NotBefore > time.GetUtcNow())
        {
            reading.Unusable(
                named, $"the certificate is valid from {chain[0].NotBefore:yyyy-MM-dd} to {chain[0].NotAfter:yyyy-MM-dd}, and not now");
            return null;
        }
        try
        {
            var certificate = X509Certificate2.CreateFromPem(pem, key);
            return new TlsCertificate(certificate, [.. chain.Skip(1)]);
        }
        // ArgumentException: the key of another certificate. Its message repeats nothing of the key.
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            reading.Unusable(keyFile, $"this is no private key of the certificate in {named}: {exception.Message}");
            return null;
        }
    }

    /// <summary>Adds a mistake for every alias that its certificate does not cover, as AWS refuses it.</summary>
    public static void CheckNames(string file, Distribution distribution, TlsCertificate certificate, Reading reading)
    {
        foreach (var alias in distribution.Aliases)
        {
            // A wildcard is covered by the same wildcard alone, which matches any name that is one label longer.
            var covered = certificate.Certificate.MatchesHostname(alias.Replace("*", "x", StringComparison.Ordinal), allowWildcards: true);
            if (!covered)
            {
                reading.Unusable(
                    file, $"the certificate {distribution.ViewerCertificate.Id} does not cover the alias {alias}: "
                    + "give one that names it, or take the alias out");
            }
        }
    }
}
