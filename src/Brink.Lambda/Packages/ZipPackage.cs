using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Brink.Lambda.Packages;

/// <summary>
/// A zip archive from a stranger. Opening reads its directory, and of its contents only the targets of links: how many entries, how large,
/// where each lies. What the directory says binds the contents: not a byte more is unpacked, and not one less.
/// </summary>
public sealed class ZipPackage : FunctionPackage
{
    // The format cannot compress further than this: an entry that claims more is a lie, whatever its bytes are.
    private const int DeflateRatio = 1_032, TargetBytes = 4_096;
    private const int TypeMask = 0xF000, RegularType = 0x8000, FolderType = 0x4000, LinkType = 0xA000;

    private static readonly UTF8Encoding Names = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Stream _zip;
    private readonly Dictionary<string, ZipRecord> _records;
    private byte[]? _hash;

    private ZipPackage(Stream zip, Dictionary<string, ZipRecord> records, PackageTree tree, PackageLimits limits) : base(tree, limits) =>
        (_zip, _records) = (zip, records);

    /// <summary>Bytes of the archive: Lambda's <c>CodeSize</c>.</summary>
    public long CodeSize => _zip.Length;

    /// <summary>Lambda's <c>CodeSha256</c>: the archive's own bytes, hashed, as base64.</summary>
    public string CodeSha256 => Convert.ToBase64String(Fingerprint);

    /// <inheritdoc/>
    public override byte[] Fingerprint
    {
        get
        {
            if (_hash is null)
            {
                _zip.Position = 0;
                _hash = SHA256.HashData(_zip);
            }
            return _hash;
        }
    }

    /// <summary>
    /// The package of an archive; null, with the reason, when it cannot be used. The stream, which must be seekable, goes with the package.
    /// </summary>
    public static ZipPackage? Open(Stream zip, PackageLimits limits, out PackageProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(zip);
        var records = new Dictionary<string, ZipRecord>(StringComparer.Ordinal);
        var tree = new PackageTree(limits);
        problem = zip.Length > limits.ZippedBytes ? limits.TooLargeZipped("is larger than") : null;
        try
        {
            problem ??= Read(zip, limits, records, tree);
        }
        catch (ZipException damage)
        {
            problem = CannotBeUnpacked(damage.Message);
        }
        catch (EndOfStreamException)
        {
            problem = CannotBeUnpacked("it is truncated");
        }
        if (problem is null)
            return new ZipPackage(zip, records, tree, limits);
        zip.Dispose();
        return null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _zip.Dispose();
        base.Dispose(disposing);
    }

    private protected override PackageProblem? Write(PackageEntry file, FileStream into)
    {
        try
        {
            Unpack(_zip, _records[file.Path], file.Path, into);
            return null;
        }
        catch (ZipException damage)
        {
            return CannotBeUnpacked(damage.Message);
        }
    }

    private static PackageProblem CannotBeUnpacked(string why) => PackageTree.Malformed($"cannot be unpacked: {why}");

    private static PackageProblem? Read(Stream zip, PackageLimits limits, Dictionary<string, ZipRecord> records, PackageTree tree)
    {
        var directory = ZipDirectory.Find(zip);
        if (directory.Entries > limits.Entries)
            return new PackageProblem(PackageProblemKind.TooLarge, $"has {directory.Entries} entries; {limits.Entries} are the most");
        var all = new List<ZipRecord>();
        foreach (var record in directory.Read(zip))
        {
            var name = TextOf(record.Name);
            if (PackageTree.Normalize(name, out var problem) is not { } path)
                return problem;
            if (Check(record, path) is { } wrong)
                return CannotBeUnpacked(wrong);
            all.Add(record);
            // The archive's own root, as some tools write it.
            if (path.Length == 0)
                continue;
            if ((EntryOf(zip, record, path, name.EndsWith('/'), out problem) is not { } entry) || (problem = tree.Add(entry)) is not null)
                return problem;
            records[path] = record;
        }
        return CheckOverlaps(all, directory.Start) ?? tree.CheckLinks();
    }

    private static string TextOf(byte[] name)
    {
        try
        {
            return Names.GetString(name);
        }
        catch (DecoderFallbackException)
        {
            throw new ZipException(
                $"the name {PackageTree.Shown(Encoding.Latin1.GetString(name))} is not UTF-8: zip it anew with another tool");
        }
    }

    private static string? Check(ZipRecord record, string path)
    {
        var problem = record switch
        {
            { IsEncrypted: true } => "is encrypted",
            { Method: not (ZipRecord.Stored or ZipRecord.Deflated) } =>
                $"is compressed by method {record.Method}; only stored (0) and deflated (8) are known",
            { Method: ZipRecord.Stored } when record.Packed != record.Length => "is stored, but its two sizes differ",
            { Method: ZipRecord.Deflated } when record.Length / DeflateRatio > record.Packed =>
                $"claims {record.Length} bytes in {record.Packed}, more than deflate can hold",
            _ => null,
        };
        return problem is null ? null : $"{PackageTree.Shown(path)} {problem}";
    }

    private static PackageEntry? EntryOf(Stream zip, ZipRecord record, string path, bool isNamedFolder, out PackageProblem? problem)
    {
        problem = null;
        // What was zipped on Windows has no modes; what some libraries write for Unix is zero.
        var type = record.UnixMode & TypeMask;
        var permissions = (UnixFileMode)record.UnixMode & PackageEntry.Permissions;
        switch (type)
        {
            case FolderType or 0 or RegularType when isNamedFolder || type == FolderType:
                if (record.Length == 0)
                    return new PackageEntry(path, PackageEntryKind.Folder, permissions == 0 ? PackageEntry.DefaultFolder : permissions);
                problem = CannotBeUnpacked($"{PackageTree.Shown(path)} is a folder with contents");
                return null;
            case RegularType or 0:
                return new PackageEntry(
                    path, PackageEntryKind.File, permissions == 0 ? PackageEntry.DefaultFile : permissions, record.Length);
            case LinkType when record.Length is > 0 and <= TargetBytes:
                using (var target = new MemoryStream())
                {
                    Unpack(zip, record, path, target);
                    var text = TextOf(target.ToArray());
                    if (!text.Contains('\0', StringComparison.Ordinal))
                        return new PackageEntry(path, PackageEntryKind.Link, permissions, Target: text);
                }
                goto default;
            default:
                problem = PackageTree.Malformed($"has {PackageTree.Shown(path)}, which is neither a file nor a folder nor a link");
                return null;
        }
    }

    /// <summary>Entries that share bytes let a small archive hold as much as it likes, and two readers see two archives.</summary>
    private static PackageProblem? CheckOverlaps(List<ZipRecord> records, long end)
    {
        records.Sort(static (one, other) => one.HeaderAt.CompareTo(other.HeaderAt));
        for (var i = 0; i < records.Count; i++)
        {
            var limit = i + 1 < records.Count ? records[i + 1].HeaderAt : end;
            if (records[i].DataAt + records[i].Packed > limit)
                return CannotBeUnpacked($"{PackageTree.Shown(TextOf(records[i].Name))} lies over what follows it");
        }
        return null;
    }

    private static void Unpack(Stream zip, ZipRecord record, string path, Stream into)
    {
        var packed = new ZipWindow(zip, record.DataAt, record.Packed);
        using Stream content = record.Method == ZipRecord.Deflated ? new DeflateStream(packed, CompressionMode.Decompress) : packed;
        var buffer = ArrayPool<byte>.Shared.Rent(81_920);
        try
        {
            var (left, crc) = (record.Length, Crc32.Start);
            while (true)
            {
                var count = content.Read(buffer);
                if (count == 0)
                    break;
                if ((left -= count) < 0)
                    throw new ZipException($"{PackageTree.Shown(path)} holds more than the {record.Length} bytes that it claims");
                crc = Crc32.Update(crc, buffer.AsSpan(0, count));
                into.Write(buffer, 0, count);
            }
            if (left > 0)
                throw new ZipException($"{PackageTree.Shown(path)} is truncated");
            if (Crc32.End(crc) != record.Crc)
                throw new ZipException($"{PackageTree.Shown(path)} is damaged: its checksum (CRC-32) does not fit");
        }
        catch (InvalidDataException)
        {
            throw new ZipException($"{PackageTree.Shown(path)} is damaged");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
