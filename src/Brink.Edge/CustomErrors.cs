using Brink.ContinuousDeployment;
using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Listening;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.PrivateContent;

namespace Brink.Edge;

/// <summary>The page that a distribution has for an error, in the error's place (distribution spec 2.10).</summary>
internal static class CustomErrors
{
    /// <summary>What a request says of its body. The request for a page has none.</summary>
    private static readonly string[] BodyFields =
    [
        "content-length", "content-type", "content-encoding", "content-language", "content-location", "content-md5", "content-range",
        "transfer-encoding", "trailer", "expect",
    ];

    /// <summary>The page for what came of a request; null where that is no error, or one without a page.</summary>
    public static CustomErrorPage? PageFor(Exchange exchange) =>
        exchange.Response!.StatusCode >= 400 && MayHavePage(exchange.ResultType)
            ? exchange.Distribution.Distribution.CustomErrorPages.GetValueOrDefault(exchange.Response.StatusCode)
            : null;

    /// <summary>
    /// A GET for the page: the viewer's request as the viewer sent it, whatever viewer-request made of it, without what is about another
    /// object: query, body, conditions, ranges. The headers of the edge are those that the page's behavior lists.
    /// </summary>
    public static RegionalRequest RequestFor(CustomErrorPage page, Exchange exchange, Viewer viewer)
    {
        var request = new EdgeRequest();
        viewer.Read(request);
        (request.Method, request.Uri, request.QueryString) = ("GET", page.Path, null);
        request.RequestId = exchange.Request.RequestId;
        Remove(request.Headers, BodyFields);
        Remove(request.Headers, ConditionFields.Names);
        Remove(request.Headers, "range", "if-range");

        if (exchange.Deployment is { HasSession: true })
            StickySession.RemoveFrom(request.Headers);

        var asking = exchange.Regional.AskingFor(request);
        if (asking.Behavior.SignatureCheck is not null)
            SignedCookies.RemoveFrom(request.Headers);
        asking.Behavior.CloudFrontHeaders.Apply(request, exchange.Viewer);
        asking.Note(RequestStepKind.AskedForErrorPage, page.Path);
        return asking;
    }

    /// <summary>
    /// Puts the page in the error's place. Where it did not come, the viewer gets what came instead: an error of its own, or a redirect.
    /// </summary>
    public static void Replace(Exchange exchange, CustomErrorPage page, in CacheAnswer answer, TimeProvider time)
    {
        var response = answer.Response;
        if (response.StatusCode is >= 200 and < 300)
        {
            (response.StatusCode, response.StatusDescription) = (page.ResponseCode, null);
            exchange.ErrorPage = page;
        }
        else
        {
            var reason = answer.Report?.ErrorDetail ?? $"the answer is {response.StatusCode}";
            var missing = $"the custom error page {page.Path} for {page.ErrorCode} cannot be had: {reason}";
            exchange.ErrorDetail = exchange.ErrorDetail is { } error ? $"{error}; {missing}" : missing;
        }
        if (answer.Report is { } report)
            exchange.TakeOverPage(report);
        exchange.Age = answer.Age;
        // X-Cache and log tell of the error, whatever the page's status is; of a function only where it failed.
        exchange.ResultType = answer.EndedBy is { } ended and not ResultType.LambdaGeneratedResponse ? ended : ResultType.Error;
        if (exchange.Request.Method == "HEAD")
        {
            UnsentBody.ReadAway(response.Body, time);
            response.Body = new HeadBody(response.Body.Length);
        }
        exchange.Response = response;
    }

    /// <summary>
    /// Errors of origins have pages, and the edge's own refusals (at AWS a POST that a behavior does not allow gets the page for 403), and
    /// what Lambda@Edge functions answer. What a CloudFront function answers has none, nor has a function's failure, nor an edge that is
    /// full.
    /// </summary>
    private static bool MayHavePage(ResultType type) =>
        type is ResultType.Error or ResultType.Hit or ResultType.RefreshHit or ResultType.Miss or ResultType.LambdaGeneratedResponse;

    private static void Remove(HeaderList headers, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            headers.Remove(name);
    }
}
