using System.Collections.Concurrent;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>
/// The rows of runtime 2.0 in Debian's njs (0.7.9, a relative half a year older): what differs from our row must be explained in
/// <see cref="NjsDifferences.FileName"/>.
/// </summary>
public sealed class NjsTests
{
    private const int RowsPerProcess = 100;

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private static ParallelOptions InParallel => new() { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation };

    [Fact]
    public async Task EveryRow_IsAnsweredAlike_OrTheDifferenceIsExplained()
    {
        if (!NjsRun.IsThere)
            Assert.Skip("njs is not installed; ./test conformance installs it");
        using var njs = new NjsRun();
        var known = NjsDifferences.Read();
        var unexplained = new ConcurrentBag<string>();
        var rows = Corpus.Files().SelectMany(Corpus.Read).Where(row => row.Kind != RowKind.Log && row.Runtimes.Contains(Runtime.CloudFrontJs20)).ToList();

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
        Assert.True(unexplained.IsEmpty, $"{unexplained.Count} rows differ from njs without a reason in tests/conformance/{NjsDifferences.FileName}:\n{string.Join("\n", unexplained.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void DocumentedDifferences_AreThoseOfTheFile() => GeneratedPart.Check("njs", NjsDifferences.Read().Table());
}
