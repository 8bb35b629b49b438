using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Http;

namespace Brink.Bench.Caching;

/// <summary>
/// <c>./bench memory</c>: what small objects in memory cost beyond their own bytes, and how long the collector stops everything while they are there and requests go on.
/// </summary>
internal static class MemoryCommand
{
    private const int BodyLength = 1024, Runs = 5;

    public static Command Create()
    {
        var objects = new Option<int>("--objects") { Description = "Objects of 1 KB.", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var command = new Command("memory", "Small objects in memory: bytes beyond their own, and pauses of gen-2 collections under load (1 minute).") { objects };
        command.SetAction(parsed => Run(parsed.GetValue(objects)));
        return command;
    }

    private static void Run(int objects)
    {
        var storage = new MemoryStorage(long.MaxValue / 4);
        Fill(storage, 0, 1000);
        var before = Resident();
        var text = Fill(storage, 1000, objects);
        var each = (double)(Resident() - before) / objects;
        var table = new MarkdownTable(string.Create(CultureInfo.InvariantCulture, $"{objects:N0} objects of 1 KB"), "");
        table.Add("resident bytes an object", Number(each));
        table.Add("of it body, key and header text (two bytes a character)", Number(BodyLength + 2.0 * text / objects));
        table.Add("beyond them", Number(each - BodyLength - 2.0 * text / objects));
        var pauses = Pauses(storage, objects);
        table.Add("pauses of gen-2 collections under load, ms: longest of each, median of five", Number(Statistics.Median(pauses)));
        table.Add("least and most", $"{Number(pauses.Min())} to {Number(pauses.Max())}");
        Console.WriteLine(table);
        GC.KeepAlive(storage);
    }

    // As the cache makes them: key, name and fields are strings of each object; the names of fields are shared.
    private static long Fill(MemoryStorage storage, int from, int count)
    {
        var text = 0L;
        for (var i = from; i < from + count; i++)
        {
            var target = string.Create(CultureInfo.InvariantCulture, $"/assets/pages/{i:D8}/index.html");
            var key = "DE1EXAMPLEP" + target;
            HeaderField[] fields =
            [
                new("Content-Type", string.Concat("text/html; ", "charset=utf-8")),
                new("ETag", string.Create(CultureInfo.InvariantCulture, $"\"{i:x16}\"")),
                new("Last-Modified", string.Create(CultureInfo.InvariantCulture, $"Fri, 02 Jan 2026 03:{i / 60 % 60:D2}:{i % 60:D2} GMT")),
                new("Cache-Control", string.Concat("max-age=", "86400")),
                new("Date", string.Create(CultureInfo.InvariantCulture, $"Fri, 02 Jan 2026 04:{i / 60 % 60:D2}:{i % 60:D2} GMT")),
            ];
            text += target.Length + key.Length;
            foreach (var field in fields)
                text += field.Value.Length;
            var freshness = new Freshness(TimeSpan.FromDays(1), null, null, TimeSpan.FromDays(365), false);
            var head = ObjectHead.Of(
                key, new ObjectName("E1EXAMPLE", target, target, []), 0, 200, null, fields, 200, freshness, Stopwatch.GetTimestamp(), TimeSpan.Zero, false, null);
            storage.Put(new CachedObject(head, new BodySlices([], new byte[BodyLength], pool: null)));
        }
        return text;
    }

    // Lookups, replacements and garbage on one thread, collections in the background.
    private static double[] Pauses(MemoryStorage storage, int objects)
    {
        using var stop = new CancellationTokenSource();
        var load = new Thread(() => Load(storage, objects, stop.Token)) { IsBackground = true };
        load.Start();
        var pauses = new double[Runs];
        for (var i = 0; i < Runs; i++)
        {
            var last = GC.GetGCMemoryInfo(GCKind.Background).Index;
            GC.Collect(2, GCCollectionMode.Forced, blocking: false);
            while (GC.GetGCMemoryInfo(GCKind.Background).Index == last)
                Thread.Yield();
            pauses[i] = GC.GetGCMemoryInfo(GCKind.Background).PauseDurations.ToArray().Max(static pause => pause.TotalMilliseconds);
        }
        stop.Cancel();
        load.Join();
        return pauses;
    }

    private static void Load(MemoryStorage storage, int objects, CancellationToken stopped)
    {
        var random = new Random(1);
        Span<char> key = stackalloc char[64];
        for (var i = 0; !stopped.IsCancellationRequested; i++)
        {
            key.TryWrite(CultureInfo.InvariantCulture, $"DE1EXAMPLEP/assets/pages/{random.Next(objects):D8}/index.html", out var length);
            storage.Find(key[..length])?.NoteUse();
            if (i % 20 == 0)
                Fill(storage, random.Next(objects), 1);
        }
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
