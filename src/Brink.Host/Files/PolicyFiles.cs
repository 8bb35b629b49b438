using System.Text.Json;
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

    /// <summary>Brink has no such policies yet: the line names the settings that would have no effect.</summary>
    public static void RefuseResponseHeadersPolicy(string nameOrFile, Reading reading)
    {
        var fields = new List<string>();
        try
        {
            if (File.Exists(nameOrFile) && reading.Text(nameOrFile) is { } text)
            {
                using var json = JsonDocument.Parse(text);
                AddFields(json.RootElement, "", fields);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException) // a name with half of a surrogate pair
        {
            // It is refused anyway.
        }
        var sets = fields.Count > 0 ? $": this one sets {string.Join(", ", fields.Distinct(StringComparer.Ordinal))}" : "";
        reading.Unusable(nameOrFile, $"response headers policies are not supported yet{sets}. Leave --response-headers-policy out");
    }

    /// <summary>The fields that hold a value; lists are left out of their names.</summary>
    private static void AddFields(JsonElement element, string path, List<string> fields)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            var isList = element.TryGetProperty("Items", out _) || element.TryGetProperty("Quantity", out _);
            foreach (var property in element.EnumerateObject())
            {
                if (!isList)
                    AddFields(property.Value, path.Length > 0 ? $"{path}.{property.Name}" : property.Name, fields);
                else if (property.Name == "Items")
                    AddFields(property.Value, path, fields);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                AddFields(item, path, fields);
        }
        else
        {
            fields.Add(path);
        }
    }

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
