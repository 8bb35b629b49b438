using System.Globalization;
using System.Text;

namespace Brink.Lambda.Processes;

/// <summary>
/// A process that no namespace holds. When it has ended, what it left in sessions of its own is found by a variable that all of its
/// children inherit. A child that was given other variables is not found: without a sandbox a function can get away.
/// </summary>
internal sealed class MarkedProcess : ISandboxedProcess
{
    // A process may fork while it is looked for.
    private const int Rounds = 100;

    private readonly ChildProcess _child;

    public MarkedProcess(ChildProcess child, string mark)
    {
        _child = child;
        Exit = mark.Length == 0 ? child.Exit : EndAsync(child, mark);
    }

    public int Pid => _child.Pid;

    public Task<ProcessExit> Exit { get; }

    public long PeakMemory => _child.PeakMemory;

    public bool IsAsleep => _child.IsAsleep;

    public void DrainOutput() => _child.DrainOutput();

    public void Resume() => _child.Resume();

    public void Rest() => _child.Rest();

    public void Freeze() => _child.Freeze();

    public void Thaw() => _child.Thaw();

    public void Kill() => _child.Kill();

    private static async Task<ProcessExit> EndAsync(ChildProcess child, string mark)
    {
        var exit = await child.Exit;
        var wanted = Encoding.UTF8.GetBytes(mark);
        for (var round = 0; round < Rounds && KillMarked(wanted); round++)
        {
        }
        return exit;
    }

    private static bool KillMarked(byte[] mark)
    {
        var found = false;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            var name = Path.GetFileName(folder);
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !IsMarked(folder, mark))
                continue;
            Libc.KillProcess(pid);
            found = true;
        }
        return found;
    }

    private static bool IsMarked(string folder, byte[] mark)
    {
        try
        {
            var variables = File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan();
            foreach (var variable in variables.Split((byte)0))
            {
                if (variables[variable].SequenceEqual(mark))
                    return true;
            }
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;       // it has ended meanwhile, or is another user's
        }
    }
}
