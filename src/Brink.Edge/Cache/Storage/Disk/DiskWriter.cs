using System.Buffers;
using System.Runtime.InteropServices;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// One thread that writes what is stored, in its order, behind a queue of bounded size: when that is full, an object is not written.
/// What waits there can be found.
/// </summary>
internal sealed class DiskWriter : IDisposable
{
    private const int MostInBatch = 512, MostRemovals = 4096;

    // Removals that wait while nothing can be written. They make sure of nothing that the next start depends on: what comes back is stale.
    private const int MostWaiting = 1_000_000;
    private const int NoSpaceLeft = 28, QuotaExceeded = 122;

    private static readonly TimeSpan LongestClosing = TimeSpan.FromSeconds(10);

    private readonly DiskOptions _options;
    private readonly SegmentSet _segments;
    private readonly DiskIndex _index;
    private readonly DiskClock _clock;
    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private readonly Queue<Job> _queue = new();
    private readonly Dictionary<ulong, CachedObject> _pending = [];
    private readonly Thread _thread;
    private readonly List<Job> _batch = [];
    private readonly List<ulong>[] _removals = [[], []];
    private readonly ArrayBufferWriter<byte> _head = new(4096);
    private int _next;
    private long _queuedBytes;
    private long _pausedUntil = long.MinValue;
    private bool _isFailing, _isLimited;
    private bool _isClosing;
    private bool _isOff;

    public DiskWriter(DiskOptions options, SegmentSet segments, DiskIndex index, TimeProvider time)
    {
        (_options, _segments, _index, _time, _clock) = (options, segments, index, time, new DiskClock(time));
        segments.Publish = Publish;
        _thread = new Thread(WriteAll) { IsBackground = true, Name = "Brink cache writer" };
        _thread.Start();
    }

    /// <summary>Records written, copies aside.</summary>
    public long Count { get; private set; }

    /// <summary>Objects that were not written: the queue was full, they are too large, or the disk fails.</summary>
    public long NotWritten { get; private set; }

    /// <summary>Writes an object in place of what was there.</summary>
    public void Put(ulong hash, CachedObject item)
    {
        lock (_gate)
        {
            if (_isOff)
                return;
            var wasThere = Forget(hash);
            var size = SizeOf(item);
            var isTaken = !_isClosing && !IsPaused() && size <= _options.SegmentSize / 2 && _queuedBytes + size <= _options.QueueSize
                && item.Body.TryAddReference();
            if (isTaken)
            {
                _pending[hash] = item;
                _queuedBytes += size;
                _queue.Enqueue(new Job(hash, item.IsSlice ? Lane.Slices : Lane.Objects) { Item = item });
            }
            else
            {
                NotWritten++;
                if (wasThere)
                    EnqueueRemoval(hash, item.IsSlice ? Lane.Slices : Lane.Objects);
            }
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>What is there of that key counts no more.</summary>
    public void Remove(ulong hash, Lane lane)
    {
        lock (_gate)
        {
            if (_isOff || !Forget(hash))
                return;
            EnqueueRemoval(hash, lane);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>An object that waits to be written, with a reference for the caller; null if there is none.</summary>
    public CachedObject? FindWaiting(ulong hash, ReadOnlySpan<char> key)
    {
        lock (_gate)
        {
            return _pending.TryGetValue(hash, out var item) && key.SequenceEqual(item.Head.Key) && item.Body.TryAddReference()
                ? item
                : null;
        }
    }

    /// <summary>Whether that very object waits to be written.</summary>
    public bool IsWaiting(ulong hash, CachedObject? item = null)
    {
        lock (_gate)
            return _pending.TryGetValue(hash, out var waiting) && (item is null || ReferenceEquals(waiting, item));
    }

    /// <summary>Comes back when what waits now has been written, or cannot be.</summary>
    public Task DrainAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_isOff || _isClosing || IsPaused())
                return Task.CompletedTask;
            _queue.Enqueue(new Job(0, default) { Done = done });
            Monitor.Pulse(_gate);
        }
        return done.Task;
    }

    /// <summary>
    /// Runs on the writer's thread as soon as it is between two records; comes back when that has been done. Nothing runs once the writer
    /// is switched off or closing.
    /// </summary>
    public void Run(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void RunHere()
        {
            try
            {
                action();
            }
            catch (Exception thrown)
            {
                done.SetException(thrown);
            }
        }
        lock (_gate)
        {
            if (_isOff || _isClosing)
                return;
            _queue.Enqueue(new Job(0, default) { Action = RunHere, Done = done });
            _pausedUntil = long.MinValue;
            Monitor.Pulse(_gate);
        }
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Nothing is written or found from now on.</summary>
    public void SwitchOff()
    {
        lock (_gate)
        {
            _isOff = true;
            while (_queue.TryDequeue(out var job))
            {
                job.Item?.Body.Release();
                job.Done?.TrySetResult();
            }
            _pending.Clear();
            _queuedBytes = 0;
        }
    }

    /// <summary>Writes what waits and completes the segments. A disk that does not answer is left alone after a while.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join(LongestClosing);
    }

    private bool Forget(ulong hash) => _pending.Remove(hash) | _index.Remove(hash);

    private void EnqueueRemoval(ulong hash, Lane lane)
    {
        if (_queue.Count < MostWaiting)
            _queue.Enqueue(new Job(hash, lane));
    }

    private bool IsPaused() => _time.GetTimestamp() < _pausedUntil;

    private static long SizeOf(CachedObject item) => item.Body.Length + item.Head.Size;

    private void WriteAll()
    {
        while (Take())
        {
            try
            {
                WriteBatch();
                if (_isFailing)
                    _options.Tell($"the cache writes to {_options.Folder} again");
                _isFailing = false;
            }
            catch (Exception failure) // whatever it is, requests are served from memory
            {
                Fail(failure);
            }
        }
        try
        {
            _segments.Complete(Lane.Objects);
            _segments.Complete(Lane.Slices);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The next start reads them through. Disposed: it was not waited for any longer.
        }
        _next = 0;
        _batch.Clear();
        lock (_gate)
            _batch.AddRange(_queue);
        foreach (var job in _batch)
            GiveUp(job);
    }

    // False when there is nothing left to write, and nothing to come.
    private bool Take()
    {
        _batch.Clear();
        _next = 0;
        lock (_gate)
        {
            while (_queue.Count == 0 || IsPaused())
            {
                if (_isClosing)
                    return false;
                Monitor.Wait(_gate);
            }
            while (_batch.Count < MostInBatch && _queue.TryDequeue(out var job))
                _batch.Add(job);
            return true;
        }
    }

    private void WriteBatch()
    {
        while (_next < _batch.Count)
        {
            var job = _batch[_next];
            if (job.Item is { } item)
            {
                Write(job, item);
            }
            else if (job.Done is not null)
            {
                WriteGathered();
                _next++;
                job.Action?.Invoke();
                job.Done?.TrySetResult();
            }
            else
            {
                _next++;
                _removals[(int)job.Lane].Add(job.Hash);
                if (_removals[(int)job.Lane].Count == MostRemovals)
                    WriteRemovals(job.Lane);
            }
        }
        WriteGathered();
    }

    private void Write(in Job job, CachedObject item)
    {
        if (!IsWaiting(job.Hash, item))
        {
            _next++;
            LetGo(job);
            return;
        }
        WriteRemovals(job.Lane);
        _head.ResetWrittenCount();
        HeadCodec.Write(_head, item, _clock);
        var length = RecordHeader.Size + _head.WrittenCount + item.Body.Length;
        var writer = _segments.Writer(job.Lane);
        if (writer?.HasRoomFor((int)length) != true)
            writer = Next(job.Lane);
        writer.Append(job.Hash, item, _head.WrittenMemory);
        _next++;                                    // from here on the writer has it
    }

    private void WriteRemovals(Lane lane)
    {
        var removals = _removals[(int)lane];
        if (removals.Count == 0)
            return;
        var writer = _segments.Writer(lane);
        if (writer?.HasRoomForRemovals(removals.Count) != true)
            writer = Next(lane);
        writer.AppendRemovals(CollectionsMarshal.AsSpan(removals));
        removals.Clear();
    }

    private SegmentWriter Next(Lane lane)
    {
        if (_segments.Writer(lane) is { } full)
        {
            Publish(full.TakeFlushed());
            _segments.Complete(lane);
        }
        return _segments.Open(lane);
    }

    private void WriteGathered()
    {
        foreach (var lane in (ReadOnlySpan<Lane>)[Lane.Objects, Lane.Slices])
        {
            WriteRemovals(lane);
            if (_segments.Writer(lane) is { } writer)
                Publish(writer.TakeFlushed());
        }
    }

    // What has been written can be found, unless it was replaced or removed meanwhile.
    private void Publish(List<Written> written)
    {
        if (written.Count == 0)
            return;
        lock (_gate)
        {
            foreach (var each in written)
            {
                if (each.Item is not { } item)
                {
                    _index.Move(each.Hash, each.From, each.Place);
                    continue;
                }
                Count++;
                _queuedBytes -= SizeOf(item);
                if (_pending.TryGetValue(each.Hash, out var waiting) && ReferenceEquals(waiting, item))
                {
                    _pending.Remove(each.Hash);
                    _index.Set(each.Hash, each.Place);
                }
            }
        }
        foreach (var each in written)
            each.Item?.Body.Release();
    }

    private void LetGo(in Job job)
    {
        lock (_gate)
            _queuedBytes -= SizeOf(job.Item!);
        job.Item!.Body.Release();
    }

    // Nothing that has not been published by now is written.
    private void Fail(Exception failure)
    {
        foreach (var lane in (ReadOnlySpan<Lane>)[Lane.Objects, Lane.Slices])
        {
            foreach (var each in _segments.Writer(lane)?.Unpublished ?? [])
            {
                if (each.Item is { } item)
                    GiveUp(new Job(each.Hash, lane) { Item = item });
            }
            _segments.GiveUp(lane);
        }
        var goesOn = failure is IOException { HResult: NoSpaceLeft or QuotaExceeded } && _segments.LimitToLess();
        if (goesOn && !_isLimited)
            _options.Tell($"the disk of {_options.Folder} is full: the cache keeps to {_segments.Limit >> 20} MiB there");
        else if (!goesOn && !_isFailing)
            _options.Tell($"{_options.Folder} cannot be written to, the cache goes on in memory: {failure.Message}");
        _isLimited |= goesOn;
        _isFailing |= !goesOn;
        if (!goesOn)
            Pause();
        for (; _next < _batch.Count; _next++)
            GiveUp(_batch[_next]);
    }

    // Begins before the barriers are let go: what comes after them is told of it. What waits to be written goes on waiting.
    private void Pause()
    {
        lock (_gate)
        {
            _pausedUntil = _time.GetTimestamp() + (long)(_options.Pause.TotalSeconds * _time.TimestampFrequency);
            for (var i = _queue.Count; i > 0; i--)
            {
                var job = _queue.Dequeue();
                if (job.Done is null)
                    _queue.Enqueue(job);
                else
                    _batch.Add(job);
            }
        }
    }

    private void GiveUp(in Job job)
    {
        if (job.Done is { } done)
        {
            job.Action?.Invoke();
            done.TrySetResult();
            return;
        }
        lock (_gate)
        {
            // An older record of its key must not come back.
            EnqueueRemoval(job.Hash, job.Lane);
            if (job.Item is null)
                return;
            NotWritten++;
            if (_pending.TryGetValue(job.Hash, out var waiting) && ReferenceEquals(waiting, job.Item))
                _pending.Remove(job.Hash);
        }
        LetGo(job);
    }

    /// <summary>What is to be written: an object, or that a key has none any more. Or a barrier, which is done in its turn.</summary>
    private readonly record struct Job(ulong Hash, Lane Lane)
    {
        public CachedObject? Item { get; init; }

        public TaskCompletionSource? Done { get; init; }

        public Action? Action { get; init; }
    }
}
