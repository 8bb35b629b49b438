using Brink.Edge.Metrics;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What a cache on disk counts, among the metrics of the edge.</summary>
internal static class DiskMetrics
{
    /// <summary>Adds all of it.</summary>
    public static void AddTo(EdgeCounters counters, DiskStore disk)
    {
        Gauge("records", "Records on disk that can be found: objects, and slices of large ones.", () => disk.Count);
        Gauge("bytes", "Bytes of the files, those that are being written counted whole.", () => disk.Bytes);
        Gauge("index_bytes", "Memory that the index of the disk takes.", () => disk.IndexBytes);
        Total("written", "Records that were written.", () => disk.Written);
        Total("not_written", "Records that were not: they are too large, the queue was full, or the disk fails.", () => disk.NotWritten);
        Total("evicted_segments", "Segments that were evicted.", () => disk.Evicted.Segments);
        Total("damaged", "Records that were torn or wrong when they were read.", () => disk.Damaged);
        Total("late_reads", "Reads that a request waited for no longer, or that were not made of a slow disk.", () => disk.ReadsNotMade);

        void Gauge(string name, string help, Func<long> read) => counters.AddGauge($"brink_cache_disk_{name}", help, read);
        void Total(string name, string help, Func<long> read) => counters.Add($"brink_cache_disk_{name}_total", help, read);
    }
}
