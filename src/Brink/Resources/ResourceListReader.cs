using Brink.Configuration;

namespace Brink.Resources;

/// <summary>
/// What the <c>list-...</c> commands print. A list that carries its resources whole gives all of them; one that carries summaries is
/// refused, with the commands that print the whole.
/// </summary>
internal static class ResourceListReader
{
    /// <summary>Members of documents that carry summaries: what they leave out, and which kind they are of.</summary>
    private static readonly (string Member, string Rule, string Fix)[] Summaries =
    [
        ("FunctionList", "a list of functions has no code", ResourceKind.Function.HowToGive("NAME")),
        ("KeyValueStoreList", "a list of key value stores has no keys", ResourceKind.KeyValueStore.HowToGive("ARN")),
        ("Versions", "a list of versions has no code", ResourceKind.LambdaVersion.HowToGive("NAME:N")),
        ("Functions", "a list of functions has no code, and no version", ResourceKind.LambdaVersion.HowToGive("NAME:N")),
        (
            "CertificateSummaryList", "a list of certificates has neither certificates nor keys",
            "Add three files for each: name.json, what aws acm describe-certificate --certificate-arn ARN prints, name.pem and name.key"),
        (
            "ServerCertificateMetadataList", "a list of certificates has neither certificates nor keys",
            "Add two files for each: name.json, what aws iam get-server-certificate --server-certificate-name NAME prints, and name.key"),
    ];

    /// <summary>Whether the document is such a list; then it has been read, or refused.</summary>
    public static bool TryRead(ConfigObject root, out ResourceCatalog? catalog)
    {
        catalog = null;
        foreach (var (member, rule, fix) in Summaries)
        {
            if (!root.Has(member))
                continue;
            root.Ignore([.. root.Names]);
            root.Mistake(member, rule, fix);
            return true;
        }
        foreach (var kind in ResourceKind.All)
        {
            if (kind.Add is null || root.Object(kind.Name + "List") is not { } list)
                continue;
            root.Ignore("NextToken", "ResponseMetadata");
            catalog = Read(kind, list);
            return true;
        }
        return false;
    }

    private static ResourceCatalog Read(ResourceKind kind, ConfigObject list)
    {
        // Where the command line asks for several pages and puts them together, there are only items.
        list.Ignore("Quantity", "MaxItems", "Marker", "NextMarker", "IsTruncated");
        var catalog = ResourceCatalog.Empty;
        foreach (var item in list.PlainObjects("Items"))
        {
            item.Ignore("Type");
            // Policies and groups stand whole within their item; of keys and identities the item is the configuration itself.
            var printed = kind.IsFlatInLists ? item : item.Object(kind.Name, required: true);
            if (printed?.Text("Id", required: true) is not { } id)
                continue;
            var before = catalog;
            // An account has more than a distribution names: what cannot be used is told only where it is named.
            var mistakes = item.Apart(() => catalog = ReadItem(kind, item, printed, id, before));
            if (!mistakes.IsEmpty)
                catalog = before.WithUnusable(kind, id, string.Join(" ", mistakes));
        }
        list.Close();
        return catalog;
    }

    private static ResourceCatalog ReadItem(ResourceKind kind, ConfigObject item, ConfigObject printed, string id, ResourceCatalog catalog)
    {
        if (!kind.IsFlatInLists)
        {
            if (PrintedForm.Read(item, kind.Name, (config, within) => kind.Add!(catalog, config, within!.Text("Id")!)) is { } read)
                catalog = read;
        }
        else
        {
            printed.Ignore("CreatedTime", "S3CanonicalUserId");
            catalog = kind.Add!(catalog, printed, id);
        }
        item.Close();
        return catalog;
    }
}
