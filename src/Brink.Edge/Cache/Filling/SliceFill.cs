using System.Diagnostics.CodeAnalysis;
using Brink.Edge.Cache.Storage;

namespace Brink.Edge.Cache.Filling;

/// <summary>
/// A run of slices on its way from the origin into the storage. Readers that keep up read what has arrived; one that falls behind reads
/// from the storage, so that it holds up no other. The origin is read a little ahead of the fastest reader.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification =
    "The source has neither timer nor wait handle: there is nothing to dispose, and late readers may still look at its token.")]
internal sealed class SliceFill
{
    /// <summary>
    /// Slices that the origin is read ahead of the fastest reader: they are held here, so that they are there for it whatever becomes of
    /// them in the storage. A reader that is so far ahead of the origin itself waits.
    /// </summary>
    private const int Ahead = 4;

    /// <summary>What is read to its end although no reader is left, so that a body that is nearly there is not lost.</summary>
    private const long NearlyDone = 2 * SliceSet.SliceSize;

    private readonly Lock _gate = new();
    private readonly SliceFills _fills;
    private readonly SliceSet _set;
    private readonly SlabPool _slabs;
    private readonly FillBudget _budget;
    private readonly int _ahead;
    private readonly List<SlicedReader> _readers = [];
    private readonly Queue<(long Start, BodySlices Slice)> _recent = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<bool> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BodySlices? _current;
    private long _currentStart;
    private long _written;
    private long _end;
    private bool _ended;
    private IOException? _failure;
    private TaskCompletionSource? _arrival;
    private TaskCompletionSource? _progress;

    /// <param name="fills">Where it is to be found while it is under way.</param>
    /// <param name="set">The body that it is for.</param>
    /// <param name="start">Its first byte: the beginning of a slice.</param>
    /// <param name="end">The byte after its last one: the end of a slice, or of the body.</param>
    /// <param name="slabs">Memory.</param>
    /// <param name="budget">Bytes that all fills may hold together. Where it is spent, this one reads less far ahead.</param>
    /// <param name="first">Its first reader.</param>
    public SliceFill(
        SliceFills fills, SliceSet set, long start, long end, SlabPool slabs, FillBudget budget, SlicedReader first)
    {
        (_fills, _set, _slabs, _budget) = (fills, set, slabs, budget);
        (Start, _currentStart, _written, _end) = (start, start, start, end);
        _ahead = budget.TryTake((Ahead + 1L) * SliceSet.SliceSize) ? Ahead : 1;
        _readers.Add(first);
        fills.Add(set, this);
    }

    /// <summary>Its first byte.</summary>
    public long Start { get; }

    /// <summary>The byte after its last one.</summary>
    public long End
    {
        get
        {
            lock (_gate)
                return _end;
        }
    }

    /// <summary>Once the origin has answered: whether it sends these bytes.</summary>
    public Task<bool> Begun => _begun.Task;

    /// <summary>Signalled when no reader is left.</summary>
    public CancellationToken Stopped => _stop.Token;

    /// <summary>Whether a reader that is at that position will find its byte here soon.</summary>
    public bool IsAboutToBring(long position)
    {
        lock (_gate)
        {
            return !_ended && !_stop.IsCancellationRequested
                && position >= FirstHeld && position < _end && position - _written <= (long)_ahead * SliceSet.SliceSize;
        }
    }

    /// <summary>A member of the audience; false if it is too late.</summary>
    public bool TryJoin(SlicedReader reader)
    {
        lock (_gate)
        {
            if (_ended || _stop.IsCancellationRequested)
                return false;
            _readers.Add(reader);
            return true;
        }
    }

    public void Leave(SlicedReader reader)
    {
        var isLast = false;
        lock (_gate)
        {
            if (!_readers.Remove(reader))
                return;
            Signal(ref _progress);
            isLast = _readers.Count == 0 && !_ended && _end - _written > NearlyDone;
            if (_readers.Count == 0 && _ended)
                LetGo();
        }
        if (isLast)
            _stop.Cancel();
    }

    /// <summary>A reader has gone on.</summary>
    public void Advanced()
    {
        lock (_gate)
            Signal(ref _progress);
    }

    /// <summary>
    /// The slice under way, once it has bytes at that position: with a reference for the caller, and the position up to which it is there.
    /// Null: to be looked for again, in the storage.
    /// </summary>
    /// <exception cref="IOException">The origin broke off.</exception>
    public async ValueTask<(BodySlices Slice, long Start, long End)?> ReadAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task arrival;
            lock (_gate)
            {
                if (position < FirstHeld || position >= _end)
                    return null;
                foreach (var (start, slice) in _recent)
                {
                    if (position < start + slice.Length)
                        return slice.TryAddReference() ? (slice, start, start + slice.Length) : null;
                }
                if (position < _written && _current is { } current)
                    return current.TryAddReference() ? (current, _currentStart, _written) : null;
                if (_ended)
                    return _failure is null ? null : throw new IOException(_failure.Message, _failure);
                _arrival ??= NewSignal();
                arrival = _arrival.Task;
            }
            await arrival.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Reads to the end. Never throws: the readers are told how it ended.</summary>
    /// <param name="source">The bytes from the first one on; disposed at the end.</param>
    /// <param name="end">Where they end, if that is earlier than was asked for.</param>
    public async Task RunAsync(Stream source, long end)
    {
        lock (_gate)
            _end = Math.Min(_end, end);
        _begun.TrySetResult(true);
        try
        {
            await using (source)
            {
                while (_written < _end)
                {
                    await ReadSliceAsync(source);
                    await KeepPaceAsync();
                }
            }
            Finish(null);
        }
        catch (Exception failure) // an origin may fail in any way; each reader is told in its own place
        {
            Finish(failure as IOException ?? new IOException("the origin broke off the body", failure));
        }
    }

    /// <summary>The origin does not send these bytes.</summary>
    public void Fail(IOException failure) => Finish(failure);

    private async Task ReadSliceAsync(Stream source)
    {
        var slice = BodySlices.Allocate(Math.Min(SliceSet.SliceSize, _set.Length - _currentStart), _slabs);
        lock (_gate)
            _current = slice;
        while (_written < _currentStart + slice.Length)
        {
            var read = await source.ReadAsync(slice.Room(_written - _currentStart), _stop.Token);
            if (read == 0)
                throw new IOException($"the origin ended the body {_set.Length - _written} bytes early");
            lock (_gate)
            {
                _written += read;
                Signal(ref _arrival);
            }
        }
        if (slice.TryAddReference())
            _set.Store(_currentStart, slice);
        lock (_gate)
        {
            _recent.Enqueue((_currentStart, slice));
            (_current, _currentStart) = (null, _written);
            while (_recent.Count > _ahead)
                _recent.Dequeue().Slice.Release();
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
                if (_readers.Count == 0)
                    return;
                var fastest = 0L;
                foreach (var reader in _readers)
                    fastest = Math.Max(fastest, reader.Position);
                // What is held reaches back to the fastest reader, at the least.
                if (_written - fastest <= (_ahead - 1L) * SliceSet.SliceSize)
                    return;
                _progress ??= NewSignal();
                progress = _progress.Task;
            }
            await progress.WaitAsync(_stop.Token);
        }
    }

    // The position from which on bytes are here.
    private long FirstHeld => _recent.TryPeek(out var oldest) ? oldest.Start : _currentStart;

    private void Finish(IOException? failure)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            (_ended, _failure) = (true, failure);
            _current?.Release();
            _current = null;
            if (_readers.Count == 0)
                LetGo();
            Signal(ref _arrival);
        }
        _fills.Remove(_set, this);
        if (_ahead == Ahead)
            _budget.Give((Ahead + 1L) * SliceSet.SliceSize);
        _begun.TrySetResult(false);
    }

    private void LetGo()
    {
        while (_recent.TryDequeue(out var oldest))
            oldest.Slice.Release();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Signal(ref TaskCompletionSource? signal)
    {
        signal?.TrySetResult();
        signal = null;
    }
}
