using System.Collections.Immutable;
using System.Net;
using Brink.Edge.Logs.Delivery;

namespace Brink.Host.Options;

/// <summary>Where the logs of distributions go, by the command line.</summary>
internal sealed record LogOptions
{
    /// <summary>The longest time that files are kept for, in days.</summary>
    public const int LongestKeep = 3650;

    /// <summary>Each <c>BUCKET=DIR</c>.</summary>
    public ImmutableArray<string> Buckets { get; init; } = [];

    /// <summary>Each <c>ARN=file:PATH</c>, <c>ARN=tcp://HOST:PORT</c> or <c>ARN=http://...</c>.</summary>
    public ImmutableArray<string> Streams { get; init; } = [];

    /// <summary>Seconds after which a file is ended; null for the default.</summary>
    public int? FileSeconds { get; init; }

    /// <summary>Megabytes at which it is ended.</summary>
    public int? FileMegabytes { get; init; }

    /// <summary>Days that an ended file is kept.</summary>
    public int? KeepDays { get; init; }

    /// <summary>Megabytes of all files of a log.</summary>
    public int? KeepMegabytes { get; init; }

    /// <summary>When files end and go.</summary>
    public LogFileLimits Limits => new()
    {
        Age = FileSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : LogFileLimits.Default.Age,
        Bytes = FileMegabytes is { } megabytes ? megabytes * 1024L * 1024 : LogFileLimits.Default.Bytes,
        KeptFor = KeepDays is { } days ? TimeSpan.FromDays(days) : LogFileLimits.Default.KeptFor,
        KeptBytes = KeepMegabytes is { } kept ? kept * 1024L * 1024 : LogFileLimits.Default.KeptBytes,
    };

    /// <summary>The folder of a bucket, by its host name or by its own; null where it is not mapped.</summary>
    public string? FolderOf(string host, string bucket)
    {
        foreach (var (name, folder) in Pairs(Buckets))
        {
            if (name.Equals(host, StringComparison.OrdinalIgnoreCase) || name == bucket)
                return folder;
        }
        return null;
    }

    /// <summary>Where a stream leads; null where it is not mapped.</summary>
    public string? TargetOf(string streamArn)
    {
        foreach (var (arn, target) in Pairs(Streams))
        {
            if (arn == streamArn)
                return target;
        }
        return null;
    }

    /// <summary>What cannot be meant, a sentence for each.</summary>
    /// <param name="hasDistribution">Whether there is a file with a distribution: only those have logs.</param>
    public IEnumerable<string> Mistakes(bool hasDistribution)
    {
        if (!hasDistribution)
        {
            if (!Buckets.IsEmpty)
                yield return "--log-bucket without --distribution: Logging of such a file names the bucket";
            if (!Streams.IsEmpty)
                yield return "--kinesis without --distribution: RealtimeLogConfigArn of such a file leads to the stream";
        }
        foreach (var binding in Buckets)
        {
            if (!IsPair(binding))
                yield return $"--log-bucket {binding}: write BUCKET=DIR";
        }
        foreach (var binding in Streams)
        {
            if (!IsPair(binding) || !binding.StartsWith("arn:", StringComparison.Ordinal))
                yield return $"--kinesis {binding}: write ARN=file:PATH, ARN=tcp://HOST:PORT or ARN=http://HOST/PATH";
            else if (Problem(binding[(binding.IndexOf('=', StringComparison.Ordinal) + 1)..]) is { } problem)
                yield return $"--kinesis {binding}: {problem}";
        }
        foreach (var twice in Pairs(Buckets).Concat(Pairs(Streams)).GroupBy(pair => pair.Name, StringComparer.Ordinal))
        {
            if (twice.Count() > 1)
                yield return $"{twice.Key} is mapped more than once: leave one of them";
        }
        var hasFiles = !Buckets.IsEmpty || Pairs(Streams).Any(pair => pair.Target.StartsWith("file:", StringComparison.Ordinal));
        if (!hasFiles && hasDistribution)
            yield break; // a bucket of --s3 has files of an age and a size, too
        foreach (var (flag, isGiven) in new[]
        {
            ("--log-file-age", FileSeconds is not null), ("--log-file-size", FileMegabytes is not null),
            ("--log-keep", KeepDays is not null), ("--log-keep-size", KeepMegabytes is not null),
        })
        {
            if (isGiven && !hasFiles)
                yield return $"{flag} without --log-bucket or --kinesis: there are no files";
        }
    }

    /// <summary>The server of <c>tcp://HOST:PORT</c>; null for anything else.</summary>
    public static DnsEndPoint? TcpServer(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme == "tcp" && url.Port is > 0 and <= 65535
            && url.AbsolutePath is "" or "/" && url.UserInfo.Length == 0
            ? new DnsEndPoint(url.IdnHost, url.Port)
            : null;

    /// <summary>The address of <c>http://...</c> or <c>https://...</c>; null for anything else.</summary>
    public static Uri? HttpServer(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    private static string? Problem(string target)
    {
        if (target.StartsWith("file:", StringComparison.Ordinal))
            return target.Length > "file:".Length ? null : "a path belongs behind file:";
        if (target.StartsWith("tcp:", StringComparison.Ordinal))
            return TcpServer(target) is null ? "this is no server: tcp://HOST:PORT" : null;
        return HttpServer(target) is null ? "records go to file:PATH, tcp://HOST:PORT or http://HOST/PATH" : null;
    }

    private static bool IsPair(string binding) =>
        binding.IndexOf('=', StringComparison.Ordinal) is > 0 and var at && at < binding.Length - 1;

    private static IEnumerable<(string Name, string Target)> Pairs(IEnumerable<string> bindings) =>
        bindings.Where(IsPair).Select(binding => binding.Split('=', 2)).Select(parts => (parts[0], parts[1]));
}
