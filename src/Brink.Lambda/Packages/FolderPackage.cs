using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Brink.Lambda.Packages;

/// <summary>A folder with everything below it, or one file.</summary>
internal sealed class FolderPackage : FunctionPackage
{
    private readonly string _root;

    private FolderPackage(string root, PackageTree tree, PackageLimits limits) : base(tree, limits) => _root = root;

    public override byte[] Fingerprint
    {
        get
        {
            var text = new StringBuilder();
            foreach (var entry in Entries)
            {
                text.Append(entry.Path).Append('\0').Append((int)entry.Kind).Append('\0').Append((int)entry.Mode).Append('\0')
                    .Append(entry.Length).Append('\0').Append(entry.Target).Append('\0');
                if (entry.Kind == PackageEntryKind.File)
                    text.Append(File.GetLastWriteTimeUtc(Path.Combine(_root, entry.Path)).Ticks);
                text.Append('\n');
            }
            return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    public static FolderPackage? At(string path, PackageLimits limits, out PackageProblem? problem)
    {
        var tree = new PackageTree(limits);
        var root = path;
        if (File.Exists(path))
        {
            root = Path.GetDirectoryName(path)!;
            // A link to the file is as good as the file.
            var file = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            var mode = file.UnixFileMode & PackageEntry.Permissions;
            problem = tree.Add(new PackageEntry(Path.GetFileName(path), PackageEntryKind.File, mode, file.Length));
        }
        else
        {
            problem = AddBelow(new DirectoryInfo(path), "", path, tree) ?? tree.CheckLinks();
        }
        return problem is null ? new FolderPackage(root, tree, limits) : null;
    }

    /// <summary>Only a package that could be too large is compressed to find out.</summary>
    private protected override PackageProblem? CheckBeforeCopying()
    {
        if (UnzippedBytes <= Limits.ZippedBytes)
            return null;
        using var zipped = new CountingStream(Limits.ZippedBytes);
        try
        {
            using var zip = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var file in Entries.Where(entry => entry.Kind == PackageEntryKind.File))
            {
                using var entry = zip.CreateEntry(file.Path, CompressionLevel.Fastest).Open();
                using var content = File.OpenRead(Path.Combine(_root, file.Path));
                content.CopyTo(entry);
            }
        }
        catch (CountingStream.TooManyException)
        {
        }
        return zipped.Length > Limits.ZippedBytes ? Limits.TooLargeZipped("is larger than") : null;
    }

    private protected override PackageProblem? Write(PackageEntry file, FileStream into)
    {
        using var content = File.OpenRead(Path.Combine(_root, file.Path));
        content.CopyTo(into);
        return null;
    }

    private static PackageProblem? AddBelow(DirectoryInfo folder, string prefix, string root, PackageTree tree)
    {
        // In the same order everywhere; the links among them are not followed.
        foreach (var one in folder.EnumerateFileSystemInfos().OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            var path = prefix + one.Name;
            // Brink's own data, when the package is the folder it was started in.
            if (path == ".brink")
                continue;
            var mode = one.LinkTarget is null ? one.UnixFileMode & PackageEntry.Permissions : PackageEntry.DefaultFile;
            var problem = one switch
            {
                { LinkTarget: { } target } =>
                    tree.Add(new PackageEntry(path, PackageEntryKind.Link, mode, Target: Relative(target, folder.FullName, root))),
                DirectoryInfo below =>
                    tree.Add(new PackageEntry(path, PackageEntryKind.Folder, mode)) ?? AddBelow(below, path + "/", root, tree),
                FileInfo file when FileKind.IsRegular(file.FullName) =>
                    tree.Add(new PackageEntry(path, PackageEntryKind.File, mode, file.Length)),
                _ => PackageTree.Malformed($"has {PackageTree.Shown(path)}, which is neither a file nor a folder nor a link"),
            };
            if (problem is not null)
                return problem;
        }
        return null;
    }

    /// <summary>
    /// The absolute target of a link into the folder, made relative: else the link would lead out of the copy, back to the original.
    /// </summary>
    private static string Relative(string target, string folder, string root) =>
        target == root || target.StartsWith(root + "/", StringComparison.Ordinal) ? Path.GetRelativePath(folder, target) : target;

    /// <summary>Counts, keeps nothing, and ends the work once the limit is passed.</summary>
    private sealed class CountingStream(long limit) : Stream
    {
        private long _length;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _length;
        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Count(count);
        public override void Write(ReadOnlySpan<byte> buffer) => Count(buffer.Length);
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        private void Count(int bytes)
        {
            var before = _length;
            _length += bytes;
            // Once: closing the archive writes its directory.
            if (_length > limit && before <= limit)
                throw new TooManyException();
        }

        public sealed class TooManyException : Exception;
    }
}
