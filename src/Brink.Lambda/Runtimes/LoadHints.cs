using System.Text.Json;

namespace Brink.Lambda.Runtimes;

/// <summary>What to do about a Node.js function that does not load, for the commonest reasons.</summary>
public static class LoadHints
{
    // What Node.js says when it reads a module as CommonJS.
    private static readonly string[] SignsOfModules =
    [
        "Unexpected token 'export'",
        "Cannot use import statement outside a module",
        "Cannot use 'import.meta' outside a module",
        "await is only valid in async functions and the top level bodies of modules",
    ];

    /// <summary>What to write or to install; null where the reason is another one.</summary>
    /// <param name="folder">The folder that does not load.</param>
    /// <param name="error">The runtime's words.</param>
    public static string? HintFor(string folder, string error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return SignsOfModules.Any(sign => error.Contains(sign, StringComparison.Ordinal))
            ? "a .js file is CommonJS unless a package.json says otherwise, at AWS too: "
                + "write \"type\": \"module\" into its package.json, or name the file .mjs"
            : HintOnPackages(folder);
    }

    private static string? HintOnPackages(string folder)
    {
        var file = Path.Combine(folder, "package.json");
        if (!File.Exists(file) || Directory.Exists(Path.Combine(folder, "node_modules")))
            return null;
        try
        {
            using var package = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = package.RootElement;
            return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("dependencies", out var dependencies)
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
