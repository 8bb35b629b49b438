using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// One resource from JSON in any of the forms of the aws command line: what <c>get-cache-policy</c> and its like print, what
/// <c>get-cache-policy-config</c> prints, or the bare configuration that <c>create-cache-policy --cache-policy-config</c> takes.
/// </summary>
public static class ResourceReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="id">The id where the document has none: the file's name.</param>
    /// <returns>A catalogue that holds just this resource, or the mistakes.</returns>
    public static ConfigResult<ResourceCatalog> Read(string json, string id) => ConfigObject.Read(json, root => Read(root, id));

    private static ResourceCatalog? Read(ConfigObject root, string id)
    {
        if (root.Has("Certificate"))
            return With(CertificateReader.ReadAcm(root));
        if (root.Has("ServerCertificate"))
            return With(CertificateReader.ReadIam(root));
        if (root.Has(ResourceKind.RealtimeLogConfig.Name))
            return RealtimeLogConfigReader.ReadPrinted(root);
        foreach (var kind in ResourceKind.All)
        {
            if (root.Has(kind.Name) || root.Has(kind.Name + "Config"))
                return PrintedForm.Read(root, kind.Name, (config, printed) => Read(kind, config, printed?.Text("Id") ?? id));
        }
        // A bare configuration does not say what it is; its members do.
        foreach (var kind in ResourceKind.All)
        {
            if (kind.Marks.Any(root.Has))
                return Read(kind, root, id);
        }
        root.Ignore([.. root.Names]);
        root.Mistake(
            "the document is none of the resources that distributions name: "
                + string.Join(", ", ResourceKind.All.Select(kind => kind.Name)),
            "Give what aws cloudfront get-cache-policy or its like prints, or take the file out of the folder");
        return null;
    }

    private static ResourceCatalog? With(CertificateResource? certificate) => certificate is null
        ? null
        : ResourceCatalog.Empty with { Certificates = ResourceCatalog.Empty.Certificates.Add(certificate.Id, certificate) };

    private static ResourceCatalog Read(ResourceKind kind, ConfigObject config, string id) => kind.Add(ResourceCatalog.Empty, config, id);
}
