using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples;

/// <summary>A folder below samples/ with a sample.json: a function, its events with expected results, requests with expected responses.</summary>
internal sealed record Sample(string Name)
{
    private JsonElement Description => Json("sample.json");

    public string Folder => Repository.PathTo("samples", Name);

    public string Function => File("function.js");

    public string Event => Description.GetProperty("event").GetString()!;

    public string? KeyValueStore => Optional("keyValueStore") is { } file ? File(file) : null;

    public string? CachePolicy => PolicyFlag("cachePolicy");

    public string? OriginRequestPolicy => PolicyFlag("originRequestPolicy");

    public string? ViewerCountry => Optional("viewerCountry");

    public IEnumerable<string> Runtimes => Description.GetProperty("runtimes").EnumerateArray().Select(runtime => runtime.GetString()!);

    public static IEnumerable<Sample> All =>
        Directory.EnumerateDirectories(Repository.PathTo("samples")).Where(folder => System.IO.File.Exists(Path.Combine(folder, "sample.json")))
            .Select(folder => new Sample(Path.GetFileName(folder))).OrderBy(sample => sample.Name, StringComparer.Ordinal);

    /// <summary>The events that have an expected result.</summary>
    public IEnumerable<string> Events =>
        Directory.EnumerateFiles(File("events"), "*.expected.json").Select(file => Path.GetFileName(file)[..^".expected.json".Length]).Order(StringComparer.Ordinal);

    public string File(string name) => Path.Combine(Folder, name);

    public JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File(name)));
        return document.RootElement.Clone();
    }

    /// <summary>What <c>brink dev</c> is given besides the origin.</summary>
    public IEnumerable<string> DevFlags()
    {
        yield return "--" + Event;
        yield return Function;
        foreach (var (flag, value) in new[]
        {
            ("--kvs", KeyValueStore), ("--cache-policy", CachePolicy), ("--origin-request-policy", OriginRequestPolicy), ("--viewer-country", ViewerCountry),
        })
        {
            if (value is null)
                continue;
            yield return flag;
            yield return value;
        }
    }

    private string? PolicyFlag(string property) =>
        Optional(property) is { } name ? name.EndsWith(".json", StringComparison.Ordinal) ? File(name) : name : null;

    private string? Optional(string property) => Description.TryGetProperty(property, out var value) ? value.GetString() : null;
}
