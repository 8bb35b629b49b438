namespace Brink.JavaScript;

/// <summary>The budgets and the surroundings of one call.</summary>
public readonly record struct CallLimits
{
    /// <summary>Compute budget in units of cost (docs/metering.md); needing more ends the call.</summary>
    public required long Steps { get; init; }

    /// <summary>Memory budget in bytes. AWS: 2 MB (functions spec 8).</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>The moment that every Date query of the call returns, in milliseconds since 1970 UTC (functions spec 5.6).</summary>
    public required double StartTimeMilliseconds { get; init; }

    /// <summary>Feeds Math.random for this call.</summary>
    public required ulong RandomSeed { get; init; }
}
