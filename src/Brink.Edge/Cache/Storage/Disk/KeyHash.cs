using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What the index knows a key by.</summary>
internal static class KeyHash
{
    /// <summary>XXH3 of the key, with the folder's seed.</summary>
    public static ulong Of(ReadOnlySpan<char> key, ulong seed) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(key), (long)seed);
}
