using Brink.Edge.Logs.Delivery;
using Brink.Resources;

namespace Brink.Edge.Logs;

/// <summary>
/// The real-time log of a behavior: a sample of its requests, with the fields that its configuration lists, in the order of
/// <see cref="RealtimeLogFields.All"/> whatever order that lists them in (distribution spec 2.14).
/// </summary>
public sealed class RealtimeLog
{
    /// <summary>Bytes of cookies and of lists of headers; the rest is cut off.</summary>
    private const int LongestList = 800;

    private readonly FieldWriter[] _fields;
    private readonly Sampler _sampler;
    private readonly int _perMillion;
    private readonly LogDelivery _delivery;

    /// <param name="config">What is logged.</param>
    /// <param name="seed">By what requests are chosen.</param>
    /// <param name="delivery">Where its lines go.</param>
    public RealtimeLog(RealtimeLogConfig config, long seed, LogDelivery delivery)
    {
        var listed = RealtimeLogFields.All.Where(config.Fields.Contains).ToList();
        _fields = [.. listed.Select(WriterOf)];
        HasAllHeaders = listed.Any(field => field is "cs-headers" or "cs-header-names");
        HasPlace = listed.Any(field => field is "c-country" or "asn");
        HasMedia = listed.Any(field => field.StartsWith("cmcd-", StringComparison.Ordinal));
        (_sampler, _perMillion, _delivery) = (new Sampler(seed), config.SamplingRate * (Sampler.All / 100), delivery);
    }

    private delegate void FieldWriter(LogLine line, in AccessLogEntry entry, LoggedRequest logged);

    internal bool HasAllHeaders { get; }

    internal bool HasPlace { get; }

    internal bool HasMedia { get; }

    /// <summary>Whether the next request is logged.</summary>
    internal bool TakesNext() => _sampler.TakesNext(_perMillion);

    internal void Write(in AccessLogEntry entry, LoggedRequest logged)
    {
        var line = LogLine.Begin();
        foreach (var field in _fields)
            field(line, in entry, logged);
        _delivery.Post(line.End());
    }

    private static FieldWriter WriterOf(string field) => field switch
    {
        "timestamp" => static (line, in entry, _) => line.Timestamp(entry.Time + entry.TimeTaken),
        "c-ip" => static (line, in entry, _) => line.Word(entry.ViewerIp),
        "s-ip" => static (line, in _, logged) => line.Word(logged.ServerIp),
        "time-to-first-byte" => static (line, in _, logged) => line.Seconds(logged.FirstByte ?? TimeSpan.Zero),
        "sc-status" => static (line, in entry, _) => line.Status(entry.StatusCode),
        "sc-bytes" => static (line, in _, logged) => line.Number(logged.ResponseBytes),
        "cs-method" => static (line, in entry, _) => line.Text(entry.Method),
        "cs-protocol" => static (line, in _, logged) => line.Word(logged.IsHttps ? "https" : "http"),
        "cs-host" => static (line, in entry, _) => line.Text(entry.Host),
        "cs-uri-stem" => static (line, in entry, _) => line.Target(entry.Uri, entry.QueryString),
        "cs-bytes" => static (line, in _, logged) => line.Number(logged.RequestBytes),
        "x-edge-location" => static (line, in _, logged) => line.Word(logged.EdgeLocation),
        "x-edge-request-id" => static (line, in entry, _) => line.Word(entry.RequestId),
        "x-host-header" => static (line, in _, logged) => line.Text(logged.DistributionName),
        "time-taken" => static (line, in entry, _) => line.Seconds(entry.TimeTaken),
        "cs-protocol-version" => static (line, in entry, _) => line.Word(LogWords.OfVersion(entry.HttpVersion)),
        "c-ip-version" => static (line, in entry, _) => line.Word(entry.ViewerIp.Contains(':') ? "IPv6" : "IPv4"),
        "cs-user-agent" => static (line, in _, logged) => line.Text(logged.UserAgent),
        "cs-referer" => static (line, in _, logged) => line.Text(logged.Referer),
        "cs-cookie" => static (line, in _, logged) => line.Text(Cut(logged.Cookie)),
        "cs-uri-query" => static (line, in entry, _) => line.Text(entry.QueryString),
        "x-edge-response-result-type" => static (line, in _, logged) => line.Word(LogWords.Of(logged.ResponseResultType)),
        "x-forwarded-for" => static (line, in _, logged) => line.Text(logged.ForwardedFor),
        "ssl-protocol" => static (line, in _, logged) => line.Word(logged.TlsProtocol),
        "ssl-cipher" => static (line, in _, logged) => line.Word(logged.TlsCipher),
        "x-edge-result-type" => static (line, in entry, _) => line.Word(LogWords.Of(entry.ResultType)),
        "sc-content-type" => static (line, in _, logged) => line.Text(logged.ContentType),
        "sc-content-len" => static (line, in _, logged) => line.Number(logged.ContentLength),
        "sc-range-start" => static (line, in _, logged) => line.Number(logged.Range?.Start),
        "sc-range-end" => static (line, in _, logged) => line.Number(logged.Range?.End),
        "c-port" => static (line, in _, logged) => line.Number(logged.ClientPort),
        "x-edge-detailed-result-type" => static (line, in entry, _) => line.Word(entry.DetailedResultType),
        "c-country" => static (line, in _, logged) => line.Text(logged.Country),
        "cs-accept-encoding" => static (line, in _, logged) => line.Text(logged.AcceptEncoding),
        "cs-accept" => static (line, in _, logged) => line.Text(logged.Accept),
        "cache-behavior-path-pattern" => static (line, in entry, _) => line.Text(entry.PathPattern),
        "cs-headers" => static (line, in _, logged) => line.Text(Cut(logged.Headers)),
        "cs-header-names" => static (line, in _, logged) => line.Text(Cut(logged.HeaderNames)),
        "cs-headers-count" => static (line, in _, logged) => line.Number(logged.HeaderCount),
        "primary-distribution-id" => static (line, in entry, _) => line.Word(entry.PrimaryDistribution?.Id ?? entry.DistributionId),
        "primary-distribution-dns-name" =>
            static (line, in entry, logged) => line.Word(entry.PrimaryDistribution?.DomainName ?? logged.DistributionName),
        "origin-fbl" => static (line, in _, logged) => Seconds(line, logged.OriginFirstByte),
        "asn" => static (line, in _, logged) => line.Text(logged.Asn),
        _ when MediaKeyOf(field) is { } key => (line, in _, logged) => line.Text(logged.Media?[key]),
        // What nothing here has: field-level encryption, tenants, selection by media quality, the last byte of an origin.
        _ => static (line, in _, _) => line.None(),
    };

    private static void Seconds(LogLine line, TimeSpan? time)
    {
        if (time is { } known)
            line.Seconds(known);
        else
            line.None();
    }

    private static ReadOnlySpan<char> Cut(string? value) => value is { Length: > LongestList } ? value.AsSpan(0, LongestList) : value;

    private static string? MediaKeyOf(string field) => field switch
    {
        "cmcd-encoded-bitrate" => "br",
        "cmcd-buffer-length" => "bl",
        "cmcd-buffer-starvation" => "bs",
        "cmcd-content-id" => "cid",
        "cmcd-object-duration" => "d",
        "cmcd-deadline" => "dl",
        "cmcd-measured-throughput" => "mtp",
        "cmcd-next-object-request" => "nor",
        "cmcd-next-range-request" => "nrr",
        "cmcd-object-type" => "ot",
        "cmcd-playback-rate" => "pr",
        "cmcd-requested-maximum-throughput" => "rtp",
        "cmcd-streaming-format" => "sf",
        "cmcd-session-id" => "sid",
        "cmcd-stream-type" => "st",
        "cmcd-startup" => "su",
        "cmcd-top-bitrate" => "tb",
        "cmcd-version" => "v",
        _ => null,
    };
}
