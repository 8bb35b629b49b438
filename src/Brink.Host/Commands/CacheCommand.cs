using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Brink.Edge.Cache.Explaining;
using Brink.Host.Admin;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink cache</c>: what a running brink has cached, and why it answers as it does.</summary>
internal static class CacheCommand
{
    public static Command Create() =>
        new("cache", "Explains and lists what a running brink has cached.") { CreateExplain(), CreateList(), CreateStats() };

    private static DescribedCommand CreateExplain()
    {
        var url = new Argument<string>("URL") { Description = "What a viewer asks for, with the distribution's name in front." };
        var header = new Option<string[]>("--header", "-H")
        {
            Description = "A header of the request, as curl takes it. May be given several times.", HelpName = "'NAME: VALUE'",
        };
        var method = new Option<string?>("--method") { Description = "The method. Default: GET.", HelpName = "METHOD" };
        var (json, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand(
            "explain", "Says what the caches have for a request, under which key, and what they would do now.")
        {
            url,
            { "The request", header, method },
            { "Where, and what is printed", admin, json },
        };
        command.Examples =
        [
            (
                "brink cache explain http://localhost:8080/a.css -H 'Accept-Encoding: br'",
                "Runs the function on viewer-request, and looks into each tier. No origin is asked."),
        ];
        command.Validators.Add(result =>
        {
            foreach (var field in result.GetValue(header) ?? [])
            {
                if (field.IndexOf(':', StringComparison.Ordinal) <= 0)
                    result.AddError($"-H {field}: a header is 'Name: value'");
            }
            if (result.GetValue(url) is { } text
                && !(Uri.TryCreate(text, UriKind.Absolute, out var parsed) && parsed.Scheme is ("http" or "https")))
                result.AddError($"URL {text}: a URL begins with http:// or https://");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var query = new List<(string, string?)> { ("url", parsed.GetValue(url)), ("method", parsed.GetValue(method)) };
            query.AddRange((parsed.GetValue(header) ?? []).Select(field => ("header", (string?)field)));
            return AskAsync(
                parsed.GetValue(admin)!, "/cache/explain", query, parsed.GetValue(json),
                answer => ExplanationText.Of(JsonSerializer.Deserialize(answer, ExplanationJson.Default.Explanation)!), cancellationToken);
        });
        return command;
    }

    private static DescribedCommand CreateList()
    {
        var distribution = new Option<string?>("--distribution") { Description = "Only of this distribution.", HelpName = "ID" };
        var prefix = new Option<string?>("--prefix") { Description = "Only paths that begin so.", HelpName = "PATH" };
        var status = NumberOption.Create("--status", "Only with this status.", 100, 599, "a status is 100 to 599");
        var limit = NumberOption.Create(
            "--limit", "How many, at most. Default: 100.", 1, StoredObjects.MaxLimit, $"a number from 1 to {StoredObjects.MaxLimit}");
        var (json, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand("ls", "Lists what is cached, in no order.")
        {
            { "What is listed", distribution, prefix, status, limit },
            { "Where, and what is printed", admin, json },
        };
        command.SetAction((parsed, cancellationToken) => AskAsync(
            parsed.GetValue(admin)!,
            "/cache/objects",
            [
                ("distribution", parsed.GetValue(distribution)), ("prefix", parsed.GetValue(prefix)),
                ("status", Text(parsed.GetValue(status))), ("limit", Text(parsed.GetValue(limit))),
            ],
            parsed.GetValue(json),
            answer => ListText(JsonSerializer.Deserialize(answer, ExplanationJson.Default.StoredObjects)!),
            cancellationToken));
        return command;
    }

    private static DescribedCommand CreateStats()
    {
        var (json, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand("stats", "Says what the caches hold, and how requests have been answered since the start.")
        {
            { "Where, and what is printed", admin, json },
        };
        command.SetAction((parsed, cancellationToken) => AskAsync(
            parsed.GetValue(admin)!, "/cache/stats", [], parsed.GetValue(json),
            answer => StatsText(JsonSerializer.Deserialize(answer, AdminJson.Default.CacheStats)!), cancellationToken));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Prints what the port answers." };

    private static async Task<int> AskAsync(
        string admin, string path, IEnumerable<(string Name, string? Value)> query, bool asJson, Func<byte[], string> write,
        CancellationToken cancellationToken)
    {
        var parts = query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToList();
        var target = parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
        if (await OperatorsPort.AskAsync(admin, HttpMethod.Get, target, json: null, cancellationToken) is not { } answer)
            return ExitCode.Failure;
        if (asJson)
            await OperatorsPort.PrintAsync(answer);
        else
            await Console.Out.WriteAsync(write(answer));
        return ExitCode.Success;
    }

    private static string ListText(StoredObjects list)
    {
        var lines = list.Objects.Select(each => string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Tier,-6} {each.Distribution,-14} {each.Status} {(each.State == EntryState.Fresh ? "fresh" : "stale")} "
            + $"{each.ExpiresIn,8} s {each.Length,12} B {each.ContentEncoding ?? "-",-5} {SafeText.Of(each.Path)}"
            + $"{(each.KeyPath is { } key ? $" -> {SafeText.Of(key)}" : "")}"
            + $"{(each.Tags is { } tags ? $" [{SafeText.Of(string.Join(", ", tags))}]" : "")}\n"));
        return string.Concat(lines) + (list.HasMore ? "... and more: --limit, --prefix, --distribution and --status narrow it\n" : "");
    }

    private static string StatsText(CacheStats stats)
    {
        var tiers = stats.Tiers.Select(tier => string.Create(
            CultureInfo.InvariantCulture, $"{tier.Tier,-6} {tier.Objects} objects, {tier.Bytes} bytes of memory\n"));
        var distributions = stats.Distributions.Select(each => string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Distribution,-14} {each.Requests} requests: {each.Hits} Hit, {each.RefreshHits} RefreshHit, {each.Misses} Miss, "
            + $"{each.Others} others; {(each.HitRatio is { } ratio ? $"hit ratio {ratio:0.0000}" : "no hit ratio")}; "
            + $"{each.BodyBytes} bytes to viewers\n"));
        return string.Concat(tiers.Concat(distributions));
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
