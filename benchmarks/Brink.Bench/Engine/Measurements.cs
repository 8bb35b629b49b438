using System.Text.Json.Serialization;

namespace Brink.Bench.Engine;

/// <summary>What one process measured of one function. Times in microseconds.</summary>
internal sealed record RoundsResult
{
    public required string Name { get; init; }

    /// <summary>The median over the rounds of each round's median call.</summary>
    public required double P50 { get; init; }

    /// <summary>The median over the rounds of each round's 99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>CPU time of the whole process for a call: collector and compiler threads included.</summary>
    public required double Cpu { get; init; }

    /// <summary>Bytes allocated by a call, the copy of the messages left out.</summary>
    public required double Bytes { get; init; }

    /// <summary>Source text to ready function, the engine warm.</summary>
    public required double Compile { get; init; }

    /// <summary>Bytes of managed memory that a ready function keeps.</summary>
    public required double KeptBytes { get; init; }
}

/// <summary>What a fresh process measured: the engine precompiled, nothing warm. Times in microseconds.</summary>
internal sealed record FreshResult
{
    public required string Name { get; init; }

    /// <summary>Source text to ready function, for the first time.</summary>
    public required double Compile { get; init; }

    public required double Call1 { get; init; }

    /// <summary>The median of calls 2 to 100.</summary>
    public required double Calls2To100 { get; init; }

    public required double Call100 { get; init; }
}

[JsonSerializable(typeof(List<RoundsResult>))]
[JsonSerializable(typeof(FreshResult))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
internal sealed partial class MeasurementsJson : JsonSerializerContext;
