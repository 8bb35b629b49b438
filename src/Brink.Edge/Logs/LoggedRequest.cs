using System.Text;
using Brink.Http;

namespace Brink.Edge.Logs;

/// <summary>
/// What the standard and the real-time log have of a request beside its <see cref="AccessLogEntry"/>. It is there only for requests that
/// one of them takes. What the viewer sent is taken up before a function can change it.
/// </summary>
internal sealed class LoggedRequest
{
    private readonly StandardLog? _standard;
    private readonly RealtimeLog? _realtime;

    private LoggedRequest(StandardLog? standard, RealtimeLog? realtime) => (_standard, _realtime) = (standard, realtime);

    /// <summary>Whether the request came over TLS.</summary>
    public bool IsHttps { get; private init; }

    /// <summary>c-port.</summary>
    public int ClientPort { get; private init; }

    /// <summary>cs(Referer).</summary>
    public string? Referer { get; private set; }

    /// <summary>cs(User-Agent).</summary>
    public string? UserAgent { get; private set; }

    /// <summary>cs(Cookie).</summary>
    public string? Cookie { get; private set; }

    /// <summary>x-forwarded-for.</summary>
    public string? ForwardedFor { get; private set; }

    /// <summary>cs-accept.</summary>
    public string? Accept { get; private set; }

    /// <summary>cs-accept-encoding.</summary>
    public string? AcceptEncoding { get; private set; }

    /// <summary>cs-headers: <c>name:value</c> and a line end for each; null where no log has it.</summary>
    public string? Headers { get; private set; }

    /// <summary>cs-header-names: a name and a line end for each; null where no log has it.</summary>
    public string? HeaderNames { get; private set; }

    /// <summary>cs-headers-count.</summary>
    public int HeaderCount { get; private set; }

    /// <summary>
    /// The viewer's data for a player's log, Common Media Client Data; null where no log has it, or the viewer sent none.
    /// </summary>
    public MediaClientData? Media { get; private set; }

    /// <summary>cs(Host): the distribution's own name.</summary>
    public string DistributionName { get; set; } = "";

    /// <summary>x-edge-location.</summary>
    public string EdgeLocation { get; set; } = "";

    /// <summary>s-ip.</summary>
    public string ServerIp { get; set; } = "";

    /// <summary>ssl-protocol; null without TLS.</summary>
    public string? TlsProtocol { get; set; }

    /// <summary>ssl-cipher; null without TLS.</summary>
    public string? TlsCipher { get; set; }

    /// <summary>c-country; null where it is not known.</summary>
    public string? Country { get; set; }

    /// <summary>asn; null where it is not known.</summary>
    public string? Asn { get; set; }

    /// <summary>cs-bytes: the head of the request and what was read of its body.</summary>
    public long RequestBytes { get; set; }

    /// <summary>sc-bytes: the head of the response and what was sent of its body.</summary>
    public long ResponseBytes { get; set; }

    /// <summary>time-to-first-byte; null where none was sent.</summary>
    public TimeSpan? FirstByte { get; set; }

    /// <summary>origin-fbl; null where no origin was asked, or it was not measured.</summary>
    public TimeSpan? OriginFirstByte { get; set; }

    /// <summary>sc-content-type; null for none.</summary>
    public string? ContentType { get; set; }

    /// <summary>sc-content-len; null where it was not said.</summary>
    public long? ContentLength { get; set; }

    /// <summary>sc-range-start and sc-range-end; null without a range.</summary>
    public (long Start, long End)? Range { get; set; }

    /// <summary>x-edge-response-result-type: how the request would have ended had the viewer and the origin stayed to the end.</summary>
    public ResultType ResponseResultType { get; set; }

    /// <summary>Whether the places of viewers are logged.</summary>
    public bool HasPlace => _realtime is { HasPlace: true };

    /// <summary>What the logs of a distribution and of a behavior want of a request; null where neither takes it.</summary>
    public static LoggedRequest? Of(StandardLog? standard, RealtimeLog? realtime, EdgeRequest request)
    {
        if (realtime?.TakesNext() != true)
            realtime = null;
        if (standard is null && realtime is null)
            return null;
        var logged = new LoggedRequest(standard, realtime) { IsHttps = request.IsHttps, ClientPort = request.ClientPort };
        logged.TakeUp(request.Headers);
        if (realtime is { HasAllHeaders: true })
            (logged.Headers, logged.HeaderNames) = ListsOf(request.Headers);
        if (realtime is { HasMedia: true })
            logged.Media = MediaClientData.Of(request);
        return logged;
    }

    /// <summary>The request is over.</summary>
    public void Write(in AccessLogEntry entry)
    {
        _standard?.Write(entry, this);
        _realtime?.Write(entry, this);
    }

    private void TakeUp(HeaderList headers)
    {
        HeaderCount = headers.Count;
        foreach (ref readonly var field in headers.AsSpan())
        {
            switch (field.Name.Length)
            {
                case 7 when Is(field, "Referer"):
                    Referer ??= field.Value;
                    break;
                case 10 when Is(field, "User-Agent"):
                    UserAgent ??= field.Value;
                    break;
                case 6 when Is(field, "Cookie"):
                    Cookie = Cookie is null ? field.Value : $"{Cookie}; {field.Value}";
                    break;
                case 15 when Is(field, "X-Forwarded-For"):
                    ForwardedFor = ForwardedFor is null ? field.Value : $"{ForwardedFor}, {field.Value}";
                    break;
                case 6 when Is(field, "Accept"):
                    Accept = Accept is null ? field.Value : $"{Accept}, {field.Value}";
                    break;
                case 15 when Is(field, "Accept-Encoding"):
                    AcceptEncoding = AcceptEncoding is null ? field.Value : $"{AcceptEncoding}, {field.Value}";
                    break;
                default:
                    break;
            }
        }
    }

    private static bool Is(in HeaderField field, string name) => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static (string Fields, string Names) ListsOf(HeaderList headers)
    {
        var (fields, names) = (new StringBuilder(512), new StringBuilder(256));
        foreach (ref readonly var field in headers.AsSpan())
        {
            fields.Append(field.Name).Append(':').Append(field.Value).Append('\n');
            names.Append(field.Name).Append('\n');
        }
        return (fields.ToString(), names.ToString());
    }
}
