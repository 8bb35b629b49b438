using System.Runtime.InteropServices;

namespace Brink;

/// <summary>
/// The kind of a file, found without opening it: opening a pipe without a writer would wait for ever, and opening a device has effects.
/// </summary>
public static partial class FileKind
{
    private const int FromWorkingFolder = -100;     // AT_FDCWD
    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const uint TypeField = 0x1;             // STATX_TYPE
    private const int TypeBits = 0xf000;            // S_IFMT
    private const int Regular = 0x8000;             // S_IFREG

    /// <summary>Whether it is a file with contents: no folder, pipe, socket or device.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="followsLinks">A symbolic link is what it leads to; else it is no file.</param>
    public static bool IsRegular(string path, bool followsLinks = false) =>
        OperatingSystem.IsLinux()
            ? StatX(FromWorkingFolder, path, followsLinks ? 0 : NoFollow, TypeField, out var status) == 0
                && (status.Mode & TypeBits) == Regular
            : File.Exists(path);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, out Status status);

    /// <summary>struct statx of Linux, the same on every architecture; only the field that is read is named.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)] public ushort Mode;
    }
}
