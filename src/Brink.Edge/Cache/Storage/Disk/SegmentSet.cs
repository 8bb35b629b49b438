using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Hashing;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// The segments of a folder within their budget. Whole segments are evicted, the oldest first; records that were read meanwhile, or are in
/// use in memory, are copied to the newest one. Readers look segments up at any time; all else is the writer's.
/// </summary>
/// <remarks>
/// While segments are evicted one is open for their survivors, so what is open counts whole, and room for one more is kept.
/// Of the two lanes the one with the older segment gives it up; one that has less than a quarter of the budget keeps what it has.
/// </remarks>
internal sealed class SegmentSet(DiskOptions options, CacheFolder folder, DiskIndex index) : IDisposable
{
    private readonly DiskAccess _access = options.Access;
    private readonly ConcurrentDictionary<int, Segment> _segments = new();
    private readonly Queue<Segment>[] _complete = [new(), new()];
    private readonly SegmentWriter?[] _writers = new SegmentWriter?[2];
    private readonly long[] _completeBytes = new long[2];
    private int _lastNumber;

    /// <summary>Bytes that the files may take, less where the disk turned out to be full.</summary>
    public long Limit { get; private set; } = options.Size;

    /// <summary>Segments that have been evicted.</summary>
    public long Evicted { get; private set; }

    /// <summary>Records that got a second chance.</summary>
    public long Copied { get; private set; }

    /// <summary>Which keys are in use in memory.</summary>
    public Func<IEnumerable<string>>? KeysInUse { get; set; }

    /// <summary>Called for records that have been written.</summary>
    public Action<List<Written>> Publish { get; set; } = static _ => { };

    /// <summary>Bytes taken, segments that are being written counted whole.</summary>
    public long Used => BytesOf(Lane.Objects) + BytesOf(Lane.Slices);

    /// <summary>The segment of that number; null if it has been evicted.</summary>
    public Segment? Find(int number) => _segments.GetValueOrDefault(number);

    /// <summary>Opens the segments that are there.</summary>
    /// <returns>The smallest and the greatest revision of an object in them.</returns>
    public (long Min, long Max) Recover()
    {
        var files = Directory.EnumerateFiles(folder.FullPath)
            .Select(path => (Path: path, Name: Segment.Named(Path.GetFileName(path))))
            .Where(file => file.Name is not null)
            .OrderBy(file => file.Name!.Value.Number)
            .ToList();
        var (min, max) = (long.MaxValue, 0L);
        foreach (var (path, name) in files)
        {
            var (lane, number) = name!.Value;
            var file = _access.Open(path);
            var segment = new Segment(_access, path, file, lane, number, folder.Seed, RandomAccess.GetLength(file));
            segment.Recover(index);
            _lastNumber = number;
            _segments[number] = segment;
            Add(segment);
            (min, max) = (Math.Min(min, segment.MinRevision), Math.Max(max, segment.MaxRevision));
        }
        while (Used > Limit && EvictOldest())
        {
        }
        return (min, max);
    }

    /// <summary>The writer of a lane; null while there is none.</summary>
    public SegmentWriter? Writer(Lane lane) => _writers[(int)lane];

    /// <summary>A writer of a new segment. The last one of the lane has been completed.</summary>
    public SegmentWriter Open(Lane lane)
    {
        while (Used + options.SegmentSize > Limit)
        {
            if (!EvictOldest())
                throw new IOException("there is no room for a segment");
        }
        var number = ++_lastNumber;
        var path = Path.Combine(folder.FullPath, Segment.NameOf(lane, number));
        var segment = new Segment(_access, path, _access.Create(path), lane, number, folder.Seed, 0);
        _segments[number] = segment;
        var writer = _writers[(int)lane] = new SegmentWriter(_access, segment, options.SegmentSize);
        while (Used + options.SegmentSize > Limit && EvictOldest())
        {
        }
        return writer;
    }

    /// <summary>Writes the index of the lane's segment, whose records have been published.</summary>
    public void Complete(Lane lane)
    {
        if (_writers[(int)lane] is not { } writer)
            return;
        writer.Complete();
        Close(lane, writer);
    }

    /// <summary>Nothing more is written to the lane's segment, after a failure: what is whole in it stays.</summary>
    public void GiveUp(Lane lane)
    {
        if (_writers[(int)lane] is not { } writer)
            return;
        try
        {
            writer.GiveUp();
        }
        catch (IOException)
        {
            // What follows the last whole record is found to be wrong when it is read.
        }
        Close(lane, writer);
    }

    /// <summary>
    /// The disk has no room for more than what is there now, if for that: a segment less is kept from now on. False if that is too little
    /// to go on with.
    /// </summary>
    public bool LimitToLess()
    {
        var less = Math.Min(Limit, Used) - options.SegmentSize;
        if (less < 4L * options.SegmentSize)
            return false;
        Limit = less;
        return true;
    }

    /// <summary>Evicts the oldest segment, with a second chance for what is in use. False if there is none.</summary>
    public bool EvictOldest()
    {
        if (Oldest() is not { } lane)
            return false;
        var segment = _complete[(int)lane].Peek();
        var records = index.In(segment.Number);
        if (_writers[(int)lane] is { } writer && records.Count > 0)
            CopyInUse(segment, records, writer);    // may fail: then the segment stays
        _complete[(int)lane].Dequeue();
        _completeBytes[(int)lane] -= segment.Length;
        foreach (var (hash, place, _) in records)
            index.Remove(hash, place);              // those that were copied are at another place now
        Drop(segment);
        Evicted++;
        return true;
    }

    /// <summary>Deletes every segment: what is in them must not come back.</summary>
    public void DeleteAll()
    {
        foreach (var segment in _segments.Values)
        {
            foreach (var (hash, place, _) in index.In(segment.Number))
                index.Remove(hash, place);
            Drop(segment);
        }
        Array.Clear(_writers);
        Array.Clear(_completeBytes);
        foreach (var lane in _complete)
            lane.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments.Values)
            segment.Dispose();
    }

    private void CopyInUse(Segment from, List<(ulong Hash, DiskPlace Place, bool IsRead)> records, SegmentWriter to)
    {
        var inUse = new HashSet<ulong>();
        foreach (var key in KeysInUse?.Invoke() ?? [])
            inUse.Add(KeyHash.Of(key, folder.Seed));
        // Half of the new segment at most, from however many: the other half is for what comes.
        foreach (var (hash, place, isRead) in records)
        {
            if ((!isRead && !inUse.Contains(hash)) || to.CopiedBytes + place.Length + Segment.IndexEntry > options.SegmentSize / 2
                || !to.HasRoomFor((int)place.Length))
                continue;
            if (TryCopy(from, place, to))
                Copied++;
        }
        Publish(to.TakeFlushed());
    }

    private bool TryCopy(Segment from, DiskPlace place, SegmentWriter to)
    {
        var bytes = ArrayPool<byte>.Shared.Rent((int)place.Length);
        try
        {
            var record = bytes.AsSpan(0, (int)place.Length);
            for (var count = 0; count < record.Length;)
            {
                var read = _access.Read(from.File, record[count..], place.Offset + count);
                if (read <= 0)
                    return false;
                count += read;
            }
            if (!RecordHeader.TryRead(record, from.SeedAt(place.Offset), out var header) || header.Length != record.Length
                || XxHash3.HashToUInt64(record[RecordHeader.Size..]) != header.PayloadCheck)
                return false;
            to.Append(header, record[RecordHeader.Size..], place);
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private Lane? Oldest()
    {
        var objects = _complete[(int)Lane.Objects].TryPeek(out var oldestObjects);
        var slices = _complete[(int)Lane.Slices].TryPeek(out var oldestSlices);
        if (!objects || !slices)
            return objects ? Lane.Objects : slices ? Lane.Slices : null;
        if (BytesOf(Lane.Objects) < Limit / 4)
            return Lane.Slices;
        if (BytesOf(Lane.Slices) < Limit / 4)
            return Lane.Objects;
        return oldestObjects!.Number < oldestSlices!.Number ? Lane.Objects : Lane.Slices;
    }

    private long BytesOf(Lane lane) => _completeBytes[(int)lane] + (_writers[(int)lane] is null ? 0 : options.SegmentSize);

    private void Close(Lane lane, SegmentWriter writer)
    {
        _writers[(int)lane] = null;
        Add(writer.Segment);
    }

    private void Add(Segment segment)
    {
        _complete[(int)segment.Lane].Enqueue(segment);
        _completeBytes[(int)segment.Lane] += segment.Length;
    }

    private void Drop(Segment segment)
    {
        _segments.TryRemove(segment.Number, out _);
        segment.Dispose();                          // reads under way keep the file open until they end
        _access.Delete(segment.Path);
    }
}
