using Brink.Configuration;
using Brink.Host.CommandLine;
using Brink.Policies;
using Brink.Resources;

namespace Brink.Host.Files;

/// <summary>A policy by its name or id, managed or of the resources, or from a file with the JSON of the API.</summary>
internal static class PolicyFiles
{
    public static CachePolicy? ReadCachePolicy(string nameOrFile, ResourceCatalog resources, Reading reading) =>
        resources.FindCachePolicy(nameOrFile)
        ?? resources.CachePolicies.Values.FirstOrDefault(policy => policy.Name == nameOrFile)
        ?? ReadFile(
            nameOrFile, "cache", ManagedPolicies.CachePolicies.Select(policy => policy.Name), PolicyConfigReader.ReadCachePolicy, reading);

    public static OriginRequestPolicy? ReadOriginRequestPolicy(string nameOrFile, ResourceCatalog resources, Reading reading) =>
        resources.FindOriginRequestPolicy(nameOrFile)
        ?? resources.OriginRequestPolicies.Values.FirstOrDefault(policy => policy.Name == nameOrFile)
        ?? ReadFile(
            nameOrFile, "origin request", ManagedPolicies.OriginRequestPolicies.Select(policy => policy.Name),
            PolicyConfigReader.ReadOriginRequestPolicy, reading);

    public static ResponseHeadersPolicy? ReadResponseHeadersPolicy(string nameOrFile, ResourceCatalog resources, Reading reading) =>
        resources.FindResponseHeadersPolicy(nameOrFile)
        ?? resources.ResponseHeadersPolicies.Values.FirstOrDefault(policy => policy.Name == nameOrFile)
        ?? ReadFile(
            nameOrFile, "response headers", ManagedPolicies.ResponseHeadersPolicies.Select(policy => policy.Name),
            PolicyConfigReader.ReadResponseHeadersPolicy, reading);

    /// <summary>The name as users type it: AWS shows it with Managed- in front, and both are accepted.</summary>
    public static string ShortName(string managed) => managed.Replace("Managed-", "", StringComparison.Ordinal);

    private static T? ReadFile<T>(
        string file, string kind, IEnumerable<string> managed, Func<string, string, ConfigResult<T>> read, Reading reading)
        where T : class
    {
        // A name that is no file is most likely a misspelt managed policy.
        if (!File.Exists(file) && !Directory.Exists(file))
        {
            var meant = DidYouMean.After(file, managed.Select(ShortName).Concat(managed));
            reading.Unusable(
                file, $"this is neither a file nor a managed {kind} policy; those are {string.Join(", ", managed)}{meant}");
            return null;
        }
        return reading.Text(file) is { } json ? reading.Accept(file, read(json, Path.GetFileNameWithoutExtension(file))) : null;
    }
}
