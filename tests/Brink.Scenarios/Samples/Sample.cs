using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples;

/// <summary>
/// A folder below samples/ with a sample.json: functions, their events with expected results, requests with expected responses.
/// samples/README.md describes the files.
/// </summary>
internal sealed record Sample(string Name)
{
    private JsonElement Description => Json("sample.json");

    public string Folder => Repository.PathTo("samples", Name);

    /// <summary>Event type to file: <c>functions</c>, or for the one <c>event</c> function.js.</summary>
    public IReadOnlyDictionary<string, string> Functions => Description.TryGetProperty("functions", out var functions)
        ? functions.EnumerateObject().ToDictionary(function => function.Name, function => File(function.Value.GetString()!))
        : new Dictionary<string, string> { [Description.GetProperty("event").GetString()!] = File("function.js") };

    /// <summary>The store that is there, or that <c>keyValueStoreScript</c> makes.</summary>
    public bool HasKeyValueStore => Optional("keyValueStore") is not null || Optional("keyValueStoreScript") is not null;

    public string? CachePolicy => PolicyFlag("cachePolicy");

    public string? OriginRequestPolicy => PolicyFlag("originRequestPolicy");

    /// <summary>Which origins of the distribution are there; one without name where the sample has no distribution.</summary>
    public IReadOnlyList<string> Origins => Description.TryGetProperty("origins", out var origins) ? [.. origins.EnumerateArray().Select(id => id.GetString()!)] : [""];

    public string? ViewerCountry => Optional("viewerCountry");

    public IEnumerable<string> Runtimes => Description.GetProperty("runtimes").EnumerateArray().Select(runtime => runtime.GetString()!);

    public static IEnumerable<Sample> All =>
        Directory.EnumerateDirectories(Repository.PathTo("samples")).Where(folder => System.IO.File.Exists(Path.Combine(folder, "sample.json")))
            .Select(folder => new Sample(Path.GetFileName(folder))).OrderBy(sample => sample.Name, StringComparer.Ordinal);

    /// <summary>The events that have an expected result; none where the sample is a distribution alone.</summary>
    public IEnumerable<string> Events => !Directory.Exists(File("events")) ? [] :
        Directory.EnumerateFiles(File("events"), "*.expected.json").Select(file => Path.GetFileName(file)[..^".expected.json".Length]).Order(StringComparer.Ordinal);

    /// <summary>The requests of http.json, in their order.</summary>
    public IEnumerable<Exchange> Exchanges => Json("http.json").EnumerateArray().Select((row, index) => new Exchange(index + 1, row));

    public string File(string name) => Path.Combine(Folder, name);

    public JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File(name)));
        return document.RootElement.Clone();
    }

    /// <summary>The function for the event in that file.</summary>
    public string FunctionFor(string eventName) => Functions[Json($"events/{eventName}.json").GetProperty("context").GetProperty("eventType").GetString()!];

    /// <summary>Writes the key value store, if the sample has one, to a file that a test may change; null if it has none.</summary>
    public async Task<string?> WriteKeyValueStoreAsync(string folder)
    {
        if (!HasKeyValueStore)
            return null;
        var target = Path.Combine(folder, "store.json");
        if (Optional("keyValueStore") is { } file)
        {
            System.IO.File.Copy(File(file), target);
            return target;
        }
        // The system's own Python, as for the origin.
        await using var script = ChildProcess.Start("/usr/bin/python3", [File(Optional("keyValueStoreScript")!), target]);
        Assert.True(await script.WaitForExitAsync() == 0, script.ErrorText);
        return target;
    }

    /// <summary>What <c>brink dev</c> is given.</summary>
    /// <param name="origins">Where the origins are, by id.</param>
    /// <param name="folder">Where a distribution with these addresses may be written.</param>
    /// <param name="keyValueStore">The file of the store, or null.</param>
    /// <param name="viewerCountry">The country, or null.</param>
    public IEnumerable<string> DevFlags(IReadOnlyDictionary<string, Uri> origins, string folder, string? keyValueStore, string? viewerCountry)
    {
        if (Optional("distribution") is { } distribution)
        {
            yield return "--distribution";
            yield return WriteDistribution(File(distribution), origins, folder);
            foreach (var (_, file) in Functions)
            {
                yield return "--function";
                yield return $"{Name}={file}";
            }
        }
        else
        {
            yield return "--origin";
            yield return origins[""].OriginalString;
            foreach (var (type, file) in Functions)
            {
                yield return "--" + type;
                yield return file;
            }
        }
        foreach (var (flag, value) in new[]
        {
            ("--kvs", keyValueStore), ("--cache-policy", CachePolicy), ("--origin-request-policy", OriginRequestPolicy), ("--viewer-country", viewerCountry),
        })
        {
            if (value is null)
                continue;
            yield return flag;
            yield return value;
        }
    }

    /// <summary>The distribution with the ports of these origins. One that is not there gets a port where nothing listens.</summary>
    private static string WriteDistribution(string file, IReadOnlyDictionary<string, Uri> origins, string folder)
    {
        var root = JsonNode.Parse(System.IO.File.ReadAllText(file))!;
        foreach (var origin in root[nameof(Origins)]!["Items"]!.AsArray())
            origin!["CustomOriginConfig"]!["HTTPPort"] = origins.TryGetValue((string)origin["Id"]!, out var url) ? url.Port : ClosedPort();
        var target = Path.Combine(folder, "distribution.json");
        System.IO.File.WriteAllText(target, root.ToJsonString());
        return target;
    }

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private string? PolicyFlag(string property) =>
        Optional(property) is { } name ? name.EndsWith(".json", StringComparison.Ordinal) ? File(name) : name : null;

    private string? Optional(string property) => Description.TryGetProperty(property, out var value) ? value.GetString() : null;
}
