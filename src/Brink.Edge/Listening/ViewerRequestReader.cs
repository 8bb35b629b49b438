using System.Buffers;
using System.Text;
using Brink.Edge.Messages;
using Brink.Http;
using Microsoft.AspNetCore.Http;

namespace Brink.Edge.Listening;

/// <summary>
/// Reads the head of a viewer's request into an <see cref="EdgeRequest"/>, and refuses what is not HTTP or
/// too large (distribution spec 1.1, stage 2).
/// </summary>
/// <remarks>
/// <para>Kestrel has parsed by then. It refuses with an empty 400, which is logged: line ends of a bare LF, folded lines, white space
/// before a colon, targets with bytes above 0x7F or with <c>%00</c>, two Content-Length or Host fields, a Host that does not fit an
/// absolute target. This class refuses what Kestrel lets pass.</para>
/// <para>Lost on the way: the letter case of names that Kestrel knows (they arrive in their canonical case; events show all
/// names in lower case anyway), the order between fields of different names (Kestrel's known names come first), and what a
/// second Connection field lists beside one that is just <c>keep-alive</c> (<see cref="ReceivedFields"/>). Fields of one name
/// keep their order, unknown names their case.</para>
/// </remarks>
internal static class ViewerRequestReader
{
    private static readonly SearchValues<char> NotInTarget = SearchValues.Create(
        [.. Enumerable.Range(0, 33).Select(c => (char)c), '\u007f', '#']);

    /// <summary>The result of reading.</summary>
    /// <param name="Status">0 when the request is fine, else 400 or 413.</param>
    /// <param name="Reason">Why it is refused.</param>
    public readonly record struct Verdict(int Status, string? Reason)
    {
        public static Verdict Fine => default;
    }

    /// <summary>Fills <paramref name="request"/>; on a refusal it holds what was read so far.</summary>
    public static Verdict Read(KestrelViewer viewer, EdgeRequest request)
    {
        var source = viewer.Request;
        request.RequestId = RequestIds.Next();
        request.Method = source.Method;
        request.HttpVersion = source.Protocol switch
        {
            "HTTP/1.1" => "1.1",
            "HTTP/2" => "2.0",
            "HTTP/1.0" => "1.0",
            _ => "3.0",
        };
        request.IsHttps = source.Scheme == "https";

        var target = source.RawTarget;
        var headBytes = source.Method.Length + target.Length + " HTTP/1.1\r\n".Length + 1;
        if (target.Length > Limits.UrlBytes)
            return new Verdict(413, $"the URL has {target.Length} bytes, more than {Limits.UrlBytes}");

        var verdict = ReadHeaders(source.Headers, request.Headers, headBytes);
        if (verdict.Status == 0)
            verdict = ReadTarget(target, request);
        if (verdict.Status == 0)
            ConnectionFields.RemoveNominated(request.Headers);
        return verdict;
    }

    private static Verdict ReadHeaders(IHeaderDictionary source, HeaderList headers, int headBytes)
    {
        var transferCodings = false;
        var lengths = 0;
        foreach (var (name, values) in source)
        {
            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i] ?? "";
                headBytes += name.Length + value.Length + 4;
                if (headBytes > Limits.HeadBytes)
                    return new Verdict(413, $"the head of the request has more than {Limits.HeadBytes} bytes");
                if (!FieldText.IsSafe(value))
                    return new Verdict(400, $"the value of {name} contains a control character");
                headers.Add(name, value);
            }

            switch (name.Length)
            {
                // Kestrel renames Content-Length to X-Content-Length when Transfer-Encoding is there too.
                case 14 when name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase):
                case 16 when name.Equals("X-Content-Length", StringComparison.OrdinalIgnoreCase):
                    lengths++;
                    break;
                case 17 when name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase):
                    transferCodings = true;
                    if (values.Count != 1 || !values.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase))
                        return new Verdict(400, "Transfer-Encoding is not just \"chunked\"");
                    break;
                default:
                    break;
            }
        }
        return transferCodings && lengths > 0
            ? new Verdict(400, "both Transfer-Encoding and Content-Length")
            : Verdict.Fine;
    }

    private static Verdict ReadTarget(string target, EdgeRequest request)
    {
        if (request.HttpVersion != "1.1" && request.Headers.Contains("Transfer-Encoding"))
            return new Verdict(400, "Transfer-Encoding is known in HTTP/1.1 only");

        if (!target.StartsWith('/'))
        {
            // Absolute form (RFC 9112 section 3.2.2). Kestrel has checked that the Host field names the same authority. What is left, "*"
            // and the authority of CONNECT, names nothing that a distribution could serve.
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            if (scheme < 0)
                return new Verdict(400, "the target is neither a path nor an absolute URL");
            var authority = target.AsSpan(scheme + 3);
            var end = authority.IndexOfAny('/', '?', '#');
            if ((end < 0 ? authority : authority[..end]).Contains('@'))
                return new Verdict(400, "the target carries user information");
            var rest = end < 0 ? "" : authority[end..];
            target = rest is ['/', ..] ? rest.ToString() : string.Concat("/", rest);
        }

        if (target.AsSpan().ContainsAny(NotInTarget))
            return new Verdict(400, "the target contains a character that must be percent-encoded");
        if (!Ascii.IsValid(target))
            return new Verdict(400, "the target is not ASCII");

        var query = target.IndexOf('?');
        request.Uri = query < 0 ? target : target[..query];
        request.QueryString = query < 0 ? null : target[(query + 1)..];

        // HTTP/1.0 may come without a Host; no distribution answers to that, and the page is the same.
        if (request.Headers.Get("Host") is not { Length: > 0 } host)
            return new Verdict(400, "no Host");
        return HostField.IsValid(host)
            ? Verdict.Fine
            : new Verdict(400, "the Host is no host name or address, perhaps with a port up to 65535");
    }
}
