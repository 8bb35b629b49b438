using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// Memory for large bodies, in slabs of one size, kept for reuse: a stream of large objects through the cache makes neither garbage nor
/// holes in the collector's heap. Where the system allows it, slabs lie in files without names, from which it sends them without a copy
/// (docs/decisions/0041-slabs-the-system-can-send.md); elsewhere they are arrays.
/// </summary>
/// <param name="kept">Slabs that are kept with their memory while nothing uses them.</param>
internal sealed class SlabPool(int kept)
{
    /// <summary>Bytes of a slab: below the large-object limit of the collector where it is an array.</summary>
    public const int SlabSize = 64 * 1024;

    // Address space, not memory: a page is taken when it is first written to.
    private const int FileSize = 64 << 20;

    private readonly ConcurrentQueue<Slab> _free = new();
    private readonly ConcurrentQueue<Slab> _withoutMemory = new();
    private readonly Lock _gate = new();
    private MemoryFile? _file;
    private int _used = FileSize;

    /// <summary>A slab with any content. It comes back by <see cref="Return"/>.</summary>
    public Slab Rent()
    {
        var slab = Take();
        slab.IsRented = true;
        return slab;
    }

    /// <summary>Nothing reads or writes it any more.</summary>
    public void Return(Slab slab)
    {
        slab.IsRented = false;
        if (_free.Count < kept)
            _free.Enqueue(slab);
        else if (slab.File?.TryForget(slab.Offset) == true)
            _withoutMemory.Enqueue(slab);
    }

    /// <summary>By the collector: one that was lost on the way.</summary>
    public void Found(Slab slab)
    {
        slab.IsRented = false;
        if (slab.File is not null)
            _free.Enqueue(slab);
    }

    private Slab Take()
    {
        if (_free.TryDequeue(out var slab))
        {
            if (slab.File is not { } file || !file.WasSent(slab.Offset))
                return slab;
            // A socket may have bytes of it left to send.
            if (!file.TryForget(slab.Offset))
                return new Slab(this);
        }
        else if (!_withoutMemory.TryDequeue(out slab) && !TryCut(out slab))
        {
            return new Slab(this);
        }
        if (slab.File!.TryPopulate(slab.Offset))
            return slab;
        _withoutMemory.Enqueue(slab);
        return new Slab(this);
    }

    private bool TryCut([NotNullWhen(true)] out Slab? slab)
    {
        slab = null;
        lock (_gate)
        {
            if (_used == FileSize)
            {
                if (MemoryFile.TryCreate(FileSize) is not { } next)
                    return false;
                (_file, _used) = (next, 0);
            }
            slab = new Slab(this, _file!, _used);
            _used += SlabSize;
            return true;
        }
    }
}

/// <summary>A piece of memory of <see cref="SlabPool.SlabSize"/> bytes.</summary>
internal sealed class Slab
{
    private readonly SlabPool _pool;

    /// <summary>A slab of a file.</summary>
    public Slab(SlabPool pool, MemoryFile file, int offset)
    {
        (_pool, File, Offset) = (pool, file, offset);
        Memory = file.Memory.Slice(offset, SlabPool.SlabSize);
    }

    /// <summary>An array.</summary>
    public Slab(SlabPool pool)
    {
        _pool = pool;
        Memory = GC.AllocateUninitializedArray<byte>(SlabPool.SlabSize);
        GC.SuppressFinalize(this);
    }

    /// <summary>A body that is forgotten instead of let go of costs its memory until the collector comes by, and no longer.</summary>
    ~Slab()
    {
        if (!IsRented)
            return;
        GC.ReRegisterForFinalize(this);
        _pool.Found(this);
    }

    /// <summary>Where it lies; null: in an array.</summary>
    public MemoryFile? File { get; }

    /// <summary>Where in the file.</summary>
    public int Offset { get; }

    public Memory<byte> Memory { get; }

    /// <summary>Whether it is in use.</summary>
    public bool IsRented { get; set; }

    /// <summary>Whether it lies right behind that one, so that both are one piece of memory.</summary>
    public bool Follows(Slab other) => File is not null && File == other.File && Offset == other.Offset + SlabPool.SlabSize;
}
