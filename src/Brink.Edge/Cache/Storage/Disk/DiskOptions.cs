namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>Where a cache keeps objects on disk, and within which bounds.</summary>
internal sealed record DiskOptions
{
    /// <summary>The folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of all its files, what is being written included. Default 50 GiB.</summary>
    public long Size { get; init; } = 50L << 30;

    /// <summary>
    /// Bytes of a segment: what is evicted at once. Default a 64th of the size, between 4 and 256 MiB; more where there would be more than
    /// a thousand of them.
    /// </summary>
    public int SegmentSize
    {
        get => field > 0 ? field : (int)Math.Max(Math.Clamp(Size / 64, 4L << 20, 256L << 20), Math.Min(Size / 1024, 1L << 30));
        init;
    }

    /// <summary>Bytes of bodies that may wait to be written. What comes when they are spent is not written. Default 64 MiB.</summary>
    public long QueueSize { get; init; } = 64L << 20;

    /// <summary>
    /// Reads that are made of the disk at once; more wait for their turn. Once so many are late, the disk counts as one that does not
    /// answer, and no more are made until it does. Default 64.
    /// </summary>
    public int MaxReads { get; init; } = 64;

    /// <summary>How long a request waits for the disk before it asks the origin. Default 2 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long nothing is written after a failure. Default one minute.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets one line when something goes wrong, and one when it is well again. Default: nothing.</summary>
    public Action<string> Tell { get; init; } = static _ => { };

    /// <summary>The disk.</summary>
    public DiskAccess Access { get; init; } = new();
}
