namespace Brink.Functions.JavaScript;

/// <summary>The budgets of one run.</summary>
public sealed record FunctionLimits
{
    /// <summary>
    /// The compute budget of <see cref="Default"/>: 100 percent of compute utilization. AWS publishes no unit ("submillisecond"); this is a rough
    /// value, to be replaced by one that is calibrated against published utilizations (functions spec 8).
    /// </summary>
    public const long DefaultSteps = 400_000;

    /// <summary>The defaults.</summary>
    public static FunctionLimits Default { get; } = new();

    /// <summary>Compute budget in steps of the engine. Default <see cref="DefaultSteps"/>. A higher one accepts functions that AWS would stop.</summary>
    public long Steps { get; init; } = DefaultSteps;

    /// <summary>Memory budget in bytes. Default 2 MB, as on AWS.</summary>
    public long MemoryBytes { get; init; } = Limits.FunctionMemoryBytes;
}
