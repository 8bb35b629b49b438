using System.Collections.Frozen;
using Brink.Distributions;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// The header fields of an origin request: what the policies send, what HTTP needs, what the edge adds (distribution spec 3.9, 2.6).
/// </summary>
internal static class OriginRequestHeaders
{
    /// <summary>All of them: those that Lambda@Edge functions left, or those made now; and over them the origin's own.</summary>
    public static HeaderList For(CustomOrigin origin, RegionalRequest asked, string via)
    {
        var headers = asked.OriginRequest?.Headers ?? Make(origin, asked, via);
        if (origin.CustomHeaders.IsEmpty)
            return headers;
        if (asked.OriginRequest is not null)
            headers = headers.Clone();
        // They overwrite whatever of that name the viewer sent (spec 2.2).
        foreach (var custom in origin.CustomHeaders)
            headers.Set(custom.Name, custom.Value);
        return headers;
    }

    /// <summary>
    /// The request as functions on origin events see it: what will be sent to this origin, without its custom
    /// headers, which the event shows beside it.
    /// </summary>
    public static EdgeRequest Shown(Origin origin, RegionalRequest asked, string via)
    {
        var request = asked.Request;
        var server = origin switch
        {
            CustomOrigin custom => custom,
            S3Origin bucket => BucketRequest.Unplaced(bucket),
            _ => new CustomOrigin { Id = origin.Id, DomainName = LocalDirectory.ShownHost },
        };
        var headers = Make(server, asked, via);
        if (!asked.Body.IsEmpty && request.Headers.Get("Content-Length") is { } length)
            headers.Add("Content-Length", length);
        return new EdgeRequest
        {
            Method = request.Method,
            Uri = request.Uri,
            QueryString = asked.Behavior.Behavior.ForwardedItems.QueryString(request),
            Headers = headers,
            ClientIp = request.ClientIp,
            ClientPort = request.ClientPort,
            ProxyIp = request.ProxyIp,
            HttpVersion = request.HttpVersion,
            IsHttps = request.IsHttps,
            RequestId = request.RequestId,
        };
    }

    private static HeaderList Make(CustomOrigin origin, RegionalRequest asked, string via)
    {
        var request = asked.Request;
        var items = asked.Behavior.Behavior.ForwardedItems;
        var headers = new HeaderList();
        var isOptions = request.Method == "OPTIONS";

        foreach (var field in request.Headers.AsSpan())
        {
            if (Ours.Contains(field.Name) || UnforwardedFields.Contains(field.Name) || (isOptions && IsMaxForwards(field.Name)))
                continue;
            if (IsNeeded(field.Name, asked) || items.SendsHeader(field.Name, request.Method))
                headers.Add(field.Name, field.Value);
        }

        if (origin.HostHeader is { } host)
            headers.Set("Host", host);
        else if (origin.SendsOwnHost || !headers.Contains("Host"))
            headers.Set("Host", AuthorityOf(origin, request.IsHttps));
        if (!headers.Contains("User-Agent"))
            headers.Add("User-Agent", "Amazon CloudFront");
        headers.Add("Connection", "Keep-Alive");
        headers.Add("X-Amz-Cf-Id", request.RequestId);
        headers.Add("Via", request.Headers.Get("Via") is { } earlier ? $"{earlier}, {via}" : via);
        var peer = request.ProxyIp ?? request.ClientIp;
        headers.Add("X-Forwarded-For", request.Headers.Get("X-Forwarded-For") is { Length: > 0 } hops ? $"{hops},{peer}" : peer);
        if (items.Cookies(request) is { Length: > 0 } cookies)
            headers.Add("Cookie", cookies);
        if (items.AcceptEncoding(request) is { } codings)
            headers.Add("Accept-Encoding", codings);

        if (asked.Revalidation is { } stale)
        {
            if (stale.ETag is { } tag)
                headers.Add("If-None-Match", tag);
            if (stale.LastModified is { } date)
                headers.Add("If-Modified-Since", date);
        }
        return headers;
    }

    private static string AuthorityOf(CustomOrigin origin, bool viewerIsHttps)
    {
        var https = origin.UsesHttps(viewerIsHttps);
        var port = https ? origin.HttpsPort : origin.HttpPort;
        var name = origin.DomainName.Contains(':') ? $"[{origin.DomainName}]" : origin.DomainName;
        return port == (https ? 443 : 80) ? name : $"{name}:{port}";
    }

    /// <summary>
    /// What HTTP itself needs, whatever the policies list: the description of the body, ranges, and conditions on a miss (spec 3.5, 3.9).
    /// </summary>
    private static bool IsNeeded(string name, RegionalRequest asked)
    {
        switch (name.ToLowerInvariant())
        {
            case "content-type" or "content-encoding" or "content-language" or "content-md5":
                return !asked.Body.IsEmpty;
            case "range" or "if-range":
                return true;
            case "if-match" or "if-none-match" or "if-modified-since" or "if-unmodified-since":
                // When the edge asks for itself whether its copy still holds, the viewer's own condition must not answer in its place.
                return asked.Revalidation is null;
            default:
                return asked.Protocol == RequestProtocol.Grpc && Grpc.Describes(name);
        }
    }

    /// <summary>Fields that the edge writes itself, from what the viewer sent in them.</summary>
    private static readonly FrozenSet<string> Ours =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "Via", "X-Forwarded-For", "Cookie", "Accept-Encoding");

    /// <summary>
    /// With OPTIONS it would choose which server on the way answers in the origin's place (RFC 9110
    /// section 7.6.2), and that answer can be cached.
    /// </summary>
    private static bool IsMaxForwards(string name) => name.Equals("Max-Forwards", StringComparison.OrdinalIgnoreCase);
}
