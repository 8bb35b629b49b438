using System.Buffers.Binary;
using System.IO.Hashing;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>Writes a segment. Small records are gathered and written together.</summary>
internal sealed class SegmentWriter(DiskAccess access, Segment segment, int maxLength)
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private readonly Dictionary<ulong, (uint Offset, uint Length)> _records = [];
    private readonly List<Written> _unflushed = [];
    private long _flushed;
    private int _buffered;

    public Segment Segment => segment;

    /// <summary>Records that are in the buffer still, or were written since the last <see cref="TakeFlushed"/>.</summary>
    public IReadOnlyList<Written> Unpublished => _unflushed;

    /// <summary>Bytes of records that were copied from other segments, with their places in the index.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Whether a record of that length has room, and the index behind it.</summary>
    public bool HasRoomFor(int length) => End + length + Segment.SizeOfIndex(_records.Count + 1) <= maxLength;

    /// <summary>Whether so many removals have room.</summary>
    public bool HasRoomForRemovals(int count) =>
        End + RecordHeader.Size + count * sizeof(ulong) + Segment.SizeOfIndex(_records.Count + count) <= maxLength;

    private long End => _flushed + _buffered;

    /// <summary>Appends a record.</summary>
    /// <param name="hash">Of its key.</param>
    /// <param name="item">The object.</param>
    /// <param name="head">Its head in bytes.</param>
    public void Append(ulong hash, CachedObject item, ReadOnlyMemory<byte> head)
    {
        var check = new XxHash3();
        check.Append(head.Span);
        foreach (var piece in item.Body)
            check.Append(piece.Span);
        var header = new RecordHeader(
            RecordKind.Object, head.Length, head.Length + (int)item.Body.Length, hash, item.Head.Revision, check.GetCurrentHashAsUInt64());
        if (header.Length <= BufferSize / 4)
        {
            var room = Room(header);
            head.Span.CopyTo(room);
            room = room[head.Length..];
            foreach (var piece in item.Body)
            {
                piece.Span.CopyTo(room);
                room = room[piece.Length..];
            }
        }
        else
        {
            Flush();
            var first = new byte[RecordHeader.Size + head.Length];
            header.Write(first, segment.SeedAt(End));
            head.Span.CopyTo(first.AsSpan(RecordHeader.Size));
            var pieces = new List<ReadOnlyMemory<byte>> { first };
            foreach (var piece in item.Body)
                pieces.Add(piece);
            access.Write(segment.File, pieces, _flushed);
            Written(header.Length);
        }
        Note(header, new Written(hash, item, default));
    }

    /// <summary>Appends a record of another segment.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload, which has been checked.</param>
    /// <param name="from">Where it is.</param>
    public void Append(in RecordHeader header, ReadOnlySpan<byte> payload, DiskPlace from)
    {
        if (header.Length <= BufferSize / 4)
        {
            payload.CopyTo(Room(header));
        }
        else
        {
            Flush();
            Span<byte> first = stackalloc byte[RecordHeader.Size];
            header.Write(first, segment.SeedAt(End));
            access.Write(segment.File, first, _flushed);
            access.Write(segment.File, payload, _flushed + RecordHeader.Size);
            Written(header.Length);
        }
        CopiedBytes += header.Length + Segment.IndexEntry;
        Note(header, new Written(header.KeyHash, null, from));
    }

    /// <summary>Appends that the earlier records of these keys count no more.</summary>
    public void AppendRemovals(ReadOnlySpan<ulong> hashes)
    {
        var payload = new byte[hashes.Length * sizeof(ulong)];
        for (var i = 0; i < hashes.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(i * sizeof(ulong)), hashes[i]);
            _records[hashes[i]] = default;
        }
        var header = new RecordHeader(
            RecordKind.Removals, payload.Length, payload.Length, 0, 0, XxHash3.HashToUInt64(payload));
        payload.CopyTo(Room(header));
    }

    /// <summary>Writes what has been gathered.</summary>
    public void Flush()
    {
        if (_buffered == 0)
            return;
        access.Write(segment.File, _buffer.AsSpan(0, _buffered), _flushed);
        var length = _buffered;
        _buffered = 0;
        Written(length);
    }

    /// <summary>The records that have been written since the last call.</summary>
    public List<Written> TakeFlushed()
    {
        Flush();
        var taken = new List<Written>(_unflushed);
        _unflushed.Clear();
        return taken;
    }

    /// <summary>Writes the index: nothing more is appended.</summary>
    public void Complete() => segment.Complete(_records, _flushed);

    /// <summary>After a failure: cuts off what was not written whole.</summary>
    public void GiveUp() => access.Truncate(segment.File, segment.Length = _flushed);

    private Span<byte> Room(in RecordHeader header)
    {
        if (_buffered + header.Length > BufferSize)
            Flush();
        header.Write(_buffer.AsSpan(_buffered), segment.SeedAt(End));
        var room = _buffer.AsSpan(_buffered + RecordHeader.Size, header.PayloadLength);
        _buffered += header.Length;
        return room;
    }

    private void Written(int length)
    {
        _flushed += length;
        segment.Length = _flushed;
    }

    private void Note(in RecordHeader header, Written written)
    {
        var offset = (uint)(End - header.Length);
        _records[header.KeyHash] = (offset, (uint)header.Length);
        if (segment.Lane == Lane.Objects)
            segment.Note(header.Revision);
        _unflushed.Add(written with { Place = new DiskPlace(segment.Number, offset, (uint)header.Length) });
    }
}

/// <summary>A record that has been appended.</summary>
/// <param name="Hash">Of its key.</param>
/// <param name="Item">The object; null for a copy of another record.</param>
/// <param name="From">Where that is.</param>
internal readonly record struct Written(ulong Hash, CachedObject? Item, DiskPlace From)
{
    /// <summary>Where it is.</summary>
    public DiskPlace Place { get; init; }
}
