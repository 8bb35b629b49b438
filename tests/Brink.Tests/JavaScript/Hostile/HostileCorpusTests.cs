using Brink.JavaScript;
using Brink.JavaScript.Execution;
using Brink.ScriptGenerator.Running;

namespace Brink.Tests.JavaScript.Hostile;

/// <summary>Every script of <c>tests/functions/hostile</c>: stopped in its budget, the next call clean. <c>./bench soak</c> runs them for minutes.</summary>
public class HostileCorpusTests
{
    private static readonly IReadOnlyList<HostileCase> Corpus = HostileCase.ReadAll(Repository.Root);

    private static readonly ScriptUnderTest Calm = ScriptUnderTest.Compile(
        """
        var seen = [];
        function handler(event) {
            for (var name in event.request.headers) seen.push(name);
            var parsed = JSON.parse('{"a":{"b":[1,2,3]}}'), text = seen.join().replace(/[aeiou]/g, x => x.toUpperCase());
            event.request.headers['x-seen'] = { value: text + parsed.a.b.length + typeof leaked + Object.keys({}).length };
            return event.request;
        }
        """, Runtime.CloudFrontJs20, out _)!;

    public static TheoryData<string> Names => [.. Corpus.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Case_EndsAsItSaysAndLeavesTheNextCallAlone(string name)
    {
        var hostile = Corpus.Single(one => one.Name == name);
        RealmPool.Forget();
        var calm = Calm.Run();
        Assert.StartsWith("request GET", calm.Result, StringComparison.Ordinal);

        var script = hostile.Compile(out var refusal);
        if (script is null)
        {
            Assert.True(hostile.MayEnd(null), refusal);
            return;
        }
        var first = script.Run();
        Assert.Equal(calm, Calm.Run());
        var second = script.Run();
        Assert.Equal(calm, Calm.Run());
        RealmPool.Forget();
        var fresh = script.Run();

        Assert.Null(first.Fault);
        Assert.True(hostile.MayEnd(first), $"ended with {first.Status} {first.Result} after {first.Steps} steps, {first.Memory} bytes");
        Assert.InRange(first.Steps, 0, script.Steps);
        Assert.InRange(first.Memory, 0, script.Memory);
        Assert.Equal(first, second);
        Assert.Equal(first, fresh);
    }

    [Fact]
    public void WholeCorpus_GivesItsMemoryBack()
    {
        RunAll();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        RunAll();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.InRange(after - before, long.MinValue, 2 * 1024 * 1024);

        static void RunAll()
        {
            foreach (var hostile in Corpus)
                hostile.Compile(out _)?.Run();
        }
    }

    [Fact]
    public void Corpus_IsLarge() => Assert.InRange(Corpus.Count, 150, 10_000);
}
