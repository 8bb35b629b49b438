using System.Buffers;
using System.IO.Hashing;
using Brink.Edge.Configuration;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// Objects on disk: an index in memory, segments that one thread writes, the journal of invalidations. What is there survives the process,
/// however it ends; a torn or wrong record counts as not there. A disk that fails is done without.
/// </summary>
internal sealed class DiskStore : IDisposable
{
    // Read in one piece, and at once where the system has it in memory.
    private const int SmallRecord = 64 * 1024;
    private const int FirstPiece = 4096;

    private readonly DiskOptions _options;
    private readonly TimeProvider _time;
    private readonly DiskClock _clock;
    private readonly CacheFolder _folder;
    private readonly DiskIndex _index = new();
    private readonly SegmentSet _segments;
    private readonly DiskWriter _writer;
    private readonly InvalidationJournal _journal;
    private string? _madeUnder;
    private readonly Lock _givingUp = new();
    private volatile bool _isOff, _hasGivenUp;
    private readonly SemaphoreSlim _turns;
    private int _lateReads, _isDisposed;
    private long _damaged, _readsNotMade;
    private int _toldDamaged, _toldSlow, _toldFailing;

    private DiskStore(
        DiskOptions options, TimeProvider time, CacheFolder folder, SegmentSet segments, DiskIndex index, InvalidationJournal journal)
    {
        (_options, _time, _clock, _folder, _segments, _index, _journal) =
            (options, time, new DiskClock(time), folder, segments, index, journal);
        _turns = new SemaphoreSlim(options.MaxReads);
        _writer = new DiskWriter(options, segments, index, time);
        _madeUnder = folder.MadeUnder;
    }

    /// <summary>The invalidations to go on from: no object on disk has a greater revision than theirs.</summary>
    public KeptInvalidations Invalidations => _journal.Kept;

    /// <summary>By which changes of URIs are marked.</summary>
    public ulong Seed => _folder.Seed;

    /// <summary>Records that can be found.</summary>
    public long Count => _index.Count;

    /// <summary>Bytes of the files, those that are being written counted whole.</summary>
    public long Bytes => _segments.Used;

    /// <summary>Memory that the index takes.</summary>
    public long IndexBytes => _index.Bytes;

    /// <summary>Records that were torn or wrong when they were read.</summary>
    public long Damaged => Volatile.Read(ref _damaged);

    /// <summary>Reads that were not made, or waited for no longer, since the disk is too slow.</summary>
    public long ReadsNotMade => Volatile.Read(ref _readsNotMade);

    /// <summary>Objects that were not written: the queue was full, they are too large, or the disk fails.</summary>
    public long NotWritten => _writer.NotWritten;

    /// <summary>Records written.</summary>
    public long Written => _writer.Count;

    /// <summary>Segments evicted, and records that got a second chance then.</summary>
    public (long Segments, long Copied) Evicted => (_segments.Evicted, _segments.Copied);

    /// <summary>Which keys are in use in memory: their records get a second chance too.</summary>
    public Func<IEnumerable<string>>? KeysInUse
    {
        set => _segments.KeysInUse = value;
    }

    /// <summary>Opens the folder with what is in it, or makes it.</summary>
    /// <exception cref="CacheFolderException">It cannot be the folder of this cache.</exception>
    public static DiskStore Open(DiskOptions options, TimeProvider time)
    {
        var folder = CacheFolder.Open(options.Folder);
        var index = new DiskIndex();
        var segments = new SegmentSet(options, folder, index);
        try
        {
            var (min, max) = segments.Recover();
            var journal = InvalidationJournal.TryOpen(options.Access, folder.FullPath, folder.Seed);
            if (journal is null && index.Count > 0)
            {
                options.Tell($"{options.Folder}: the journal of invalidations is missing or damaged, and the cache begins empty");
                segments.DeleteAll();
            }
            // An object may have the revision of an invalidation that was never acknowledged: the next one has another.
            var had = journal?.Kept ?? new KeptInvalidations(0, [], null);
            var kept = new KeptInvalidations(
                Math.Max(had.Revision, max),
                [.. had.Rules.Where(rule => rule.Revision > min)],
                had.Changes?.Any(revision => revision > min) == true ? had.Changes : null);
            if (journal is null)
                journal = InvalidationJournal.Begin(options.Access, folder.FullPath, folder.Seed, kept);
            else if (kept.Revision > had.Revision || kept.Rules.Count < had.Rules.Count || kept.Changes != had.Changes)
                journal.Rewrite(kept);
            return new DiskStore(options, time, folder, segments, index, journal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            segments.Dispose();
            folder.Dispose();
            throw new CacheFolderException($"{options.Folder} cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Which configuration the objects were made under, as it was last set; null where that is not known. Where it cannot be kept, it is
    /// not known at the next start.
    /// </summary>
    public string? MadeUnder
    {
        get => _madeUnder;
        set
        {
            try
            {
                _folder.MadeUnder = _madeUnder = value;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
            }
        }
    }

    /// <summary>What the index knows a key by.</summary>
    public ulong HashOf(ReadOnlySpan<char> key) => KeyHash.Of(key, _folder.Seed);

    /// <summary>Whether there may be something of that key: false is certain.</summary>
    public bool MayHave(ulong hash) => !_isOff && (_index.Find(hash) is not null || _writer.IsWaiting(hash));

    /// <summary>Where the record of that key is; null if there is none.</summary>
    public DiskPlace? Find(ulong hash) => _isOff ? null : _index.Find(hash);

    /// <summary>An object that waits to be written, with a reference for the caller; null if there is none.</summary>
    public CachedObject? FindWaiting(ulong hash, ReadOnlySpan<char> key) => _writer.FindWaiting(hash, key);

    /// <summary>Whether that very object waits to be written.</summary>
    public bool IsWaiting(ulong hash, CachedObject item) => _writer.IsWaiting(hash, item);

    /// <summary>Writes an object in place of what was there, soon. It takes a reference of its own.</summary>
    public void Put(ulong hash, CachedObject item) => _writer.Put(hash, item);

    /// <summary>What is there of that key counts no more.</summary>
    public void Remove(ulong hash, bool isSlice) => _writer.Remove(hash, isSlice ? Lane.Slices : Lane.Objects);

    /// <summary>Comes back when what waits now has been written, or cannot be.</summary>
    public Task DrainAsync() => _writer.DrainAsync();

    /// <summary>
    /// Keeps invalidations, so that they hold after the next start too. They are on the disk when this comes back; where the disk does not
    /// take them, everything there is deleted.
    /// </summary>
    /// <param name="last">The revision of the last one; the others have those before it.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="all">All that counts.</param>
    public void Invalidated(long last, IReadOnlyList<InvalidationRule> rules, Func<KeptInvalidations> all) =>
        Keep(() => _journal.Append(last, rules), all);

    /// <summary>The same of a change by a request. It outlives the process, but not a loss of power within the next seconds.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="marks">Those of the URI.</param>
    /// <param name="all">All that counts.</param>
    public void Changed(long revision, (int Sent, int Seen) marks, Func<KeptInvalidations> all) =>
        Keep(() => _journal.Append(revision, marks), all);

    /// <summary>Reads a small record that the system has in memory. False where that cannot be said without waiting for the disk.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="place">Where the record is.</param>
    /// <param name="slabs">Memory for the body.</param>
    /// <param name="read">What was read; null where that record is not there, torn, wrong, or of another key.</param>
    public bool TryReadAtOnce(string key, ulong hash, DiskPlace place, SlabPool slabs, out DiskRead? read)
    {
        read = null;
        var length = (int)place.Length;
        if (length > SmallRecord || _segments.Find(place.Segment) is not { } segment)
            return false;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (_options.Access.ReadAtOnce(segment.File, buffer.AsSpan(0, length), place.Offset) != length)
                return false;
            read = Decode(buffer.AsSpan(0, length), segment, key, hash, place, slabs);
            return true;
        }
        catch (ObjectDisposedException) // evicted meanwhile
        {
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a record. Null where it is not there, torn, wrong, of another key, or the disk too slow.</summary>
    /// <param name="key">The key.</param>
    /// <param name="hash">Its hash.</param>
    /// <param name="place">Where the record is.</param>
    /// <param name="slabs">Memory for the body.</param>
    public ValueTask<DiskRead?> ReadAsync(string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        if (_segments.Find(place.Segment) is not { } segment)
            return default;
        if (Volatile.Read(ref _lateReads) < _options.MaxReads)
            return WaitAsync(ReadInTurnAsync(segment, key, hash, place, slabs));
        // It does not answer: no more requests have to find that out.
        Interlocked.Increment(ref _readsNotMade);
        return default;
    }

    /// <summary>Writes what waits, and lets go of the folder.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        _isOff = true;
        _writer.Dispose();
        _segments.Dispose();
        _journal.Dispose();
        _folder.Dispose();
    }

    private void Keep(Action append, Func<KeptInvalidations> all)
    {
        if (_hasGivenUp || Volatile.Read(ref _isDisposed) != 0)
            return;
        try
        {
            Append(append);
            _journal.RewriteIfLong(all);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            GiveUp(failure);
        }
    }

    private void Append(Action append)
    {
        while (true)
        {
            try
            {
                append();
                break;
            }
            catch (IOException)
            {
                // A full disk: an invalidation is worth more than the oldest objects.
                var isEvicted = false;
                _writer.Run(() => isEvicted = _segments.EvictOldest());
                if (!isEvicted)
                    throw;
            }
        }
    }

    // What is on the disk would come back at the next start as if it had never been invalidated. Others that find the same wait for the end
    // of this: then it is true for their invalidations too.
    private void GiveUp(Exception failure)
    {
        lock (_givingUp)
        {
            if (_hasGivenUp)
                return;
            _isOff = true;
            DeleteAll(failure);
            _hasGivenUp = true;
        }
    }

    private void DeleteAll(Exception failure)
    {
        var isGone = false;
        _writer.Run(() =>
        {
            _writer.SwitchOff();                    // first: what waits must not be written behind this
            try
            {
                _segments.DeleteAll();
                isGone = true;
            }
            catch (Exception deleting) when (deleting is IOException or UnauthorizedAccessException)
            {
                // Told below.
            }
        });
        _options.Tell(isGone
            ? $"{_options.Folder} takes no invalidations, the cache goes on in memory: {failure.Message}"
            : $"{_options.Folder} takes no invalidations and lets nothing be deleted, the cache goes on in memory; "
                + $"delete the folder before the next start: {failure.Message}");
    }

    private async ValueTask<DiskRead?> WaitAsync(Task<DiskRead?> reading)
    {
        try
        {
            return await reading.WaitAsync(_options.ReadTimeout, _time);
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _readsNotMade);
            if (Interlocked.Exchange(ref _toldSlow, 1) == 0)
            {
                _options.Tell(
                    $"{_options.Folder} is slow: requests that waited {_options.ReadTimeout.TotalSeconds} s for it ask the origin");
            }
            Interlocked.Increment(ref _lateReads);
            _ = LetGoAsync(reading);
            return null;
        }
    }

    private async Task LetGoAsync(Task<DiskRead?> reading)
    {
        (await reading)?.Body.Release();
        Interlocked.Decrement(ref _lateReads);
    }

    private async Task<DiskRead?> ReadInTurnAsync(Segment segment, string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        var asked = _time.GetTimestamp();
        await _turns.WaitAsync();
        try
        {
            // Later than that, its request has gone to the origin.
            return _time.GetElapsedTime(asked) < _options.ReadTimeout ? await ReadFromDiskAsync(segment, key, hash, place, slabs) : null;
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<DiskRead?> ReadFromDiskAsync(Segment segment, string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        try
        {
            return place.Length <= SmallRecord
                ? await ReadSmallAsync(segment, key, hash, place, slabs)
                : await ReadLargeAsync(segment, key, hash, place, slabs);
        }
        catch (ObjectDisposedException) // evicted meanwhile
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _index.Remove(hash, place);
            if (Interlocked.Exchange(ref _toldFailing, 1) == 0)
                _options.Tell($"{_options.Folder} cannot be read, what is not found there is asked of the origin: {failure.Message}");
            return null;
        }
    }

    private async Task<DiskRead?> ReadSmallAsync(Segment segment, string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        var length = (int)place.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadAllAsync(segment, buffer.AsMemory(0, length), place.Offset);
            return Decode(buffer.AsSpan(0, length), segment, key, hash, place, slabs);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The body of a large record is read to where it stays.
    private async Task<DiskRead?> ReadLargeAsync(Segment segment, string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        var first = new byte[FirstPiece];
        await ReadAllAsync(segment, first, place.Offset);
        if (!TryReadHeader(first, segment, hash, place, out var header))
            return Wrong(hash, place);
        var start = RecordHeader.Size + header.HeadLength;
        if (start > first.Length)
        {
            first = new byte[start];
            await ReadAllAsync(segment, first, place.Offset);
        }
        var head = first.AsMemory(RecordHeader.Size, header.HeadLength);
        var body = BodySlices.Allocate(header.PayloadLength - header.HeadLength, slabs);
        var isRead = false;
        try
        {
            var room = new List<Memory<byte>>();
            for (var position = 0L; position < body.Length; position += room[^1].Length)
                room.Add(body.Room(position));
            var count = await _options.Access.ReadAsync(segment.File, room, place.Offset + start);
            while (count < body.Length)
            {
                var piece = body.Room(count);
                piece = piece[..(int)Math.Min(piece.Length, body.Length - count)];
                await ReadAllAsync(segment, piece, place.Offset + start + count);
                count += piece.Length;
            }
            isRead = IsWhole(header, head.Span, body);
            return isRead ? Understand(head.Span, header, key, hash, place, body) : Wrong(hash, place);
        }
        finally
        {
            if (!isRead)
                body.Release();
        }
    }

    private async ValueTask ReadAllAsync(Segment segment, Memory<byte> room, long at)
    {
        for (var count = 0; count < room.Length;)
        {
            var read = await _options.Access.ReadAsync(segment.File, room[count..], at + count);
            if (read == 0)
                throw new EndOfStreamException($"{segment.Path} is shorter than it was");
            count += read;
        }
    }

    private DiskRead? Decode(ReadOnlySpan<byte> record, Segment segment, string key, ulong hash, DiskPlace place, SlabPool slabs)
    {
        if (!TryReadHeader(record, segment, hash, place, out var header)
            || XxHash3.HashToUInt64(record[RecordHeader.Size..]) != header.PayloadCheck)
            return Wrong(hash, place);
        var payload = record[RecordHeader.Size..];
        return Understand(
            payload[..header.HeadLength], header, key, hash, place, BodySlices.Copy(payload[header.HeadLength..], slabs));
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, Segment segment, ulong hash, DiskPlace place, out RecordHeader header) =>
        RecordHeader.TryRead(bytes, segment.SeedAt(place.Offset), out header)
        && header.Kind == RecordKind.Object && header.KeyHash == hash && header.Length == place.Length;

    private static bool IsWhole(in RecordHeader header, ReadOnlySpan<byte> head, BodySlices body)
    {
        var check = new XxHash3();
        check.Append(head);
        foreach (var piece in body)
            check.Append(piece.Span);
        return check.GetCurrentHashAsUInt64() == header.PayloadCheck;
    }

    // Takes over the reference on the body.
    private DiskRead? Understand(
        ReadOnlySpan<byte> bytes, in RecordHeader header, string key, ulong hash, DiskPlace place, BodySlices body)
    {
        try
        {
            if (HeadCodec.Read(bytes, key, header.Revision, _clock, out var slices) is { } head)
            {
                _index.MarkRead(hash);
                return new DiskRead(head, slices, body);
            }
            body.Release();
            return null;
        }
        catch (InvalidDataException)
        {
            body.Release();
            return Wrong(hash, place);
        }
    }

    private DiskRead? Wrong(ulong hash, DiskPlace place)
    {
        _index.Remove(hash, place);
        Interlocked.Increment(ref _damaged);
        if (Interlocked.Exchange(ref _toldDamaged, 1) == 0)
            _options.Tell($"{_options.Folder}: a record is torn or wrong; it counts as not there, as will others");
        return null;
    }
}

/// <summary>An object that was read from the disk.</summary>
/// <param name="Head">Its head.</param>
/// <param name="Slices">The large object that the head belongs to; null where the body is whole.</param>
/// <param name="Body">Its body, with a reference for the reader.</param>
internal sealed record DiskRead(ObjectHead Head, SliceSetName? Slices, BodySlices Body);
