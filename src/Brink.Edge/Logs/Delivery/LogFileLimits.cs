namespace Brink.Edge.Logs.Delivery;

/// <summary>When a file of a log is ended, and when ended ones go.</summary>
public sealed record LogFileLimits
{
    /// <summary>Five minutes, 64 MB; kept for 30 days, 10 GB of each log.</summary>
    public static LogFileLimits Default { get; } = new();

    /// <summary>How long lines are added to a file. Default 5 minutes.</summary>
    public TimeSpan Age { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The size at which it is ended, as it is on the disk. Default 64 MB.</summary>
    public long Bytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long an ended file is kept. Default 30 days.</summary>
    public TimeSpan KeptFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The bytes of all files of a log; the oldest go first. Default 10 GB.</summary>
    public long KeptBytes { get; init; } = 10L * 1024 * 1024 * 1024;
}
