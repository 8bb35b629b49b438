using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Brink.Scenarios.Samples;

/// <summary>An expected FunctionOutput: the same JSON, but <c>{"$matches": "pattern"}</c> stands for any text that fits, where a value depends on the clock.</summary>
internal static class ExpectedOutput
{
    public static bool Fits(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (JsonObject { Count: 1 } pattern, JsonValue text) when pattern["$matches"] is { } matches => text.TryGetValue<string>(out var value) && Regex.IsMatch(value, (string)matches!),
        (JsonObject wanted, JsonObject given) => wanted.Count == given.Count && wanted.All(pair => given.ContainsKey(pair.Key) && Fits(pair.Value, given[pair.Key])),
        (JsonArray wanted, JsonArray given) => wanted.Count == given.Count && wanted.Zip(given).All(pair => Fits(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(expected, actual),
    };
}
