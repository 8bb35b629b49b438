namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// Between the cache's timestamps, which mean nothing to another process, and the time of day, which is what a disk can keep.
/// </summary>
internal readonly struct DiskClock(TimeProvider time)
{
    /// <summary>The time of day at a timestamp, in ticks of UTC.</summary>
    public long UtcTicksAt(long timestamp) => time.GetUtcNow().UtcTicks - time.GetElapsedTime(timestamp).Ticks;

    /// <summary>
    /// The timestamp at a time of day. What was stored later than now was stored before the clock was set back: how old it is cannot be
    /// told, and it counts as stale.
    /// </summary>
    /// <param name="utcTicks">The time of day, in ticks of UTC.</param>
    /// <param name="lifetime">How long the object is fresh.</param>
    public long TimestampAt(long utcTicks, TimeSpan? lifetime)
    {
        var elapsed = time.GetUtcNow().UtcTicks - utcTicks;
        if (elapsed < 0)
            elapsed = elapsed < -TimeSpan.TicksPerSecond ? lifetime?.Ticks ?? 0 : 0;
        return time.GetTimestamp() - (long)((Int128)elapsed * time.TimestampFrequency / TimeSpan.TicksPerSecond);
    }
}
