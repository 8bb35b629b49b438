namespace Brink.Edge.Admission;

/// <summary>Something that only so many may have at once: of all, and of one address.</summary>
/// <param name="most">Of all.</param>
/// <param name="mostOfOne">Of one address.</param>
internal sealed class Share(int most, int mostOfOne)
{
    private int _taken;
    private long _refused;
    private long _refusedToOne;

    /// <summary>How many have it.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>How many did not get it, because all of it was taken.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>How many did not get it, because their address had its part.</summary>
    public long RefusedToOne => Volatile.Read(ref _refusedToOne);

    /// <summary>Takes one, where there is one.</summary>
    /// <param name="own">What the address has.</param>
    /// <param name="isShared">Whether it stands for many viewers, and has no limit of its own.</param>
    public Taking Take(ref int own, bool isShared)
    {
        if (Interlocked.Increment(ref own) > mostOfOne && !isShared)
        {
            Interlocked.Decrement(ref own);
            Interlocked.Increment(ref _refusedToOne);
            return Taking.NoneForAddress;
        }
        if (Interlocked.Increment(ref _taken) > most)
        {
            GiveBack(ref own);
            Interlocked.Increment(ref _refused);
            return Taking.None;
        }
        return Taking.Taken;
    }

    /// <summary>Gives back what <see cref="Take"/> took.</summary>
    public void GiveBack(ref int own)
    {
        Interlocked.Decrement(ref _taken);
        Interlocked.Decrement(ref own);
    }
}

/// <summary>What came of taking one.</summary>
internal enum Taking
{
    Taken,

    /// <summary>All of it is taken.</summary>
    None,

    /// <summary>The address has its part.</summary>
    NoneForAddress,
}
