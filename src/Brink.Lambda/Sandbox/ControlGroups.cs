using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Sandbox;

/// <summary>
/// The control groups of this machine that Brink may write, version 2 or 1. Environments get groups beneath Brink's own, so that what holds
/// for Brink holds for them. Where there are none, memory is measured process by process instead (<see cref="SandboxOptions"/>).
/// </summary>
internal sealed class ControlGroups
{
    // What bwrap, the runtime and the kernel need beside what a function may hold: above that the kernel itself ends an environment.
    private const long Slack = 16L * 1024 * 1024;
    // At 1,769 MB a function has one core.
    private const int MegabytesPerCore = 1769;

    private static readonly string[] Controllers = ["memory", "pids", "cpu"];

    // Of the whole process: several sandboxes share the folders.
    private static int _lastNumber;

    private readonly string _memory;
    private readonly string? _processes;
    private readonly string? _cpu;
    private readonly string _prefix;

    private ControlGroups(int version, string memory, string? processes, string? cpu)
    {
        (Version, _memory, _processes, _cpu) = (version, memory, processes, cpu);
        _prefix = $"brink-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-";
    }

    /// <summary>1 or 2.</summary>
    public int Version { get; }

    public bool CountsProcesses => _processes is not null;


    /// <summary>
    /// Finds them, tries to write them, and removes groups of a Brink that was killed. Null: there are none that may be written.
    /// </summary>
    /// <param name="root">/sys/fs/cgroup.</param>
    /// <param name="memberships">The text of /proc/self/cgroup.</param>
    public static ControlGroups? Find(string root, string memberships)
    {
        var isUnified = File.Exists(Path.Combine(root, "cgroup.controllers"));
        var groups = isUnified ? FindUnified(root, memberships) : FindSeparate(root, memberships);
        if (groups is null)
            return null;
        foreach (var hierarchy in groups.Hierarchies)
            RemoveLeftOver(hierarchy);
        try
        {
            groups.Create(128, 0).Remove();
            return groups;
        }
        catch (ProcessStartException)
        {
            return null;
        }
    }

    private IEnumerable<string> Hierarchies => new[] { _memory, _processes, _cpu }.OfType<string>().Distinct();

    /// <summary>Makes the groups of one environment.</summary>
    /// <exception cref="ProcessStartException">They cannot be made.</exception>
    public ControlGroup Create(int memoryMegabytes, int temporaryMegabytes)
    {
        var name = _prefix + Interlocked.Increment(ref _lastNumber).ToString(CultureInfo.InvariantCulture);
        string[] folders = [.. Hierarchies.Select(hierarchy => Path.Combine(hierarchy, name))];
        var group = new ControlGroup(Version, Path.Combine(_memory, name), folders);
        var ceiling = ((memoryMegabytes + (long)temporaryMegabytes) * 1024 * 1024 + Slack).ToString(CultureInfo.InvariantCulture);
        try
        {
            foreach (var folder in group.Folders)
                Directory.CreateDirectory(folder);
            if (Version == 2)
            {
                Write(_memory, name, "memory.max", ceiling);
                TryWrite(_memory, name, "memory.swap.max", "0");
                TryWrite(_memory, name, "memory.oom.group", "1");
                if (_processes is not null)
                    Write(_processes, name, "pids.max", SandboxOptions.ProcessLimitText);
                if (_cpu is not null)
                {
                    Write(
                        _cpu, name, "cpu.weight",
                        Math.Clamp(100 * memoryMegabytes / MegabytesPerCore, 1, 10_000).ToString(CultureInfo.InvariantCulture));
                }
                return group;
            }
            Write(_memory, name, "memory.limit_in_bytes", ceiling);
            TryWrite(_memory, name, "memory.memsw.limit_in_bytes", ceiling);
            if (_processes is not null)
                Write(_processes, name, "pids.max", SandboxOptions.ProcessLimitText);
            if (_cpu is not null)
            {
                Write(
                    _cpu, name, "cpu.shares",
                    Math.Clamp(1024 * memoryMegabytes / MegabytesPerCore, 2, 262_144).ToString(CultureInfo.InvariantCulture));
            }
            return group;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            group.Remove();
            throw new ProcessStartException(
                $"the control groups {string.Join(", ", group.Folders)} cannot be made: {failure.Message}", failure);
        }
    }

    private static ControlGroups? FindUnified(string root, string memberships)
    {
        if (PathOf(memberships, "") is not { } own)
            return null;
        var folder = Under(root, own);
        if (!EnableControllers(folder))
            return null;
        var enabled = ReadWords(Path.Combine(folder, "cgroup.subtree_control"));
        if (!enabled.Contains("memory"))
            return null;
        return new ControlGroups(2, folder, enabled.Contains("pids") ? folder : null, enabled.Contains("cpu") ? folder : null);
    }

    /// <summary>
    /// A group may have processes or hand out controllers, not both: where Brink is alone in a delegated group, it moves one level down.
    /// </summary>
    private static bool EnableControllers(string folder)
    {
        const string leaf = "brink";
        try
        {
            var available = ReadWords(Path.Combine(folder, "cgroup.controllers"));
            var wanted = string.Join(' ', Controllers.Where(available.Contains).Select(name => "+" + name));
            if (!available.Contains("memory"))
                return false;
            var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            if (ReadWords(Path.Combine(folder, "cgroup.procs")) is [var only] && only == own)
            {
                Directory.CreateDirectory(Path.Combine(folder, leaf));
                Write(folder, leaf, "cgroup.procs", own);
            }
            File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), wanted);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static ControlGroups? FindSeparate(string root, string memberships)
    {
        return Folder("memory") is { } memory ? new ControlGroups(1, memory, Folder("pids"), Folder("cpu")) : null;

        string? Folder(string controller)
        {
            // Where /proc names a group that is not there, this is a container that sees its own as the root.
            if (PathOf(memberships, controller) is not { } own)
                return null;
            var hierarchy = Path.Combine(root, controller);
            var folder = Under(hierarchy, own);
            return new[] { folder, hierarchy }.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "cgroup.procs")));
        }
    }

    /// <summary>Of the lines "number:controllers:path".</summary>
    internal static string? PathOf(string memberships, string controller) => memberships.Split('\n')
        .Select(line => line.Split(':', 3))
        .Where(fields => fields.Length == 3 && fields[1].Split(',').Contains(controller))
        .Select(fields => fields[2])
        .FirstOrDefault();

    private static string Under(string hierarchy, string own) => Path.Combine(hierarchy, own.TrimStart('/')).TrimEnd('/');

    private static void RemoveLeftOver(string hierarchy)
    {
        foreach (var folder in Directory.EnumerateDirectories(hierarchy, "brink-*"))
        {
            if (Path.GetFileName(folder).Split('-') is [_, var owner, _] && !Directory.Exists($"/proc/{owner}"))
                ControlGroup.TryRemove(folder);
        }
    }

    private static string[] ReadWords(string file) =>
        File.ReadAllText(file).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static void Write(string hierarchy, string name, string file, string value) =>
        File.WriteAllText(Path.Combine(hierarchy, name, file), value);

    private static void TryWrite(string hierarchy, string name, string file, string value)
    {
        var path = Path.Combine(hierarchy, name, file);
        if (File.Exists(path))
            File.WriteAllText(path, value);
    }
}
