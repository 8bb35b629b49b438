using System.Numerics;
using System.Runtime.InteropServices;

namespace Brink.Edge.Metrics;

/// <summary>
/// A number that many threads add to at once. Each processor has a cell of its own, so that adding costs one uncontended atomic operation;
/// reading adds the cells up.
/// </summary>
/// <param name="name">Its name in Prometheus' form, such as <c>brink_connections_total</c>.</param>
/// <param name="help">What it counts, in one sentence.</param>
/// <param name="isGauge">Whether it can fall: how many there are now, not how many there have been.</param>
/// <param name="labels">What tells it from others of its name; those have the same label names in the same order.</param>
public sealed class Counter(string name, string help, bool isGauge = false, params (string Name, string Value)[] labels)
{
    private static readonly int s_mask = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;

    private readonly Cell[] _cells = new Cell[s_mask + 1];

    /// <summary>Where the number is, if it is not here: something that is counted elsewhere, and read when it is asked for.</summary>
    internal Func<long>? Elsewhere { get; init; }

    /// <summary>What one is, in the unit of the name: a millionth where a counter of seconds counts microseconds. Default 1.</summary>
    public double Unit { get; init; } = 1;

    /// <summary>Its name in Prometheus' form.</summary>
    public string Name => name;

    /// <summary>What it counts.</summary>
    public string Help => help;

    /// <summary>Whether it can fall.</summary>
    public bool IsGauge => isGauge;

    /// <summary>What tells it from others of its name.</summary>
    public IReadOnlyList<(string Name, string Value)> Labels => labels;

    /// <summary>What has been added so far. What is being added just now may be missing.</summary>
    public long Value
    {
        get
        {
            if (Elsewhere is { } read)
                return read();
            var sum = 0L;
            foreach (ref var cell in _cells.AsSpan())
                sum += Volatile.Read(ref cell.Value);
            return sum;
        }
    }

    /// <summary>Adds one.</summary>
    public void Increment() => Add(1);

    /// <summary>Takes one away, of a gauge.</summary>
    public void Decrement() => Add(-1);

    /// <summary>Adds a number.</summary>
    public void Add(long number) => Interlocked.Add(ref _cells[Thread.GetCurrentProcessorId() & s_mask].Value, number);

    /// <summary>As large as what processors fetch at once, two lines: neighbours do not disturb each other.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Cell
    {
        [FieldOffset(0)]
        public long Value;
    }
}
