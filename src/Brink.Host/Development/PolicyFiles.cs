using Brink.Configuration;
using Brink.Host.CommandLine;
using Brink.Policies;

namespace Brink.Host.Development;

/// <summary>A policy by managed name, or from a file with the JSON of the API.</summary>
internal static class PolicyFiles
{
    public static CachePolicy? ReadCachePolicy(string nameOrFile, Reading reading) =>
        ManagedPolicies.FindCachePolicy(nameOrFile)
        ?? ReadFile(nameOrFile, "cache", ManagedPolicies.CachePolicies.Select(policy => policy.Name), PolicyConfigReader.ReadCachePolicy, reading);

    public static OriginRequestPolicy? ReadOriginRequestPolicy(string nameOrFile, Reading reading) =>
        ManagedPolicies.FindOriginRequestPolicy(nameOrFile)
        ?? ReadFile(nameOrFile, "origin request", ManagedPolicies.OriginRequestPolicies.Select(policy => policy.Name), PolicyConfigReader.ReadOriginRequestPolicy, reading);

    /// <summary>As names are typed: AWS shows them with Managed- before them, and both are taken.</summary>
    public static string ShortName(string managed) => managed.Replace("Managed-", "", StringComparison.Ordinal);

    private static T? ReadFile<T>(string file, string kind, IEnumerable<string> managed, Func<string, string, ConfigResult<T>> read, Reading reading)
        where T : class
    {
        // A name that is no file is most likely a managed policy's, misspelt.
        if (!File.Exists(file) && !Directory.Exists(file))
        {
            reading.Unusable(file, $"this is neither a file nor a managed {kind} policy; those are {string.Join(", ", managed)}{DidYouMean.After(file, managed.Select(ShortName).Concat(managed))}");
            return null;
        }
        return reading.Text(file) is { } json ? reading.Accept(file, read(json, Path.GetFileNameWithoutExtension(file))) : null;
    }
}
