using Brink.Configuration;

namespace Brink.Resources;

/// <summary>What describes CloudFront Functions and key value stores (distribution spec 5.6).</summary>
internal static class FunctionReader
{
    /// <summary>What <c>describe-function</c> prints; null, with a mistake, where it is something else.</summary>
    public static ResourceCatalog? Read(ConfigObject root)
    {
        root.Ignore("ETag", "ResponseMetadata");
        if (root.Object("FunctionSummary", required: true) is not { } summary)
            return null;
        summary.Ignore("Status", "FunctionMetadata");
        var name = summary.Text("Name", required: true);
        string? runtime = null, store = null;
        if (summary.Object("FunctionConfig", required: true) is { } config)
        {
            config.Ignore("Comment");
            runtime = config.OneOf("Runtime", required: true, "cloudfront-js-1.0", "cloudfront-js-2.0");
            store = ReadStore(config);
            config.Close();
        }
        summary.Close();
        return name is null || runtime is null
            ? null
            : ResourceCatalog.Empty with { Functions = ResourceCatalog.Empty.Functions.Add(name, new(name, runtime, store)) };
    }

    /// <summary>What <c>describe-key-value-store</c> prints, likewise.</summary>
    public static ResourceCatalog? ReadStore(ConfigObject root, ResourceKind kind)
    {
        root.Ignore("ETag", "ResponseMetadata");
        if (root.Object(kind.Name, required: true) is not { } store)
            return null;
        store.Ignore("Comment", "Status", "LastModifiedTime");
        var (name, id) = (store.Text("Name", required: true), store.Text("Id", required: true));
        var arn = store.Text("ARN", required: true);
        store.Close();
        if (name is null || id is null || arn is null)
            return null;
        if (FunctionResource.StoreIdOf(arn) != id)
            store.Mistake("ARN", $"the ARN {arn} does not end with the id {id}", "Give the document as it is printed");
        return ResourceCatalog.Empty with { KeyValueStores = ResourceCatalog.Empty.KeyValueStores.Add(id, new(id, name, arn)) };
    }

    private static string? ReadStore(ConfigObject config)
    {
        if (config.Object("KeyValueStoreAssociations") is not { } list)
            return null;
        var arns = new List<string?>();
        foreach (var association in list.Objects())
        {
            arns.Add(association.Text("KeyValueStoreARN", required: true));
            association.Close();
        }
        list.Close();
        if (arns.Count > 1)
            config.Mistake("KeyValueStoreAssociations", $"{arns.Count} stores are associated, and a function has one", "Leave one of them");
        return arns.FirstOrDefault();
    }
}
