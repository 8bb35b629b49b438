using System.Text;
using Brink.Edge.Logs.Delivery;

namespace Brink.Edge.Logs;

/// <summary>The standard log of a distribution: 33 fields of each request (distribution spec 2.14).</summary>
/// <param name="includesCookies">Whether it has the cookies of requests.</param>
/// <param name="delivery">Where its lines go.</param>
public sealed class StandardLog(bool includesCookies, LogDelivery delivery)
{
    private const string Version = "#Version: 1.0";

    private const string Fields =
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query "
        + "cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol "
        + "ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte "
        + "x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";

    private static readonly byte[] s_head = Encoding.ASCII.GetBytes($"{Version}\n{Fields}\n");

    /// <summary>The lines that every file begins with.</summary>
    public static ReadOnlySpan<byte> Head => s_head;

    internal void Write(in AccessLogEntry entry, LoggedRequest logged)
    {
        var line = LogLine.Begin();
        line.Moment(entry.Time + entry.TimeTaken);
        line.Word(logged.EdgeLocation);
        line.Number(logged.ResponseBytes);
        line.Word(entry.ViewerIp);
        line.Text(entry.Method);
        line.Text(logged.DistributionName);
        line.Text(entry.Uri);
        line.Status(entry.StatusCode);
        line.Text(logged.Referer);
        line.Text(logged.UserAgent);
        line.Text(entry.QueryString);
        line.Text(includesCookies ? logged.Cookie : null);
        line.Word(LogWords.Of(entry.ResultType));
        line.Word(entry.RequestId);
        line.Text(entry.Host);
        line.Word(logged.IsHttps ? "https" : "http");
        line.Number(logged.RequestBytes);
        line.Seconds(entry.TimeTaken);
        line.Text(logged.ForwardedFor);
        line.Word(logged.TlsProtocol);
        line.Word(logged.TlsCipher);
        line.Word(LogWords.Of(logged.ResponseResultType));
        line.Word(LogWords.OfVersion(entry.HttpVersion));
        line.None(); // fle-status and fle-encrypted-fields: field-level encryption is not done here
        line.None();
        line.Number(logged.ClientPort);
        line.Seconds(logged.FirstByte ?? TimeSpan.Zero);
        line.Word(entry.DetailedResultType);
        line.Text(logged.ContentType);
        line.Number(logged.ContentLength);
        line.Number(logged.Range?.Start);
        line.Number(logged.Range?.End);
        delivery.Post(line.End());
    }
}

/// <summary>Words that both logs have.</summary>
internal static class LogWords
{
    private static readonly string[] s_resultTypes = Enum.GetNames<ResultType>();

    public static string Of(ResultType type) => s_resultTypes[(int)type];

    public static string OfVersion(string version) => version switch
    {
        "1.1" => "HTTP/1.1",
        "2.0" => "HTTP/2.0",
        "3.0" => "HTTP/3.0",
        _ => "HTTP/1.0",
    };
}
