using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Http;

namespace Brink.Bench.Disk;

/// <summary>A cache on disk with many small objects: how fast it writes, starts and reads, and what its index takes.</summary>
internal static class DiskCommand
{
    private static readonly HeaderField[] Fields =
        [new("Content-Type", "text/html; charset=utf-8"), new("ETag", "\"0123456789abcdef\""), new("Cache-Control", "max-age=86400"), new("Date", "Fri, 02 Jan 2026 03:04:05 GMT")];

    public static Command Create()
    {
        var objects = new Option<int>("--objects") { Description = "Objects of 1 KB.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("disk", "A cache on disk: start with many objects, bytes of the index, writing and reading (2 minutes).") { objects };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(objects)));
        return command;
    }

    private static async Task<int> RunAsync(int objects)
    {
        var folder = Directory.CreateTempSubdirectory("brink-disk");
        try
        {
            var options = new DiskOptions { Folder = Path.Combine(folder.FullName, "cache"), Size = 20L << 30, SegmentSize = 256 << 20 };
            var slabs = new SlabPool(100);
            var table = new MarkdownTable(string.Create(CultureInfo.InvariantCulture, $"{objects:N0} objects of 1 KB"), "");
            var store = DiskStore.Open(options, TimeProvider.System);
            table.Add("written, objects a second", Number(objects / await SecondsAsync(() => WriteAsync(store, objects, slabs))));
            table.Add("index, bytes an object", Number((double)store.IndexBytes / store.Count));
            store.Dispose();
            table.Add("start after a stop, s", Seconds(() => store = DiskStore.Open(options, TimeProvider.System)));
            table.Add("read from the system's memory, µs", Number(1e6 / objects * await SecondsAsync(() => ReadAsync(store, objects, slabs))));
            store.Dispose();
            foreach (var segment in Directory.EnumerateFiles(options.Folder, "objects-*"))
            {
                using var file = File.OpenWrite(segment);
                file.SetLength(file.Length - 1);        // without its index: as if the process had been killed, in every segment
            }
            table.Add("start after a kill, with every segment read through, s", Seconds(() => store = DiskStore.Open(options, TimeProvider.System)));
            Console.Out.WriteLine(table);
            if (store.Count != objects)
                Console.Error.WriteLine($"{store.Count} of {objects} objects are there");
            store.Dispose();
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(DiskStore store, int objects, SlabPool slabs)
    {
        var body = BodySlices.Copy(new byte[1024], slabs);
        for (var i = 0; i < objects; i++)
        {
            var key = Key(i);
            var name = new ObjectName("E1EXAMPLE", key, key, []);
            var freshness = new Freshness(TimeSpan.FromDays(1), null, null, TimeSpan.FromDays(365), false);
            var head = ObjectHead.Of(key, name, 0, 200, null, Fields, 200, freshness, TimeProvider.System.GetTimestamp(), TimeSpan.Zero, false, null);
            store.Put(store.HashOf(key), new CachedObject(head, body));
            if (i % 10_000 == 0)
                await store.DrainAsync();               // the queue is bounded
        }
        await store.DrainAsync();
    }

    private static async Task ReadAsync(DiskStore store, int objects, SlabPool slabs)
    {
        for (var i = 0; i < objects; i++)
        {
            var key = Key(i);
            var hash = store.HashOf(key);
            var place = store.Find(hash)!.Value;
            if (!store.TryReadAtOnce(key, hash, place, slabs, out _))
                await store.ReadAsync(key, hash, place, slabs);
        }
    }

    private static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"DE1EXAMPLEP/assets/pages/{i:D8}/index.html");

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static string Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
    }

    private static async Task<double> SecondsAsync(Func<Task> action)
    {
        var start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
