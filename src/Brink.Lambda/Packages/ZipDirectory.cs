using System.Buffers.Binary;

namespace Brink.Lambda.Packages;

/// <summary>An archive is not what it should be. The message is the end of a sentence.</summary>
internal sealed class ZipException(string message) : Exception(message);

/// <summary>What the directory of an archive says of one entry.</summary>
internal sealed record ZipRecord
{
    public const int Stored = 0, Deflated = 8;

    public required byte[] Name { get; init; }
    public required int Method { get; init; }
    public required bool IsEncrypted { get; init; }
    public required uint Crc { get; init; }
    public required long Packed { get; init; }
    public required long Length { get; init; }

    /// <summary>Type and permissions, where the archive was made on Unix; else 0.</summary>
    public required int UnixMode { get; init; }

    /// <summary>Where the entry begins, with a head of its own.</summary>
    public required long HeaderAt { get; init; }

    /// <summary>Where its contents begin.</summary>
    public required long DataAt { get; init; }
}

/// <summary>The directory at the end of a zip archive (PKWARE's APPNOTE 4.3), in either size of its numbers.</summary>
internal sealed class ZipDirectory
{
    private const uint EndMark = 0x06054B50, End64Mark = 0x06064B50, Locator64Mark = 0x07064B50;
    private const uint RecordMark = 0x02014B50, HeaderMark = 0x04034B50;
    private const int EndBytes = 22, LocatorBytes = 20, End64Bytes = 56, RecordBytes = 46, HeaderBytes = 30;
    private const int EncryptedFlags = 1 | 1 << 6 | 1 << 13;
    private const int Unix = 3, MacOS = 19;

    private ZipDirectory(long start, long bytes, long entries) => (Start, Bytes, Entries) = (start, bytes, entries);

    /// <summary>Where it begins, and with that where contents end.</summary>
    public long Start { get; }

    public long Bytes { get; }

    /// <summary>How many entries it claims: so many are read, or the archive is refused.</summary>
    public long Entries { get; }

    public static ZipDirectory Find(Stream zip)
    {
        // The end has a comment of up to 65,535 bytes, whose length must fit.
        var tail = new byte[(int)Math.Min(zip.Length, EndBytes + ushort.MaxValue)];
        ReadAt(zip, zip.Length - tail.Length, tail);
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            var end = tail.AsSpan(at);
            if (UInt(end, 0) == EndMark && UShort(end, 20) == end.Length - EndBytes)
                return Checked(Read(zip, zip.Length - tail.Length + at, end), zip.Length - tail.Length + at);
        }
        var begin = new byte[4];
        zip.Position = 0;
        var isArchive = zip.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false) == begin.Length && UInt(begin, 0) == HeaderMark;
        throw new ZipException(isArchive ? "it is truncated" : "it is no zip archive");
    }

    /// <summary>All entries, each looked up at its own place too.</summary>
    public IEnumerable<ZipRecord> Read(Stream zip)
    {
        var record = new byte[RecordBytes];
        var (at, end) = (Start, Start + Bytes);
        for (var number = 0L; number < Entries; number++)
        {
            if (at + RecordBytes > end)
                throw new ZipException($"its directory has fewer than the {Entries} entries that it claims");
            ReadAt(zip, at, record);
            if (UInt(record, 0) != RecordMark)
                throw new ZipException("its directory is damaged");
            var (nameBytes, extraBytes, commentBytes) = (UShort(record, 28), UShort(record, 30), UShort(record, 32));
            var name = new byte[nameBytes];
            var extra = new byte[extraBytes];
            ReadAt(zip, at + RecordBytes, name);
            ReadAt(zip, at + RecordBytes + nameBytes, extra);
            at += RecordBytes + nameBytes + extraBytes + commentBytes;
            if (at > end)
                throw new ZipException("its directory is damaged");
            yield return Located(zip, record, name, extra);
        }
        if (at != end)
            throw new ZipException($"its directory has more than the {Entries} entries that it claims");
    }

    private static ZipDirectory Read(Stream zip, long at, ReadOnlySpan<byte> end)
    {
        var (disk, startDisk, here, entries) = (UShort(end, 4), UShort(end, 6), UShort(end, 8), UShort(end, 10));
        var (bytes, start) = (UInt(end, 12), UInt(end, 16));
        var is64 = here == ushort.MaxValue || entries == ushort.MaxValue || bytes == uint.MaxValue || start == uint.MaxValue;
        Span<byte> locator = stackalloc byte[LocatorBytes];
        if (is64 && at >= LocatorBytes)
        {
            ReadAt(zip, at - LocatorBytes, locator);
            if (UInt(locator, 0) == Locator64Mark)
                return Read64(zip, (long)ULong(locator, 8), at - LocatorBytes);
        }
        if (disk != 0 || startDisk != 0 || here != entries)
            throw new ZipException("it is one part of several");
        return new ZipDirectory(start, bytes, entries);
    }

    private static ZipDirectory Read64(Stream zip, long at, long before)
    {
        if (at < 0 || at + End64Bytes > before)
            throw new ZipException("its end is damaged");
        Span<byte> end = stackalloc byte[End64Bytes];
        ReadAt(zip, at, end);
        if (UInt(end, 0) != End64Mark || UInt(end, 16) != 0 || UInt(end, 20) != 0 || ULong(end, 24) != ULong(end, 32))
            throw new ZipException("its end is damaged");
        var directory = new ZipDirectory((long)ULong(end, 48), (long)ULong(end, 40), (long)ULong(end, 32));
        return Checked(directory, at);
    }

    private static ZipDirectory Checked(ZipDirectory directory, long before)
    {
        var (start, bytes) = (directory.Start, directory.Bytes);
        if (start < 0 || bytes < 0 || directory.Entries < 0 || start > before || bytes > before - start)
            throw new ZipException("its directory is not where its end says");
        if (directory.Entries > directory.Bytes / RecordBytes)
            throw new ZipException($"its directory is too small for the {directory.Entries} entries that it claims");
        return directory;
    }

    private ZipRecord Located(Stream zip, byte[] record, byte[] name, byte[] extra)
    {
        var flags = UShort(record, 8);
        var (packed, length, headerAt) = Sizes(record, extra);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (headerAt > Start - HeaderBytes)
            throw new ZipException("an entry is not where its directory says");
        ReadAt(zip, headerAt, header);
        var there = new byte[UShort(header, 26)];
        ReadAt(zip, headerAt + HeaderBytes, there);
        // Two readers must not see two names.
        if (UInt(header, 0) != HeaderMark || UShort(header, 8) != UShort(record, 10) || !there.AsSpan().SequenceEqual(name))
            throw new ZipException("an entry is not what its directory says");
        var dataAt = headerAt + HeaderBytes + there.Length + UShort(header, 28);
        if (packed > Start - dataAt)
            throw new ZipException("an entry is longer than the archive");
        return new ZipRecord
        {
            Name = name,
            Method = UShort(record, 10),
            IsEncrypted = ((flags | UShort(header, 6)) & EncryptedFlags) != 0,
            Crc = UInt(record, 16),
            Packed = packed,
            Length = length,
            UnixMode = record[5] is Unix or MacOS ? UShort(record, 40) : 0,
            HeaderAt = headerAt,
            DataAt = dataAt,
        };
    }

    private static (long Packed, long Length, long HeaderAt) Sizes(ReadOnlySpan<byte> record, ReadOnlySpan<byte> extra)
    {
        var (packed, length, headerAt) = ((long)UInt(record, 20), (long)UInt(record, 24), (long)UInt(record, 42));
        if (packed != uint.MaxValue && length != uint.MaxValue && headerAt != uint.MaxValue)
            return (packed, length, headerAt);
        // Those that do not fit are in the field of kind 1, in this order.
        while (extra.Length >= 4)
        {
            var size = UShort(extra, 2);
            if (size > extra.Length - 4)
                break;
            var field = extra.Slice(4, size);
            if (UShort(extra, 0) != 1)
            {
                extra = extra[(4 + size)..];
                continue;
            }
            length = Large(length, ref field);
            packed = Large(packed, ref field);
            headerAt = Large(headerAt, ref field);
            return packed >= 0 && length >= 0 && headerAt >= 0
                ? (packed, length, headerAt)
                : throw new ZipException("its directory is damaged");
        }
        return (packed, length, headerAt);
    }

    private static long Large(long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue)
            return value;
        if (field.Length < 8)
            throw new ZipException("its directory is damaged");
        value = (long)ULong(field, 0);
        field = field[8..];
        return value;
    }

    private static void ReadAt(Stream zip, long at, Span<byte> into)
    {
        zip.Position = at;
        zip.ReadExactly(into);
    }

    private static ushort UShort(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong ULong(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
