using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Geography;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Delivery;

/// <summary>Gathers what the standard and the real-time log have of a request, where one of them takes it.</summary>
internal static class RequestLogs
{
    /// <summary>When the head of the request has been read: what the viewer sent, before a function can change it.</summary>
    public static LoggedRequest? Open(
        LiveDistribution distribution, LiveBehavior behavior, Viewer viewer, EdgeRequest request, ViewerFacts? facts, string edgeLocation)
    {
        if (distribution.StandardLog is null && behavior.RealtimeLog is null)
            return null;
        if (LoggedRequest.Of(distribution.StandardLog, behavior.RealtimeLog, request) is not { } logged)
            return null;
        (logged.DistributionName, logged.EdgeLocation) = (distribution.Distribution.DomainName, edgeLocation);
        logged.ServerIp = viewer.ServerIp;
        (logged.TlsProtocol, logged.TlsCipher) = (viewer.Tls?.Protocol, viewer.Tls?.Cipher);
        if (logged.HasPlace)
            (logged.Country, logged.Asn) = (facts?.Country, facts?.Place[PlaceField.Asn]);
        return logged;
    }

    /// <summary>When the head of the answer is about to leave.</summary>
    public static void FirstByte(LoggedRequest logged, Exchange exchange, EdgeResponse response, ResultType resultType, TimeProvider time)
    {
        logged.FirstByte = time.GetElapsedTime(exchange.StartTimestamp);
        logged.ResponseResultType = resultType;
        logged.ContentType = response.Headers.Get("Content-Type");
        logged.Range = RangeOf(response.Headers.Get("Content-Range"));
    }

    /// <summary>When the answer is over.</summary>
    public static void End(LoggedRequest logged, Exchange exchange, Viewer viewer)
    {
        logged.RequestBytes = viewer.RequestBytes;
        logged.ResponseBytes = logged.FirstByte is null ? 0 : viewer.ResponseBytes(exchange.BodyBytes);
        logged.ContentLength = logged.FirstByte is null ? null : viewer.ContentLength;
        logged.OriginFirstByte = exchange.ResultType == ResultType.Hit ? null : exchange.Origin?.Asked?.FirstByte;
    }

    /// <summary><c>bytes 0-99/1234</c> (RFC 9110 section 14.4); null for anything else.</summary>
    private static (long Start, long End)? RangeOf(string? contentRange)
    {
        if (contentRange is null || !contentRange.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase))
            return null;
        var range = contentRange.AsSpan("bytes ".Length).Trim();
        var dash = range.IndexOf('-');
        var slash = range.IndexOf('/');
        return dash > 0 && slash > dash && WireNumber.TryRead(range[..dash], out var start)
            && WireNumber.TryRead(range[(dash + 1)..slash], out var end)
            ? (start, end)
            : null;
    }
}
