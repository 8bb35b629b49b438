namespace Brink.Configuration;

/// <summary>
/// The forms in which the aws command line prints a configuration: by itself (<c>create-...</c> takes it so), beside its ETag
/// (<c>get-distribution-config</c>), or within the resource and beside its ETag (<c>get-distribution</c>).
/// </summary>
internal static class PrintedForm
{
    /// <summary>Reads a configuration in any of the forms; null, with a mistake, where a form has none inside.</summary>
    /// <param name="root">The document.</param>
    /// <param name="resource">The resource: Distribution, CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy.</param>
    /// <param name="read">Reads the configuration; beside it stands the resource that holds it, or null.</param>
    public static T? Read<T>(ConfigObject root, string resource, Func<ConfigObject, ConfigObject?, T> read)
        where T : class
    {
        var name = resource + "Config";
        var printed = root.Object(resource);
        if (printed is null && !root.Has(name))
            return read(root, null);
        root.Ignore("ETag", "Location", "Tags", "Id", "IfMatch", "ResponseMetadata");
        printed?.Ignore(
            "ARN", "Status", "LastModifiedTime", "CreatedTime", "InProgressInvalidationBatches", "ActiveTrustedSigners",
            "ActiveTrustedKeyGroups", "AliasICPRecordals", "S3CanonicalUserId");
        if ((printed ?? root).Object(name, required: true) is not { } config)
            return null;
        var value = read(config, printed);
        config.Close();
        printed?.Close();
        return value;
    }
}
