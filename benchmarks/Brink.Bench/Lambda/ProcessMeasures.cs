using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Bench.Lambda;

/// <summary>What processes took and hold, as <c>/proc</c> counts it.</summary>
internal static class ProcessMeasures
{
    // A tick is 10 ms on every Linux that .NET runs on.
    private const double TickSeconds = 0.01;

    /// <summary>CPU seconds of processes and all beneath them, user and system.</summary>
    public static double Cpu(IEnumerable<int> roots) => All(roots).Sum(CpuOf);

    /// <summary>Megabytes of processes and all beneath them, what is shared divided among those that share it.</summary>
    public static double ProportionalMegabytes(IEnumerable<int> roots) => All(roots).Sum(ProportionalOf);

    private static IEnumerable<int> All(IEnumerable<int> roots) => roots.SelectMany(ProcessTree.Of).Distinct();

    public static double CpuOf(int pid)
    {
        var stat = ProcessTree.Read($"/proc/{pid}/stat");
        if (stat.Length == 0)
            return 0;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * TickSeconds;
    }

    private static double ProportionalOf(int pid)
    {
        var line = ProcessTree.Read($"/proc/{pid}/smaps_rollup").Split('\n').FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
