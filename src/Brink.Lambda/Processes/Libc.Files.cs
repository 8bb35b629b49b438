using System.Runtime.InteropServices;

namespace Brink.Lambda.Processes;

/// <summary>What the platform does not tell of files.</summary>
internal static unsafe partial class Libc
{
    private const int FromWorkingFolder = -100, DoNotFollow = 0x100, TypeMask = 0xF000, Regular = 0x8000;
    private const uint TypeField = 1;

    /// <summary>A file with contents: no pipe, device or socket, whose reading may never end.</summary>
    public static bool IsRegularFile(string path)
    {
        // struct statx of Linux, the same on every architecture: the mode is at 28.
        var status = stackalloc byte[256];
        return statx(FromWorkingFolder, path, DoNotFollow, TypeField, status) == 0 && (*(ushort*)(status + 28) & TypeMask) == Regular;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial int statx(int folder, string path, int flags, uint mask, void* status);
}
