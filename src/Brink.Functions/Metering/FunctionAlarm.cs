using System.Globalization;

namespace Brink.Functions.Metering;

/// <summary>
/// A run took more of its thread's CPU time than its units can stand for: a price is far too low, or something of ours hangs. An alarm for
/// the operator's log and never more: the count of units alone decides what comes of a run.
/// </summary>
/// <param name="Function">The function's name.</param>
/// <param name="Units">The units it was charged.</param>
/// <param name="CpuTime">The CPU time it took at least.</param>
public sealed record FunctionAlarm(string Function, long Units, TimeSpan CpuTime)
{
    private static long _count;

    /// <summary>Alarms of this process so far.</summary>
    public static long Count => Interlocked.Read(ref _count);

    /// <summary>For the log of faults.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"function {Function} took {CpuTime.TotalMilliseconds:0} ms of CPU time for {Units:N0} units of cost: "
                + $"the price of something is far too low (docs/metering.md)");

    internal static FunctionAlarm Raise(string function, long units, TimeSpan cpuTime)
    {
        Interlocked.Increment(ref _count);
        return new FunctionAlarm(function, units, cpuTime);
    }
}
