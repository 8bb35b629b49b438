using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// What <c>aws acm describe-certificate</c> and <c>aws iam get-server-certificate</c> print. Only the names matter here: the certificate
/// itself and its key lie beside the document.
/// </summary>
internal static class CertificateReader
{
    /// <summary>A certificate of ACM; null, with a mistake, where the document is another one.</summary>
    public static CertificateResource? ReadAcm(ConfigObject root)
    {
        if (root.Object("Certificate", required: true) is not { } certificate)
            return null;
        var id = certificate.Text("CertificateArn", required: true);
        certificate.Ignore([.. certificate.Names]);
        return id is null ? null : new CertificateResource(id, Pem: null);
    }

    /// <summary>A certificate of IAM, likewise.</summary>
    public static CertificateResource? ReadIam(ConfigObject root)
    {
        if (root.Object("ServerCertificate", required: true) is not { } certificate)
            return null;
        var id = certificate.Object("ServerCertificateMetadata", required: true) is { } metadata ? ReadId(metadata) : null;
        var body = certificate.Text("CertificateBody", required: true);
        var chain = certificate.Text("CertificateChain");
        certificate.Ignore([.. certificate.Names]);
        return id is null || body is null ? null : new CertificateResource(id, chain is null ? body : $"{body}\n{chain}");
    }

    private static string? ReadId(ConfigObject metadata)
    {
        var id = metadata.Text("ServerCertificateId", required: true);
        metadata.Ignore([.. metadata.Names]);
        return id;
    }
}
