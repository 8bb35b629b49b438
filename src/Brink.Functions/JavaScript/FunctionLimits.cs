using Brink.Functions.Metering;

namespace Brink.Functions.JavaScript;

/// <summary>The budgets of one run.</summary>
public sealed record FunctionLimits
{
    /// <summary>The defaults.</summary>
    public static FunctionLimits Default { get; } = new();

    /// <summary>
    /// What 100 percent of compute utilization are. Default <see cref="ComputeBudget.Aws"/>. A higher one accepts functions that AWS would
    /// stop.
    /// </summary>
    public ComputeBudget Compute { get; init; } = ComputeBudget.Aws;

    /// <summary>
    /// CPU time of a run that raises an alarm about a fault of ours: it is logged and counted, and changes nothing. Default 50 ms; larger
    /// with a larger budget, or it would report ordinary work.
    /// </summary>
    public TimeSpan CpuAlarm { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Memory budget in bytes. Default 2 MB, as on AWS.</summary>
    public long MemoryBytes { get; init; } = Limits.FunctionMemoryBytes;
}
