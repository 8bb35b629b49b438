using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.Scenarios.Kit;

/// <summary>The processes below a process, as the machine sees them, whatever namespaces they are in.</summary>
internal static partial class ProcessTree
{
    /// <summary>All of them.</summary>
    public static List<(int Pid, string Name, string Started)> Below(int root)
    {
        var all = new Dictionary<int, (int Parent, string Name, string Started)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Read(pid) is { } process)
                all[pid] = process;
        }
        return [.. all.Where(process => IsBelow(process.Key)).Select(process => (process.Key, process.Value.Name, process.Value.Started))];

        bool IsBelow(int pid)
        {
            while (all.TryGetValue(pid, out var process))
            {
                if ((pid = process.Parent) == root)
                    return true;
            }
            return false;
        }
    }

    /// <summary>Whether that very process still runs; its number alone may be another's.</summary>
    public static bool IsAlive(int pid, string started) => Read(pid) is { } process && process.Started == started;

    /// <summary>Comes back when that very process has ended; false if it has not after the <see cref="ChildProcess.Patience"/> of all tests.</summary>
    public static Task<bool> HasEndedAsync(int pid, string started) => Task.Run(() =>
    {
        var opened = (int)SystemCall(434 /* pidfd_open, the same on every architecture */, pid, 0);
        if (opened < 0)
            return !IsAlive(pid, started);
        using var process = new Microsoft.Win32.SafeHandles.SafeFileHandle(opened, ownsHandle: true);
        // The number may have been another's already when it was opened.
        if (!IsAlive(pid, started))
            return true;
        var ends = new PollDescriptor { Descriptor = opened, Events = 1 /* POLLIN: it has ended */ };
        return Poll(ref ends, 1, (int)ChildProcess.Patience.TotalMilliseconds) == 1;
    });

    /// <summary>SIGKILL.</summary>
    public static bool Kill(int pid) => Signal(pid, 9) == 0;

    private static (int Parent, string Name, string Started)? Read(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            return fields[0] == "Z" ? null : (int.Parse(fields[1], CultureInfo.InvariantCulture), text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], fields[19]);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long SystemCall(long number, long process, long flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, ulong count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
