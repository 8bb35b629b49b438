using System.Text.Json;

namespace Brink.Scenarios.Samples;

/// <summary>A row of http.json: a request, what the origin is asked, what the viewer gets.</summary>
internal sealed class Exchange(int number, JsonElement row)
{
    public int Times => row.TryGetProperty("times", out var times) ? times.GetInt32() : 1;

    /// <summary>The country of all viewers from this row on; null: as before.</summary>
    public string? ViewerCountry => Text("viewerCountry");

    /// <summary>The file that becomes the key value store before this row; null: as before.</summary>
    public string? KeyValueStore => Text("keyValueStore");

    /// <summary>Rows of the same viewer share the cookies that their responses set; null: none are remembered.</summary>
    public string? Viewer => Text("viewer");

    /// <summary>The address that the viewer connects from, one of 127.0.0.0/8; null: 127.0.0.1.</summary>
    public string? From => Text("from");

    public string Method => Request.TryGetProperty("method", out var method) ? method.GetString()! : "GET";

    public string Target => Request.GetProperty("target").GetString()!;

    public IEnumerable<(string Name, string Value)> RequestHeaders => Pairs(Request, "headers");

    public int Status => Response.GetProperty("status").GetInt32();

    /// <summary>Header and exact value; null: it must not be there.</summary>
    public IEnumerable<(string Name, string Value)> ResponseHeaders => Pairs(Response, "headers");

    /// <summary>Header and the regular expression that its value fits.</summary>
    public IEnumerable<(string Name, string Pattern)> ResponsePatterns => Pairs(Response, "matches");

    /// <summary>What the functions log; null: anything.</summary>
    public IEnumerable<string>? Logs => row.TryGetProperty("logs", out var logs) ? logs.EnumerateArray().Select(line => line.GetString()!) : null;

    public string? OriginTarget => row.TryGetProperty("origin", out var origin) ? origin.GetProperty("target").GetString() : null;

    /// <summary>Every request that the origin sees, method and target, in order; null: not looked at.</summary>
    public IEnumerable<string>? Asked => row.TryGetProperty("asked", out var asked) ? asked.EnumerateArray().Select(request => request.GetString()!) : null;

    /// <summary>Which origin of a distribution is asked.</summary>
    public string? OriginId => row.TryGetProperty("origin", out var origin) && origin.TryGetProperty("id", out var id) ? id.GetString() : null;

    public IEnumerable<(string Name, string Value)> OriginHeaders => row.TryGetProperty("origin", out var origin) ? Pairs(origin, "headers") : [];

    private JsonElement Request => row.GetProperty("request");

    private JsonElement Response => row.GetProperty("response");

    public override string ToString() => $"row {number}, {Method} {Target}";

    private string? Text(string property) => row.TryGetProperty(property, out var value) ? value.GetString() : null;

    private static IEnumerable<(string Name, string Value)> Pairs(JsonElement message, string property) =>
        message.TryGetProperty(property, out var headers) ? headers.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()!)) : [];
}
