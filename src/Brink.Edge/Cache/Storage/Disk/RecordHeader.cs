using System.Buffers.Binary;
using System.IO.Hashing;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What a record of a segment is.</summary>
internal enum RecordKind : uint
{
    /// <summary>An object or a slice: its head, then its body.</summary>
    Object = 0x314F_5242,

    /// <summary>Hashes of keys whose earlier records count no more.</summary>
    Removals = 0x3152_5242,

    /// <summary>A rule of the journal of invalidations.</summary>
    Invalidation = 0x3156_5242,

    /// <summary>A change of a URI, in that journal: its marks.</summary>
    Change = 0x3143_5242,

    /// <summary>All changes of URIs, in that journal: for each mark the last one.</summary>
    Changes = 0x3153_5242,

    /// <summary>What is in the segment, written when it is complete.</summary>
    Index = 0x3149_5242,
}

/// <summary>The fixed beginning of a record. The payload follows: a head and a body, or hashes.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="HeadLength">Bytes of the payload that are the head.</param>
/// <param name="PayloadLength">Bytes of the whole payload.</param>
/// <param name="KeyHash">The hash of the key.</param>
/// <param name="Revision">How many invalidations there had been when the object was asked for.</param>
/// <param name="PayloadCheck">XXH3 of the payload.</param>
internal readonly record struct RecordHeader(
    RecordKind Kind, int HeadLength, int PayloadLength, ulong KeyHash, long Revision, ulong PayloadCheck)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 48;

    private const int Checked = 40;

    /// <summary>Bytes of the whole record.</summary>
    public int Length => Size + PayloadLength;

    /// <summary>Writes the header.</summary>
    /// <param name="to">At least <see cref="Size"/> bytes.</param>
    /// <param name="seed">That of its place: a header that was written for another place is none.</param>
    public void Write(Span<byte> to, ulong seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(to[4..], HeadLength);
        BinaryPrimitives.WriteInt32LittleEndian(to[8..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(to[12..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(to[16..], KeyHash);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], Revision);
        BinaryPrimitives.WriteUInt64LittleEndian(to[32..], PayloadCheck);
        BinaryPrimitives.WriteUInt64LittleEndian(to[Checked..], XxHash3.HashToUInt64(to[..Checked], (long)seed));
    }

    /// <summary>Reads a header; false where there is none, or a torn or wrong one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, ulong seed, out RecordHeader header)
    {
        header = default;
        if (from.Length < Size
            || BinaryPrimitives.ReadUInt64LittleEndian(from[Checked..]) != XxHash3.HashToUInt64(from[..Checked], (long)seed))
            return false;
        header = new RecordHeader(
            (RecordKind)BinaryPrimitives.ReadUInt32LittleEndian(from),
            BinaryPrimitives.ReadInt32LittleEndian(from[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(from[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(from[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(from[32..]));
        return header is { HeadLength: >= 0, PayloadLength: >= 0 } && header.HeadLength <= header.PayloadLength;
    }
}
