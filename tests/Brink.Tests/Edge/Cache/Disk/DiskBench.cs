using System.Text;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Requests;
using Brink.Http;
using Microsoft.Win32.SafeHandles;

namespace Brink.Tests.Edge.Cache.Disk;

/// <summary>A folder for a disk, which can be closed, killed and opened again.</summary>
internal sealed class DiskBench : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("brink-disk-");
    private DiskStore? _store;
    private int _copies;

    public DiskBench(bool isOpen = true)
    {
        Options = new DiskOptions
        {
            Folder = Path.Combine(_root.FullName, "cache"), Size = 64 << 20, SegmentSize = 256 << 10, Access = Access, Tell = Told.Enqueue,
        };
        if (isOpen)
            Open();
    }

    public ManualTimeProvider Time { get; } = new();

    public FailingAccess Access { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<string> Told { get; } = new();

    public DiskOptions Options { get; set; }

    public SlabPool Slabs { get; } = new(100);

    public DiskStore Store => _store ?? throw new InvalidOperationException("the store is closed");

    public string Folder => Options.Folder;

    public long BytesOnDisk => new DirectoryInfo(Folder).EnumerateFiles().Sum(file => file.Length);

    public string[] Segments => [.. Directory.EnumerateFiles(Folder, "*-*").Where(path => !path.EndsWith("-under", StringComparison.Ordinal)).Order()];

    public DiskStore Open() => _store = DiskStore.Open(Options, Time);

    public void Close()
    {
        _store?.Dispose();
        _store = null;
    }

    public DiskStore Restart()
    {
        Close();
        return Open();
    }

    /// <summary>What a process that is killed now leaves, in another folder.</summary>
    public async Task KillAsync()
    {
        await Store.DrainAsync();
        var copy = Path.Combine(_root.FullName, $"killed-{++_copies}");
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.EnumerateFiles(Folder).Where(path => Path.GetFileName(path) != "lock"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        Close();
        Directory.Delete(Folder, recursive: true);
        Options = Options with { Folder = copy };
    }

    public void Put(string key, string body, long revision = 0) => Put(Object(key, Encoding.Latin1.GetBytes(body), revision));

    public void Put(CachedObject item) => Store.Put(Store.HashOf(item.Head.Key), item);

    public void Remove(string key) => Store.Remove(Store.HashOf(key), isSlice: false);

    /// <summary>The body of what can be found; null if nothing can.</summary>
    public async Task<string?> BodyAsync(string key) => (await ReadAsync(key))?.Body is { } body ? Text(body) : null;

    public async Task<DiskRead?> ReadAsync(string key)
    {
        var hash = Store.HashOf(key);
        if (Store.Find(hash) is not { } place)
            return null;
        return Store.TryReadAtOnce(key, hash, place, Slabs, out var read) ? read : await Store.ReadAsync(key, hash, place, Slabs);
    }

    public static string Text(BodySlices body)
    {
        var text = new StringBuilder();
        foreach (var piece in body)
            text.Append(Encoding.Latin1.GetString(piece.Span));
        return text.ToString();
    }

    public CachedObject Object(string key, ReadOnlySpan<byte> body, long revision = 0, SliceSet? slices = null)
    {
        var name = new ObjectName("E1", "/" + key, "/" + key, ["tag"]);
        var freshness = new Freshness(TimeSpan.FromMinutes(5), null, null, TimeSpan.FromDays(1), false);
        var head = ObjectHead.Of(
            key, name, revision, 200, null, [new HeaderField("ETag", "\"v\"")], 200, freshness, Time.GetTimestamp(), TimeSpan.Zero, false, null);
        return new CachedObject(head, BodySlices.Copy(body, Slabs), slices);
    }

    public void Dispose()
    {
        Access.Fails = null;
        Close();
        _root.Delete(recursive: true);
    }
}

/// <summary>A disk that fails when a test says so.</summary>
internal sealed class FailingAccess : DiskAccess
{
    private long _written;

    /// <summary>What each operation is asked for: its failure, or null.</summary>
    public Func<string, Exception?>? Fails { get; set; }

    /// <summary>Reads that wait until this is done.</summary>
    public Task? Slow { get; set; }

    /// <summary>Bytes that the disk has room for.</summary>
    public long Room { get; set; } = long.MaxValue;

    public static IOException Full => new("No space left on device", 28);

    public override SafeFileHandle Create(string path) => Try("create", () => base.Create(path));

    public override void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at)
    {
        Check("write", bytes.Length);
        base.Write(file, bytes, at);
    }

    public override void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> bytes, long at)
    {
        Check("write", bytes.Sum(each => each.Length));
        base.Write(file, bytes, at);
    }

    // No test takes the power away.
    public override void Sync(SafeFileHandle file) => Check("sync", 0);

    public override void SyncFolder(string path) => Check("sync", 0);

    public override int ReadAtOnce(SafeFileHandle file, Span<byte> room, long at)
    {
        if (Slow is not null || Fails?.Invoke("read") is not null)
            return 0;
        return base.ReadAtOnce(file, room, at);
    }

    public override async ValueTask<int> ReadAsync(SafeFileHandle file, Memory<byte> room, long at)
    {
        if (Slow is { } slow)
            await slow;
        Check("read", 0);
        return await base.ReadAsync(file, room, at);
    }

    public override void Delete(string path)
    {
        Check("delete", 0);
        var length = new FileInfo(path).Length;
        base.Delete(path);
        Interlocked.Add(ref _written, -length);
    }

    private T Try<T>(string operation, Func<T> action)
    {
        Check(operation, 0);
        return action();
    }

    private void Check(string operation, long bytes)
    {
        if (Fails?.Invoke(operation) is { } failure)
            throw failure;
        if (bytes > 0 && Interlocked.Add(ref _written, bytes) > Room)
        {
            Interlocked.Add(ref _written, -bytes);
            throw Full;
        }
    }
}
