using System.CommandLine;
using System.Globalization;
using Brink.Edge.Cache.Explaining;
using Brink.Edge.Cache.Operating;
using Brink.Host.Admin;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink cache</c>: what a running brink has cached, and why it answers as it does.</summary>
internal static class CacheCommand
{
    public static Command Create() =>
        new("cache", "Explains and lists what a running brink has cached.") 
        {
            CreateExplain(), CreateList(), CreateExport(), CreateStats(), CreateInvalidations(),
        };

    private static DescribedCommand CreateExplain()
    {
        var url = new Argument<string>("URL") { Description = "What a viewer asks for, with the distribution's name in front." };
        var header = new Option<string[]>("--header", "-H")
        {
            Description = "A header of the request, as curl takes it. May be given several times.", HelpName = "'NAME: VALUE'",
        };
        var method = new Option<string?>("--method") { Description = "The method. Default: GET.", HelpName = "METHOD" };
        var (asIs, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand(
            "explain", "Says what the caches have for a request, under which key, and what they would do now.")
        {
            url,
            { "The request", header, method },
            { "Where, and what is printed", admin, asIs },
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
            return OperatorsPort.ShowAsync(
                parsed.GetValue(admin)!, TargetOf("/cache/explain", query), json: null, ExplanationJson.Default.Explanation,
                parsed.GetValue(asIs) ? null : ExplanationText.Of, cancellationToken);
        });
        return command;
    }

    private static DescribedCommand CreateList()
    {
        var which = new Which();
        var limit = NumberOption.Create(
            "--limit", "How many, at most. Default: 100.", 1, StoredObjects.MaxLimit, $"a number from 1 to {StoredObjects.MaxLimit}");
        var (asIs, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand("ls", "Lists what is cached, in no order.")
        {
            { "What is listed", which.Distribution, which.Prefix, which.Status, limit },
            { "Where, and what is printed", admin, asIs },
        };
        command.SetAction((parsed, cancellationToken) => OperatorsPort.ShowAsync(
            parsed.GetValue(admin)!, TargetOf("/cache/objects", [.. which.Of(parsed), ("limit", Text(parsed.GetValue(limit)))]),
            json: null, ExplanationJson.Default.StoredObjects, parsed.GetValue(asIs) ? null : ListText, cancellationToken));
        return command;
    }

    private static DescribedCommand CreateExport()
    {
        var which = new Which();
        var admin = OperatorsPort.Option();
        var command = new DescribedCommand("export", "Prints all that is cached, as lines of JSON, in no order.")
        {
            { "What is printed", which.Distribution, which.Prefix, which.Status },
            { "Where", admin },
        };
        command.Examples = [("brink cache export --prefix /images/ > images.jsonl", "Writes a line for each object of a folder.")];
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var output = Console.OpenStandardOutput();
            var target = TargetOf("/cache/export", which.Of(parsed));
            return await OperatorsPort.AskAsync(parsed.GetValue(admin)!, target, json: null, output, cancellationToken)
                ? ExitCode.Success
                : ExitCode.Failure;
        });
        return command;
    }

    private static DescribedCommand CreateStats()
    {
        var every = NumberOption.Create(
            "--every", "Goes on: says so again after so many seconds, of the requests since then.", 1, 86_400, "a number from 1 to 86400");
        var (asIs, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand("stats", "Says what the caches hold, and how requests have been answered since the start.")
        {
            { "Over time", every },
            { "Where, and what is printed", admin, asIs },
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var signals = Signals.CancelOnStop(cancellationToken);
            CacheStats? before = null;
            string Write(CacheStats now)
            {
                var text = StatsText(before is null ? now : now.Since(before));
                before = now;
                return text;
            }
            async Task<int> SayAsync() => await OperatorsPort.ShowAsync(
                parsed.GetValue(admin)!, "/cache/stats", json: null, AdminJson.Default.CacheStats,
                parsed.GetValue(asIs) ? null : Write, signals.Token);
            if (parsed.GetValue(every) is not { } seconds)
                return await SayAsync();
            try
            {
                while (await SayAsync() == ExitCode.Success)
                {
                    await Task.Delay(TimeSpan.FromSeconds(seconds), signals.Token);
                    if (!parsed.GetValue(asIs))
                        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetLocalNow():HH:mm:ss}"));
                }
                return ExitCode.Failure;
            }
            catch (OperationCanceledException) // Ctrl-C
            {
                return ExitCode.Success;
            }
        });
        return command;
    }

    private static DescribedCommand CreateInvalidations()
    {
        var limit = NumberOption.Create(
            "--limit", "How many, at most. Default: 100.", 1, CacheOperations.Remembered,
            $"a number from 1 to {CacheOperations.Remembered}");
        var (asIs, admin) = (Json(), OperatorsPort.Option());
        var command = new DescribedCommand("invalidations", "Lists the latest invalidations, the last one first, and what each has found.")
        {
            { "What is listed", limit },
            { "Where, and what is printed", admin, asIs },
        };
        command.SetAction((parsed, cancellationToken) => OperatorsPort.ShowAsync(
            parsed.GetValue(admin)!, TargetOf("/invalidations", [("limit", Text(parsed.GetValue(limit)))]), json: null,
            AdminJson.Default.InvalidationList, parsed.GetValue(asIs) ? null : InvalidationsText, cancellationToken));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "Prints what the port answers." };

    private static string TargetOf(string path, IEnumerable<(string Name, string? Value)> query)
    {
        var parts = query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToList();
        return parts.Count == 0 ? path : $"{path}?{string.Join('&', parts)}";
    }

    private static string InvalidationsText(InvalidationList list) => string.Concat(list.Invalidations.Select(each => string.Create(
        CultureInfo.InvariantCulture,
        $"{each.Number,6} {each.At:yyyy-MM-dd HH:mm:ss} {each.Cause,-9} {each.Status,-10} {each.ObjectsFound,8} objects  "
        + $"{SafeText.Of(each.Meaning)}{(each.Distribution is { } id ? $" of {id}" : "")}\n")));

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
            CultureInfo.InvariantCulture,
            $"{tier.Tier,-6} {tier.Objects} objects, {tier.Bytes} bytes of {(tier.Tier == "disk" ? "files" : "memory")}\n"));
        var distributions = stats.Distributions.Select(each => string.Create(
            CultureInfo.InvariantCulture,
            $"{each.Distribution,-14} {each.Requests} requests: {each.Hits} Hit, {each.RefreshHits} RefreshHit, {each.Misses} Miss, "
            + $"{each.Others} others; {(each.HitRatio is { } ratio ? $"hit ratio {ratio:0.0000}" : "no hit ratio")}; "
            + $"{each.BodyBytes} bytes to viewers\n"));
        return string.Concat(tiers.Concat(distributions));
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>The options that say which objects are meant.</summary>
    private sealed class Which
    {
        public Option<string?> Distribution { get; } =
            new("--distribution") { Description = "Only of this distribution.", HelpName = "ID" };

        public Option<string?> Prefix { get; } = new("--prefix") { Description = "Only paths that begin so.", HelpName = "PATH" };

        public Option<int?> Status { get; } =
            NumberOption.Create("--status", "Only with this status.", 100, 599, "a status is 100 to 599");

        public IEnumerable<(string Name, string? Value)> Of(ParseResult parsed) =>
        [
            ("distribution", parsed.GetValue(Distribution)), ("prefix", parsed.GetValue(Prefix)),
            ("status", Text(parsed.GetValue(Status))),
        ];
    }
}
