namespace Brink.Lambda.Processes;

/// <summary>
/// Processes and all beneath them, held still by SIGSTOP. Not by the freezer of control groups version 1: what it holds cannot be killed,
/// so that frozen functions would outlive a Brink that was killed.
/// </summary>
internal sealed class StoppedProcesses
{
    private readonly List<int> _stopped = [];

    private StoppedProcesses() { }

    /// <summary>Stops them. A parent stops before its children are looked for, so none is missed.</summary>
    public static StoppedProcesses Stop(IEnumerable<int> processes)
    {
        var stopped = new StoppedProcesses();
        var pending = new Stack<int>(processes);
        while (pending.TryPop(out var next))
        {
            Libc.Stop(next);
            stopped._stopped.Add(next);
            foreach (var child in ProcessTree.ChildrenOf(next))
                pending.Push(child);
        }
        return stopped;
    }

    /// <summary>Lets them go on, the innermost first: a process that watches others finds them awake.</summary>
    public void Continue()
    {
        for (var at = _stopped.Count - 1; at >= 0; at--)
            Libc.Continue(_stopped[at]);
    }
}
