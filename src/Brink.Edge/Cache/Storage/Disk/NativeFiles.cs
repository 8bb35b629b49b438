using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>What the class library has no call for.</summary>
internal static unsafe partial class NativeFiles
{
    private const int NoWait = 0x8;                     // RWF_NOWAIT
    private const int NotSupported = 95, NoSuchCall = 38;
    private const int CloseOnExecute = 0x80000;

    private static volatile bool s_isMissing;

    /// <summary>
    /// Reads what the system has in memory, on the thread that asks: a turn through the thread pool costs more than the read.
    /// </summary>
    /// <returns>Bytes read; 0 where the system would have to wait for the disk, or cannot tell.</returns>
    public static int ReadAtOnce(SafeFileHandle file, Span<byte> room, long at)
    {
        if (s_isMissing)
            return 0;
        var isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            fixed (byte* bytes = room)
            {
                var vector = new IoVector { Base = bytes, Length = (nuint)room.Length };
                var count = preadv2((int)file.DangerousGetHandle(), &vector, 1, (nint)at, NoWait);
                if (count >= 0)
                    return (int)count;
            }
            s_isMissing = Marshal.GetLastPInvokeError() is NotSupported or NoSuchCall;
            return 0;
        }
        catch (EntryPointNotFoundException)
        {
            s_isMissing = true;
            return 0;
        }
        finally
        {
            if (isHeld)
                file.DangerousRelease();
        }
    }

    /// <summary>Comes back when what was created and renamed in the folder outlives a loss of power.</summary>
    public static void SyncFolder(string path)
    {
        var folder = open(path, CloseOnExecute);
        if (folder < 0)
            throw Failure(path);
        using var file = new SafeFileHandle(folder, ownsHandle: true);
        if (fsync(folder) != 0)
            throw Failure(path);
    }

    private static IOException Failure(string path) =>
        new($"{Marshal.GetLastPInvokeErrorMessage()}: {path}", Marshal.GetLastPInvokeError());

    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

#pragma warning disable SA1300, IDE1006 // the names of the system
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint preadv2(int file, IoVector* vectors, int count, nint offset, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);
#pragma warning restore SA1300, IDE1006
}
