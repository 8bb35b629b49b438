using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Brink.Host.Development;

/// <summary>The files of a function: a folder with everything below it, or one file.</summary>
internal sealed class LambdaPackage
{
    private readonly string _root;
    private readonly FileInfo[] _files;

    private LambdaPackage(string root, FileInfo[] files) => (_root, _files) = (root, files);

    /// <summary>Changes with every save: names, sizes and times of all files.</summary>
    public byte[] Fingerprint
    {
        get
        {
            var text = new StringBuilder();
            foreach (var file in _files)
                text.Append(file.FullName).Append('\0').Append(file.Length).Append('\0').Append(file.LastWriteTimeUtc.Ticks).Append('\n');
            return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }

    /// <summary>The package of a path; null, with the reason, when it cannot be one.</summary>
    public static LambdaPackage? Open(string path, out string? problem)
    {
        problem = null;
        try
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            if (File.Exists(full))
                return new LambdaPackage(Path.GetDirectoryName(full)!, [new FileInfo(full)]);
            if (!Directory.Exists(full))
            {
                problem = "no such file or folder";
                return null;
            }
            var everything = new DirectoryInfo(full).EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
            var files = new List<FileInfo>();
            foreach (var one in everything.OrderBy(one => one.FullName, StringComparer.Ordinal))
            {
                if (one.LinkTarget is not null && one.ResolveLinkTarget(returnFinalTarget: true) is { } target && !target.FullName.StartsWith(full + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    problem = $"{Path.GetRelativePath(full, one.FullName)} is a link to {target.FullName}, outside of the folder, where a published function cannot follow: copy what it needs (npm install --install-links)";
                    return null;
                }
                // Brink's own data, when the package is the folder it was started in.
                if (one is FileInfo file && !Path.GetRelativePath(full, one.FullName).StartsWith(".brink/", StringComparison.Ordinal))
                    files.Add(file);
            }
            return new LambdaPackage(full, [.. files]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot be read: {exception.Message}";
            return null;
        }
    }

    /// <summary>Whether the package is over a limit of its zip; only then is it compressed.</summary>
    public bool IsLargerThan(long zippedBytes)
    {
        if (_files.Sum(file => file.Exists ? file.Length : 0) <= zippedBytes)
            return false;
        using var zipped = new CountingStream();
        using (var zip = new ZipArchive(zipped, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in _files)
            {
                using var entry = zip.CreateEntry(Path.GetRelativePath(_root, file.FullName), CompressionLevel.Fastest).Open();
                using var content = file.OpenRead();
                content.CopyTo(entry);
            }
        }
        return zipped.Length > zippedBytes;
    }

    /// <summary>A copy, so that what is published does not change under the next save.</summary>
    public void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in _files)
        {
            var target = Path.Combine(folder, Path.GetRelativePath(_root, file.FullName));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            file.CopyTo(target, overwrite: true);
        }
    }

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => _length;
        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => _length += count;
        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
