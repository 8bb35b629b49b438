using System.Numerics;
using System.Runtime.InteropServices;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// About how often keys were asked for lately, those that are no longer stored included: a count-min sketch whose counts are halved as time
/// goes by. Eight bytes for each object that is stored. Used under the storage's lock.
/// </summary>
internal sealed class FrequencySketch
{
    private const int Most = 15;
    private const int CountersPerObject = 8;

    /// <summary>Notes after which all counts are halved: fewer of them forget sooner what was popular, more tell rare keys apart.</summary>
    private const int NotesPerObject = 6;

    private byte[] _counters = new byte[CountersPerObject * 1024];
    private int _notes;

    /// <summary>Makes room for so many objects: what is known stays known.</summary>
    public void Cover(int objects)
    {
        while (_counters.Length < (long)objects * CountersPerObject && _counters.Length < 1 << 29)
            _counters = [.. _counters, .. _counters]; // a key's counter is where it was, or a length behind
    }

    /// <summary>Notes that the key was asked for so many times.</summary>
    public void Note(int hash, int times = 1)
    {
        var position = Spread(hash);
        for (var row = 0; row < 4; row++)
        {
            ref var counter = ref _counters[Index(position, row)];
            counter = (byte)Math.Min(Most, counter + times);
        }
        _notes += times;
        if (_notes > (long)_counters.Length / CountersPerObject * NotesPerObject)
            Halve();
    }

    /// <summary>How often, at most: 15 stands for that and more.</summary>
    public int Of(int hash)
    {
        var position = Spread(hash);
        var least = Most;
        for (var row = 0; row < 4; row++)
            least = Math.Min(least, (int)_counters[Index(position, row)]);
        return least;
    }

    private void Halve()
    {
        _notes /= 2;
        foreach (ref var eight in MemoryMarshal.Cast<byte, ulong>(_counters.AsSpan()))
            eight = (eight >> 1) & 0x7F7F7F7F7F7F7F7F;
    }

    private int Index(ulong position, int row) =>
        (int)((uint)(position >> 32) + (uint)row * (uint)(position | 1)) & (_counters.Length - 1);

    private static ulong Spread(int hash)
    {
        var spread = (uint)hash * 0x9E3779B97F4A7C15UL;
        return (spread ^ BitOperations.RotateRight(spread, 29)) * 0xBF58476D1CE4E5B9UL;
    }
}
