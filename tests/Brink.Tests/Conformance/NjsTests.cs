using System.Collections.Concurrent;
using Brink.JavaScript;

namespace Brink.Tests.Conformance;

/// <summary>
/// The rows of runtime 2.0 in Debian's njs (0.7.9, a relative half a year older): what differs from our row must be explained in
/// <see cref="NjsDifferences.FileName"/>.
/// </summary>
public sealed class NjsTests
{
    [Fact]
    public async Task EveryRow_IsAnsweredAlike_OrTheDifferenceIsExplained()
    {
        if (!NjsRun.IsThere)
            Assert.Skip("njs is not installed; ./test conformance installs it");
        var known = NjsDifferences.Read();
        var unexplained = new ConcurrentBag<string>();
        var folder = Directory.CreateTempSubdirectory("brink-njs-");
        try
        {
            var rows = Corpus.Files().SelectMany(Corpus.Read).Where(row => row.Kind != RowKind.Log && row.Runtimes.Contains(Runtime.CloudFrontJs20));
            await Parallel.ForEachAsync(rows, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (row, cancellationToken) =>
            {
                var answer = await NjsRun.OfAsync(row, folder.FullName, cancellationToken);
                if (answer != row.Expected && !known.Explains(row, answer))
                    unexplained.Add(NjsDifferences.Line(row, answer));
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        Assert.True(unexplained.IsEmpty, $"{unexplained.Count} rows differ from njs without a reason in tests/conformance/{NjsDifferences.FileName}:\n{string.Join("\n", unexplained.Order(StringComparer.Ordinal))}");
    }

    [Fact]
    public void DocumentedDifferences_AreThoseOfTheFile() => GeneratedPart.Check("njs", NjsDifferences.Read().Table());
}
