using System.Text.Json.Serialization;
using Brink.Edge;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Cache.Operating;
using Brink.Edge.Configuration;

namespace Brink.Host.Admin;

/// <summary>The pages of the operator's port about the caches.</summary>
/// <param name="edge">The edge whose caches they are.</param>
/// <param name="state">What it serves by.</param>
internal sealed class CachePages(EdgeServer edge, EdgeState state)
{
    private const string Cause = "operator";

    private string[] DistributionIds => [.. state.Current.AllDistributions.Select(live => live.Distribution.Id)];

    /// <summary><c>GET /invalidations[?limit=N]</c>: the latest, the last one first.</summary>
    public AdminAnswer Invalidations(string query)
    {
        var mistakes = new List<string>();
        var limit = AdminQuery.Read(query, mistakes, "limit").Number("limit", 1, CacheOperations.Remembered, mistakes) ?? 100;
        return mistakes.Count > 0 ? AdminAnswer.Text(400, mistakes) : Answer(200, edge.Cache.LatestInvalidations.Take(limit));
    }

    /// <summary><c>POST /invalidations</c>: all that the request names, or nothing.</summary>
    public AdminAnswer Invalidate(ReadOnlyMemory<byte> json)
    {
        var mistakes = new List<string>();
        if (InvalidationRequest.Read(json, DistributionIds, mistakes) is not { } request)
            return AdminAnswer.Text(400, mistakes);
        return Answer(202, request.Items.Count == 0
            ? edge.Cache.InvalidateEverything(request.DistributionId is { } id ? [id] : null, Cause)
            : edge.Cache.Invalidate(request.DistributionId, request.Items, Cause));
    }

    /// <summary><c>GET /cache/explain?url=URL[&amp;method=M][&amp;header=NAME:VALUE...]</c>.</summary>
    public async Task<AdminAnswer> ExplainAsync(string query)
    {
        var mistakes = new List<string>();
        var asked = AdminQuery.Read(query, mistakes, "url", "method", "header");
        var url = asked.One("url") is { } text ? Url(text, mistakes) : null;
        if (url is null && mistakes.Count == 0)
            mistakes.Add("url=URL is missing");
        var fields = asked.All("header").Select(field => Field(field, mistakes)).ToList();
        if (mistakes.Count > 0)
            return AdminAnswer.Text(400, mistakes);
        var (explanation, refusal) = await edge.ExplainAsync(asked.One("method") ?? "GET", url!, TargetOf(asked.One("url")!), fields);
        return explanation is null
            ? AdminAnswer.Text(400, $"a viewer would be refused: {refusal}")
            : AdminAnswer.Json(200, explanation, ExplanationJson.Readable.Explanation);
    }

    /// <summary><c>GET /cache/objects?[distribution=ID][&amp;prefix=PATH][&amp;status=N][&amp;limit=N]</c>.</summary>
    public AdminAnswer Objects(string query)
    {
        var mistakes = new List<string>();
        var asked = AdminQuery.Read(query, mistakes, "distribution", "prefix", "status", "limit");
        var filter = Filter(asked, mistakes);
        var limit = asked.Number("limit", 1, StoredObjects.MaxLimit, mistakes) ?? 100;
        return mistakes.Count > 0
            ? AdminAnswer.Text(400, mistakes)
            : AdminAnswer.Json(200, edge.Cache.List(filter, limit), ExplanationJson.Readable.StoredObjects);
    }

    /// <summary><c>GET /cache/export?[distribution=ID][&amp;prefix=PATH][&amp;status=N]</c>: all of them, a line each.</summary>
    public AdminAnswer Export(string query)
    {
        var mistakes = new List<string>();
        var filter = Filter(AdminQuery.Read(query, mistakes, "distribution", "prefix", "status"), mistakes);
        return mistakes.Count > 0
            ? AdminAnswer.Text(400, mistakes)
            : AdminAnswer.JsonLines(edge.Cache.Each(filter), ExplanationJson.Line.StoredObject);
    }

    /// <summary><c>GET /cache/stats</c>: what the tiers hold, and what became of requests since the start.</summary>
    public AdminAnswer Stats() => AdminAnswer.Json(
        200, new CacheStats(edge.Cache.Tiers, DistributionStats.Of(edge.Counters)), AdminJson.Default.CacheStats);

    private StoredObjectFilter Filter(AdminQuery asked, List<string> mistakes)
    {
        var filter = new StoredObjectFilter(asked.One("distribution"), asked.One("prefix"), asked.Number("status", 100, 599, mistakes));
        if (filter.DistributionId is { } id && !DistributionIds.Contains(id))
            mistakes.Add($"{id} is no distribution here: there are {string.Join(", ", DistributionIds.Take(20))}");
        return filter;
    }

    private static Uri? Url(string text, List<string> mistakes)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") && url.UserInfo.Length == 0)
            return url;
        mistakes.Add($"'{text}' is no URL such as http://localhost:8080/a");
        return null;
    }

    /// <summary>Path and query as they are written: a URL that has been read may spell them another way.</summary>
    private static string TargetOf(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var at = url.AsSpan(start).IndexOfAny('/', '?', '#');
        if (at < 0)
            return "/";
        var target = url[(start + at)..].Split('#')[0];
        return target.StartsWith('/') ? target : "/" + target;
    }

    private static (string Name, string Value) Field(string field, List<string> mistakes)
    {
        var colon = field.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && !field.AsSpan(0, colon).ContainsAnyExceptInRange('!', '~') && !field.AsSpan().ContainsAny('\r', '\n', '\0'))
            return (field[..colon], field.AsSpan(colon + 1).Trim(" \t").ToString());
        mistakes.Add($"'{field}' is no header such as 'Accept-Language: de'");
        return default;
    }

    private static AdminAnswer Answer(int status, IEnumerable<AcceptedInvalidation> accepted) => AdminAnswer.Json(
        status,
        new InvalidationList([.. accepted.Select(each => new InvalidationLine(
            each.Number, each.At, each.Cause, each.DistributionId, each.Path, each.Tag, each.Meaning,
            each.IsCompleted ? "Completed" : "InProgress", each.ObjectsFound))]),
        AdminJson.Default.InvalidationList);
}

/// <summary>The shapes of the answers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(InvalidationList))]
[JsonSerializable(typeof(CacheStats))]
internal sealed partial class AdminJson : JsonSerializerContext;

internal sealed record InvalidationList(IReadOnlyList<InvalidationLine> Invalidations);

internal sealed record InvalidationLine(
    long Number, DateTimeOffset At, string Cause, string? Distribution, string? Path, string? Tag, string Meaning,
    string Status, long ObjectsFound);
