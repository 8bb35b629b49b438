using System.Text.Json;
using Brink.Functions;

namespace Brink.Host.Development;

/// <summary>
/// An operator's own quotas: <c>{ "base": "classic", "viewer": { "timeout": 10 } }</c>. What the file does not name is as in the preset; what it names must
/// be known.
/// </summary>
internal static class QuotasFile
{
    /// <summary>The quotas of a preset's name or a file; null, with the reasons.</summary>
    public static LambdaQuotas? Read(string nameOrFile, out IReadOnlyList<string> mistakes)
    {
        var found = new List<string>();
        mistakes = found;
        if (LambdaQuotas.Preset(nameOrFile) is { } preset)
            return preset;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(nameOrFile));
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                found.Add("the quotas must be an object");
                return null;
            }
            var named = root.TryGetProperty("base", out var given) ? given.ToString() : "classic";
            if (LambdaQuotas.Preset(named) is not { } quotas)
            {
                found.Add($"base: there is no preset {named}. Use classic or current.");
                return null;
            }
            quotas = quotas with { Name = nameOrFile };
            foreach (var property in root.EnumerateObject())
            {
                switch (property.Name)
                {
                    case "base":
                        break;
                    case "viewer":
                        quotas = quotas with { Viewer = ReadEvent(property.Value, "viewer", quotas.Viewer, found) };
                        break;
                    case "origin":
                        quotas = quotas with { Origin = ReadEvent(property.Value, "origin", quotas.Origin, found) };
                        break;
                    default:
                        found.Add($"{property.Name}: not a setting. Use base, viewer, origin.");
                        break;
                }
            }
            if (found.Count == 0)
                found.AddRange(quotas.Validate());
            return found.Count == 0 ? quotas : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            found.Add("neither classic nor current, nor a file that is there");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            found.Add($"cannot be read as JSON: {exception.Message}");
        }
        return null;
    }

    private static LambdaTriggerQuotas ReadEvent(JsonElement given, string path, LambdaTriggerQuotas quotas, List<string> mistakes)
    {
        if (given.ValueKind != JsonValueKind.Object)
        {
            mistakes.Add($"{path}: must be an object");
            return quotas;
        }
        foreach (var property in given.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetInt32(out var number))
            {
                mistakes.Add($"{path}.{property.Name}: must be a whole number");
                continue;
            }
            switch (property.Name)
            {
                case "timeout":
                    quotas = quotas with { Timeout = TimeSpan.FromSeconds(number) };
                    break;
                case "codeBytes":
                    quotas = quotas with { CodeBytes = number };
                    break;
                case "generatedResponseBytes":
                    quotas = quotas with { GeneratedResponseBytes = number };
                    break;
                case "exposedBodyBytes":
                    quotas = quotas with { ExposedBodyBytes = number };
                    break;
                case "replacedBodyBytes":
                    quotas = quotas with { ReplacedBodyBytes = number };
                    break;
                default:
                    mistakes.Add($"{path}.{property.Name}: not a setting. Use timeout, codeBytes, generatedResponseBytes, exposedBodyBytes, replacedBodyBytes.");
                    break;
            }
        }
        return quotas;
    }
}
