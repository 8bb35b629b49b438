using System.Collections.Concurrent;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// Blocks of one size for large bodies, kept for reuse. Below the large-object limit of the collector and recycled, so that a stream of
/// large objects through the cache makes neither garbage nor holes. A block that is never given back is collected like any array.
/// </summary>
internal sealed class SlabPool(int kept)
{
    /// <summary>Bytes of a slab.</summary>
    public const int SlabSize = 32 * 1024;

    private readonly ConcurrentQueue<byte[]> _free = new();

    public byte[] Rent() => _free.TryDequeue(out var slab) ? slab : GC.AllocateUninitializedArray<byte>(SlabSize);

    public void Return(byte[] slab)
    {
        if (slab.Length == SlabSize && _free.Count < kept)
            _free.Enqueue(slab);
    }
}

/// <summary>
/// A whole body in memory: slabs, and an array of just the right size for the rest. Slabs go back to the pool when the last reader lets go,
/// so references are counted; a body without slabs, which is nearly every body, is left to the collector and counts nothing.
/// </summary>
internal sealed class BodySlices
{
    private readonly byte[][] _slices;
    private readonly SlabPool? _pool;
    private int _references = 1;

    /// <summary>Takes over the slices; all but the last are slabs. Begins with one reference, the maker's.</summary>
    public BodySlices(byte[][] slices, long length, SlabPool? pool)
    {
        _slices = slices;
        _pool = slices.Length > 0 && slices[0].Length == SlabPool.SlabSize ? pool : null;
        Length = length;
    }

    public static BodySlices Empty { get; } = new([], 0, null);

    public long Length { get; }

    public int SliceCount => _slices.Length;

    public ReadOnlyMemory<byte> Slice(int index)
    {
        var start = (long)index * SlabPool.SlabSize;
        return _slices[index].AsMemory(0, (int)Math.Min(_slices[index].Length, Length - start));
    }

    /// <summary>Bytes of memory held, slabs counted whole.</summary>
    public long Size
    {
        get
        {
            long size = 0;
            foreach (var slice in _slices)
                size += slice.Length;
            return size;
        }
    }

    /// <summary>False when the memory is gone already: it was evicted between the lookup and this call.</summary>
    public bool TryAddReference()
    {
        if (_pool is null)
            return true;
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }
        return false;
    }

    public void Release()
    {
        if (_pool is null || Interlocked.Decrement(ref _references) != 0)
            return;
        foreach (var slice in _slices)
            _pool.Return(slice);
    }

    /// <summary>A body of that length, to be written from its beginning on before any of it is read.</summary>
    public static BodySlices Allocate(long length, SlabPool pool)
    {
        var slices = new byte[(int)((length + SlabPool.SlabSize - 1) / SlabPool.SlabSize)][];
        for (var i = 0; i < slices.Length; i++)
        {
            var rest = length - (long)i * SlabPool.SlabSize;
            slices[i] = rest >= SlabPool.SlabSize ? pool.Rent() : GC.AllocateUninitializedArray<byte>((int)rest);
        }
        return new BodySlices(slices, length, pool);
    }

    /// <summary>Where the bytes from that position on are written, as far as they lie together.</summary>
    public Memory<byte> Room(long position) => _slices[(int)(position / SlabPool.SlabSize)].AsMemory((int)(position % SlabPool.SlabSize));

    /// <summary>The bytes from that position on, as far as they lie together and not beyond <paramref name="end"/>.</summary>
    public ReadOnlyMemory<byte> Piece(long position, long end)
    {
        var room = Room(position);
        return room[..(int)Math.Min(room.Length, Math.Min(end, Length) - position)];
    }

    public static BodySlices Copy(ReadOnlySpan<byte> bytes, SlabPool pool)
    {
        if (bytes.IsEmpty)
            return Empty;
        var slices = new byte[(bytes.Length + SlabPool.SlabSize - 1) / SlabPool.SlabSize][];
        for (var i = 0; i < slices.Length; i++)
        {
            var part = bytes.Slice(i * SlabPool.SlabSize, Math.Min(SlabPool.SlabSize, bytes.Length - i * SlabPool.SlabSize));
            slices[i] = part.Length == SlabPool.SlabSize ? pool.Rent() : new byte[part.Length];
            part.CopyTo(slices[i]);
        }
        return new BodySlices(slices, bytes.Length, pool);
    }
}
