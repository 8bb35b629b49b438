using System.Text;
using Brink.Distributions;
using Brink.Edge.Admission;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.PrivateContent;

namespace Brink.Edge;

/// <summary>What turns a request away before any function runs (distribution spec 1.1, stage 6; 2.4).</summary>
internal static class Gatekeepers
{
    /// <summary>The refusal or redirect, or null when the request may pass.</summary>
    public static EdgeResponse? Refusal(Exchange exchange, IVerificationLimit signatures, HttpCaching caching)
    {
        if (exchange.Distribution.Distribution.GeoRestriction?.Allows(exchange.Viewer?.Country) == false)
        {
            exchange.DetailedResultType = "ClientGeoBlocked";
            return Refuse(
                exchange, 403, ErrorPages.CountryBlocked, $"the distribution's GeoRestriction does not let in {exchange.Viewer!.Country}");
        }

        if (DistributionsBefore(exchange.Request.Headers) >= Limits.DistributionsInAChain)
        {
            var refusal = Refuse(
                exchange, 403, ErrorPages.BadRequest,
                $"Via says that the request came through {Limits.DistributionsInAChain} distributions already, the most of a chain: "
                + "does an origin lead back to the distribution that asks it?");
            exchange.ResultType = ResultType.LimitExceeded; // no page: it would go the same way
            return refusal;
        }

        var behavior = exchange.Behavior.Behavior;
        if (!exchange.Request.IsHttps && behavior.ViewerProtocolPolicy != ViewerProtocolPolicy.AllowAll)
        {
            if (behavior.ViewerProtocolPolicy == ViewerProtocolPolicy.HttpsOnly)
                return Refuse(exchange, 403, ErrorPages.HttpsOnly, "the behavior's ViewerProtocolPolicy is https-only");
            return RedirectToHttps(exchange);
        }

        if (!Allows(behavior.AllowedMethods, exchange.Request.Method, caching))
            return Refuse(exchange, 403, ErrorPages.MethodNotAllowed, $"the behavior does not allow {exchange.Request.Method}");

        if (!exchange.Regional.Body.IsEmpty && IsGetOrHead(exchange.Request.Method))
            return Refuse(exchange, 403, ErrorPages.BadRequest, "a GET or HEAD request carries a body");

        return exchange.Behavior.SignatureCheck is { } check ? UnsignedRefusal(exchange, check, signatures) : null;
    }

    /// <summary>
    /// Private content (spec 2.12). What was signed with does not go further than here: neither functions nor the cache nor the origin see
    /// it. The log shows the query as the viewer sent it.
    /// </summary>
    private static EdgeResponse? UnsignedRefusal(Exchange exchange, SignatureCheck check, IVerificationLimit signatures)
    {
        if (check.Admit(exchange.Request, exchange.Regional.StartedAt, signatures) is not { } refusal)
            return null;
        if (refusal.IsUnverified)
            return Refuse(exchange, Door.FullStatus, ErrorPages.Full, refusal.Detail);
        (exchange.ResultType, exchange.ErrorDetail) = (ResultType.Error, refusal.Detail);
        return ErrorPages.CreateXml(403, refusal.Code, refusal.Message);
    }

    private static int DistributionsBefore(HeaderList headers)
    {
        var count = 0;
        for (var at = headers.IndexOf("Via"); at >= 0; at = headers.IndexOf("Via", at + 1))
            count += headers[at].Value.AsSpan().Count(".cloudfront.net (CloudFront)");
        return count;
    }

    private static bool Allows(AllowedMethods allowed, string method, HttpCaching caching) => method switch
    {
        "GET" or "HEAD" => true,
        "OPTIONS" => allowed != AllowedMethods.GetHead,
        "PUT" or "POST" or "PATCH" or "DELETE" => allowed == AllowedMethods.All,
        "CONNECT" or "TRACE" => false,
        _ => allowed == AllowedMethods.All && caching.PassesEveryMethod,
    };

    private static EdgeResponse RedirectToHttps(Exchange exchange)
    {
        var request = exchange.Request;
        if (request.HttpVersion == "1.0" && !IsGetOrHead(request.Method))
            return Refuse(exchange, 403, ErrorPages.HttpsOnly, "HTTP/1.0 knows no redirect that keeps the method");

        var (status, title) = IsGetOrHead(request.Method) ? (301, "301 Moved Permanently") : (307, "307 Temporary Redirect");
        var body = $"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
            + "<hr><center>CloudFront</center>\r\n</body>\r\n</html>\r\n";
        var query = exchange.Regional.OriginalQueryString is { } text ? "?" + text : "";
        var response = new EdgeResponse { StatusCode = status, Body = new BytesBody(Encoding.Latin1.GetBytes(body)) };
        response.Headers.Add("Server", "CloudFront");
        response.Headers.Add("Content-Type", "text/html");
        response.Headers.Add("Location", $"https://{HttpsHost(exchange)}{exchange.Regional.OriginalUri}{query}");
        exchange.ResultType = ResultType.Redirect;
        return response;
    }

    /// <summary>
    /// The Host for the redirect. A viewer who named no port came to port 80 and goes to 443, as with CloudFront. One who named a port came
    /// to a development listener, and goes to the port where this edge speaks TLS.
    /// </summary>
    private static string HttpsHost(Exchange exchange)
    {
        var host = exchange.Request.Headers.Get("Host") ?? "";
        var colon = host.LastIndexOf(':');
        if (colon <= host.LastIndexOf(']'))
            return host;
        var name = host[..colon];
        return exchange.HttpsPort is { } port and not 443 ? $"{name}:{port}" : name;
    }

    private static EdgeResponse Refuse(Exchange exchange, int status, string cause, string detail)
    {
        exchange.ResultType = ResultType.Error;
        exchange.ErrorDetail = detail;
        return ErrorPages.Create(status, cause, exchange.Request.RequestId);
    }

    private static bool IsGetOrHead(string method) => method is "GET" or "HEAD";
}
