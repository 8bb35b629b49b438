using System.Text.Json;

namespace Brink.Functions.Lambda;

/// <summary>The commonest reason why a function of Node.js does not load on another machine: nobody has installed its packages.</summary>
public static class MissingModules
{
    /// <summary>What to do about a folder that does not load; null when its packages are not what is missing.</summary>
    public static string? HintFor(string folder)
    {
        var file = Path.Combine(folder, "package.json");
        if (!File.Exists(file) || Directory.Exists(Path.Combine(folder, "node_modules")))
            return null;
        try
        {
            using var package = JsonDocument.Parse(File.ReadAllBytes(file));
            return package.RootElement.ValueKind == JsonValueKind.Object && package.RootElement.TryGetProperty("dependencies", out var dependencies)
                && dependencies.ValueKind == JsonValueKind.Object && dependencies.EnumerateObject().Any()
                ? "its package.json asks for packages, and there is no node_modules: install them there (npm ci)"
                : null;
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
