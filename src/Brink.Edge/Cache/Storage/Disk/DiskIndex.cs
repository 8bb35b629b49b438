using System.Runtime.InteropServices;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>Where a record is.</summary>
/// <param name="Segment">The number of its segment.</param>
/// <param name="Offset">Where it begins there.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct DiskPlace(int Segment, uint Offset, uint Length);

/// <summary>
/// Which keys have a record, and where: 20 bytes each in flat tables that are between a half and three quarters full, so 27 to 40 bytes of
/// memory for each object on disk, and nothing for the collector to look at. A key is 8 bytes of hash here; the record has the whole key.
/// </summary>
/// <remarks>
/// Two keys of one hash push each other out: a miss, never a wrong answer. The hash is seeded, so that this cannot be brought about from
/// outside. There are many small tables, each with a lock of its own, so that one that grows holds up little.
/// </remarks>
internal sealed class DiskIndex
{
    private const int Tables = 256;

    private readonly Table[] _tables = new Table[Tables];

    public DiskIndex()
    {
        for (var i = 0; i < Tables; i++)
            _tables[i] = new Table();
    }

    /// <summary>Records that can be found.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var table in _tables)
                count += table.Count;
            return count;
        }
    }

    /// <summary>Bytes of memory that the tables take.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var table in _tables)
                bytes += table.Bytes;
            return bytes;
        }
    }

    /// <summary>Where the record of that key is; null if there is none.</summary>
    public DiskPlace? Find(ulong hash) => TableOf(hash).Find(hash);

    /// <summary>The record is there from now on.</summary>
    public void Set(ulong hash, DiskPlace place) => TableOf(hash).Set(hash, place);

    /// <summary>There is no record of that key any more; false if there was none.</summary>
    public bool Remove(ulong hash) => TableOf(hash).Remove(hash, null);

    /// <summary>The same, if the record is at that place.</summary>
    public bool Remove(ulong hash, DiskPlace place) => TableOf(hash).Remove(hash, place);

    /// <summary>The record has been copied; false if it is not the one at that place any more. It counts as unread.</summary>
    public bool Move(ulong hash, DiskPlace from, DiskPlace to) => TableOf(hash).Move(hash, from, to);

    /// <summary>The record has been read: it gets a second chance when its segment goes.</summary>
    public void MarkRead(ulong hash) => TableOf(hash).MarkRead(hash);

    /// <summary>All records of a segment, in no order.</summary>
    public List<(ulong Hash, DiskPlace Place, bool IsRead)> In(int segment)
    {
        var found = new List<(ulong, DiskPlace, bool)>();
        foreach (var table in _tables)
            table.AddThoseIn(segment, found);
        return found;
    }

    // The table by the upper bits, the place in it by the lower ones.
    private Table TableOf(ulong hash) => _tables[hash >> 56];

    /// <summary>Open addressing with linear probing.</summary>
    private sealed class Table
    {
        private const uint ReadMark = 0x8000_0000;

        private readonly Lock _gate = new();
        private Entry[] _entries = [];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public long Bytes => (long)Volatile.Read(ref _entries).Length * Marshal.SizeOf<Entry>();

        public DiskPlace? Find(ulong hash)
        {
            lock (_gate)
                return Locate(hash) is var at && at >= 0 ? _entries[at].Place : null;
        }

        public void Set(ulong hash, DiskPlace place)
        {
            lock (_gate)
            {
                if (Locate(hash) is var at && at >= 0)
                {
                    _entries[at] = new Entry(hash, place);
                    return;
                }
                if ((_count + 1) * 4L > _entries.Length * 3L)
                    Grow();
                Add(new Entry(hash, place));
                _count++;
            }
        }

        public bool Remove(ulong hash, DiskPlace? place)
        {
            lock (_gate)
            {
                var at = Locate(hash);
                if (at < 0 || (place is { } one && _entries[at].Place != one))
                    return false;
                Close(at);
                _count--;
                return true;
            }
        }

        public bool Move(ulong hash, DiskPlace from, DiskPlace to)
        {
            lock (_gate)
            {
                var at = Locate(hash);
                if (at < 0 || _entries[at].Place != from)
                    return false;
                _entries[at] = new Entry(hash, to);
                return true;
            }
        }

        public void MarkRead(ulong hash)
        {
            lock (_gate)
            {
                if (Locate(hash) is var at && at >= 0)
                    _entries[at].SegmentAndMark |= ReadMark;
            }
        }

        public void AddThoseIn(int segment, List<(ulong, DiskPlace, bool)> found)
        {
            lock (_gate)
            {
                foreach (ref readonly var entry in _entries.AsSpan())
                {
                    if (!entry.IsFree && entry.Place is var place && place.Segment == segment)
                        found.Add((entry.Hash, place, (entry.SegmentAndMark & ReadMark) != 0));
                }
            }
        }

        private int Locate(ulong hash)
        {
            if (_entries.Length == 0)
                return -1;
            for (var at = Home(hash); !_entries[at].IsFree; at = Next(at))
            {
                if (_entries[at].Hash == hash)
                    return at;
            }
            return -1;
        }

        private void Add(in Entry entry)
        {
            var at = Home(entry.Hash);
            while (!_entries[at].IsFree)
                at = Next(at);
            _entries[at] = entry;
        }

        // What stands behind a free place and would not be found any more moves up.
        private void Close(int free)
        {
            var length = _entries.Length;
            for (var at = Next(free); !_entries[at].IsFree; at = Next(at))
            {
                var home = Home(_entries[at].Hash);
                if ((at - home + length) % length < (at - free + length) % length)
                    continue;
                _entries[free] = _entries[at];
                free = at;
            }
            _entries[free] = default;
        }

        private void Grow()
        {
            var old = _entries;
            _entries = new Entry[Math.Max(16, old.Length + old.Length / 2)];
            foreach (ref readonly var entry in old.AsSpan())
            {
                if (!entry.IsFree)
                    Add(entry);
            }
        }

        private int Home(ulong hash) => (int)(((hash & 0xFFFF_FFFF) * (ulong)_entries.Length) >> 32);

        private int Next(int at) => at + 1 == _entries.Length ? 0 : at + 1;

        [StructLayout(LayoutKind.Sequential, Pack = 4)]
        private struct Entry(ulong hash, DiskPlace place)
        {
            public readonly ulong Hash = hash;
            public uint SegmentAndMark = (uint)place.Segment;
            private readonly uint _offset = place.Offset;
            private readonly uint _length = place.Length;

            // No record is empty.
            public readonly bool IsFree => _length == 0;

            public readonly DiskPlace Place => new((int)(SegmentAndMark & ~ReadMark), _offset, _length);
        }
    }
}
