using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// The invalidations that records on disk may be older than. Each rule is on the disk before it is acknowledged, so that nothing that was
/// invalidated comes back, whatever ends the process. Changes of URIs come with requests: they outlive the process, but do not wait for
/// the disk.
/// </summary>
internal sealed class InvalidationJournal : IDisposable
{
    /// <summary>The file.</summary>
    public const string FileName = "invalidations";

    // Records that are not worth the trouble of writing it anew.
    private const int LongAnyway = 1000;

    private readonly DiskAccess _access;
    private readonly string _folder;
    private readonly ulong _seed;
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long _length;
    private int _count;

    private InvalidationJournal(DiskAccess access, string folder, ulong seed) => (_access, _folder, _seed) = (access, folder, seed);

    /// <summary>What it had when it was opened or begun.</summary>
    public KeptInvalidations Kept { get; private set; } = new(0, [], null);

    /// <summary>Bytes of the file.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
                return _length;
        }
    }

    /// <summary>
    /// Opens the journal of a folder. Null if there is none, or it is damaged: which objects were invalidated is not known then.
    /// </summary>
    public static InvalidationJournal? TryOpen(DiskAccess access, string folder, ulong seed)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return null;
        var journal = new InvalidationJournal(access, folder, seed) { _file = access.Open(path) };
        if (journal.TryReadAll())
            return journal;
        journal.Dispose();
        return null;
    }

    /// <summary>Begins a journal, in the place of another one.</summary>
    /// <param name="access">The disk.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="seed">What the checks of this folder begin with.</param>
    /// <param name="kept">What is in it.</param>
    public static InvalidationJournal Begin(DiskAccess access, string folder, ulong seed, KeptInvalidations kept)
    {
        var journal = new InvalidationJournal(access, folder, seed);
        journal.Rewrite(kept);
        return journal;
    }

    /// <summary>Adds rules. They are on the disk when this comes back.</summary>
    /// <param name="last">The revision of the last one; the others have those before it.</param>
    /// <param name="rules">The rules.</param>
    public void Append(long last, IReadOnlyList<InvalidationRule> rules)
    {
        var bytes = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            for (var i = 0; i < rules.Count; i++)
            {
                Record(
                    bytes, RecordKind.Invalidation, last - rules.Count + 1 + i, PayloadOf(rules[i]), _length + bytes.WrittenCount);
            }
            Append(bytes, rules.Count, syncs: true);
        }
    }

    /// <summary>Adds a change of the URIs with these marks. The system has it when this comes back, the disk has it later.</summary>
    public void Append(long revision, (int Sent, int Seen) marks)
    {
        var payload = new byte[2 * sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(payload, marks.Sent);
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(sizeof(int)), marks.Seen);
        var bytes = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            Record(bytes, RecordKind.Change, revision, payload, _length);
            Append(bytes, 1, syncs: false);
        }
    }

    /// <summary>Writes it anew, if most of it counts no more.</summary>
    /// <param name="all">What counts. What is added meanwhile is in it, or comes after it.</param>
    public void RewriteIfLong(Func<KeptInvalidations> all)
    {
        lock (_gate)
        {
            if (_count > LongAnyway && all() is var kept && _count > 2 * kept.Rules.Count + LongAnyway)
                Rewrite(kept);
        }
    }

    /// <summary>Writes it anew, with that alone.</summary>
    public void Rewrite(KeptInvalidations kept)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Record(bytes, RecordKind.Invalidation, kept.Revision, [], 0);
        foreach (var (each, rule) in kept.Rules)
            Record(bytes, RecordKind.Invalidation, each, PayloadOf(rule), bytes.WrittenCount);
        if (kept.Changes is { } changes)
            Record(bytes, RecordKind.Changes, kept.Revision, PayloadOf(changes), bytes.WrittenCount);
        var path = Path.Combine(_folder, FileName);
        lock (_gate)
        {
            var file = _access.Create(path + ".new");
            try
            {
                _access.Write(file, bytes.WrittenSpan, 0);
                _access.Sync(file);
                _access.Rename(path + ".new", path);
                _access.SyncFolder(_folder);
            }
            catch
            {
                file.Dispose();
                throw;
            }
            _file?.Dispose();
            (_file, _length, _count, Kept) = (file, bytes.WrittenCount, kept.Rules.Count, kept);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Append(ArrayBufferWriter<byte> records, int count, bool syncs)
    {
        try
        {
            _access.Write(_file!, records.WrittenSpan, _length);
            if (syncs)
                _access.Sync(_file!);
        }
        catch (IOException)
        {
            _access.Truncate(_file!, _length);
            throw;
        }
        _length += records.WrittenCount;
        _count += count;
    }

    // The first record has no rule, only the last revision: a file without one is not whole.
    private void Record(ArrayBufferWriter<byte> to, RecordKind kind, long revision, ReadOnlySpan<byte> payload, long at)
    {
        var header = new RecordHeader(kind, payload.Length, payload.Length, 0, revision, XxHash3.HashToUInt64(payload));
        header.Write(to.GetSpan(RecordHeader.Size), SeedAt(at));
        to.Advance(RecordHeader.Size);
        to.Write(payload);
    }

    private static ReadOnlySpan<byte> PayloadOf(InvalidationRule rule)
    {
        var payload = new ArrayBufferWriter<byte>();
        HeadCodec.WriteRule(payload, rule);
        return payload.WrittenSpan;
    }

    private static ReadOnlySpan<byte> PayloadOf(long[] changes)
    {
        var payload = new byte[changes.Length * sizeof(long)];
        for (var i = 0; i < changes.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(i * sizeof(long)), changes[i]);
        return payload;
    }

    private bool TryReadAll()
    {
        var bytes = new byte[RandomAccess.GetLength(_file!)];
        var count = 0;
        while (count < bytes.Length && _access.Read(_file!, bytes.AsSpan(count), count) is var read and > 0)
            count += read;
        var rules = new List<(long Revision, InvalidationRule Rule)>();
        long[]? changes = null;
        var revision = 0L;
        var at = 0;
        while (at < bytes.Length)
        {
            if (!RecordHeader.TryRead(bytes.AsSpan(at), SeedAt(at), out var header) || header.Length > bytes.Length - at)
                return false;
            var payload = bytes.AsSpan(at + RecordHeader.Size, header.PayloadLength);
            if (XxHash3.HashToUInt64(payload) != header.PayloadCheck || !TryTake(header, payload, isFirst: at == 0, rules, ref changes))
                return false;
            revision = Math.Max(revision, header.Revision);
            at += header.Length;
            _count++;
        }
        rules.Sort((left, right) => left.Revision.CompareTo(right.Revision));
        (Kept, _length) = (new KeptInvalidations(revision, rules, changes), at);
        return at > 0;
    }

    private static bool TryTake(
        in RecordHeader header, ReadOnlySpan<byte> payload, bool isFirst, List<(long Revision, InvalidationRule Rule)> rules,
        ref long[]? changes)
    {
        switch (header.Kind)
        {
            case RecordKind.Invalidation:
                if (!isFirst)
                    rules.Add((header.Revision, HeadCodec.ReadRule(payload)));
                return true;
            case RecordKind.Change when payload.Length == 2 * sizeof(int):
                changes ??= new long[ChangeMarks.Count];
                return TryMark(changes, BinaryPrimitives.ReadInt32LittleEndian(payload), header.Revision)
                    && TryMark(changes, BinaryPrimitives.ReadInt32LittleEndian(payload[sizeof(int)..]), header.Revision);
            case RecordKind.Changes when payload.Length == ChangeMarks.Count * sizeof(long):
                changes = new long[ChangeMarks.Count];
                for (var i = 0; i < changes.Length; i++)
                    changes[i] = BinaryPrimitives.ReadInt64LittleEndian(payload[(i * sizeof(long))..]);
                return true;
            default:
                return false;
        }
    }

    // Of two changes with one mark the later one may have been written first.
    private static bool TryMark(long[] changes, int mark, long revision)
    {
        if ((uint)mark >= changes.Length)
            return false;
        changes[mark] = Math.Max(changes[mark], revision);
        return true;
    }

    private ulong SeedAt(long at) => ~_seed ^ ((ulong)at * 0xC2B2_AE3D_27D4_EB4F);
}
