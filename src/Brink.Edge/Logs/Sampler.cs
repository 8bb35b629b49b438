namespace Brink.Edge.Logs;

/// <summary>
/// Takes a share of what it is asked about, evenly and without order; with the same seed the same ones. From all threads at once.
/// </summary>
internal sealed class Sampler(long seed)
{
    /// <summary>All of them.</summary>
    public const int All = 1_000_000;

    private long _asked = seed;

    /// <summary>Whether the next one is taken.</summary>
    /// <param name="perMillion">The share: 0 takes none, <see cref="All"/> all.</param>
    public bool TakesNext(int perMillion) => perMillion >= All || (perMillion > 0 && Next() % All < (uint)perMillion);

    // SplitMix64: a counter with its bits mixed, so that threads share nothing but the counter.
    private ulong Next()
    {
        var bits = (ulong)Interlocked.Add(ref _asked, unchecked((long)0x9e3779b97f4a7c15));
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
        return bits ^ (bits >> 31);
    }
}
