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

    [Fact]
    public async Task RandomProgram_GivesTheSameTextInNjs()
    {
        if (!File.Exists(NjsRun.DebianCommand))
            Assert.Skip("njs is not installed; ./test conformance installs it");
        using var njs = new NjsRun(Environment.GetEnvironmentVariable("NJS") ?? NjsRun.DebianCommand);
        var differences = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, Programs), options, async (seed, cancellationToken) =>
        {
            var script = Scripts.Generate((ulong)seed, ScriptSettings.Portable);
            if (Environment.GetEnvironmentVariable("MSG") is not null) script = script.Replace("return v.name;", "return v.name + ': ' + v.message;");
            var ours = Comparable(EngineRun.OfScript(script, Runtime.CloudFrontJs20));
            var theirs = Comparable(await njs.OfScriptAsync(script, cancellationToken));
            if (Environment.GetEnvironmentVariable("DUMP") is { } dump)
            {
                File.WriteAllText($"{dump}/{seed}.js", script);
                File.WriteAllText($"{dump}/{seed}.ours", ours);
                File.WriteAllText($"{dump}/{seed}.njs", theirs);
            }
            if (ours != theirs)
                differences.Add($"seed {seed}\n  ours  {ours}\n  njs   {theirs}");
        });
        Assert.True(differences.IsEmpty, $"{differences.Count} of {Programs} programs differ:\n{string.Join("\n", differences.Order(StringComparer.Ordinal))}");
    }

    /// <summary>njs does not find the nearest shortest digits of a number: twelve of them are compared.</summary>
    private static string Comparable(string text) =>
        LongNumber().Replace(text, match => double.Parse(match.Value, CultureInfo.InvariantCulture).ToString("G12", CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\d+\.?\d*(e[+-]\d+)?")]
    private static partial Regex LongNumber();
}
