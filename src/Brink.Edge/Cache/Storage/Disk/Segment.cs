using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What a segment holds. A flood of large objects leaves the small ones alone, and the other way round.</summary>
internal enum Lane
{
    /// <summary>Heads, with the bodies of small objects.</summary>
    Objects,

    /// <summary>Slices of large objects.</summary>
    Slices,
}

/// <summary>
/// A file of records, one behind the other, that is written once from its beginning to its end. A complete one ends with an index of what
/// is in it; another one is read through, record by record.
/// </summary>
internal sealed class Segment : IDisposable
{
    /// <summary>Bytes of a record's place in the index.</summary>
    public const int IndexEntry = 16;

    private const int TrailerSize = 24;
    private const ulong TrailerMark = 0x444E_4547_5342_5242;
    private const int IndexHead = 16;

    private readonly DiskAccess _access;
    private readonly ulong _seed;

    /// <param name="access">The disk.</param>
    /// <param name="path">The file.</param>
    /// <param name="file">The same, open.</param>
    /// <param name="lane">What it holds.</param>
    /// <param name="number">Its number: a later segment has a greater one, of whatever lane.</param>
    /// <param name="folderSeed">What the checks of this folder begin with.</param>
    /// <param name="length">Bytes of the file.</param>
    public Segment(DiskAccess access, string path, SafeFileHandle file, Lane lane, int number, ulong folderSeed, long length)
    {
        (_access, Path, File, Lane, Number, Length) = (access, path, file, lane, number, length);
        _seed = folderSeed + (ulong)number * 0x9E37_79B9_7F4A_7C15;
    }

    public string Path { get; }

    public SafeFileHandle File { get; }

    public Lane Lane { get; }

    public int Number { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; set; }

    /// <summary>The smallest revision of an object in it; the greatest number where there is no object.</summary>
    public long MinRevision { get; private set; } = long.MaxValue;

    /// <summary>The greatest revision of an object in it.</summary>
    public long MaxRevision { get; private set; }

    /// <summary>The name of the file.</summary>
    public static string NameOf(Lane lane, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{(lane == Lane.Objects ? "objects" : "slices")}-{number:D10}");

    /// <summary>Reads a file's name; null if it is that of no segment.</summary>
    public static (Lane Lane, int Number)? Named(ReadOnlySpan<char> name)
    {
        var dash = name.IndexOf('-');
        if (dash < 0 || !int.TryParse(name[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        return name[..dash] switch
        {
            "objects" => (Lane.Objects, number),
            "slices" => (Lane.Slices, number),
            _ => null,
        };
    }

    /// <summary>What the check of a header at that place begins with.</summary>
    public ulong SeedAt(long offset) => _seed ^ ((ulong)offset * 0xC2B2_AE3D_27D4_EB4F);

    /// <summary>An object of that revision is in it.</summary>
    public void Note(long revision)
    {
        MinRevision = Math.Min(MinRevision, revision);
        MaxRevision = Math.Max(MaxRevision, revision);
    }

    /// <summary>Bytes of the index of so many records, with what is around it.</summary>
    public static int SizeOfIndex(int records) => RecordHeader.Size + IndexHead + records * IndexEntry + TrailerSize;

    /// <summary>Writes the index behind the last record. The segment is complete then.</summary>
    /// <param name="records">Where each key's last record is, by hash; a length of 0 for what was removed.</param>
    /// <param name="end">Where the last record ends.</param>
    public void Complete(IReadOnlyDictionary<ulong, (uint Offset, uint Length)> records, long end)
    {
        var bytes = new byte[SizeOfIndex(records.Count)];
        var payload = bytes.AsSpan(RecordHeader.Size, IndexHead + records.Count * IndexEntry);
        BinaryPrimitives.WriteInt64LittleEndian(payload, MinRevision);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], MaxRevision);
        var at = IndexHead;
        foreach (var (hash, place) in records)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload[at..], hash);
            BinaryPrimitives.WriteUInt32LittleEndian(payload[(at + 8)..], place.Offset);
            BinaryPrimitives.WriteUInt32LittleEndian(payload[(at + 12)..], place.Length);
            at += IndexEntry;
        }
        var header = new RecordHeader(RecordKind.Index, payload.Length, payload.Length, 0, 0, XxHash3.HashToUInt64(payload));
        header.Write(bytes, SeedAt(end));
        var trailer = bytes.AsSpan(bytes.Length - TrailerSize);
        BinaryPrimitives.WriteInt64LittleEndian(trailer, end);
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[8..], TrailerMark);
        BinaryPrimitives.WriteUInt64LittleEndian(trailer[16..], XxHash3.HashToUInt64(trailer[..16], (long)_seed));
        _access.Write(File, bytes, end);
        Length = end + bytes.Length;
    }

    /// <summary>
    /// Reads what is in it into the index of all. A segment that is not complete, since the process that wrote it was killed, is made so:
    /// what follows the last good record is cut off.
    /// </summary>
    public void Recover(DiskIndex index)
    {
        if (TryReadIndex(index))
            return;
        var records = new Dictionary<ulong, (uint Offset, uint Length)>();
        var end = Scan(records);
        foreach (var (hash, place) in records)
            Recover(index, hash, place.Offset, place.Length);
        Length = end;
        try
        {
            _access.Truncate(File, end);
            if (end > 0)
                Complete(records, end);
        }
        catch (IOException)
        {
            // The disk is full, perhaps. It is read through again at the next start.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();

    private void Recover(DiskIndex index, ulong hash, uint offset, uint length)
    {
        if (length == 0)
            index.Remove(hash);
        else
            index.Set(hash, new DiskPlace(Number, offset, length));
    }

    private bool TryReadIndex(DiskIndex index)
    {
        Span<byte> trailer = stackalloc byte[TrailerSize];
        if (Length < TrailerSize + RecordHeader.Size || !TryRead(trailer, Length - TrailerSize)
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[8..]) != TrailerMark
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[16..]) != XxHash3.HashToUInt64(trailer[..16], (long)_seed))
            return false;
        var end = BinaryPrimitives.ReadInt64LittleEndian(trailer);
        if (end < 0 || end > Length - TrailerSize - RecordHeader.Size)
            return false;
        var bytes = GC.AllocateUninitializedArray<byte>((int)(Length - TrailerSize - end));
        if (!TryRead(bytes, end) || !RecordHeader.TryRead(bytes, SeedAt(end), out var header) || header.Kind != RecordKind.Index
            || header.Length != bytes.Length || header.PayloadLength < IndexHead)
            return false;
        var payload = bytes.AsSpan(RecordHeader.Size);
        if (XxHash3.HashToUInt64(payload) != header.PayloadCheck)
            return false;
        MinRevision = BinaryPrimitives.ReadInt64LittleEndian(payload);
        MaxRevision = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
        for (var at = IndexHead; at + IndexEntry <= payload.Length; at += IndexEntry)
        {
            Recover(
                index,
                BinaryPrimitives.ReadUInt64LittleEndian(payload[at..]),
                BinaryPrimitives.ReadUInt32LittleEndian(payload[(at + 8)..]),
                BinaryPrimitives.ReadUInt32LittleEndian(payload[(at + 12)..]));
        }
        return true;
    }

    // Follows the headers from one to the next. Bodies are looked at when they are asked for.
    private long Scan(Dictionary<ulong, (uint Offset, uint Length)> records)
    {
        var window = new byte[256 * 1024];
        long start = 0, offset = 0;
        var count = 0;
        while (true)
        {
            if (offset + RecordHeader.Size > start + count)
            {
                start = offset;
                count = ReadUpTo(window, start);
            }
            var at = window.AsSpan(0, count)[(int)Math.Min(offset - start, count)..];
            if (!RecordHeader.TryRead(at, SeedAt(offset), out var header) || offset + header.Length > Length)
                return offset;
            if (header.Kind == RecordKind.Object)
            {
                records[header.KeyHash] = ((uint)offset, (uint)header.Length);
                if (Lane == Lane.Objects)
                    Note(header.Revision);
            }
            else if (header.Kind == RecordKind.Removals)
            {
                var hashes = new byte[header.PayloadLength];
                if (!TryRead(hashes, offset + RecordHeader.Size) || XxHash3.HashToUInt64(hashes) != header.PayloadCheck)
                    return offset;
                foreach (var hash in MemoryMarshal.Cast<byte, ulong>(hashes))
                    records[BitConverter.IsLittleEndian ? hash : BinaryPrimitives.ReverseEndianness(hash)] = default;
            }
            else
            {
                return offset;
            }
            offset += header.Length;
        }
    }

    private bool TryRead(Span<byte> room, long at) => ReadUpTo(room, at) == room.Length;

    private int ReadUpTo(Span<byte> room, long at)
    {
        var count = 0;
        while (count < room.Length && _access.Read(File, room[count..], at + count) is var read and > 0)
            count += read;
        return count;
    }
}
