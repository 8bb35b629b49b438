using System.Collections.Concurrent;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>
/// The rows of a runtime in an njs: what differs from our row must be explained in the engine's file of differences. Debian's njs (0.7.9, half a year
/// older than runtime 2.0) is installed by ./test; the engines of the two windows (functions spec 5.1) are there for those who build them
/// with tools/window-engines.sh.
/// </summary>
public sealed class NjsTests
{
    private const int RowsPerProcess = 100;

    /// <summary>Name in the documents and file names, runtime, and the variable that names the program; Debian's is where it is.</summary>
    public static TheoryData<string, Runtime, string> Engines => new()
    {
        { "njs", Runtime.CloudFrontJs20, "" },
        { "njs-window-2.0", Runtime.CloudFrontJs20, "BRINK_NJS_20" },
        { "njs-window-1.0", Runtime.CloudFrontJs10, "BRINK_NJS_10" },
    };

    private static ParallelOptions InParallel => new() { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken };

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task EveryRow_IsAnsweredAlike_OrTheDifferenceIsExplained(string engine, Runtime runtime, string variable)
    {
        var command = variable.Length == 0 ? NjsRun.DebianCommand : Environment.GetEnvironmentVariable(variable);
        if (!File.Exists(command))
            Assert.Skip(variable.Length == 0 ? "njs is not installed; ./test conformance installs it" : $"{variable} names no program; tools/window-engines.sh builds it");
        using var njs = new NjsRun(command);
        var known = NjsDifferences.Read(FileOf(engine));
        var unexplained = new ConcurrentBag<string>();
        var rows = Corpus.Files().SelectMany(Corpus.Read).Where(row => row.Kind != RowKind.Log && row.Runtimes.Contains(runtime)).ToList();

        var alone = new ConcurrentBag<CorpusRow>(rows.Where(row => !NjsRun.CanShare(row) || known.AreAbout(row)));
        await Parallel.ForEachAsync(rows.Except(alone).Chunk(RowsPerProcess), InParallel, async (batch, cancellationToken) =>
        {
            var answers = await njs.OfBatchAsync(batch, cancellationToken);
            for (var i = 0; i < batch.Length; i++)
            {
                if (answers[i] != batch[i].Expected)
                    alone.Add(batch[i]);
            }
        });
        await Parallel.ForEachAsync(alone, InParallel, async (row, cancellationToken) =>
        {
            var answer = await njs.OfAsync(row, cancellationToken);
            if (answer != row.Expected && !known.Explains(row, answer))
                unexplained.Add(NjsDifferences.Line(row, answer));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{alone.Count} of {rows.Count} rows had a process of their own");
        Assert.True(unexplained.IsEmpty, $"{unexplained.Count} rows differ from {engine} without a reason in tests/conformance/{FileOf(engine)}:\n{string.Join("\n", unexplained.Order(StringComparer.Ordinal))}");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public void DocumentedDifferences_AreThoseOfTheFile(string engine, Runtime runtime, string variable)
    {
        _ = (runtime, variable);
        GeneratedPart.Check(engine, NjsDifferences.Read(FileOf(engine)).Table());
    }

    private static string FileOf(string engine) => $"{engine}-differences.tsv";
}
