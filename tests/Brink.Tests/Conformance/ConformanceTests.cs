using System.Text;

namespace Brink.Tests.Conformance;

/// <summary>The corpus of tests/conformance against our engine, a test for each file; a failure lists every failing row.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Files => [.. Corpus.Files()];

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryRow_HoldsInItsRuntimes(string file)
    {
        var failures = new StringBuilder();
        var count = 0;
        foreach (var row in Corpus.Read(file))
        {
            foreach (var runtime in row.Runtimes)
            {
                var found = EngineRun.Of(row, runtime);
                if (found == row.Expected)
                    continue;
                count++;
                failures.AppendLine($"{row.Place} [{CorpusCounts.NameOf(runtime)}] {row.Text}").AppendLine($"  expected  {row.Expected}").AppendLine($"  found     {found}");
            }
        }
        Assert.True(count == 0, $"{count} rows of tests/conformance/{file} fail:\n{failures}");
    }

    [Fact]
    public void NoRow_StandsTwice()
    {
        var seen = new Dictionary<(string Text, RowKind Kind, string Runtime), string>();
        var twice = new List<string>();
        foreach (var row in Corpus.Files().SelectMany(Corpus.Read))
        {
            foreach (var runtime in row.Runtimes)
            {
                if (!seen.TryAdd((row.Text, row.Kind, CorpusCounts.NameOf(runtime)), row.Place))
                    twice.Add($"{row.Place} repeats {seen[(row.Text, row.Kind, CorpusCounts.NameOf(runtime))]}: {row.Text}");
            }
        }
        Assert.True(twice.Count == 0, string.Join("\n", twice.Distinct()));
    }

    [Fact]
    public void DocumentedCounts_AreThoseOfTheCorpus()
    {
        var table = CorpusCounts.Table();
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        GeneratedPart.Check("counts", table);
    }
}
