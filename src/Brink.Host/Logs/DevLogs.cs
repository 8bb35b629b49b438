using System.Collections.Concurrent;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Logs.Delivery;
using Brink.Edge.Metrics;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Resources;

namespace Brink.Host.Logs;

/// <summary>
/// The standard and real-time logs of the distributions, each bound to where the command line has it go. A log that stays the same when
/// files change stays open.
/// </summary>
/// <param name="options">The command line.</param>
/// <param name="time">The clock.</param>
internal sealed class DevLogs(LogOptions options, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Bytes of lines that wait for one place.</summary>
    private const int Capacity = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, LogDelivery> _deliveries = new(StringComparer.Ordinal);
    private volatile S3Settings _s3 = S3Settings.Default;

    /// <summary>Takes a sentence about a log that loses lines. Set before anything is served.</summary>
    public Action<string> Tell { get; set; } = static _ => { };

    /// <summary>Binds the logs that distributions name, for the snapshot.</summary>
    public void Bind(SnapshotBuilder builder, S3Settings s3)
    {
        _s3 = s3;
        builder.StandardLogOf = distribution => distribution.Logging is { } logging && IsMapped(logging, s3)
            ? new StandardLog(logging.IncludesCookies, StandardDelivery(distribution.Id, logging))
            : null;
        builder.RealtimeLogOf = config => options.TargetOf(config.StreamArn) is { } target
            ? new RealtimeLog(config, seed: 0, RealtimeDelivery(config.StreamArn, target))
            : null;
    }

    /// <summary>Adds a mistake for every log that leads nowhere.</summary>
    public void Check(string file, Distribution distribution, S3Settings s3, Reading reading)
    {
        if (distribution.Logging is { } logging && !IsMapped(logging, s3))
        {
            reading.Unusable(
                file,
                $"Logging is enabled, and its bucket {logging.Bucket} is not mapped: give --log-bucket {NameOf(logging)}=DIR, or name the "
                + "bucket in the --s3 file");
        }
        foreach (var config in distribution.CacheBehaviors.Prepend(distribution.DefaultCacheBehavior)
            .Select(behavior => behavior.RealtimeLog).OfType<RealtimeLogConfig>().DistinctBy(config => config.Name))
        {
            if (options.TargetOf(config.StreamArn) is null)
            {
                reading.Unusable(
                    file,
                    $"the real-time log {config.Name} goes to {config.StreamArn}, which is not mapped: give --kinesis "
                    + $"{config.StreamArn}=file:PATH, or =tcp://HOST:PORT, or =http://HOST/PATH");
            }
        }
    }

    /// <summary>Lists what the logs count.</summary>
    public void CountIn(EdgeCounters counters)
    {
        counters.Add(
            "brink_log_lines_written_total", "Lines of standard and real-time logs that were delivered.",
            () => _deliveries.Values.Sum(delivery => delivery.Written));
        counters.Add(
            "brink_log_lines_lost_total", "Lines of standard and real-time logs that were lost.",
            () => _deliveries.Values.Sum(delivery => delivery.Lost));
    }

    /// <summary>Delivers what waits, for some seconds at most.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_deliveries.Values.Select(delivery => delivery.DisposeAsync().AsTask()));

    private static string NameOf(StandardLogging logging) =>
        BucketName.TryParse(logging.Bucket, out var name) ? name.Bucket : logging.Bucket;

    private bool IsMapped(StandardLogging logging, S3Settings s3) =>
        FolderOf(logging) is not null || s3.PlaceOf(logging.Bucket) is not null;

    private string? FolderOf(StandardLogging logging) => options.FolderOf(logging.Bucket, NameOf(logging));

    private LogDelivery StandardDelivery(string distributionId, StandardLogging logging)
    {
        var folder = FolderOf(logging);
        return _deliveries.GetOrAdd($"{distributionId} {logging.Bucket} {logging.Prefix}", _ => new LogDelivery(
            $"the standard log of {distributionId} in {folder ?? logging.Bucket}",
            folder is not null
                ? new GzipFolder(folder, new LogFileName(logging.Prefix, distributionId), StandardLog.Head, options.Limits, time)
                : new LogBucket(
                    logging.Bucket, () => _s3, new LogFileName(logging.Prefix, distributionId), StandardLog.Head, options.Limits, time),
            Capacity, time, Say));
    }

    private LogDelivery RealtimeDelivery(string streamArn, string target) => _deliveries.GetOrAdd(
        streamArn, _ => new LogDelivery($"the real-time log in {target}", DestinationOf(target), Capacity, time, Say));

    private ILogDestination DestinationOf(string target)
    {
        if (LogOptions.TcpServer(target) is { } server)
            return new TcpLines(server.Host, server.Port);
        return LogOptions.HttpServer(target) is { } address
            ? new HttpLines(address)
            : new LineFile(target["file:".Length..], options.Limits, time);
    }

    private void Say(string sentence) => Tell(sentence);
}
