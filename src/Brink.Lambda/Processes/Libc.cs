using System.Runtime.InteropServices;

namespace Brink.Lambda.Processes;

/// <summary>
/// The calls of the C library for which .NET has no API: starting a process in a session of its own, and waiting for many of them on one
/// thread.
/// </summary>
internal static unsafe partial class Libc
{
    public const int SigKill = 9;
    private const int SigContinue = 18, SigStop = 19;
    public const int Interrupted = 4;
    private const uint PollIn = 1;
    private const int CloseOnExec = 0x80000, NonBlocking = 0x800;

    /// <summary>The number of the first descriptor that a child inherits beside the standard ones.</summary>
    public const int FirstInherited = 3;

    // Since glibc 2.34.
    private static readonly bool HasCloseFrom = NativeLibrary.TryLoad("libc.so.6", out var library)
        && NativeLibrary.TryGetExport(library, nameof(posix_spawn_file_actions_addclosefrom_np), out _);

    // Larger than the structures of any C library on Linux: they are opaque to us.
    private const int OpaqueBytes = 1024;

    /// <summary>The pipe's read end does not block and no child inherits it; its write end is for a child.</summary>
    public static (int Read, int Write) CreateOutputPipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe2");
        Check(fcntl(ends[0], 4 /* F_SETFL */, NonBlocking), "fcntl");
        return (ends[0], ends[1]);
    }

    /// <summary>A pipe that no child inherits unless it is handed an end.</summary>
    public static (int Read, int Write) CreatePipe()
    {
        var ends = stackalloc int[2];
        Check(pipe2(ends, CloseOnExec), "pipe2");
        return (ends[0], ends[1]);
    }

    /// <summary>The same, with as much room as a process without rights may have (1 MiB by default) where the system grants it.</summary>
    public static (int Read, int Write) CreateRoomyPipe()
    {
        var pipe = CreatePipe();
        _ = fcntl(pipe.Write, 1031 /* F_SETPIPE_SZ */, 1 << 20);
        return pipe;
    }

    /// <summary>Writes a short text at once: no other writer's comes between.</summary>
    public static void Write(int descriptor, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        fixed (byte* start = bytes)
            _ = write(descriptor, start, (nuint)bytes.Length);
    }

    public static int Read(int descriptor, Span<byte> into)
    {
        fixed (byte* start = into)
            return (int)read(descriptor, start, (nuint)into.Length);
    }

    /// <summary>Another descriptor of the same open file, which no child inherits.</summary>
    public static int Duplicate(int descriptor) => Check(fcntl(descriptor, 1030 /* F_DUPFD_CLOEXEC */, 0), "fcntl");

    public static void Close(int descriptor) => _ = close(descriptor);

    public static void KillGroup(int group) => _ = kill(-group, SigKill);

    public static void Stop(int pid) => _ = kill(pid, SigStop);

    public static void Continue(int pid) => _ = kill(pid, SigContinue);

    /// <summary>A descriptor that can be polled for the end of a process.</summary>
    public static int OpenProcess(int pid)
    {
        var descriptor = (int)syscall(434 /* pidfd_open, the same on every architecture */, pid, 0);
        return Check(descriptor, "pidfd_open (Linux 5.3 or later)");
    }

    /// <summary>Takes the status of a child that has ended.</summary>
    public static ProcessExit Reap(int pid)
    {
        int status;
        while (waitpid(pid, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Interrupted) { }
        return ExitOf(status);
    }

    /// <summary>How a process ended, by the status that waiting for it gives.</summary>
    public static ProcessExit ExitOf(int status)
    {
        var signal = status & 0x7F;
        return signal == 0 ? new ProcessExit((status >> 8) & 0xFF, null, false) : new ProcessExit(null, signal, false);
    }

    /// <summary>
    /// Starts a process in a session and group of its own: standard input empty, both outputs to one pipe, signals as after a boot. It runs
    /// while the calling thread lives, if the command asks for a parent's death signal.
    /// </summary>
    public static int Spawn(
        string executable, IReadOnlyList<string> arguments, IReadOnlyList<KeyValuePair<string, string>> environment,
        string workingDirectory, int output, IReadOnlyList<int> inherited)
    {
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        var argv = Strings([executable, .. arguments]);
        var envp = Strings([.. environment.Select(pair => $"{pair.Key}={pair.Value}")]);
        CheckCode(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        CheckCode(posix_spawnattr_init(attributes), "posix_spawnattr_init");
        try
        {
            CheckCode(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", 0, 0), "addopen");
            CheckCode(posix_spawn_file_actions_adddup2(actions, output, 1), "adddup2");
            CheckCode(posix_spawn_file_actions_adddup2(actions, output, 2), "adddup2");
            // In two steps: a target may be the number of another source.
            var safe = inherited.Count > 0 ? Math.Max(inherited.Max(), FirstInherited + inherited.Count) + 1 : 0;
            for (var index = 0; index < inherited.Count; index++)
                CheckCode(posix_spawn_file_actions_adddup2(actions, inherited[index], safe + index), "adddup2");
            for (var index = 0; index < inherited.Count; index++)
            {
                CheckCode(posix_spawn_file_actions_adddup2(actions, safe + index, FirstInherited + index), "adddup2");
                CheckCode(posix_spawn_file_actions_addclose(actions, safe + index), "addclose");
            }
            // Brink's own parent may have left files open: no child gets them.
            if (HasCloseFrom)
                CheckCode(posix_spawn_file_actions_addclosefrom_np(actions, FirstInherited + inherited.Count), "addclosefrom_np");
            CheckCode(posix_spawn_file_actions_addchdir_np(actions, workingDirectory), "addchdir_np");
            _ = sigemptyset(signals);
            CheckCode(posix_spawnattr_setsigmask(attributes, signals), "setsigmask");
            // .NET ignores SIGPIPE, and children inherit what is ignored.
            foreach (var signal in (ReadOnlySpan<int>)[1, 2, 3, 13, 15, 17, 18])
                _ = sigaddset(signals, signal);
            CheckCode(posix_spawnattr_setsigdefault(attributes, signals), "setsigdefault");
            CheckCode(posix_spawnattr_setflags(attributes, 0x80 /* SETSID */ | 0x08 /* SETSIGMASK */ | 0x04 /* SETSIGDEF */), "setflags");
            int pid;
            CheckCode(posix_spawn(&pid, executable, actions, attributes, argv, envp), executable);
            return pid;
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Free(argv);
            Free(envp);
        }
    }

    public static int CreatePoll() => Check(epoll_create1(CloseOnExec), "epoll_create1");

    public static int CreateWaker() => Check(eventfd(0, CloseOnExec | NonBlocking), "eventfd");

    public static void Wake(int waker)
    {
        ulong one = 1;
        _ = write(waker, &one, sizeof(ulong));
    }

    public static void ClearWaker(int waker)
    {
        ulong count;
        _ = read(waker, (byte*)&count, sizeof(ulong));
    }

    public static void Watch(int poll, int descriptor, long tag)
    {
        var events = stackalloc byte[16];
        *(uint*)events = PollIn;
        *(long*)(events + TagOffset) = tag;
        Check(epoll_ctl(poll, 1 /* EPOLL_CTL_ADD */, descriptor, events), "epoll_ctl");
    }

    public static void Unwatch(int poll, int descriptor) => _ = epoll_ctl(poll, 2 /* EPOLL_CTL_DEL */, descriptor, null);

    /// <summary>The tags of the descriptors that are ready; none when the time is over.</summary>
    public static int Wait(int poll, Span<long> tags, int milliseconds)
    {
        var events = stackalloc byte[64 * 16];
        var count = epoll_wait(poll, events, Math.Min(64, tags.Length), milliseconds);
        for (var index = 0; index < count; index++)
            tags[index] = *(long*)(events + index * EventBytes + TagOffset);
        return Math.Max(0, count);
    }

    // struct epoll_event is packed on x86-64, and only there.
    private static int TagOffset => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private static int EventBytes => RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private static byte** Strings(string[] strings)
    {
        var array = (byte**)NativeMemory.AllocZeroed((nuint)(strings.Length + 1), (nuint)sizeof(byte*));
        for (var index = 0; index < strings.Length; index++)
            array[index] = (byte*)Marshal.StringToCoTaskMemUTF8(strings[index]);
        return array;
    }

    private static void Free(byte** strings)
    {
        for (var at = strings; *at is not null; at++)
            Marshal.FreeCoTaskMem((nint)(*at));
        NativeMemory.Free(strings);
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new ProcessStartException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    private static void CheckCode(int code, string call)
    {
        if (code != 0)
            throw new ProcessStartException($"{call}: {Marshal.GetPInvokeErrorMessage(code)}");
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int pipe2(int* ends, int flags);
    [LibraryImport("libc", SetLastError = true)] private static partial int fcntl(int descriptor, int command, int argument);
    [LibraryImport("libc", SetLastError = true)] private static partial nint read(int descriptor, byte* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] private static partial nint write(int descriptor, void* buffer, nuint count);
    [LibraryImport("libc", SetLastError = true)] private static partial int close(int descriptor);
    [LibraryImport("libc", SetLastError = true)] private static partial int kill(int pid, int signal);
    [LibraryImport("libc", SetLastError = true)] private static partial int waitpid(int pid, int* status, int options);
    [LibraryImport("libc", SetLastError = true)] private static partial nint syscall(nint number, nint first, nint second);
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int poll, int operation, int descriptor, void* events);
    [LibraryImport("libc", SetLastError = true)] private static partial int epoll_wait(int poll, void* events, int count, int milliseconds);
    [LibraryImport("libc", SetLastError = true)] private static partial int eventfd(uint value, int flags);
    [LibraryImport("libc")] private static partial int sigemptyset(void* set);
    [LibraryImport("libc")] private static partial int sigaddset(void* set, int signal);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_init(void* actions);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_destroy(void* actions);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, string path, int flags, uint mode);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_addclosefrom_np(void* actions, int first);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_addclose(void* actions, int descriptor);
    [LibraryImport("libc")] private static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addchdir_np(void* actions, string path);
    [LibraryImport("libc")] private static partial int posix_spawnattr_init(void* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_destroy(void* attributes);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setflags(void* attributes, short flags);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigmask(void* attributes, void* set);
    [LibraryImport("libc")] private static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* pid, string path, void* actions, void* attributes, byte** argv, byte** envp);
}
