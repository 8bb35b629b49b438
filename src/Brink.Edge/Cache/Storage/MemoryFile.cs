using System.Buffers;
using System.Runtime.InteropServices;
using Brink.Edge.Messages;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// Memory outside of the collector's heap, as a file that has no name (memfd_create): mapped here, and sent by the system from the same
/// pages. The system gives a page when it is first written to, and takes it back when it is told to (<see cref="TryForget"/>).
/// </summary>
internal sealed unsafe partial class MemoryFile : FileMemory
{
    private const int CloseOnExecute = 1;
    private const int ReadWrite = 3, Shared = 1;
    private const int PunchHole = 2, KeepSize = 1;
    private const int PopulateForWriting = 23;

    private readonly Mapping _mapping;
    private readonly byte* _start;
    private readonly int _length;
    private readonly bool[] _wasSent;

    private MemoryFile(Mapping mapping, int length)
    {
        (_mapping, _length) = (mapping, length);
        _start = mapping.Start;
        _wasSent = new bool[length / SlabPool.SlabSize];
    }

    public override int Descriptor => _mapping.Descriptor;

    /// <summary>
    /// A file of that many bytes, none of which takes memory yet; null where the system has no such files, or gives no more.
    /// </summary>
    public static MemoryFile? TryCreate(int length)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var descriptor = memfd_create("brink-cache", CloseOnExecute);
        if (descriptor < 0)
            return null;
        nint start = -1;
        if (ftruncate(descriptor, length) == 0)
            start = mmap(0, length, ReadWrite, Shared, descriptor, 0);
        if (start != -1)
            return new MemoryFile(new Mapping(descriptor, start, length), length);
        _ = close(descriptor);
        return null;
    }

    /// <summary>
    /// Has the pages of a slab there, all at once: one call is cheaper than a fault for each, and says so where there is no memory, while a
    /// fault ends the process. True as well on a system that does not know the call.
    /// </summary>
    public bool TryPopulate(int offset)
    {
        const int invalid = 22;
        return madvise(_start + offset, SlabPool.SlabSize, PopulateForWriting) == 0 || Marshal.GetLastPInvokeError() == invalid;
    }

    /// <summary>Whether bytes of that slab were sent from the file since it was last forgotten.</summary>
    public bool WasSent(int offset) => Volatile.Read(ref _wasSent[offset / SlabPool.SlabSize]);

    public override void NoteSent(int start, int count)
    {
        for (var slab = start / SlabPool.SlabSize; slab <= (start + count - 1) / SlabPool.SlabSize; slab++)
        {
            if (!_wasSent[slab])
                Volatile.Write(ref _wasSent[slab], true);
        }
    }

    /// <summary>
    /// Gives the pages of a slab back. What of them a socket still has to send keeps its bytes, and the slab gets other pages when it is
    /// written to again. False where the system has no memory for that: the slab is not to be written to again.
    /// </summary>
    public bool TryForget(int offset)
    {
        if (fallocate(Descriptor, PunchHole | KeepSize, offset, SlabPool.SlabSize) != 0)
            return false;
        Volatile.Write(ref _wasSent[offset / SlabPool.SlabSize], false);
        return true;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(elementIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(elementIndex, _length);
        return new MemoryHandle(_start + elementIndex, default, this);
    }

    public override void Unpin()
    {
        // It does not move.
    }

    protected override void Dispose(bool disposing)
    {
        // Nothing here knows when the last piece of it is let go of: the collector does.
    }

    /// <summary>Unmapped when the file, and with it every piece of its memory, is out of reach: bodies hold it by their slabs.</summary>
    private sealed class Mapping : SafeHandle
    {
        private readonly int _length;

        public Mapping(int descriptor, nint start, int length)
            : base(-1, ownsHandle: true)
        {
            (Descriptor, _length) = (descriptor, length);
            SetHandle(start);
        }

        public int Descriptor { get; }

        public byte* Start => (byte*)handle;

        public override bool IsInvalid => handle == -1;

        protected override bool ReleaseHandle() => (munmap(handle, _length) | close(Descriptor)) == 0;
    }

#pragma warning disable SA1300, IDE1006 // the names of the system
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int descriptor, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint wanted, nint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(nint start, nint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* start, nint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fallocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
#pragma warning restore SA1300, IDE1006
}
