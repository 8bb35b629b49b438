using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Storage;

/// <summary>All of a stored response but its body: immutable, shared by all answers that are served from it.</summary>
internal sealed class ObjectHead
{
    public required string Key { get; init; }

    public required int StatusCode { get; init; }

    /// <summary>The status that the origin gave; different where a Lambda@Edge function changed it.</summary>
    public required int OriginStatus { get; init; }

    public required string? StatusDescription { get; init; }

    /// <summary>The fields that hits get. Never changed: responses share the array until their first edit.</summary>
    public required HeaderField[] Fields { get; init; }

    /// <summary>The timestamp at which the response came, of the cache's TimeProvider.</summary>
    public required long StoredAt { get; init; }

    /// <summary>How old it was then.</summary>
    public required TimeSpan InitialAge { get; init; }

    /// <summary>What invalidations call it by.</summary>
    public required ObjectName Name { get; init; }

    /// <summary>How many invalidations there had been when it was asked for: later ones may mean it.</summary>
    public required long Revision { get; init; }

    public required Freshness Freshness { get; init; }

    /// <summary>Whether cookies reach the origin: no conditional requests then (spec 3.5).</summary>
    public required bool SendsCookies { get; init; }

    /// <summary>Of an entry that is no object but says what the objects of its key vary on; else null.</summary>
    public VariantFields? Variants { get; private init; }

    /// <summary>The entity tag that viewers get.</summary>
    public string? ETag { get; private init; }

    public string? LastModified { get; private init; }

    /// <summary>The coding of the body, as its field says it; null for none.</summary>
    public string? ContentEncoding { get; private init; }

    /// <summary>That the edge itself has compressed the body; null where the body is as it came.</summary>
    public EdgeCoding? EdgeCoding { get; private init; }

    /// <summary>The entity tag that the origin gave.</summary>
    public string? OriginETag => EdgeCoding is { } coded ? coded.OriginETag : ETag;

    public bool IsError => StatusCode >= 400;

    /// <summary>What to ask the origin with once stale; null where conditional requests are not made.</summary>
    public Revalidation? Revalidation =>
        (OriginETag is null && LastModified is null) || SendsCookies || Freshness.RevalidatesUnconditionally || StatusCode != 200
            ? null
            : new Revalidation(OriginETag, LastModified);

    /// <summary>What a slice is called by; all else is said of the object that it belongs to.</summary>
    public static ObjectHead OfSlice(string key) => new()
    {
        Key = key,
        StatusCode = 206,
        OriginStatus = 206,
        StatusDescription = null,
        Fields = [],
        StoredAt = 0,
        InitialAge = TimeSpan.Zero,
        Name = ObjectName.OfSlice,
        Revision = 0,
        Freshness = default,
        SendsCookies = false,
    };

    /// <summary>What the objects of a key vary on.</summary>
    public static ObjectHead OfVariants(string key, ObjectName name, long revision, VariantFields fields) => new()
    {
        Key = key,
        StatusCode = 0,
        OriginStatus = 0,
        StatusDescription = null,
        Fields = [new HeaderField("Vary", string.Join(", ", fields.Names))],
        StoredAt = 0,
        InitialAge = TimeSpan.Zero,
        Name = name,
        Revision = revision,
        Freshness = default,
        SendsCookies = false,
        Variants = fields,
    };

    /// <summary>From a response that the filters have passed.</summary>
    public static ObjectHead From(
        string key,
        ObjectName name,
        long revision,
        EdgeResponse response,
        int originStatus,
        Freshness freshness,
        long storedAt,
        TimeSpan initialAge,
        bool sendsCookies,
        EdgeCoding? edgeCoding)
    {
        var headers = response.Headers;
        // The cookie of no-cache="Set-Cookie" is for the viewer who asked, not for the hits.
        var dropsCookie = headers.Contains("set-cookie") && CacheControl.Read(headers).KeepsNoSetCookie;
        if (dropsCookie || headers.Contains("age"))
        {
            headers = headers.Clone();
            headers.Remove("age"); // every hit has its own
            if (dropsCookie)
                headers.Remove("set-cookie");
        }
        return Of(
            key, name, revision, response.StatusCode, response.StatusDescription, headers.AsSpan().ToArray(), originStatus, freshness,
            storedAt, initialAge, sendsCookies, edgeCoding);
    }

    /// <summary>From all that it is made of.</summary>
    public static ObjectHead Of(
        string key,
        ObjectName name,
        long revision,
        int statusCode,
        string? statusDescription,
        HeaderField[] fields,
        int originStatus,
        Freshness freshness,
        long storedAt,
        TimeSpan initialAge,
        bool sendsCookies,
        EdgeCoding? edgeCoding)
    {
        var headers = HeaderList.Share(fields);
        return new ObjectHead
        {
            Key = key,
            StatusCode = statusCode,
            OriginStatus = originStatus,
            StatusDescription = statusDescription,
            Fields = fields,
            StoredAt = storedAt,
            InitialAge = initialAge,
            Name = name,
            Revision = revision,
            Freshness = freshness,
            SendsCookies = sendsCookies,
            ETag = headers.Get("etag"),
            LastModified = headers.Get("last-modified"),
            ContentEncoding = headers.Get("content-encoding"),
            EdgeCoding = edgeCoding,
        };
    }

    /// <summary>
    /// The response to a request for parts of this object (RFC 9110 section 15.3.7): 206 with a body, or 416 where none of them exists.
    /// </summary>
    /// <param name="ranges">The parts.</param>
    /// <param name="total">Bytes of the whole.</param>
    /// <param name="slices">The slices of a large object; else null.</param>
    /// <param name="open">Opens a reader of a part.</param>
    public EdgeResponse ToParts(ByteRange[] ranges, long total, SliceSet? slices, Func<ByteRange, BodyReader> open)
    {
        var headers = HeaderList.Share(Fields);
        headers.Remove("content-length");
        if (ranges.Length == 0)
        {
            headers.Remove("content-type");
            headers.Set("Content-Range", ContentRange.OfNone(total));
            return new EdgeResponse { StatusCode = 416, Headers = headers };
        }
        RangedBody body;
        if (ranges.Length == 1)
        {
            headers.Set("Content-Range", new ContentRange(ranges[0], total).ToString());
            body = RangedBody.Of(open(ranges[0]), ranges[0].Length, slices);
        }
        else
        {
            body = RangedBody.Of(ranges, total, headers.Get("content-type"), open, out var type);
            headers.Set("Content-Type", type);
        }
        return new EdgeResponse { StatusCode = 206, Headers = headers, Body = body };
    }

    /// <summary>
    /// The fields after a 304: what it carries replaces what is stored (RFC 9111 section 3.2), apart from
    /// what describes the body that did not come.
    /// </summary>
    public HeaderList MergedWith(HeaderList notModified)
    {
        var merged = HeaderList.Share(Fields);
        // The object is confirmed as of now. An old date beside a young age would make it old again for the next cache.
        if (!notModified.Contains("date"))
            merged.Remove("date");
        for (var i = 0; i < notModified.Count; i++)
        {
            var name = notModified[i].Name;
            if (DescribesTheBody(name) || notModified.IndexOf(name) < i)
                continue;
            merged.Set(name, notModified[i].Value);
            for (var j = notModified.IndexOf(name, i + 1); j >= 0; j = notModified.IndexOf(name, j + 1))
                merged.Add(name, notModified[j].Value);
        }
        return merged;
    }

    /// <summary>The 304 that the edge answers for this object: everything that a 200 would say, without what describes a body.</summary>
    public EdgeResponse ToNotModified()
    {
        var headers = HeaderList.Share(Fields);
        headers.Remove("content-length");
        headers.Remove("content-type");
        headers.Remove("content-encoding");
        headers.Remove("content-language");
        return new EdgeResponse { StatusCode = 304, Headers = headers };
    }

    /// <summary>What it costs in memory beside the body: key and fields at two bytes a character, and the objects around them.</summary>
    public long Size
    {
        get
        {
            const int objects = 400, eachField = 64;
            var size = objects + 2L * (Key.Length + Name.Length);
            foreach (ref readonly var each in Fields.AsSpan())
                size += eachField + 2L * (each.Name.Length + each.Value.Length);
            return size;
        }
    }

    private static bool DescribesTheBody(string name) =>
        name.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
        || name.Equals("content-range", StringComparison.OrdinalIgnoreCase)
        || name.Equals("transfer-encoding", StringComparison.OrdinalIgnoreCase);
}
