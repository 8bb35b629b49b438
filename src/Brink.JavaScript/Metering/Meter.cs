using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Brink.JavaScript.Metering;

/// <summary>
/// What is left of the budgets of a call. A class to derive from, so that paying stays one subtraction in the object at hand.
/// </summary>
internal abstract class Meter
{
    private long _unitsLeft;
    private long _memoryLeft;

    /// <summary>Fills the budgets for one call.</summary>
    protected void Fill(in CallLimits limits)
    {
        _unitsLeft = limits.Steps;
        _memoryLeft = limits.MemoryBytes;
    }

    /// <summary>
    /// Takes steps of work from the compute budget, <see cref="Price.Step"/> units each; ends the call when it is used up. Called by
    /// natives, inside every loop and before the work is done.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Charge(int steps) => Pay((long)(uint)steps * Price.Step);        // an overflow of the caller's is much, not a gift

    /// <summary>
    /// Takes units from the compute budget: instructions pay so. Code that a jump skips after it was paid for gives units back.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Pay(long units)
    {
        if ((_unitsLeft -= units) < 0)
            StopOverCompute();
    }

    /// <summary>Takes bytes from the memory budget, before they are allocated; ends the call when none are left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Allocate(long bytes)
    {
        if ((_memoryLeft -= bytes) < 0)
            throw ScriptStopped.OverMemory();
    }

    /// <summary>Units left of the compute budget.</summary>
    public long StepsLeft => _unitsLeft;

    public long MemoryLeft => _memoryLeft;

    /// <summary>The same, but a negative rest is left to the caller, who ends the call: false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPay(long units) => (_unitsLeft -= units) >= 0;

    [DoesNotReturn]
    public static void StopOverCompute() => throw new ScriptStopped(StopReason.OverCompute);
}
