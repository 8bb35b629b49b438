using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Testing;
using Brink.Http;

namespace Brink.Bench.Engine;

/// <summary>One function of the benchmark with the event it runs on. The files lie in the repository; <see cref="Root"/> says where that is.</summary>
/// <param name="Name">The row of the table.</param>
/// <param name="Function">The code.</param>
/// <param name="Event">The event, in TestFunction's form.</param>
/// <param name="KeyValueStore">The store's import file, or null.</param>
internal sealed record FunctionCase(string Name, string Function, string Event, string? KeyValueStore = null)
{
    private const string Request = "benchmarks/engine/viewer-request.json";
    private const string Response = "benchmarks/engine/viewer-response.json";

    /// <summary>The fixed yardstick: every report gives these five, and the level is read off them.</summary>
    public static IReadOnlyList<FunctionCase> Yardstick { get; } =
    [
        new("f1 headers", "benchmarks/engine/f1-headers.js", Response),
        new("f2 SPA rewrite", "benchmarks/engine/f2-spa-rewrite.js", Request),
        new("f3 JWT", "benchmarks/engine/f3-jwt.js", Request),
        new("f4 query", "benchmarks/engine/f4-query.js", Request),
        new("f5 A/B cookie", "benchmarks/engine/f5-ab-cookie.js", Request),
    ];

    /// <summary>More, so that the engine is not tuned to five.</summary>
    public static IReadOnlyList<FunctionCase> Others { get; } =
    [
        new("no-op", "benchmarks/engine/no-op.js", Request),
        Sample("jwt-hs256-kvs", "valid", "store.json"),
        Sample("ab-weights-kvs", "new-viewer", "store.json"),
        Sample("ab-by-cookie", "cookie-a"),
        Sample("query-string-normalisation", "mixed"),
        Sample("security-headers", "page"),
        Sample("redirect-by-country", "germany"),
        Sample("spa-rewrite", "folder"),
        new("peers' J1 request", "benchmarks/peers/j1-request.js", Request),
        new("peers' J1 response", "benchmarks/peers/j1-response.js", Response),
        new("peers' J2", "benchmarks/peers/j2-request.js", Request),
        new("peers' J4", "benchmarks/peers/j4-request.js", Request),
    ];

    public static IReadOnlyList<FunctionCase> All { get; } = [.. Yardstick, .. Others];

    /// <summary>The root of the repository; <c>./bench</c> sets it.</summary>
    public static string Root { get; } = Environment.GetEnvironmentVariable("BRINK_ROOT") ?? Directory.GetCurrentDirectory();

    public static FunctionCase Named(string name) => All.Single(one => one.Name == name);

    private static FunctionCase Sample(string name, string eventName, string? store = null) =>
        new(name, $"samples/{name}/function.js", $"samples/{name}/events/{eventName}.json", store is null ? null : $"samples/{name}/{store}");

    /// <summary>The code, read but not compiled.</summary>
    public FunctionSource ReadSource() => new()
    {
        Name = Path.GetFileNameWithoutExtension(Function),
        FileName = Function,
        Code = File.ReadAllBytes(Path.Combine(Root, Function)),
        KeyValueStore = KeyValueStore is null ? null : ReadStore(),
    };

    /// <summary>The messages as an edge would have them when the function is due.</summary>
    public MessageTemplate ReadTemplate() =>
        new(TestEvent.Read(File.ReadAllBytes(Path.Combine(Root, Event)), out var problem) ?? throw new InvalidDataException($"{Event}: {problem}"));

    private KeyValueStore ReadStore()
    {
        var now = TimeProvider.System.GetUtcNow();
        return KeyValueStoreContents.Import(File.ReadAllBytes(Path.Combine(Root, KeyValueStore!)), now, now) is ImportOutcome.Imported(var contents)
            ? new KeyValueStore(Guid.Empty.ToString(), contents)
            : throw new InvalidDataException($"{KeyValueStore} cannot be imported");
    }
}

/// <summary>Makes the messages of one call after the other, as the edge has them: a request of its own, a response that shares the cached object's fields.</summary>
internal sealed class MessageTemplate(TriggerEvent template)
{
    private readonly HeaderField[] _responseFields = template.Response is { } response ? [.. response.Headers] : [];

    /// <summary>The messages are over, as at the end of an exchange.</summary>
    public static void Recycle(TriggerEvent triggerEvent, FunctionOutcome outcome)
    {
        triggerEvent.Request.Headers.Recycle();
        triggerEvent.Response?.Headers.Recycle();
        if (outcome is FunctionOutcome.Respond(var response))
            response.Headers.Recycle();
    }

    public TriggerEvent Next() => new()
    {
        EventType = template.EventType,
        Request = template.Request.Clone(),
        Response = template.Response is { } response
            ? new EdgeResponse { StatusCode = response.StatusCode, StatusDescription = response.StatusDescription, Headers = HeaderList.Share(_responseFields) }
            : null,
        DistributionDomainName = template.DistributionDomainName,
        DistributionId = template.DistributionId,
        ShowsCloudFrontHeader = template.ShowsCloudFrontHeader,
    };
}
