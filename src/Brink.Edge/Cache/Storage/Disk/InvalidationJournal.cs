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

    // Rules that are not worth the trouble of writing it anew.
    private const int LongAnyway = 1000;

    private readonly DiskAccess _access;
    private readonly string _folder;
    private readonly ulong _seed;
    private readonly Lock _gate = new();
    private SafeFileHandle? _file;
    private long _length;
    private int _count;
    private long _lastRevision;

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

    /// <summary>
    /// Writes it anew, without the rules that count no more, if most of what it has are such rules.
    /// </summary>
    /// <param name="rulesThatCount">
    /// All of them, by revision. Called while nothing is appended: a rule that has been appended is among them.
    /// </param>
    public void Shorten(Func<IReadOnlyList<(long Revision, InvalidationRule Rule)>> rulesThatCount)
    {
        lock (_gate)
        {
            if (_count <= LongAnyway || rulesThatCount() is not { } rules || _count <= 2 * rules.Count + LongAnyway)
                return;
            Rewrite(rules.Count > 0 ? Math.Max(_lastRevision, rules[^1].Revision) : _lastRevision, rules);
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
    /// <param name="revision">The last revision.</param>
    /// <param name="rules">The rules, by revision.</param>
    public static InvalidationJournal Begin(
        DiskAccess access, string folder, ulong seed, long revision, IReadOnlyList<(long Revision, InvalidationRule Rule)> rules)
    {
        var journal = new InvalidationJournal(access, folder, seed);
        journal.Rewrite(revision, rules);
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
                Record(bytes, last - rules.Count + 1 + i, rules[i], _length + bytes.WrittenCount);
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
            _count += rules.Count;
            _lastRevision = Math.Max(_lastRevision, last);
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
            (Revision, Rules, _lastRevision) = (revision, rules, revision);
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
        (Rules, _length, _count, _lastRevision) = (rules, at, rules.Count, Revision);
        return at > 0;
    }

    private ulong SeedAt(long at) => ~_seed ^ ((ulong)at * 0xC2B2_AE3D_27D4_EB4F);
}
