using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Tests.Lambda.Sandbox;

public sealed class BoundsTests(SandboxFixture machine) : BoundsContract(machine, forks: false);

public sealed class BoundsOfForkedProcessTests(SandboxFixture machine) : BoundsContract(machine, forks: true);

/// <summary>What a function cannot take, and that nothing of it is left, however it was started.</summary>
public abstract class BoundsContract(SandboxFixture machine, bool forks) : IClassFixture<SandboxFixture>
{
    private const string FillsMemory = "held = []\nwhile True:\n held.append(bytearray(4 * 1024 * 1024))";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FillsMemory_IsKilledAsOutOfMemory(bool usesControlGroups)
    {
        await using var neighbor = new SandboxRun { Forks = forks };
        var sandbox = usesControlGroups ? machine.Isolated : machine.WithoutControlGroups;
        await neighbor.StartShellAsync(sandbox, "echo up; exec sleep 1000");
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(sandbox, FillsMemory);
        var exit = await run.ExitAsync();
        Assert.True(exit.OutOfMemory, $"{exit} {run.Text}");
        Assert.InRange(run.Process.PeakMemory, 100L * 1024 * 1024, 1500L * 1024 * 1024);
        await neighbor.SaysAsync("up");
        Assert.False(neighbor.Process.Exit.IsCompleted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ChildOfAnotherThread_CountsToo(bool usesControlGroups)
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(usesControlGroups ? machine.Isolated : machine.WithoutControlGroups, $"""
            import subprocess, sys, threading, time
            code = 'import time; held = bytearray(100 * 1024 * 1024); time.sleep(1000)'
            for _ in range(2):
                threading.Thread(target=lambda: subprocess.call([sys.executable, '-c', code])).start()
            time.sleep(1000)
            """);
        Assert.True((await run.ExitAsync()).OutOfMemory);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MemoryWithinTheLimit_IsMeasured(bool usesControlGroups)
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(usesControlGroups ? machine.Isolated : machine.WithoutControlGroups, "import time; held = bytearray(60 * 1024 * 1024); print('held', flush=True); time.sleep(3)");
        Assert.Equal(new ProcessExit(0, null, false), await run.ExitAsync());
        Assert.InRange(run.Process.PeakMemory, 60L * 1024 * 1024, 128L * 1024 * 1024);
    }

    [Fact]
    public async Task FillsTmp_GetsNoSpaceLeft()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartPythonAsync(machine.Isolated, """
            piece, written = bytes(1 << 20), 0
            try:
                for name in ('a', 'b'):
                    with open('/tmp/' + name, 'wb', buffering=0) as file:
                        for _ in range(400):
                            written += file.write(piece)
            except OSError as e:
                print(e.errno, written >> 20)
            """);
        Assert.Equal("28 512", await run.OutputAsync());     // ENOSPC
    }

    [Fact]
    public async Task ForkBomb_IsBoundedAndGoesAway()
    {
        // A thousand interpreters, and without control groups what they share counts for each: with less, memory would end it first.
        await using var run = new SandboxRun { Forks = forks, MemoryMegabytes = 32_768 };
        await run.StartPythonAsync(machine.Isolated, """
            import os, time
            count = 0
            try:
                while True:
                    if os.fork() == 0:
                        time.sleep(1000)
                    count += 1
            except OSError as e:
                print(e.errno, count, 'forked', flush=True)
            time.sleep(1000)
            """);
        await run.SaysAsync("forked");
        var words = run.Text.Split(' ');
        Assert.Equal("11", words[0]);     // EAGAIN
        Assert.InRange(int.Parse(words[1], CultureInfo.InvariantCulture), 900, 1024);
        var mark = Descendants(run.Process.Pid);
        Assert.True(mark.Count > 900);
        await run.Process.EndAsync();
        await GoneAsync(mark);
    }

    [Fact]
    public async Task OpenFiles_AreBounded()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "ulimit -n; ulimit -Hn; ulimit -c");
        Assert.Equal("1024\n1024\n0", await run.OutputAsync());
    }

    [Fact]
    public async Task Kill_LeavesNoProcessAndNoControlGroup()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "setsid sleep 1000 & (sleep 1000 &) ; trap '' TERM HUP INT; echo up; sleep 1000");
        await run.SaysAsync("up");
        var all = Descendants(run.Process.Pid);
        Assert.True(all.Count >= 4);
        run.Process.Kill();
        Assert.Equal(9, (await run.ExitAsync()).Signal);
        // What keeps /tmp for the next one is not the function's.
        await GoneAsync([.. all.Where(process => process.Pid != run.Process.Pid)]);
        await run.Process.EndAsync();
        await GoneAsync(all);
        Assert.Empty(GroupsOf(run.Process.Pid));
    }

    [Fact]
    public async Task Exit_LeavesNoBackgroundProcess()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "setsid sleep 1000 & echo up; sleep 0.3; exit 3");
        await run.SaysAsync("up");
        var all = Descendants(run.Process.Pid);
        Assert.Equal(3, (await run.ExitAsync()).Code);
        await GoneAsync([.. all.Where(process => process.Pid != run.Process.Pid)]);
    }

    [Fact]
    public async Task FirstProcessDies_AllOfItDies()
    {
        await using var run = new SandboxRun { Forks = forks };
        await run.StartShellAsync(machine.Isolated, "setsid sleep 1000 & echo up; sleep 1000");
        await run.SaysAsync("up");
        var all = Descendants(run.Process.Pid);
        Assert.True(all.Count >= 3);
        Libc.KillProcess(run.Process.Pid);
        await GoneAsync(all);
        await run.ExitAsync();
    }

    /// <summary>The ids of a process and of all beneath it, each with the time of its start: ids are used again.</summary>
    internal static List<(int Pid, string Start)> Descendants(int pid)
    {
        var found = new List<(int, string)>();
        var pending = new Stack<int>([pid]);
        while (pending.TryPop(out var next))
        {
            if (StartOf(next) is not { } start)
                continue;
            found.Add((next, start));
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{next}/task"))
            {
                foreach (var child in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    pending.Push(int.Parse(child, CultureInfo.InvariantCulture));
            }
        }
        return found;
    }

    internal static async Task GoneAsync(List<(int Pid, string Start)> processes)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (processes.Any(process => StartOf(process.Pid) == process.Start))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(20), "processes are left");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static string? StartOf(int pid)
    {
        try
        {
            // After the name in parentheses; a zombie is gone.
            var fields = File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ');
            return fields[1] is "Z" or "X" ? null : fields[20];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private IEnumerable<string> GroupsOf(int pid) => machine.Isolated.ControlGroupVersion is null
        ? []
        : Directory.EnumerateFiles("/sys/fs/cgroup", "cgroup.procs", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(file => Path.GetDirectoryName(file)!.Contains($"brink-{Environment.ProcessId}-", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Split('\n').Contains(pid.ToString(CultureInfo.InvariantCulture)));
}
