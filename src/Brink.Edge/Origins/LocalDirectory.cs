using System.Globalization;
using System.Net;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// A local folder as an origin, for development. Answers as an S3 bucket does: a key is a file, a folder is nothing, there are no listings
/// and no index documents (that is what default root objects and functions are for). Never served, by any spelling or link: what is outside
/// the folder, what is not a regular file, and what is hidden (<c>.git</c>, <c>.env</c>) unless the origin says so.
/// </summary>
internal static class LocalDirectory
{
    /// <summary>The Host that functions see: a folder is shown to them as a bucket.</summary>
    public const string ShownHost = "local-folder.s3.amazonaws.com";

    /// <summary>Up to here a file is read whole; a larger one streams.</summary>
    private const int WholeFileBytes = 64 * 1024;

    public static OriginOutcome Read(DirectoryOrigin origin, RegionalRequest asked)
    {
        var request = asked.Request;
        if (request.Method is not ("GET" or "HEAD"))
            return Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
        if (Decode(origin.OriginPath + (asked.OriginRequest ?? request).Uri) is not { } key)
            return Error(400, "InvalidURI", "Couldn't parse the specified URI.");

        try
        {
            if (FolderPath.Resolve(origin.Directory, key) is not { } path
                || !FileKind.IsRegular(path)
                || new FileInfo(path) is not { Exists: true } file)
                return Missing();
            if (!origin.ServesHiddenFiles && FolderPath.HiddenName(origin.Directory, key, path) is { } hidden)
            {
                asked.Report.Note = $"{key} is there and not served: {hidden} is hidden. brink dev --hidden-files serves it";
                return Missing();
            }
            return Answer(file, asked);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            // Gone since the look, or not readable.
            return exception is FileNotFoundException or DirectoryNotFoundException
                ? Missing()
                : Error(403, "AccessDenied", "Access Denied");
        }
    }

    private static EdgeResponse Answer(FileInfo file, RegionalRequest asked)
    {
        var modified = file.LastWriteTimeUtc;
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.Length:x}-{modified.Ticks:x}\"");
        var lastModified = modified.ToString("R", CultureInfo.InvariantCulture);

        var response = new EdgeResponse();
        response.Headers.Add("Content-Type", ContentTypes.For(file.Name));
        response.Headers.Add("ETag", tag);
        response.Headers.Add("Last-Modified", lastModified);
        response.Headers.Add("Accept-Ranges", "bytes");

        var condition = Conditions.Judge(asked, tag, modified);
        if (condition != 0)
        {
            if (condition == 412)
                return Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
            response.StatusCode = 304;
            response.Headers.Remove("Content-Type");
            return response;
        }

        var (start, length) = (0L, file.Length);
        if (asked.Request.Headers.Get("Range") is { } range && Conditions.RangeApplies(asked.Request, tag, lastModified))
        {
            switch (ByteRange.Parse(range, file.Length, out var part))
            {
                case ByteRange.Outcome.Part:
                    (start, length) = (part.Start, part.Length);
                    response.StatusCode = 206;
                    var sent = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{start + length - 1}/{file.Length}");
                    response.Headers.Add("Content-Range", sent);
                    break;
                case ByteRange.Outcome.Unsatisfiable:
                    var refusal = Error(416, "InvalidRange", "The requested range is not satisfiable");
                    refusal.Headers.Add("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}"));
                    return refusal;
                default:
                    break; // several ranges, or none that is understood: the whole
            }
        }

        response.Headers.Add("Content-Length", length.ToString(CultureInfo.InvariantCulture));
        if (asked.Request.Method != "HEAD")
            response.Body = BodyOf(file, start, length);
        return response;
    }

    private static MessageBody BodyOf(FileInfo file, long start, long length)
    {
        if (length == 0)
            return MessageBody.Empty;
        var section = new FileSection(file.FullName, start, length);
        if (length > WholeFileBytes)
            return new StreamBody(section, length);
        using (section)
            return new BytesBody(section.ReadAll());
    }

    /// <summary>The path with its escapes decoded, as UTF-8; null when it is not.</summary>
    private static string? Decode(string path)
    {
        var bytes = new byte[path.Length];
        var count = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] > 0xff)
                return path.Contains('%') ? null : path; // a function's own text, not bytes of the wire
            if (path[i] != '%')
            {
                bytes[count++] = (byte)path[i];
                continue;
            }
            if (i + 2 >= path.Length || !WireNumber.TryReadHexByte(path.AsSpan(i + 1, 2), out bytes[count++]))
                return null;
            i += 2;
        }
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static EdgeResponse Missing() => Error(404, "NoSuchKey", "The specified key does not exist.");

    private static EdgeResponse Error(int status, string code, string message)
    {
        var body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            + $"<Error><Code>{code}</Code><Message>{WebUtility.HtmlEncode(message)}</Message></Error>";
        var response = new EdgeResponse { StatusCode = status, Body = new BytesBody(Encoding.UTF8.GetBytes(body)) };
        response.Headers.Add("Content-Type", "application/xml");
        return response;
    }
}
