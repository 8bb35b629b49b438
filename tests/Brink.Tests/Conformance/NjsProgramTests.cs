using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Brink.JavaScript;
using Brink.ScriptGenerator;

namespace Brink.Tests.Conformance;

/// <summary>Random programs in our engine and in Debian's njs: the same text comes out of both.</summary>
public sealed partial class NjsProgramTests
{
    private const int Programs = 400;

    /// <summary>Programs that differ, by seed, each with its reason.</summary>
    private static readonly Dictionary<int, string> Known = new()
    {
        [1] = "the shell of njs prints 2,048 characters of a text, not more",
        [44] = "Symbol.toPrimitive that is no function: a TypeError by the standard, passed over by njs",
        [72] = "njs refuses a variable that a closure uses as not initialised",
        [307] = "the order of the names of built-in members",
        [383] = "dynamic code, which the shell allows and 5.6 refuses: v.constructor()",
    };

    [Fact]
    public async Task RandomProgram_GivesTheSameTextInNjs()
    {
        if (!File.Exists(NjsRun.DebianCommand))
            Assert.Skip("njs is not installed; ./test conformance installs it");
        using var njs = new NjsRun(NjsRun.DebianCommand);
        var differences = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, Programs), options, async (seed, cancellationToken) =>
        {
            var script = Scripts.Generate((ulong)seed, ScriptSettings.Portable);
            var ours = Comparable(EngineRun.OfScript(script, Runtime.CloudFrontJs20));
            var theirs = Comparable(await njs.OfScriptAsync(script, cancellationToken));
            if (ours != theirs && !Known.ContainsKey(seed) && !IsCutShort(theirs, ours))
                differences.Add($"seed {seed}\n  ours  {ours}\n  njs   {theirs}");
        });
        Assert.True(differences.IsEmpty, $"{differences.Count} of {Programs} programs differ:\n{string.Join("\n", differences.Order(StringComparer.Ordinal))}");
    }

    /// <summary>
    /// Functions of Math may differ in the last digits: twelve are compared. Of an unhandled rejection the first words are: how
    /// its reason is shown differs for objects.
    /// </summary>
    private static string Comparable(string text) =>
        LongNumber().Replace(Unhandled().Replace(text, "$1"), match => double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("G12", CultureInfo.InvariantCulture));

    /// <summary>njs 0.7.9 sometimes counts a level of nesting too many in the script's own recursion; what it then shows as ... says nothing.</summary>
    private static bool IsCutShort(string theirs, string ours) =>
        theirs.Contains("...", StringComparison.Ordinal) && Regex.IsMatch(ours, $"^{Regex.Escape(theirs).Replace(@"\.\.\.", ".*?", StringComparison.Ordinal)}$", RegexOptions.Singleline);

    [GeneratedRegex(@"(unhandled promise rejection).*", RegexOptions.Singleline)]
    private static partial Regex Unhandled();

    [GeneratedRegex(@"\d(?:\.?\d){12,}(?:e[+-]\d+)?")]
    private static partial Regex LongNumber();
}
