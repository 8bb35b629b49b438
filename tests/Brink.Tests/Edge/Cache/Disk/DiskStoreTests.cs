using System.Text;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;

namespace Brink.Tests.Edge.Cache.Disk;

public sealed class DiskStoreTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(70_000)]                             // longer than what is gathered, and read in pieces
    [InlineData(SlabPool.SlabSize * 3)]
    public async Task Object_IsFoundAgain(int length)
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { SegmentSize = 1 << 20 };
        bench.Open();
        var body = new string('x', length);
        bench.Put("a", body);
        await bench.Store.DrainAsync();

        var read = await bench.ReadAsync("a");

        Assert.Equal((body, "\"v\""), (DiskBench.Text(read!.Body), read.Head.ETag));
        Assert.Null(await bench.BodyAsync("b"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restart_FindsWhatWasThere(bool isKilled)
    {
        using var bench = new DiskBench();
        for (var i = 0; i < 1000; i++)
            bench.Put($"k{i}", $"body {i}");
        bench.Put("k1", "newer");
        bench.Remove("k2");
        bench.Remove("k3");
        bench.Put("k3", "again");
        if (isKilled)
            await bench.KillAsync();

        bench.Restart();

        Assert.Equal(999, bench.Store.Count);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i switch { 1 => "newer", 2 => null, 3 => "again", _ => $"body {i}" }, await bench.BodyAsync($"k{i}"));
        Assert.Empty(bench.Told);
    }

    [Fact]
    public async Task WhatWasRemovedInALaterSegment_StaysAway()
    {
        using var bench = new DiskBench();
        bench.Put("a", "old");
        bench.Put("b", "old");
        bench.Restart();
        bench.Remove("a");
        bench.Put("b", new string('x', 200_000));    // too large for a segment of these: not written, and the old one is gone
        await bench.KillAsync();

        bench.Open();

        Assert.Null(await bench.BodyAsync("a"));
        Assert.Null(await bench.BodyAsync("b"));
        Assert.Equal(0, bench.Store.Count);
    }

    [Fact]
    public async Task SegmentTornAtEveryByte_GivesWholeRecordsOrNone()
    {
        using var bench = new DiskBench();
        string[] keys = ["a", "b"];
        foreach (var key in keys)
            bench.Put(key, $"body of {key}");
        await bench.KillAsync();
        var file = bench.Segments.Single();
        var whole = File.ReadAllBytes(file);
        var found = new List<int>();
        for (var length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(file, whole[..length]);
            bench.Open();
            var count = 0;
            foreach (var key in keys)
            {
                if (await bench.BodyAsync(key) is not { } body)
                    continue;
                Assert.Equal($"body of {key}", body);
                count++;
            }
            found.Add(count);
            bench.Close();
            File.Delete(file);
        }

        Assert.Equal(found.Order(), found);
        Assert.Equal([0, 1, 2], found.Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EveryWrongByte_IsNeverServed(bool isComplete)
    {
        using var bench = new DiskBench();
        string[] keys = ["a", "b"];
        foreach (var key in keys)
            bench.Put(key, $"body of {key}");
        if (isComplete)
            bench.Close();
        else
            await bench.KillAsync();
        var file = bench.Segments.Single();
        var whole = File.ReadAllBytes(file);
        for (var at = 0; at < whole.Length; at++)
        {
            var wrong = (byte[])whole.Clone();
            wrong[at] ^= 0x40;
            File.WriteAllBytes(file, wrong);
            bench.Open();
            var count = 0;
            foreach (var key in keys)
            {
                var body = await bench.BodyAsync(key);
                Assert.True(body is null || body == $"body of {key}", $"byte {at}: {body}");
                count += body is null ? 0 : 1;
            }
            Assert.True(!isComplete || count >= 1, $"byte {at}: {count} found");
            bench.Close();
        }
    }

    [Fact]
    public async Task WrongRecord_IsToldOnce_AndCountsAsNotThere()
    {
        using var bench = new DiskBench();
        bench.Put("a", "aaaaaaaa");
        bench.Put("b", "bbbbbbbb");
        bench.Close();
        var file = bench.Segments.Single();
        var bytes = File.ReadAllBytes(file);
        foreach (var letter in "ab")
            bytes[bytes.AsSpan().IndexOf(Encoding.Latin1.GetBytes(new string(letter, 8)))] ^= 1;
        File.WriteAllBytes(file, bytes);
        bench.Open();

        Assert.Null(await bench.BodyAsync("a"));
        Assert.Null(await bench.BodyAsync("b"));

        Assert.Equal((2, 0), (bench.Store.Damaged, bench.Store.Count));
        Assert.EndsWith("a record is torn or wrong; it counts as not there, as will others", Assert.Single(bench.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Budget_IsKept_AndTheOldestGoFirst()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { Size = 2 << 20, QueueSize = 1 << 30 };
        bench.Open();
        var body = new string('x', 10_000);
        for (var i = 0; i < 1000; i++)
        {
            bench.Put($"k{i}", body);
            if (i % 50 != 0)
                continue;
            await bench.Store.DrainAsync();
            Assert.InRange(bench.BytesOnDisk, 0, 2 << 20);
        }
        await bench.Store.DrainAsync();

        Assert.InRange(bench.BytesOnDisk, 1 << 20, 2 << 20);
        Assert.Null(await bench.BodyAsync("k0"));
        Assert.Equal(body, await bench.BodyAsync("k999"));
        var found = new List<int>();
        for (var i = 0; i < 1000; i++)
        {
            if (await bench.BodyAsync($"k{i}") is not null)
                found.Add(i);
        }
        Assert.Equal(Enumerable.Range(found[0], 1000 - found[0]), found);
        Assert.True(bench.Store.Evicted.Segments > 20);

        // A smaller size at the next start holds at once.
        bench.Close();
        bench.Options = bench.Options with { Size = 1 << 20 };
        bench.Open();
        Assert.InRange(bench.BytesOnDisk, 1, 1 << 20);
        Assert.Equal(body, await bench.BodyAsync("k999"));
    }

    [Fact]
    public async Task WhatIsRead_GetsASecondChance_WithinHalfASegment()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { Size = 2 << 20, QueueSize = 1 << 30 };
        bench.Open();
        var body = new string('x', 10_000);
        bench.Store.KeysInUse = () => ["used"];
        bench.Put("read", "read");
        bench.Put("used", "used");
        bench.Put("left", "left");
        for (var i = 0; i < 500; i++)
        {
            bench.Put($"k{i}", body);
            if (i % 20 != 0)
                continue;
            await bench.Store.DrainAsync();
            Assert.Equal("read", await bench.BodyAsync("read"));
            for (var j = Math.Max(0, i - 200); j <= i; j += 2)
                await bench.BodyAsync($"k{j}");      // far more than has a second chance
        }

        await bench.Store.DrainAsync();
        Assert.Equal("used", await bench.BodyAsync("used"));
        Assert.Null(await bench.BodyAsync("left"));
        Assert.Equal(body, await bench.BodyAsync("k499"));
        bench.Restart();
        Assert.Equal("used", await bench.BodyAsync("used"));
        Assert.Equal("read", await bench.BodyAsync("read"));
    }

    [Fact]
    public async Task SurvivorsOfManyShortSegments_LeaveTheNewOneItsRoom()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { Size = 2 << 20 };
        bench.Open();
        var keys = new List<string>();
        for (var i = 0; i < 180; i++)
        {
            keys.Add($"k{i}");
            bench.Put($"k{i}", new string('x', 10_000));
            if (i % 6 == 5)
                bench.Restart();                    // a segment of six objects
        }
        bench.Store.KeysInUse = () => keys;

        for (var i = 0; i < 20; i++)
        {
            bench.Put($"n{i}", new string('x', 100_000));
            await bench.Store.DrainAsync();
            Assert.All(bench.Segments, path => Assert.InRange(new FileInfo(path).Length, 0, bench.Options.SegmentSize));
            Assert.InRange(bench.BytesOnDisk, 0, 2 << 20);
        }
    }

    [Fact]
    public async Task FloodOfSlices_LeavesSmallObjectsAQuarter()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { Size = 4 << 20, QueueSize = 1 << 30 };
        bench.Open();
        for (var i = 0; i < 40; i++)
            bench.Put($"k{i}", new string('x', 10_000));
        await bench.Store.DrainAsync();

        var bytes = new byte[50_000];
        for (var i = 0; i < 500; i++)
            bench.Put(new CachedObject(ObjectHead.OfSlice($"Sabc.{i}"), BodySlices.Copy(bytes, bench.Slabs)));
        await bench.Store.DrainAsync();

        for (var i = 0; i < 40; i++)
            Assert.NotNull(await bench.BodyAsync($"k{i}"));
        Assert.InRange(bench.BytesOnDisk, 3 << 20, 4 << 20);
    }

    [Fact]
    public async Task FullQueue_LeavesObjectsOut()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { QueueSize = 100_000 };
        using var mayWrite = new ManualResetEventSlim();
        bench.Access.Fails = operation =>
        {
            if (operation == "write")
                mayWrite.Wait(TestContext.Current.CancellationToken);
            return null;
        };
        mayWrite.Set();
        bench.Open();
        bench.Put("k5", "old");
        await bench.Store.DrainAsync();
        mayWrite.Reset();
        for (var i = 0; i < 10; i++)
            bench.Put($"k{i}", new string('x', 30_000));
        mayWrite.Set();
        await bench.Store.DrainAsync();

        Assert.True(bench.Store.NotWritten is > 0 and < 10, $"{bench.Store.NotWritten}");
        Assert.NotEqual("old", await bench.BodyAsync("k5"));
    }

    [Fact]
    public async Task FullDisk_IsLivedWith()
    {
        using var bench = new DiskBench();
        bench.Access.Room = 9 << 18;
        var body = new string('x', 10_000);
        for (var i = 0; i < 1000; i++)
        {
            bench.Put($"k{i}", body);
            await bench.Store.DrainAsync();
        }

        Assert.Contains("is full: the cache keeps to 1 MiB there", Assert.Single(bench.Told), StringComparison.Ordinal);
        Assert.Equal(body, await bench.BodyAsync("k999"));
        Assert.InRange(bench.BytesOnDisk, 1 << 20, 2 << 20);
    }

    [Fact]
    public async Task FailingDisk_IsToldOnce_AndUsedAgainWhenItIsWell()
    {
        using var bench = new DiskBench();
        bench.Put("before", "1");
        await bench.Store.DrainAsync();
        bench.Access.Fails = operation => operation == "write" ? new IOException("Input/output error", 5) : null;
        bench.Put("before", "2");
        await bench.Store.DrainAsync();
        bench.Put("meanwhile", "3");
        await bench.Store.DrainAsync(); // else its failure may come when the pause of the first one is over
        Assert.Null(await bench.BodyAsync("before"));
        Assert.Null(await bench.BodyAsync("meanwhile"));
        Assert.EndsWith("cannot be written to, the cache goes on in memory: Input/output error", Assert.Single(bench.Told), StringComparison.Ordinal);

        bench.Access.Fails = null;
        bench.Time.Advance(TimeSpan.FromMinutes(2));
        bench.Put("after", "4");
        await bench.Store.DrainAsync();

        Assert.Equal("4", await bench.BodyAsync("after"));
        Assert.EndsWith("again", bench.Told.Last(), StringComparison.Ordinal);
        await bench.KillAsync();
        bench.Open();
        Assert.Null(await bench.BodyAsync("before"));
        Assert.Equal("4", await bench.BodyAsync("after"));
    }

    [Fact]
    public async Task DiskThatCannotBeRead_HasNothing()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        await bench.Store.DrainAsync();
        bench.Access.Fails = operation => operation == "read" ? new IOException("Input/output error", 5) : null;

        Assert.Null(await bench.BodyAsync("a"));
        Assert.Contains("cannot be read", Assert.Single(bench.Told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SlowDisk_IsNotWaitedForLongerThanItsTime()
    {
        using var bench = new DiskBench();
        bench.Put("a", "1");
        await bench.Store.DrainAsync();
        var slow = new TaskCompletionSource();
        bench.Access.Slow = slow.Task;

        var reading = bench.BodyAsync("a");
        await bench.Time.TimerIsSetAsync(TestContext.Current.CancellationToken);
        bench.Time.AdvanceSeconds(3);

        Assert.Null(await reading);
        Assert.Contains("is slow", Assert.Single(bench.Told), StringComparison.Ordinal);
        slow.SetResult();
        bench.Access.Slow = null;
        Assert.Equal("1", await bench.BodyAsync("a"));
    }

    [Fact]
    public async Task ReadsBeyondThoseThatAreMadeAtOnce_WaitForTheirTurn()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { MaxReads = 2 };
        bench.Open();
        for (var i = 0; i < 10; i++)
            bench.Put($"k{i}", $"{i}");
        await bench.Store.DrainAsync();
        var slow = new TaskCompletionSource();
        bench.Access.Slow = slow.Task;

        var reading = Enumerable.Range(0, 10).Select(i => bench.BodyAsync($"k{i}")).ToList();
        slow.SetResult();

        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), await Task.WhenAll(reading));
        Assert.Equal(0, bench.Store.ReadsNotMade);
    }

    [Fact]
    public async Task DiskThatDoesNotAnswer_IsNotAskedAgainUntilItDoes()
    {
        using var bench = new DiskBench(isOpen: false);
        bench.Options = bench.Options with { MaxReads = 2 };
        bench.Open();
        for (var i = 0; i < 3; i++)
            bench.Put($"k{i}", $"{i}");
        await bench.Store.DrainAsync();
        var slow = new TaskCompletionSource();
        bench.Access.Slow = slow.Task;
        var late = new[] { bench.BodyAsync("k0"), bench.BodyAsync("k1") };
        await bench.Time.TimerIsSetAsync(TestContext.Current.CancellationToken);
        bench.Time.AdvanceSeconds(3);
        Assert.All(await Task.WhenAll(late), Assert.Null);

        Assert.Null(await bench.BodyAsync("k2"));   // at once
        Assert.Equal(3, bench.Store.ReadsNotMade);

        slow.SetResult();
        bench.Access.Slow = null;
        Assert.Equal("2", await bench.BodyAsync("k2"));
    }

    [Fact]
    public void FolderInUse_IsAMistake()
    {
        using var bench = new DiskBench();

        var mistake = Assert.Throws<CacheFolderException>(() => bench.Open());

        Assert.Equal($"{bench.Folder} is in use by another process: each needs a folder of its own", mistake.Message);
    }

    [Fact]
    public void AnotherFormat_IsAMistake()
    {
        using var bench = new DiskBench();
        bench.Close();
        var format = Path.Combine(bench.Folder, "format");
        File.WriteAllText(format, File.ReadAllText(format).Replace("brink-cache 1", "brink-cache 2", StringComparison.Ordinal));

        var mistake = Assert.Throws<CacheFolderException>(() => bench.Open());

        Assert.Equal(
            $"{bench.Folder} is a cache of format 2, and this version of Brink has format 1: give another folder, or delete it", mistake.Message);
        File.WriteAllText(format, "");
        Assert.EndsWith("is not the format of a cache: give another folder, or delete this one",
            Assert.Throws<CacheFolderException>(() => bench.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FolderOfSomethingElse_IsAMistake()
    {
        using var bench = new DiskBench(isOpen: false);
        Directory.CreateDirectory(bench.Folder);
        var other = Path.Combine(bench.Folder, "thesis.txt");
        File.WriteAllText(other, "");

        var mistake = Assert.Throws<CacheFolderException>(() => bench.Open());

        Assert.Equal($"{bench.Folder} is not empty and holds no cache: give a new or an empty folder", mistake.Message);
        Assert.Equal([other], Directory.GetFileSystemEntries(bench.Folder));
    }

    [Fact]
    public void Folder_IsForItsOwnerAlone()
    {
        using var bench = new DiskBench(isOpen: false);
        Directory.CreateDirectory(bench.Folder, (UnixFileMode)0b111_101_101);

        bench.Open();

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(bench.Folder));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task RandomOperations_AgreeWithADictionary(int seed)
    {
        var random = new Random(seed);
        using var bench = new DiskBench();
        var model = new Dictionary<string, string>();
        for (var i = 0; i < 1500; i++)
        {
            var key = $"k{random.Next(60)}";
            switch (random.Next(100))
            {
                case < 45:
                    model[key] = new string((char)('a' + random.Next(26)), random.Next(random.Next(3) == 0 ? 40_000 : 500));
                    bench.Put(key, model[key]);
                    break;
                case < 60:
                    bench.Remove(key);
                    model.Remove(key);
                    break;
                case < 95:
                    if (bench.Store.FindWaiting(bench.Store.HashOf(key), key) is { } waiting)
                        Assert.Equal(model.GetValueOrDefault(key), DiskBench.Text(waiting.Body));
                    else
                        Assert.Equal(model.GetValueOrDefault(key), await bench.BodyAsync(key));
                    break;
                case < 98:
                    await bench.Store.DrainAsync();
                    break;
                case 98:
                    bench.Restart();
                    break;
                default:
                    await bench.KillAsync();
                    bench.Open();
                    break;
            }
        }

        await bench.Store.DrainAsync();
        Assert.Equal(model.Count, bench.Store.Count);
        foreach (var (key, body) in model)
            Assert.Equal(body, await bench.BodyAsync(key));
        Assert.Empty(bench.Told);
    }
}
