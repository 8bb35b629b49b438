using System.Runtime.InteropServices;
using System.Text;

namespace Brink.Lambda.Processes;

/// <summary>What only the sandbox needs.</summary>
internal static unsafe partial class Libc
{
    /// <summary>The user that this process acts as; 0 is root.</summary>
    public static uint EffectiveUser => geteuid();

    /// <summary>A file in memory, to be read from its beginning by the child that it is handed to.</summary>
    public static int CreateMemoryFile(ReadOnlySpan<byte> contents)
    {
        var descriptor = Check(memfd_create("brink", 1 /* MFD_CLOEXEC */), "memfd_create");
        fixed (byte* start = contents)
        {
            if (write(descriptor, start, (nuint)contents.Length) != contents.Length || lseek(descriptor, 0, 0) != 0)
            {
                Close(descriptor);
                throw new ProcessStartException("a file in memory could not be written");
            }
        }
        return descriptor;
    }

    public static int CreateMemoryFile(string contents) => CreateMemoryFile(Encoding.UTF8.GetBytes(contents));

    /// <summary>A file that is there, to be written by the child that it is handed to.</summary>
    public static int OpenToWrite(string path) => Check(open(path, 1 /* O_WRONLY */ | CloseOnExec), path);

    public static void KillProcess(int pid) => _ = kill(pid, SigKill);

    /// <summary>Removes an empty folder; of a control group's, the kernel's files in it do not count.</summary>
    public static bool RemoveFolder(string path) => rmdir(path) == 0;

    [LibraryImport("libc")] private static partial uint geteuid();
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial long lseek(int descriptor, long offset, int whence);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)] private static partial int rmdir(string path);
}
