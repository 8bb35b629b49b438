using Brink.Functions.Metering;

namespace Brink.Functions.JavaScript;

/// <summary>The budgets of one run.</summary>
public sealed record FunctionLimits
{
    /// <summary>Units of cost of <see cref="ComputeBudget.Aws"/>.</summary>
    public const long DefaultSteps = ComputeBudget.AwsUnits;

    /// <summary>The defaults.</summary>
    public static FunctionLimits Default { get; } = new();

    /// <summary>What 100 percent of compute utilization are. Default <see cref="ComputeBudget.Aws"/>. A higher one accepts functions that AWS would stop.</summary>
    public ComputeBudget Compute { get; init; } = ComputeBudget.Aws;

    /// <summary>Memory budget in bytes. Default 2 MB, as on AWS.</summary>
    public long MemoryBytes { get; init; } = Limits.FunctionMemoryBytes;
}
