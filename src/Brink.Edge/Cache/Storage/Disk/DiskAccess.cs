using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What the cache does with files. Tests have one whose disk fails.</summary>
internal class DiskAccess
{
    // Without a lock for each file: one for the folder is enough.
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public virtual SafeFileHandle Create(string path) => File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, Shared);

    public virtual SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Shared);

    public virtual void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long at) => RandomAccess.Write(file, bytes, at);

    public virtual void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> bytes, long at) =>
        RandomAccess.Write(file, bytes, at);

    public virtual void Truncate(SafeFileHandle file, long length) => RandomAccess.SetLength(file, length);

    /// <summary>Comes back when what was written outlives a loss of power.</summary>
    public virtual void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>The same of what was created and renamed in a folder.</summary>
    public virtual void SyncFolder(string path) => NativeFiles.SyncFolder(path);

    public virtual int Read(SafeFileHandle file, Span<byte> room, long at) => RandomAccess.Read(file, room, at);

    /// <summary>Bytes read without waiting for the disk; 0 where that cannot be done now.</summary>
    public virtual int ReadAtOnce(SafeFileHandle file, Span<byte> room, long at) => NativeFiles.ReadAtOnce(file, room, at);

    public virtual ValueTask<int> ReadAsync(SafeFileHandle file, Memory<byte> room, long at) => RandomAccess.ReadAsync(file, room, at);

    public virtual ValueTask<long> ReadAsync(SafeFileHandle file, IReadOnlyList<Memory<byte>> room, long at) =>
        RandomAccess.ReadAsync(file, room, at);

    public virtual void Delete(string path) => File.Delete(path);

    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);
}
