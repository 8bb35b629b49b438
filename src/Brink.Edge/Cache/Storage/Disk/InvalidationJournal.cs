using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>
/// The invalidations that records on disk may be older than. Each is on the disk before it is acknowledged, so that nothing that was
/// invalidated comes back, whatever ends the process.
/// </summary>
internal sealed class InvalidationJournal : IDisposable
{
    /// <summary>The file.</summary>
    public const string FileName = "invalidations";

    private readonly DiskAccess _access;
    private readonly string _folder;
    private readonly ulong _seed;
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long _length;
    private int _count;

    private InvalidationJournal(DiskAccess access, string folder, ulong seed) => (_access, _folder, _seed) = (access, folder, seed);

    /// <summary>The rules that it had when it was opened, by revision.</summary>
    public IReadOnlyList<(long Revision, InvalidationRule Rule)> Rules { get; private set; } = [];

    /// <summary>The last revision that it knows of.</summary>
    public long Revision { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
                return _length;
        }
    }

    /// <summary>Whether it has so many rules that it should be written anew without those that count no more.</summary>
    public bool IsLong(int rulesThatCount)
    {
        lock (_gate)
            return _count > 2 * rulesThatCount + 1000;
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
    /// <param name="revision">The last revision.</param>
    /// <param name="rules">The rules, by revision.</param>
    public static InvalidationJournal Begin(
        DiskAccess access, string folder, ulong seed, long revision, IReadOnlyList<(long Revision, InvalidationRule Rule)> rules)
    {
        var journal = new InvalidationJournal(access, folder, seed);
        journal.Rewrite(revision, rules);
        return journal;
    }

    /// <summary>Adds a rule. It is on the disk when this comes back.</summary>
    public void Append(long revision, InvalidationRule rule)
    {
        var bytes = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            Record(bytes, revision, rule, _length);
            try
            {
                _access.Write(_file!, bytes.WrittenSpan, _length);
                _access.Sync(_file!);
            }
            catch (IOException)
            {
                _access.Truncate(_file!, _length);
                throw;
            }
            _length += bytes.WrittenCount;
            _count++;
        }
    }

    /// <summary>Writes it anew, with these rules alone.</summary>
    public void Rewrite(long revision, IReadOnlyList<(long Revision, InvalidationRule Rule)> rules)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Record(bytes, revision, null, 0);
        foreach (var (each, rule) in rules)
            Record(bytes, each, rule, bytes.WrittenCount);
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
            (_file, _length, _count) = (file, bytes.WrittenCount, rules.Count);
            (Revision, Rules) = (revision, rules);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    // The first record has no rule, only the last revision: a file without one is not whole.
    private void Record(ArrayBufferWriter<byte> to, long revision, InvalidationRule? rule, long at)
    {
        var payload = new ArrayBufferWriter<byte>();
        if (rule is not null)
            HeadCodec.WriteRule(payload, rule);
        var header = new RecordHeader(
            RecordKind.Invalidation, payload.WrittenCount, payload.WrittenCount, 0, revision, XxHash3.HashToUInt64(payload.WrittenSpan));
        header.Write(to.GetSpan(RecordHeader.Size), SeedAt(at));
        to.Advance(RecordHeader.Size);
        to.Write(payload.WrittenSpan);
    }

    private bool TryReadAll()
    {
        var bytes = new byte[RandomAccess.GetLength(_file!)];
        var count = 0;
        while (count < bytes.Length && _access.Read(_file!, bytes.AsSpan(count), count) is var read and > 0)
            count += read;
        var rules = new List<(long Revision, InvalidationRule Rule)>();
        var at = 0;
        while (at < bytes.Length)
        {
            if (!RecordHeader.TryRead(bytes.AsSpan(at), SeedAt(at), out var header)
                || header.Kind != RecordKind.Invalidation || header.Length > bytes.Length - at)
                return false;
            var payload = bytes.AsSpan(at + RecordHeader.Size, header.PayloadLength);
            if (XxHash3.HashToUInt64(payload) != header.PayloadCheck)
                return false;
            if (at > 0)
                rules.Add((header.Revision, HeadCodec.ReadRule(payload)));
            Revision = Math.Max(Revision, header.Revision);
            at += header.Length;
        }
        rules.Sort((left, right) => left.Revision.CompareTo(right.Revision));
        (Rules, _length, _count) = (rules, at, rules.Count);
        return at > 0;
    }

    private ulong SeedAt(long at) => ~_seed ^ ((ulong)at * 0xC2B2_AE3D_27D4_EB4F);
}
