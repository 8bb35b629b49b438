using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// A body on its way from the origin into memory, read by any number of viewers while it arrives. The origin is read at its own speed, not
/// at that of the slowest viewer; the bounds on one object and on all fills together keep that affordable.
/// </summary>
/// <remarks>
/// A body that outgrows those bounds is no longer to be stored: its readers go on, the origin is held to the pace of the slowest,
/// and what all of them have read is let go.
/// </remarks>
internal sealed class ObjectFill
{
    // How far the origin may run ahead of the slowest viewer once the body is too large to keep.
    private const int Window = 8 * SlabPool.SlabSize;

    private readonly Lock _gate = new();
    private readonly SlabPool _slabs;
    private readonly FillBudget _budget;
    private readonly Audience _audience;
    private readonly List<Slab?> _taken = [];
    private byte[] _rest = [];
    private readonly List<FillReader> _readers = [];
    private readonly TaskCompletionSource _end = NewSignal();
    private long _written;
    private long _charged;
    private int _freed;
    private bool _outgrown;
    private bool _ended;
    private bool _letGo;
    private IOException? _failure;
    private BodySlices? _stored;
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _progress;

    public ObjectFill(long? length, SlabPool slabs, FillBudget budget, Audience audience)
    {
        Length = length;
        _slabs = slabs;
        _budget = budget;
        _audience = audience;
        audience.Gone.UnsafeRegister(static fill => ((ObjectFill)fill!).LetGo(), this);
    }

    /// <summary>The requests that want it.</summary>
    public Audience Audience => _audience;

    /// <summary>What Content-Length said, or null.</summary>
    public long? Length { get; }

    /// <summary>Done once the body has arrived or broken off. Never fails.</summary>
    public Task Ended => _end.Task;

    /// <summary>Whether the body has turned out to be larger than what is kept.</summary>
    public bool HasOutgrown
    {
        get
        {
            lock (_gate)
                return _outgrown;
        }
    }

    /// <summary>
    /// Reads the body to its end. Never throws: the readers are told how it ended.
    /// </summary>
    /// <param name="source">The origin's body; disposed at the end.</param>
    /// <param name="maxObjectSize">The bound on one object.</param>
    /// <param name="outgrown">Called once if the body outgrows the bounds: no more readers are to be sent here.</param>
    /// <param name="store">
    /// Given the whole body, with a reference of its own, before any reader sees the end: a request after the last byte finds it stored.
    /// Not called if the body outgrew the bounds, broke off, is shorter than announced, or its audience has left.
    /// </param>
    public async Task RunAsync(Stream source, long maxObjectSize, Action outgrown, Action<BodySlices> store)
    {
        try
        {
            await using (source)
            {
                var told = false;
                while (_written != Length)
                {
                    var read = await source.ReadAsync(Room(), _audience.Gone);
                    if (read == 0)
                        break;
                    Arrived(read, maxObjectSize);
                    if (!_outgrown)
                        continue;
                    if (!told)
                        outgrown();
                    told = true;
                    await KeepPaceAsync();
                }
            }
            if (Length is { } announced && announced != _written)
                throw new IOException($"the origin announced {announced} bytes and sent {_written}");
            if (Whole() is { } whole)
                store(whole);
            End(null);
        }
        catch (Exception failure) // an origin may fail in any way; each reader is told in its own place
        {
            End(failure as IOException ?? new IOException("the origin broke off the body", failure));
        }
    }

    /// <summary>A reader from the first byte, for a member of the audience; null when the beginning is already gone.</summary>
    public FillReader? TryOpen() => TryOpen(other: null);

    private FillReader? TryOpen(Audience? other)
    {
        lock (_gate)
        {
            if (_freed > 0 || _letGo)
                return null;
            var reader = new FillReader(this, _audience, other);
            _readers.Add(reader);
            return reader;
        }
    }

    /// <summary>
    /// A reader from the first byte for a member of another audience, that of a cache in front of this one; null when it is too late.
    /// </summary>
    public FillReader? TryOpenFor(Audience other)
    {
        if (!_audience.TryJoin())
            return null;
        if (TryOpen(other) is { } reader)
            return reader;
        _audience.Leave();
        return null;
    }

    /// <summary>The whole body with a reference for the caller, once it has arrived; null where it was not to be stored.</summary>
    public BodySlices? TryShare()
    {
        lock (_gate)
            return _stored is not null && _failure is null && _stored.TryAddReference() ? _stored : null;
    }

    /// <summary>The bytes that are there from that position on, once there are any; empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(FillReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (reader.Position < _written)
                    return Available(reader.Position);
                if (_ended)
                    return _failure is null ? default(ReadOnlyMemory<byte>) : throw new IOException(_failure.Message, _failure);
                _arrival ??= NewSignal();
                arrival = _arrival.Task;
            }
            await arrival.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The reader has sent that many bytes on.</summary>
    public void Advance(FillReader reader, int count)
    {
        lock (_gate)
        {
            reader.Position += count;
            Signal(ref _progress);
        }
    }

    /// <summary>The reader reads no more.</summary>
    public void Close(FillReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
            Signal(ref _progress);
        }
    }

    private ReadOnlyMemory<byte> Available(long position)
    {
        var index = (int)(position / SlabPool.SlabSize);
        var start = (int)(position % SlabPool.SlabSize);
        var end = (int)Math.Min(_written - (long)index * SlabPool.SlabSize, SlabPool.SlabSize);
        return index == _taken.Count ? _rest.AsMemory(start..end) : _taken[index]!.Memory[start..end];
    }

    // Where the next bytes go. Only the last slice of a body of known length is made to measure.
    private Memory<byte> Room()
    {
        lock (_gate)
        {
            var used = (int)(_written % SlabPool.SlabSize);
            if (used == 0)
            {
                var size = (int)Math.Min(Length - _written ?? SlabPool.SlabSize, SlabPool.SlabSize);
                if (size == SlabPool.SlabSize)
                    _taken.Add(_slabs.Rent());
                else
                    _rest = new byte[size];
                if (!_outgrown)
                {
                    if (_budget.TryTake(size))
                        _charged += size;
                    else
                        _outgrown = true;
                }
            }
            return _rest.Length > 0 ? _rest.AsMemory(used) : _taken[^1]!.Memory[used..];
        }
    }

    private void Arrived(int count, long maxObjectSize)
    {
        lock (_gate)
        {
            _written += count;
            _outgrown |= _written > maxObjectSize;
            Signal(ref _arrival);
        }
    }

    private async ValueTask KeepPaceAsync()
    {
        while (true)
        {
            Task progress;
            lock (_gate)
            {
                var slowest = SlowestPosition();
                while ((_freed + 1L) * SlabPool.SlabSize <= slowest)
                {
                    _slabs.Return(_taken[_freed]!);
                    _taken[_freed++] = null;
                }
                if (_written - slowest <= Window)
                    return;
                _progress ??= NewSignal();
                progress = _progress.Task;
            }
            await progress.WaitAsync(_audience.Gone);
        }
    }

    // Before the first reader opened, the beginning is still wanted. After the last one left, the audience ends the fill.
    private long SlowestPosition()
    {
        if (_readers.Count == 0)
            return (long)_freed * SlabPool.SlabSize;
        var slowest = long.MaxValue;
        foreach (var reader in _readers)
            slowest = Math.Min(slowest, reader.Position);
        return slowest;
    }

    private void End(IOException? failure)
    {
        lock (_gate)
        {
            _ended = true;
            _failure = failure;
            _budget.Give(_charged);
            _charged = 0;
            if (_audience.Gone.IsCancellationRequested)
                ReturnMemory();
            Signal(ref _arrival);
        }
        _end.TrySetResult();
    }

    // Null if it is not to be stored. The last slab of a body of unknown length is not full: what is stored gets an array made to measure,
    // readers keep the slab.
    private BodySlices? Whole()
    {
        lock (_gate)
        {
            if (_outgrown)
                return null;
            var full = (int)(_written / SlabPool.SlabSize);
            var used = (int)(_written % SlabPool.SlabSize);
            var slabs = full == 0 ? [] : new Slab[full];
            for (var i = 0; i < full; i++)
                slabs[i] = _taken[i]!;
            var rest = full < _taken.Count ? _taken[full]!.Memory.Span[..used].ToArray() : _rest;
            _stored = new BodySlices(slabs, rest, _slabs);
            _stored.TryAddReference(); // one for the readers of this fill, one for the store
            return _stored;
        }
    }

    private void LetGo()
    {
        lock (_gate)
        {
            if (_ended)
                ReturnMemory();
        }
    }

    private void ReturnMemory()
    {
        if (_letGo)
            return;
        _letGo = true;
        _stored?.Release();
        for (var i = _stored is null ? 0 : (int)(_written / SlabPool.SlabSize); i < _taken.Count; i++)
        {
            if (_taken[i] is { } slab)
                _slabs.Return(slab);
        }
        _taken.Clear();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }
}

/// <summary>
/// One viewer's place in a body that is still arriving; a member of its audience, and of that of the cache in front through which it came.
/// </summary>
internal sealed class FillReader(ObjectFill fill, Audience audience, Audience? inFront)
{
    private int _closed;

    /// <summary>Bytes sent on so far. Written under the fill's lock.</summary>
    public long Position { get; set; }

    public ObjectFill Fill { get; } = fill;

    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        Fill.Close(this);
        audience.Leave();
        inFront?.Leave();
    }
}

/// <summary>Bytes that all fills under way may hold together.</summary>
internal sealed class FillBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>What is left.</summary>
    public long Left => Volatile.Read(ref _left);

    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0)
            return true;
        Interlocked.Add(ref _left, count);
        return false;
    }

    public void Give(long count) => Interlocked.Add(ref _left, count);
}
