using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;

namespace Brink.Tests.Edge.Cache.Disk;

/// <summary>Memory before a disk, where memory has no room for what is asked for: every request reads the disk.</summary>
public sealed class TieredStorageTests
{
    private const int Length = 100_000; // more than what is read at once

    [Fact]
    public async Task ObjectIsReplacedWhileItIsRead_TheNewOneIsReadThen()
    {
        using var bench = new DiskBench();
        var storage = Storage(bench);
        await PutAsync(bench, storage, 'x');
        var isFirst = true;
        bench.Access.Fails = operation =>
        {
            if (operation != "read" || !isFirst)
                return null;
            isFirst = false;
            PutAsync(bench, storage, 'y').GetAwaiter().GetResult();
            return null;
        };

        var loaded = await LoadAsync(storage);

        Assert.Equal(new string('y', Length), DiskBench.Text(loaded!.Body));
        Assert.False(isFirst);
    }

    [Fact]
    public async Task ManyAtOnce_EachGetsIt()
    {
        using var bench = new DiskBench();
        var storage = Storage(bench);
        await PutAsync(bench, storage, 'x');
        bench.Access.Fails = static _ => null;

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => LoadAsync(storage))));

        Assert.All(all, loaded => Assert.Equal(Length, loaded!.Body.Length));
    }

    private static TieredStorage Storage(DiskBench bench) => new(new MemoryStorage(1000), bench.Store, bench.Slabs);

    private static async Task PutAsync(DiskBench bench, TieredStorage storage, char content)
    {
        storage.Put(bench.Object("a", System.Text.Encoding.Latin1.GetBytes(new string(content, Length))));
        await bench.Store.DrainAsync();
    }

    private static async Task<CachedObject?> LoadAsync(TieredStorage storage) =>
        await storage.LoadAsync("a", opener: null).AsTask().WaitAsync(TimeSpan.FromSeconds(10));
}
