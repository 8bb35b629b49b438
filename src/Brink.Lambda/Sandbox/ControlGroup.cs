using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Sandbox;

/// <summary>The control groups of one environment: one folder in version 2, one for each controller in version 1.</summary>
internal sealed class ControlGroup(int version, string memory, IReadOnlyList<string> folders)
{
    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(5);
    private const int RemovalAttempts = 400;

    private long _forgiven;

    public IReadOnlyList<string> Folders => folders;

    /// <summary>
    /// Bytes that its processes hold: their own memory, without the files of its <c>/tmp</c> and without what the kernel may drop.
    /// <see cref="long.MaxValue"/> once the kernel has killed one of them for memory.
    /// </summary>
    public long? Held()
    {
        try
        {
            return Killed() > _forgiven
                ? long.MaxValue
                : Field("memory.stat", version == 2 ? "anon" : "total_rss");
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Another function begins in it: what the kernel has killed so far is not that one's.</summary>
    public void Forgive()
    {
        try
        {
            _forgiven = Killed();
        }
        catch (IOException)
        {
            // The group is gone; the start in it fails then.
        }
    }

    /// <summary>
    /// Holds all of its processes still, or lets them go on; they can be killed either way. False: only groups of version 2 can, and not
    /// this one.
    /// </summary>
    public bool TryFreeze(bool holds)
    {
        if (version != 2)
            return false;
        try
        {
            File.WriteAllText(Path.Combine(memory, "cgroup.freeze"), holds ? "1" : "0");
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>
    /// Kills what is left in it and removes it. Asynchronous, because processes leave a group a moment after they have ended.
    /// </summary>
    public async Task EndAsync()
    {
        for (var attempt = 0; attempt < RemovalAttempts; attempt++)
        {
            KillAll();
            if (Remove())
                return;
            await Task.Delay(RemovalPause);
        }
    }

    public bool Remove()
    {
        var isGone = true;
        foreach (var folder in folders)
            isGone &= TryRemove(folder);
        return isGone;
    }

    public static bool TryRemove(string folder)
    {
        try
        {
            // The files in it are the kernel's and go with it.
            return !Directory.Exists(folder) || Libc.RemoveFolder(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void KillAll()
    {
        try
        {
            var kill = Path.Combine(memory, "cgroup.kill");
            if (File.Exists(kill))
            {
                File.WriteAllText(kill, "1");
                return;
            }
            foreach (var line in File.ReadLines(Path.Combine(memory, "cgroup.procs")))
                Libc.KillProcess(int.Parse(line, CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile.
        }
    }

    private long Killed() => Field(version == 2 ? "memory.events" : "memory.oom_control", "oom_kill");

    private long Field(string file, string name)
    {
        foreach (var line in File.ReadLines(Path.Combine(memory, file)))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] == ' ')
                return long.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
        }
        return 0;
    }
}
