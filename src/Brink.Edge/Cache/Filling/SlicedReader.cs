using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Filling;

/// <summary>Reads a part of a large object: slices that are stored, that are arriving, or that have to be asked for.</summary>
internal sealed class SlicedReader : BodyReader
{
    private readonly SliceSet _set;
    private readonly SliceSource _source;
    private readonly long _to;
    private SliceFill? _fill;
    private BodySlices? _held;
    private long _heldStart;
    private long _heldEnd;
    private long _position;
    private bool _isDisposed;

    public SlicedReader(SliceSet set, SliceSource source, long from, long to) =>
        (_set, _source, _position, _to) = (set, source, from, to);

    /// <summary>The body that it reads.</summary>
    public SliceSet Set => _set;

    /// <summary>The next byte wanted.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Begins with a fill that was made for it.</summary>
    public void Begin(SliceFill fill) => _fill = fill;

    public override async ValueTask<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        if (_position == _to || TryHoldStored() || await TryHoldLoadedAsync())
            return true;
        Follow();
        return _fill is null || await _fill.Begun.WaitAsync(cancellationToken);
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        while (_position < _to)
        {
            if (_held is not null && _position >= _heldStart && _position < _heldEnd)
                return _held.Piece(_position - _heldStart, Math.Min(_heldEnd, _to) - _heldStart);
            LetGo();
            if (_fill is null && (TryHoldStored() || await TryHoldLoadedAsync()))
                continue;
            Follow();
            if (_fill is null)
                continue;
            if (await _fill.ReadAsync(_position, cancellationToken) is { } arrived)
                (_held, _heldStart, _heldEnd) = arrived;
            else
                LeaveFill();
        }
        return default;
    }

    public override void Advance(int count)
    {
        Volatile.Write(ref _position, _position + count);
        _fill?.Advanced();
    }

    public override void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        LetGo();
        LeaveFill();
    }

    private bool TryHoldStored()
    {
        if (_set.Find(_position) is not { } stored || !stored.Body.TryAddReference())
            return false;
        Hold(stored);
        return true;
    }

    private async ValueTask<bool> TryHoldLoadedAsync()
    {
        if (await _set.LoadAsync(_position) is not { } loaded)
            return false;
        Hold(loaded);
        return true;
    }

    private void Hold(CachedObject slice)
    {
        slice.NoteUse();
        _held = slice.Body;
        _heldStart = SliceSet.StartOf(_position);
        _heldEnd = _heldStart + slice.Body.Length;
    }

    // Without a fill afterwards, the slice is held: one that ended since the last look has stored it.
    private void Follow()
    {
        while (_fill is null)
        {
            var running = _source.Fills.For(_set, _position);
            if (running is null && TryHoldStored())
                return;
            if (running is null)
                _fill = _source.Start(_set, this, _position, _to);
            else if (running.TryJoin(this))
                _fill = running;
        }
    }

    private void LetGo()
    {
        _held?.Release();
        _held = null;
    }

    private void LeaveFill()
    {
        _fill?.Leave(this);
        _fill = null;
    }
}
