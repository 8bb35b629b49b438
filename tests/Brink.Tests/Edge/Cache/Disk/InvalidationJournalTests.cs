using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;

namespace Brink.Tests.Edge.Cache.Disk;

public sealed class InvalidationJournalTests
{
    private static readonly InvalidationRule One = new("E1", "/one/*"), Two = new(null, null, "tag"), Three = new("E2");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rules_SurviveARestart(bool isKilled)
    {
        using var bench = new DiskBench();
        bench.Put("a", "1", revision: 0);
        var invalidations = new Invalidations();
        foreach (var rule in (InvalidationRule[])[One, Two, Three])
            bench.Store.Invalidated(invalidations.Add(rule), [rule], invalidations.ToKeep);
        if (isKilled)
            await bench.KillAsync();

        bench.Restart();

        Assert.Equal([(1, One), (2, Two), (3, Three)], bench.Store.Invalidations.Rules);
        Assert.Equal(3, bench.Store.Invalidations.Revision);
        bench.Restart();
        Assert.Equal([(1, One), (2, Two), (3, Three)], bench.Store.Invalidations.Rules);
    }

    [Fact]
    public void RulesThatNothingIsOlderThan_AreDropped_AndTheirNumberIsNotGivenAgain()
    {
        using var bench = new DiskBench();
        bench.Store.Invalidated(1, [One], () => new KeptInvalidations(2, [], null));
        bench.Store.Invalidated(2, [Two], () => new KeptInvalidations(2, [], null));
        bench.Put("a", "1", revision: 1);

        bench.Restart();

        Assert.Equal([(2, Two)], bench.Store.Invalidations.Rules);
        bench.Remove("a");
        Assert.Equal(2, bench.Store.Invalidations.Revision);
    }

    [Fact]
    public async Task RevisionOfARuleThatWasLost_IsNotGivenAgain()
    {
        // A rule counts in memory before it is on disk. An object may have been asked for after it, and the process killed before the rule was kept.
        using var bench = new DiskBench();
        bench.Put("a", "1", revision: 7);
        await bench.KillAsync();

        bench.Open();

        Assert.Equal(7, bench.Store.Invalidations.Revision);
        bench.Restart();
        Assert.Equal(7, bench.Store.Invalidations.Revision);
    }

    [Fact]
    public async Task JournalWithAnyWrongByte_MeansAnEmptyCache()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        bench.Store.Invalidated(1, [One], () => new KeptInvalidations(2, [], null));
        bench.Close();
        var file = Path.Combine(bench.Folder, "invalidations");
        var whole = File.ReadAllBytes(file);
        var segment = bench.Segments.Single();
        var records = File.ReadAllBytes(segment);
        for (var at = -1; at < whole.Length; at++)
        {
            var wrong = at < 0 ? [] : (byte[])whole.Clone();
            if (at >= 0)
                wrong[at] ^= 1;
            File.WriteAllBytes(file, wrong);
            File.WriteAllBytes(segment, records);
            bench.Open();
            Assert.Null(await bench.BodyAsync("a"));
            bench.Close();
        }

        Assert.All(bench.Told, told => Assert.EndsWith("the journal of invalidations is missing or damaged, and the cache begins empty", told, StringComparison.Ordinal));
        Assert.Equal(whole.Length + 1, bench.Told.Count);
    }

    [Fact]
    public void LongJournal_IsWrittenAnew_AndMeansTheSame()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        var invalidations = new Invalidations(maxRules: 10);
        for (var i = 0; i < 3000; i++)
        {
            var rule = new InvalidationRule("E1", $"/{i}");
            bench.Store.Invalidated(invalidations.Add(rule), [rule], invalidations.ToKeep);
        }

        Assert.InRange(new FileInfo(Path.Combine(bench.Folder, "invalidations")).Length, 0, 120_000);
        bench.Restart();
        var again = new Invalidations(bench.Store.Invalidations, bench.Store.Seed, maxRules: 10);
        Assert.Equal(3000, again.Revision);
        foreach (var (key, revision) in new[] { ("2999", 2999), ("2999", 3000), ("nothing", 2990), ("nothing", 0) })
            Assert.Equal(invalidations.Cover(bench.Object(key, [], revision).Head), again.Cover(bench.Object(key, [], revision).Head));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Changes_SurviveARestart(bool isKilled)
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        var invalidations = new Invalidations(bench.Store.Invalidations, bench.Store.Seed);
        Change(bench, invalidations, "a");
        bench.Store.Invalidated(invalidations.Add(One), [One], invalidations.ToKeep);
        if (isKilled)
            await bench.KillAsync();

        for (var i = 0; i < 2; i++)
        {
            bench.Restart();
            var again = new Invalidations(bench.Store.Invalidations, bench.Store.Seed);
            Assert.Equal(2, again.Revision);
            Assert.Equal(
                [true, false, false, true],
                new[] { ("a", 0), ("a", 1), ("b", 0), ("one/b", 1) }.Select(each => again.Cover(bench.Object(each.Item1, [], each.Item2).Head)));
        }
    }

    [Fact]
    public void ManyChanges_AreWrittenAnew_AndMeanTheSame()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        var invalidations = new Invalidations(bench.Store.Invalidations, bench.Store.Seed);
        for (var i = 0; i < 5000; i++)
            Change(bench, invalidations, $"{i % 100}");

        Assert.InRange(
            new FileInfo(Path.Combine(bench.Folder, "invalidations")).Length, 0, ChangeMarks.Count * sizeof(long) + 1010 * 56);
        bench.Restart();
        var again = new Invalidations(bench.Store.Invalidations, bench.Store.Seed);
        for (var i = 0; i < 200; i++)
        {
            foreach (var revision in (int[])[0, 4950, 5000])
            {
                var head = bench.Object($"{i}", [], revision).Head;
                Assert.Equal(invalidations.Cover(head), again.Cover(head));
            }
        }
    }

    [Fact]
    public void ChangesThatNothingIsOlderThan_AreDropped()
    {
        using var bench = new DiskBench();
        var invalidations = new Invalidations(bench.Store.Invalidations, bench.Store.Seed);
        Change(bench, invalidations, "a");
        bench.Put("a", "1", revision: 1);

        bench.Restart();

        Assert.Null(bench.Store.Invalidations.Changes);
        Assert.Equal(1, bench.Store.Invalidations.Revision);
    }

    private static void Change(DiskBench bench, Invalidations invalidations, string key)
    {
        var (revision, marks) = invalidations.AddChange(bench.Object(key, []).Head.Name);
        bench.Store.Changed(revision, marks, invalidations.ToKeep);
    }

    [Fact]
    public void RuleThatComesWhileTheJournalIsWrittenAnew_IsKept()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        var invalidations = new Invalidations(maxRules: 10);
        var one = new InvalidationRule("E2", "/a");
        Thread? other = null;
        var count = 0;

        KeptInvalidations ToKeep()
        {
            var kept = invalidations.ToKeep();
            if (other is not null || count <= 2 * kept.Rules.Count + 1000)
                return kept;                        // not written anew yet
            var revision = invalidations.Add(one);
            var many = new KeptInvalidations(revision, new (long, InvalidationRule)[5000], null); // leaves it as it is
            other = new Thread(() => bench.Store.Invalidated(revision, [one], () => many));
            other.Start();
            SpinWait.SpinUntil(() => !other.IsAlive || other.ThreadState.HasFlag(ThreadState.WaitSleepJoin)); // either way it has had its turn
            return kept;
        }

        while (other is null)
        {
            var rule = new InvalidationRule("E1", $"/{++count}");
            bench.Store.Invalidated(invalidations.Add(rule), [rule], ToKeep);
        }
        other!.Join();
        bench.Restart();

        Assert.Contains(one, bench.Store.Invalidations.Rules.Select(each => each.Rule));
    }

    [Fact]
    public async Task FullDisk_LosesItsOldestObjects_NotAnInvalidation()
    {
        using var bench = new DiskBench();
        for (var i = 0; i < 100; i++)
            bench.Put($"k{i}", new string('x', 10_000));
        await bench.Store.DrainAsync();
        var before = bench.Segments.Length;
        bench.Access.Fails = operation => operation == "write" && bench.Segments.Length == before ? FailingAccess.Full : null;

        bench.Store.Invalidated(1, [One], () => new KeptInvalidations(2, [], null));

        bench.Access.Fails = null;
        Assert.Equal(before - 1, bench.Segments.Length);
        bench.Restart();
        Assert.Equal([(1, One)], bench.Store.Invalidations.Rules);
        Assert.Null(await bench.BodyAsync("k0"));
        Assert.NotNull(await bench.BodyAsync("k99"));
    }

    [Fact]
    public void DiskThatTakesNoneOfManyInvalidations_IsToldOnce_AndHoldsUpNone()
    {
        for (var round = 0; round < 50; round++)
        {
            using var bench = new DiskBench();
            bench.Put("a", "1");
            bench.Access.Fails = operation => operation == "sync" ? new IOException("Input/output error", 5) : null;

            Parallel.For(1, 9, revision => bench.Store.Invalidated(revision, [One], () => new KeptInvalidations(revision, [], null)));

            Assert.Single(bench.Told, told => told.Contains("takes no invalidations", StringComparison.Ordinal));
            Assert.Equal(0, bench.Store.Count);
        }
    }

    [Fact]
    public async Task DiskThatTakesNoInvalidation_LosesEverything()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        await bench.Store.DrainAsync();
        bench.Access.Fails = operation => operation == "sync" ? new IOException("Input/output error", 5) : null;

        bench.Store.Invalidated(1, [One], () => new KeptInvalidations(2, [], null));

        Assert.EndsWith("takes no invalidations, the cache goes on in memory: Input/output error", bench.Told.Last(), StringComparison.Ordinal);
        bench.Put("b", "2");
        Assert.Null(await bench.BodyAsync("a"));
        Assert.Null(await bench.BodyAsync("b"));
        bench.Access.Fails = null;
        bench.Restart();
        Assert.Equal(0, bench.Store.Count);
    }
}
