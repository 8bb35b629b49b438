using System.Globalization;
using System.Text;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// What a bucket's server says when it refuses. The viewer gets its answer, without the parts that repeat keys and what was signed; the
/// log gets the reason and what to do about it.
/// </summary>
internal static class BucketRefusal
{
    /// <summary>An error document of S3 has some hundred bytes; with a canonical request in it some thousand.</summary>
    private const int MaxBytes = 32 * 1024;

    /// <summary>Elements that a server puts into its answer to help the holder of the keys, which a viewer is not.</summary>
    private static readonly string[] Secrets =
    [
        "AWSAccessKeyId", "StringToSign", "StringToSignBytes", "SignatureProvided",
        "CanonicalRequest", "CanonicalRequestBytes", "Token-0",
    ];

    /// <summary>Notes the reason of a refusal in the report. The response goes on.</summary>
    public static async ValueTask<OriginOutcome> NoteAsync(
        OriginOutcome outcome, BucketRequest request, RegionalRequest asked, CancellationToken cancellationToken)
    {
        var response = outcome.Response!;
        var (code, message) = request.IsSigned && response.StatusCode != 404 ? await ReadAsync(response, cancellationToken) : default;
        asked.Report.Note = Reason(response.StatusCode, code, message, request, asked);
        return outcome;
    }

    private static string? Reason(int status, string? code, string? message, BucketRequest request, RegionalRequest asked)
    {
        var text = new StringBuilder();
        if (request.OtherHost is { } host)
        {
            text.Append(CultureInfo.InvariantCulture, $"Host was '{host}', ")
                .Append("and a bucket is asked by its Host, not by the origin's domainName: ")
                .Append(asked.OriginRequest is null
                    ? "leave Host out of the policy"
                    : "a function that changes domainName sets headers.host to it as well")
                .Append(". ");
        }
        // A 400 to a request that was not signed has another reason.
        if (request.IsSigned ? status != 404 : status is 401 or 403)
        {
            text.Append(request.IsSigned ? "The signed request was refused" : "The request was not signed and was refused");
            if (code is not null)
                text.Append(CultureInfo.InvariantCulture, $" ({code}{(message is null ? "" : ": " + message)})");
            text.Append(": ").Append(Advice(code, request)).Append('.');
        }
        return text.Length == 0 ? null : text.ToString().TrimEnd();
    }

    private static string Advice(string? code, BucketRequest request) => code switch
    {
        _ when !request.IsSigned => "the bucket is not public; give the origin an OriginAccessControlId, and keys with --s3",
        "SignatureDoesNotMatch" => $"the secret access key is wrong, or the region, which was {request.Region}",
        "InvalidAccessKeyId" => "the server does not know the access key",
        "RequestTimeTooSkewed" => "this machine's clock and the server's differ too much; set the clock",
        "ExpiredToken" or "InvalidToken" => "the session token is over or wrong; get new keys",
        "AuthorizationHeaderMalformed" => $"most often the region is wrong, which was {request.Region}; set region in the --s3 file",
        "AccessDenied" => "the keys may not do this, or there is no such object and they may not list the bucket",
        null => "the server did not say why; the keys, the region or what the keys may do",
        _ => "see what the server says",
    };

    /// <summary>Code and message of the error document. Secrets are taken out of it on the way.</summary>
    private static async ValueTask<(string? Code, string? Message)> ReadAsync(EdgeResponse response, CancellationToken cancellationToken)
    {
        if (response.Body is not StreamBody body || body.Length > MaxBytes)
            return default;
        try
        {
            var head = await BodyHead.ReadAsync(body.Stream, MaxBytes, cancellationToken);
            if (head.Bytes.Length == MaxBytes)
            {
                response.Body = new StreamBody(new Continued(head.WithRest(), body.Stream), body.Length);
                return default;
            }
            var document = Encoding.UTF8.GetString(head.Bytes.Span);
            var shown = Secrets.Aggregate(document, Without);
            var bytes = ReferenceEquals(shown, document) ? head.Bytes : Encoding.UTF8.GetBytes(shown);
            await body.Stream.DisposeAsync();
            response.Body = new BytesBody(bytes);
            if (response.Headers.Contains("Content-Length"))
                response.Headers.Set("Content-Length", bytes.Length.ToString(CultureInfo.InvariantCulture));
            return (ElementOf(document, "Code"), ElementOf(document, "Message"));
        }
        catch (IOException)
        {
            // It broke off; the next read fails in the same way.
            return default;
        }
    }

    private static string? ElementOf(string document, string name)
    {
        if (Find(document, name) is not var (_, start, end, _) || end - start is 0 or > 300)
            return null;
        return document[start..end];
    }

    private static string Without(string document, string name)
    {
        while (Find(document, name) is var (before, _, _, after))
            document = document[..before] + document[after..];
        return document;
    }

    private static (int Before, int Start, int End, int After)? Find(string document, string name)
    {
        var open = document.IndexOf($"<{name}>", StringComparison.Ordinal);
        var close = open < 0 ? -1 : document.IndexOf($"</{name}>", open, StringComparison.Ordinal);
        return close < 0 ? null : (open, open + name.Length + 2, close, close + name.Length + 3);
    }

    /// <summary>What was read ahead and the rest; disposing it closes the connection.</summary>
    private sealed class Continued(Stream whole, Stream connection) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            whole.ReadAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                connection.Dispose();
            base.Dispose(disposing);
        }
    }
}
