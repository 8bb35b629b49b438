using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.Scenarios.Kit;

/// <summary>A process of this machine, with the time of its start, because numbers are used again.</summary>
internal sealed partial record LiveProcess(int Pid, int Parent, string Start, string Command)
{
    public bool Lives => Read(Pid) is { } now && now.Start == Start;

    public static IEnumerable<LiveProcess> All() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Read(pid) : null)
        .OfType<LiveProcess>();

    public void Signal(int signal) => _ = Kill(Pid, signal);

    private static LiveProcess? Read(int pid)
    {
        try
        {
            // After the name in parentheses; a zombie is gone.
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ');
            return fields[1] is "Z" or "X"
                ? null
                : new LiveProcess(pid, int.Parse(fields[2], CultureInfo.InvariantCulture), fields[20], File.ReadAllText($"/proc/{pid}/cmdline").TrimEnd('\0').Replace('\0', ' '));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
