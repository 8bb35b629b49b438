using Brink.Policies;

namespace Brink.Host.Development;

/// <summary>A policy by managed name, or from a file with the JSON of the API.</summary>
internal static class PolicyFiles
{
    public static CachePolicy? ReadCachePolicy(string nameOrFile, Reading reading)
    {
        if (ManagedPolicies.FindCachePolicy(nameOrFile) is { } managed)
            return managed;
        reading.Unusable(nameOrFile, "is neither a managed cache policy nor a file");
        return null;
    }

    public static OriginRequestPolicy? ReadOriginRequestPolicy(string nameOrFile, Reading reading)
    {
        if (ManagedPolicies.FindOriginRequestPolicy(nameOrFile) is { } managed)
            return managed;
        reading.Unusable(nameOrFile, "is neither a managed origin request policy nor a file");
        return null;
    }
}
