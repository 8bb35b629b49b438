using System.Text.RegularExpressions;
using Brink.Tests.Edge;

namespace Brink.Tests.Settings;

/// <summary>The flags of <c>brink dev</c> for misses at one origin, whose answer to <c>/held</c> does not come.</summary>
internal static partial class FillFlagCases
{
    public static IReadOnlyDictionary<string, Case> All { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["--max-fills"] = Case.Enforced(
            Site.OfFlags, FirstAnswerAsync, (site => Hold(site, "--max-waiting-fills", "1"), "200"), (site => Hold(site, "--max-fills", "1", "--max-waiting-fills", "1"), "503")),
        ["--max-waiting-fills"] = Case.Enforced(
            Site.OfFlags, RefusedAsync, (site => Hold(site, "--max-fills", "1", "--max-waiting-fills", "1"), "2"), (site => Hold(site, "--max-fills", "1"), "0")),
    };

    private static void Hold(Site site, params string[] flags)
    {
        site.One.Script(async conversation =>
        {
            if (conversation.Request.Target == "/held")
                await conversation.StallAsync();
            await conversation.SayAsync(Site.Ok + "one");
        });
        site.Flags.AddRange(["--origin", $"http://127.0.0.1:{site.One.Port}", "--admin-port", "0", .. flags]);
    }

    private static async Task<string> FirstAnswerAsync(Site site)
    {
        using var held = await HoldAsync(site);
        var answers = new[] { site.Dev.AskAsync("/a"), site.Dev.AskAsync("/b") };
        return (await await Task.WhenAny(answers)).Status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<string> RefusedAsync(Site site)
    {
        using var held = await HoldAsync(site);
        foreach (var target in new[] { "/a", "/b", "/c" })
            held.Keep(await RawViewer.ConnectAsync(site.Dev.Port), target);
        while (true)
        {
            var (_, metrics) = await LogCases.AdminAsync(site.Dev.Started, "/metrics");
            if (int.Parse(Waiting().Match(metrics).Groups[1].Value) + int.Parse(Refused().Match(metrics).Groups[1].Value) == 3)
                return Refused().Match(metrics).Groups[1].Value;
        }
    }

    private static async Task<Viewers> HoldAsync(Site site)
    {
        var viewers = new Viewers();
        viewers.Keep(await RawViewer.ConnectAsync(site.Dev.Port), "/held");
        await site.One.AskedAsync();
        return viewers;
    }

    [GeneratedRegex("^brink_origin_waiting ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Waiting();

    [GeneratedRegex("^brink_origin_refused_total ([0-9]+)", RegexOptions.Multiline)]
    private static partial Regex Refused();

    private sealed class Viewers : IDisposable
    {
        private readonly List<RawViewer> _all = [];

        public void Keep(RawViewer viewer, string target)
        {
            _all.Add(viewer);
            _ = viewer.SendAsync($"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n");
        }

        public void Dispose() => _all.ForEach(viewer => viewer.Dispose());
    }
}
