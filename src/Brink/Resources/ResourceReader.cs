using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// Resources from JSON in any of the forms of the aws command line: what <c>get-cache-policy</c> and its like print, what
/// <c>get-cache-policy-config</c> prints, the bare configuration that <c>create-cache-policy --cache-policy-config</c> takes, or what
/// <c>list-cache-policies</c> prints.
/// </summary>
public static class ResourceReader
{
    /// <summary>Kinds that are described in a way of their own, by a member that only their documents have.</summary>
    private static readonly (string Member, Func<ConfigObject, ResourceCatalog?> Read)[] OwnForms =
    [
        ("Certificate", root => With(CertificateReader.ReadAcm(root))),
        ("ServerCertificate", root => With(CertificateReader.ReadIam(root))),
        ("FunctionSummary", FunctionReader.Read),
        ("KeyValueStore", root => FunctionReader.ReadStore(root, ResourceKind.KeyValueStore)),
        ("Configuration", LambdaVersionReader.ReadPrinted),
        ("FunctionArn", LambdaVersionReader.Read),
        (ResourceKind.RealtimeLogConfig.Name, RealtimeLogConfigReader.ReadPrinted),
    ];

    private const string Keys = "data";

    /// <summary>Documents that belong elsewhere.</summary>
    private static readonly (string Member, string What, string Fix)[] Strangers =
    [
        ("Distribution", "this is a distribution", "Give it with --distribution, and keep it out of the folder of --resources"),
        ("DistributionConfig", "this is a distribution", "Give it with --distribution, and keep it out of the folder of --resources"),
        ("DefaultCacheBehavior", "this is a distribution", "Give it with --distribution, and keep it out of the folder of --resources"),
        ("DistributionList", "this is a list of distributions", "Give --distribution what aws cloudfront get-distribution --id ID prints"),
        (
            Keys, "these are the keys of a key value store",
            "Name the file NAME.data.json, beside NAME.json: what aws cloudfront describe-key-value-store --name NAME prints"),
    ];

    /// <summary>Reads a document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="id">The id where the document has none: the file's name.</param>
    /// <returns>A catalogue that holds just what the document gives, or the mistakes.</returns>
    public static ConfigResult<ResourceCatalog> Read(string json, string id) => ConfigObject.Read(json, root => Read(root, id));

    private static ResourceCatalog? Read(ConfigObject root, string id)
    {
        foreach (var (member, read) in OwnForms)
        {
            if (root.Has(member))
                return read(root);
        }
        if (ResourceListReader.TryRead(root, out var listed))
            return listed;
        foreach (var kind in ResourceKind.All.Where(kind => kind.Add is not null))
        {
            if (root.Has(kind.Name) || root.Has(kind.Name + "Config"))
                return PrintedForm.Read(root, kind.Name, (config, printed) => Read(kind, config, printed?.Text("Id") ?? id));
        }
        // What list-keys prints has nothing but its items.
        if (Array.Find(Strangers, stranger => root.Has(stranger.Member) || (stranger.Member == Keys && root.Names is ["Items"]))
            is { Member: not null } known)
            return Refuse(root, known.What, known.Fix);
        // A bare configuration does not say what it is; its members do.
        foreach (var kind in ResourceKind.All)
        {
            if (kind.Marks.Any(root.Has))
                return Read(kind, root, id);
        }
        return Refuse(
            root,
            "the document is none of the resources that distributions name: "
                + string.Join(", ", ResourceKind.All.Select(kind => kind.Name)),
            "Give what aws cloudfront get-cache-policy or its like prints, or take the file out of the folder");
    }

    private static ResourceCatalog? Refuse(ConfigObject root, string what, string fix)
    {
        root.Ignore([.. root.Names]);
        root.Mistake(what, fix);
        return null;
    }

    private static ResourceCatalog? With(CertificateResource? certificate) => certificate is null
        ? null
        : ResourceCatalog.Empty with { Certificates = ResourceCatalog.Empty.Certificates.Add(certificate.Id, certificate) };

    private static ResourceCatalog Read(ResourceKind kind, ConfigObject config, string id) => kind.Add!(ResourceCatalog.Empty, config, id);
}
