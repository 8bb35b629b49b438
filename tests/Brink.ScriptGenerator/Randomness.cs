namespace Brink.ScriptGenerator;

/// <summary>SplitMix64: a seed gives the same numbers on every machine and release of .NET.</summary>
public sealed class Randomness(ulong seed)
{
    private ulong _state = seed;

    /// <summary>All 64 bits.</summary>
    public ulong NextBits()
    {
        var z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below the bound.</summary>
    public int Next(int bound) => (int)(NextBits() % (ulong)bound);

    /// <summary>True once in so many times.</summary>
    public bool OneIn(int times) => Next(times) == 0;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[Next(choices.Count)];
}
