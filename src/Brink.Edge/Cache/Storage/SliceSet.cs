using System.Globalization;
using System.Security.Cryptography;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache.Storage;

/// <summary>
/// The body of one version of a large object, in slices of one size that come and go by themselves. Each is an entry of the storage under a
/// name that no other version has, so versions are never mixed.
/// </summary>
/// <param name="id">What this version is called in the storage: never given twice.</param>
/// <param name="length">Bytes of the whole body.</param>
/// <param name="version">What the origin calls this version. What is missing can be asked for only by it.</param>
/// <param name="storage">Where the slices are.</param>
/// <param name="opener">Opens readers.</param>
internal sealed class SliceSet(string id, long length, Revalidation version, IStorage storage, ISliceOpener opener)
{
    /// <summary>Bytes of a slice; the last one of a body is shorter.</summary>
    public const int SliceSize = 1024 * 1024;

    private volatile bool _isOutdated;

    public string Id { get; } = id;

    public long Length { get; } = length;

    public Revalidation Version { get; } = version;

    public IStorage Storage { get; } = storage;

    /// <summary>Opens readers: for every cache of this process that has a head of the object.</summary>
    public ISliceOpener Opener { get; } = opener;

    /// <summary>The origin has another version now: nothing that is missing can be had any more.</summary>
    public bool IsOutdated
    {
        get => _isOutdated;
        set => _isOutdated = value;
    }

    /// <summary>Slices in the whole body.</summary>
    public long Count => (Length + SliceSize - 1) / SliceSize;

    /// <summary>A name for a new version.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>
    /// The version that the fields name: a strong entity tag, or without any tag Last-Modified. Null where there is neither: parts that
    /// come at different times could not be told to be of one body (RFC 9110 section 15.3.7).
    /// </summary>
    public static Revalidation? VersionOf(string? etag, string? lastModified) =>
        etag is null ? lastModified is null ? null : new Revalidation(null, lastModified)
        : etag.StartsWith("W/", StringComparison.Ordinal) ? null
        : new Revalidation(etag, null);

    /// <summary>Where a slice begins.</summary>
    public static long StartOf(long position) => position - position % SliceSize;

    /// <summary>The slice that has the byte at that position, whole; null if it is not stored.</summary>
    public CachedObject? Find(long position)
    {
        Span<char> key = stackalloc char[64];
        return Storage.Find(key[..WriteKey(position / SliceSize, key)]);
    }

    /// <summary>The same from where it takes time to get it, with a reference for the caller; null if it is not stored.</summary>
    public ValueTask<CachedObject?> LoadAsync(long position)
    {
        Span<char> key = stackalloc char[64];
        key = key[..WriteKey(position / SliceSize, key)];
        return Storage.MayLoad(key) ? Storage.LoadAsync(new string(key), opener: null) : default;
    }

    /// <summary>Stores a slice, and takes over the caller's reference on it.</summary>
    public void Store(long position, BodySlices bytes)
    {
        Span<char> key = stackalloc char[64];
        var name = new string(key[..WriteKey(position / SliceSize, key)]);
        Storage.Put(new CachedObject(ObjectHead.OfSlice(name), bytes));
    }

    /// <summary>Bytes from the beginning of a slice to the next one that is stored, or to <paramref name="end"/>.</summary>
    public long EndOfGap(long start, long end)
    {
        var position = start + SliceSize;
        while (position < end && !MayHave(position))
            position += SliceSize;
        return Math.Min(position, Length);
    }

    /// <summary>Whether the slice that has the byte at that position is in memory, or probably on disk.</summary>
    public bool MayHave(long position)
    {
        Span<char> key = stackalloc char[64];
        key = key[..WriteKey(position / SliceSize, key)];
        return Storage.Find(key) is not null || Storage.MayLoad(key);
    }

    // No key of an object begins so: those begin with the letter D.
    private int WriteKey(long slice, Span<char> key)
    {
        key.TryWrite(CultureInfo.InvariantCulture, $"S{Id}.{slice}", out var length);
        return length;
    }
}

/// <summary>The cache that keeps an object's slices, and brings those that are missing.</summary>
internal interface ISliceOpener
{
    /// <summary>A reader of a part, in the name of this request.</summary>
    BodyReader Open(SliceSet set, RegionalRequest request, ByteRange part);
}
