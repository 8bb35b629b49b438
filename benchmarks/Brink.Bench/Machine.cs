using System.Globalization;
using System.Runtime.InteropServices;

namespace Brink.Bench;

/// <summary>The machine a table was measured on, and whether it had time for us.</summary>
internal static class Machine
{
    /// <summary>CPU, cores, kernel, .NET: one line for the head of a report.</summary>
    public static string Describe()
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
        var kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, Linux {kernel}, {RuntimeInformation.FrameworkDescription}";
    }

    /// <summary>The load average of the last minute.</summary>
    public static double Load() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);

    /// <summary>Says so on the terminal when others are at work: figures of a busy machine compare only with their neighbours in one run.</summary>
    public static void WarnIfBusy()
    {
        var load = Load();
        if (load > Environment.ProcessorCount * 0.5)
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the machine is busy: load average {load:0.0} on {Environment.ProcessorCount} cores"));
    }
}
