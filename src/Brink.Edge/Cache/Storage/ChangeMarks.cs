using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// Which URIs have been changed by requests. Such requests come as often as viewers send them, so nothing is kept of each but a mark in a
/// table of fixed size: what has the same mark is asked for once more.
/// </summary>
/// <param name="seed">What decides which URIs share a mark: not to be guessed, so that no viewer can choose whose mark is hit.</param>
/// <param name="revisions">For each mark the last change; of an earlier process.</param>
internal sealed class ChangeMarks(ulong seed, long[] revisions)
{
    /// <summary>How many there are.</summary>
    public const int Count = 1 << 14;

    private readonly long[] _revisions = revisions.Length == Count
        ? revisions
        : throw new ArgumentException($"there are {Count} marks", nameof(revisions));

    /// <summary>The marks of an object: by its URI as viewers send it, and as viewer-request leaves it.</summary>
    public (int Sent, int Seen) Of(ObjectName name)
    {
        var sent = MarkOf(name.DistributionId, name.ViewerTarget);
        return (sent, ReferenceEquals(name.Target, name.ViewerTarget) ? sent : MarkOf(name.DistributionId, name.Target));
    }

    /// <summary>What has one of these marks has been changed.</summary>
    public void Set((int Sent, int Seen) marks, long revision)
    {
        Volatile.Write(ref _revisions[marks.Sent], revision);
        Volatile.Write(ref _revisions[marks.Seen], revision);
    }

    /// <summary>Whether an object of that name may have been changed after that revision.</summary>
    public bool HasChanged(ObjectName name, long revision)
    {
        var (sent, seen) = Of(name);
        return Volatile.Read(ref _revisions[sent]) > revision || Volatile.Read(ref _revisions[seen]) > revision;
    }

    /// <summary>For each mark the last change.</summary>
    public long[] ToArray() => [.. _revisions];

    private int MarkOf(string distributionId, string target)
    {
        var distribution = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(distributionId.AsSpan()), (long)seed);
        return (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(target.AsSpan()), (long)distribution) & (Count - 1));
    }
}
