namespace Brink.Edge.Cache.Storage;

/// <summary>
/// A whole body in memory: slabs, and an array of just the right size for the rest. Slabs go back to the pool when the last reader lets go,
/// so references are counted; a body without slabs, which is nearly every body, is left to the collector and counts nothing.
/// </summary>
internal sealed class BodySlices
{
    /// <summary>The most that is one piece: a viewer takes it as a whole.</summary>
    private const int MaxPiece = 16 * SlabPool.SlabSize;

    private readonly Slab[] _slabs;
    private readonly byte[] _rest;
    private readonly SlabPool? _pool;
    private int _references = 1;

    /// <summary>Takes over the slabs and the rest. Begins with one reference, the maker's.</summary>
    public BodySlices(Slab[] slabs, byte[] rest, SlabPool? pool)
    {
        (_slabs, _rest) = (slabs, rest);
        _pool = slabs.Length > 0 ? pool : null;
        Length = (long)slabs.Length * SlabPool.SlabSize + rest.Length;
    }

    public static BodySlices Empty { get; } = new([], [], null);

    public long Length { get; }

    /// <summary>Whether it is one array, or nothing.</summary>
    public bool IsOneArray => _slabs.Length == 0;

    /// <summary>Bytes of memory held.</summary>
    public long Size => Length;

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
        foreach (var slab in _slabs)
            _pool.Return(slab);
    }

    /// <summary>A body of that length, to be written from its beginning on before any of it is read.</summary>
    public static BodySlices Allocate(long length, SlabPool pool)
    {
        var slabs = length < SlabPool.SlabSize ? [] : new Slab[(int)(length / SlabPool.SlabSize)];
        for (var i = 0; i < slabs.Length; i++)
            slabs[i] = pool.Rent();
        var rest = (int)(length % SlabPool.SlabSize);
        return new BodySlices(slabs, rest == 0 ? [] : GC.AllocateUninitializedArray<byte>(rest), pool);
    }

    /// <summary>Where the bytes from that position on are written, as far as they lie together.</summary>
    public Memory<byte> Room(long position)
    {
        var (index, start) = ((int)(position / SlabPool.SlabSize), (int)(position % SlabPool.SlabSize));
        return index == _slabs.Length ? _rest.AsMemory(start) : _slabs[index].Memory[start..];
    }

    /// <summary>The bytes from that position on, as far as they lie together and not beyond <paramref name="end"/>.</summary>
    public ReadOnlyMemory<byte> Piece(long position, long end)
    {
        end = Math.Min(end, Length);
        var (index, start) = ((int)(position / SlabPool.SlabSize), (int)(position % SlabPool.SlabSize));
        if (index == _slabs.Length)
            return _rest.AsMemory(start, (int)(end - position));
        var first = _slabs[index];
        var together = (long)SlabPool.SlabSize - start;
        var wanted = Math.Min(end - position, MaxPiece);
        for (var last = index; together < wanted && last + 1 < _slabs.Length && _slabs[last + 1].Follows(_slabs[last]); last++)
            together += SlabPool.SlabSize;
        var length = (int)Math.Min(together, wanted);
        return first.File is { } file ? file.Memory.Slice(first.Offset + start, length) : first.Memory.Slice(start, length);
    }

    /// <summary>All of it, piece by piece.</summary>
    public Pieces GetEnumerator() => new(this);

    public static BodySlices Copy(ReadOnlySpan<byte> bytes, SlabPool pool)
    {
        if (bytes.IsEmpty)
            return Empty;
        var copy = Allocate(bytes.Length, pool);
        for (var position = 0; position < bytes.Length;)
        {
            var room = copy.Room(position).Span;
            var count = Math.Min(room.Length, bytes.Length - position);
            bytes.Slice(position, count).CopyTo(room);
            position += count;
        }
        return copy;
    }

    /// <summary>The pieces of a body, in their order.</summary>
    public struct Pieces(BodySlices body)
    {
        private long _next;

        public ReadOnlyMemory<byte> Current { get; private set; }

        public bool MoveNext()
        {
            if (_next == body.Length)
                return false;
            Current = body.Piece(_next, body.Length);
            _next += Current.Length;
            return true;
        }
    }
}
