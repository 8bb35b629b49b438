using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Brink.Lambda.Packages;

namespace Brink.Tests.Lambda.Packages;

/// <summary>Zip archives with every byte as a test wants it: also those that no tool writes.</summary>
internal sealed class HandmadeZip
{
    public const int File = 0x8000, Folder = 0x4000, Link = 0xA000;

    private readonly List<Part> _parts = [];

    /// <summary>Before the archive's end is written: the record's own place for lies.</summary>
    public byte[]? RawEnd { get; init; }

    public ushort? EntriesClaimed { get; init; }

    public HandmadeZip Add(string name, string content = "", int mode = 0x81A4, Action<Part>? change = null) => Add(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(content), mode, change);

    public HandmadeZip Add(byte[] name, byte[] content, int mode = 0x81A4, Action<Part>? change = null)
    {
        using var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(content);
        var part = new Part
        {
            Name = name, LocalName = name, Packed = packed.ToArray(), Length = (uint)content.Length, Crc = Crc32.End(Crc32.Update(Crc32.Start, content)), Mode = mode,
        };
        change?.Invoke(part);
        _parts.Add(part);
        return this;
    }

    public byte[] Bytes()
    {
        using var zip = new MemoryStream();
        var directory = new MemoryStream();
        var last = 0u;
        foreach (var part in _parts)
        {
            var at = part.SharesTheLastOnesBytes ? last : (uint)zip.Length;
            last = at;
            if (!part.SharesTheLastOnesBytes)
            {
                Write(zip, 0x04034B50u, (ushort)20, part.Flags, part.Method, 0u, part.Crc, (uint)part.Packed.Length, part.Length, (ushort)part.LocalName.Length, (ushort)0);
                zip.Write(part.LocalName);
                zip.Write(part.Packed);
            }
            Write(directory, 0x02014B50u, part.MadeBy, (ushort)20, part.Flags, part.Method, 0u, part.Crc, part.PackedClaimed ?? (uint)part.Packed.Length, part.Length,
                (ushort)part.Name.Length, (ushort)part.Extra.Length, (ushort)0, (ushort)0, (ushort)0, (uint)part.Mode << 16, part.PlaceClaimed ?? at);
            directory.Write(part.Name);
            directory.Write(part.Extra);
        }
        var start = (uint)zip.Length;
        zip.Write(directory.ToArray());
        var entries = EntriesClaimed ?? (ushort)_parts.Count;
        if (RawEnd is not null)
            zip.Write(RawEnd);
        else
            Write(zip, 0x06054B50u, (ushort)0, (ushort)0, entries, entries, (uint)directory.Length, start, (ushort)0);
        return zip.ToArray();
    }

    public static void Write(Stream into, params object[] numbers)
    {
        Span<byte> bytes = stackalloc byte[8];
        foreach (var number in numbers)
        {
            switch (number)
            {
                case ushort value:
                    BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
                    into.Write(bytes[..2]);
                    break;
                case uint value:
                    BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
                    into.Write(bytes[..4]);
                    break;
                case ulong value:
                    BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
                    into.Write(bytes);
                    break;
                default:
                    throw new InvalidOperationException($"{number.GetType()} has no size in a zip");
            }
        }
    }

    public sealed class Part
    {
        public required byte[] Name { get; set; }
        public required byte[] LocalName { get; set; }
        public required byte[] Packed { get; set; }
        public required uint Length { get; set; }
        public required uint Crc { get; set; }
        public required int Mode { get; set; }
        public byte[] Extra { get; set; } = [];
        public ushort Method { get; set; } = 8;
        public ushort Flags { get; set; } = 1 << 11;
        public ushort MadeBy { get; set; } = 3 << 8 | 20;
        public uint? PackedClaimed { get; set; }
        public uint? PlaceClaimed { get; set; }
        public bool SharesTheLastOnesBytes { get; set; }
    }
}
