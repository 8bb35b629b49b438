using System.Runtime.InteropServices;

namespace Brink.Host.Files;

/// <summary>
/// Tells a folder from another one of the same name: device, inode, and the time it was made, since inodes are used again. .NET's
/// creation time is the time of the last change, which every file that comes or goes moves.
/// </summary>
/// <param name="Device">Major and minor number.</param>
/// <param name="Inode">The inode.</param>
/// <param name="Born">Seconds and nanoseconds since 1970; zero where the file system does not keep it.</param>
internal readonly partial record struct FolderIdentity((uint Major, uint Minor) Device, ulong Inode, (long Seconds, uint Nanoseconds) Born)
{
    private const int FromWorkingFolder = -100;         // AT_FDCWD
    private const uint BornField = 0x800;               // STATX_BTIME
    private const uint WantedFields = 0x100 | BornField; // STATX_INO

    /// <summary>The identity of a folder, links followed; null if there is no such folder.</summary>
    public static FolderIdentity? Of(string folder)
    {
        if (!Directory.Exists(folder) || StatX(FromWorkingFolder, folder, 0, WantedFields, out var status) != 0)
            return null;
        var born = (status.Mask & BornField) != 0 ? (status.BornSeconds, status.BornNanoseconds) : default;
        return new FolderIdentity((status.DeviceMajor, status.DeviceMinor), status.Inode, born);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out Status status);

    /// <summary>struct statx of Linux, the same on every architecture; only the fields that are read are named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(0)] public uint Mask;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(80)] public long BornSeconds;
        [FieldOffset(88)] public uint BornNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
