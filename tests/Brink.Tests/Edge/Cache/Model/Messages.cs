using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>What names a version of a body: an entity tag, a date of last change (in seconds), or neither.</summary>
internal sealed record Validators(string? ETag, long? LastModified)
{
    /// <summary>The one that names its bytes exactly, so that parts of it can be joined; null where there is none.</summary>
    public Validators? Exact =>
        ETag is null ? LastModified is null ? null : this
        : ETag.StartsWith("W/", StringComparison.Ordinal) ? null
        : this with { LastModified = null };
}

/// <summary>What a viewer asks an edge, an edge its region, and a region its origin.</summary>
internal sealed record Question(string Path)
{
    public string Method { get; init; } = "GET";

    public string? Query { get; init; }

    /// <summary>The path as the viewer sent it, before viewer-request rewrote it.</summary>
    public string ViewerPath { get; init; } = Path;

    public string? Kind { get; init; }

    public string? Cookie { get; init; }

    public string? IfNoneMatch { get; init; }

    public long? IfModifiedSince { get; init; }

    public string? Range { get; init; }

    public string? IfRangeTag { get; init; }

    public long? IfRangeDate { get; init; }

    /// <summary>The copy of the cache that asks, which wants the whole only if that has changed.</summary>
    public Validators? Copy { get; init; }

    public override string ToString()
    {
        var text = $"{Method} {Path}{(Query is null ? "" : "?" + Query)}";
        Add(ViewerPath == Path ? null : ViewerPath, "was");
        Add(Kind, "X-Kind");
        Add(Cookie, "Cookie");
        Add(IfNoneMatch, "If-None-Match");
        Add(IfModifiedSince, "If-Modified-Since");
        Add(Range, "Range");
        Add(IfRangeTag, "If-Range");
        Add(IfRangeDate, "If-Range");
        Add(Copy is null ? null : $"{Copy.ETag}/{Copy.LastModified}", "copy");
        return text;

        void Add(object? value, string name)
        {
            if (value is not null)
                text += string.Create(CultureInfo.InvariantCulture, $", {name}: {value}");
        }
    }
}

/// <summary>
/// An answer on its way to a viewer, with all that the caches read of it. Its body is parts of one version, which are read last: slices of
/// it may still be missing.
/// </summary>
internal sealed record Reply(int Status)
{
    public byte[] Bytes { get; init; } = [];

    /// <summary>Where the body is in slices; null where all of it is there.</summary>
    public SlicedBody? Slices { get; init; }

    /// <summary>The parts that are sent; null: the whole.</summary>
    public (long From, long To)[]? Parts { get; init; }

    /// <summary>No body, but it says how long one would be.</summary>
    public long? LengthOfHead { get; init; }

    public string? ETag { get; init; }

    public long? LastModified { get; init; }

    public string? CacheControl { get; init; }

    /// <summary>In milliseconds, like all times here except those of whole seconds by their nature.</summary>
    public long? Expires { get; init; }

    public long? Date { get; init; }

    public long? Age { get; init; }

    /// <summary>Vary: *.</summary>
    public bool VariesOnEverything { get; init; }

    /// <summary>The origin streams it; else it is there at once.</summary>
    public bool Streams { get; init; }

    /// <summary>It says how long it is before it has come.</summary>
    public bool HasLength { get; init; } = true;

    public bool IsUnreachable { get; init; }

    /// <summary>How a cache came to it; null for the origin's own.</summary>
    public string? XCache { get; init; }
}

/// <summary>A body of which any slice may be missing, shared by all caches that have a head of it.</summary>
/// <param name="Version">What it is asked for by.</param>
/// <param name="Length">Bytes of the whole.</param>
/// <param name="Owner">The cache that brings what is missing.</param>
internal sealed record SlicedBody(Validators Version, long Length, ReferenceCache Owner)
{
    public const long SliceSize = 1 << 20;

    public static long StartOf(long position) => position / SliceSize * SliceSize;

    public bool Equals(SlicedBody? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>What the viewer has in the end, from either side.</summary>
internal sealed record Delivered(int Status, string? XCache, long? Age, string? ETag, string? CacheControl)
{
    /// <summary>The Content-Range of one part, or of each of several.</summary>
    public string ContentRange { get; init; } = "";

    public byte[] Body { get; init; } = [];

    /// <summary>The length that an answer without body states; null where it is not compared.</summary>
    public long? LengthOfHead { get; init; }

    /// <summary>The body ended early, and the viewer was told.</summary>
    public bool BrokeOff { get; init; }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Status} {XCache}, Age {Age}, ETag {ETag}, Cache-Control {CacheControl}, {ContentRange}, {Body.Length} bytes #{Sum():x8}, length {LengthOfHead}{(BrokeOff ? ", broken off" : "")}");

    public bool IsTheSameAs(Delivered other) =>
        (Status, XCache, Age, ETag, CacheControl, ContentRange, BrokeOff)
            == (other.Status, other.XCache, other.Age, other.ETag, other.CacheControl, other.ContentRange, other.BrokeOff)
        && (LengthOfHead is null || other.LengthOfHead is null || LengthOfHead == other.LengthOfHead)
        && Body.AsSpan().SequenceEqual(other.Body);

    private uint Sum()
    {
        var sum = 17u;
        foreach (var each in Body)
            sum = sum * 31 + each;
        return sum;
    }
}
