using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>Which responses the edge compresses, and what their heads say then (distribution spec 3.8).</summary>
internal static class EdgeCompression
{
    private const long LeastBytes = 1_000;
    private const long MostBytes = 10_000_000;

    // What no longer holds for other bytes: their length, their hashes, and that parts of them can be had. A weak tag joins no parts.
    private static readonly string[] OfTheOriginsBytes =
        ["content-length", "content-md5", "content-digest", "repr-digest", "digest", "accept-ranges"];

    /// <summary>The coding that the body of this answer gets, or would get were it not HEAD; null for none.</summary>
    public static ContentCoding? CodingFor(RegionalRequest asked, EdgeResponse response)
    {
        var behavior = asked.Behavior.Behavior;
        return behavior.Compress
            && ContentCodings.For(behavior.CachePolicy, asked.Request) is { } coding
            && IsCompressible(response, hasBody: asked.Request.Method != "HEAD")
                ? coding
                : null;
    }

    /// <summary>Makes the fields say what they say of a body that the edge has compressed.</summary>
    public static EdgeCoding Describe(HeaderList headers, ContentCoding coding)
    {
        var originTag = headers.Get("etag");
        foreach (var name in OfTheOriginsBytes)
            headers.Remove(name);
        headers.Set("Content-Encoding", coding.Token());
        WeakenTag(headers);
        AddToVary(headers);
        return new EdgeCoding(coding, originTag);
    }

    /// <summary>The same once a 304 has confirmed a compressed object and its fields are merged into those that are stored.</summary>
    public static EdgeCoding DescribeAgain(HeaderList merged, EdgeCoding stored, HeaderList notModified)
    {
        var described = Describe(merged, stored.Coding);
        return notModified.Contains("etag") ? described : stored;
    }

    /// <summary>
    /// Gives a 304 of the origin to a viewer's own question the fields of the 200 that it stands for (RFC 9110 section 15.4.5): where the
    /// viewer has named the tag as a weak one, and the origin's is strong, the copy is one that the edge has compressed.
    /// </summary>
    public static void NameTheViewersTag(HeaderList notModified, RegionalRequest asked)
    {
        var behavior = asked.Behavior.Behavior;
        if (!behavior.Compress
            || notModified.Get("etag") is not ['"', ..] tag
            || ContentCodings.For(behavior.CachePolicy, asked.Request) is null
            || !Names(asked.Request.Headers, "W/" + tag))
            return;
        WeakenTag(notModified);
        AddToVary(notModified);
    }

    private static bool Names(HeaderList request, string tag)
    {
        for (var i = request.IndexOf("if-none-match"); i >= 0; i = request.IndexOf("if-none-match", i + 1))
        {
            if (request[i].Value.Contains(tag, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private static bool IsCompressible(EdgeResponse response, bool hasBody)
    {
        var headers = response.Headers;
        return response.StatusCode is 200 or 403 or 404
            && !headers.Contains("content-encoding") // whatever it says
            && WireNumber.TryRead(headers.Get("content-length"), out var length)
            && length is >= LeastBytes and <= MostBytes
            && (!hasBody || response.Body.Length == length)
            && CompressibleTypes.Contains(headers.Get("content-type"))
            && !CacheControl.Read(headers).ForbidsTransforming;
    }

    // "x" becomes W/"x"; what is neither strong nor weak is no tag, and goes.
    private static void WeakenTag(HeaderList headers)
    {
        var index = headers.IndexOf("etag");
        if (index < 0)
            return;
        var (name, tag) = headers[index];
        if (tag.StartsWith('"'))
            headers.Set(name, "W/" + tag);
        else if (!tag.StartsWith("W/", StringComparison.Ordinal))
            headers.Remove(name);
    }

    private static void AddToVary(HeaderList headers)
    {
        const string field = "Accept-Encoding";
        // The cache's filter has left one line at most.
        var index = headers.IndexOf("vary");
        if (index < 0)
        {
            headers.Add("Vary", field);
            return;
        }
        var (name, value) = headers[index];
        foreach (var range in value.AsSpan().Split(','))
        {
            if (value.AsSpan(range).Trim().Equals(field, StringComparison.OrdinalIgnoreCase))
                return;
        }
        headers.Set(name, $"{value}, {field}");
    }
}
