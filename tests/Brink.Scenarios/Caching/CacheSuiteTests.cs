using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Caching;

/// <summary>
/// What passes of the public suite for HTTP caches is what docs/conformance.md says: each required or optimal test that fails is in its
/// table, with the rule that wants it so.
/// </summary>
public sealed partial class CacheSuiteTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task CloudFront(int tiers) => CompareAsync("cache-suite-cloudfront", "headers-in-the-key", tiers);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Rfc9111(int tiers) => CompareAsync("cache-suite-rfc9111", "no-headers-in-the-key", tiers, "--http-caching", "rfc9111");

    private static async Task CompareAsync(string part, string cachePolicy, int tiers, params string[] flags)
    {
        CacheSuite.SkipUnlessPresent();
        var tiersFlag = await TiersFlagAsync(tiers);
        var document = PartOfTheDocument(part);
        var expected = Id().Matches(document).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        await using var suite = await CacheSuite.StartAsync(cachePolicy, [.. tiersFlag, .. flags]);
        var results = await suite.RunAsync();
        // The suite waits by the clock on the wall. What a busy machine was too late for is asked once more.
        if (Differences(results, expected) is [_, ..] differences)
        {
            foreach (var (id, result) in await suite.RunAsync(differences.Select(each => each.Key)))
                results[id] = result;
        }
        Assert.True(
            Differences(results, expected) is [],
            $"docs/conformance.md, {part}:\n" + string.Join('\n', Differences(results, expected).Select(each =>
                $"{each.Value.Kind} {each.Key}: {each.Value.Problem ?? "passes, and is in the table of those that fail"}")));
        Assert.Contains(
            $"{Passed(results, "required")} required and {Passed(results, "optimal")} optimal", document, StringComparison.Ordinal);
    }

    private static KeyValuePair<string, CacheSuite.Result>[] Differences(Dictionary<string, CacheSuite.Result> results, HashSet<string> expected) =>
        [.. results.Where(each => each.Value.Kind != "check" && each.Value.Problem is null == expected.Contains(each.Key))];

    private static string Passed(Dictionary<string, CacheSuite.Result> results, string kind)
    {
        var all = results.Values.Where(result => result.Kind == kind).ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{all.Count(result => result.Problem is null)} of {all.Count}");
    }

    private static string PartOfTheDocument(string name)
    {
        var document = File.ReadAllText(Repository.PathTo("docs", "conformance.md"));
        var start = document.IndexOf($"<!-- {name} -->", StringComparison.Ordinal);
        var end = document.IndexOf($"<!-- end of {name} -->", StringComparison.Ordinal);
        Assert.True(start >= 0 && end > start, $"docs/conformance.md has no part '{name}'");
        return document[start..end];
    }

    private static async Task<string[]> TiersFlagAsync(int tiers)
    {
        await using var help = ChildProcess.Start(Repository.Executable, ["dev", "--help"]);
        if (help.ReadToEnd().Contains("--tiers", StringComparison.Ordinal))
            return ["--tiers", tiers.ToString(CultureInfo.InvariantCulture)];
        Assert.SkipUnless(tiers == 1, "brink dev has one tier");
        return [];
    }

    // In the tables' first column, one or several to a row.
    [GeneratedRegex(@"(?<=^\|[^|]*)`([\w-]+)`(?=[^|]*\|)", RegexOptions.Multiline)]
    private static partial Regex Id();
}
