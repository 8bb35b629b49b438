using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Brink.Edge.Listening;

/// <summary>
/// A viewer on this machine who sends a request without a connection: what an operator asks about is read by the rules for viewers.
/// </summary>
internal static class OperatorsViewer
{
    /// <summary>The viewer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="url">What is asked for.</param>
    /// <param name="target">Path and query, as they are sent.</param>
    /// <param name="fields">The fields; a Host among them stands in place of the URL's.</param>
    public static KestrelViewer Of(string method, Uri url, string target, IEnumerable<(string Name, string Value)> fields)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, value) in fields)
            headers.Append(name, value);
        if (!headers.ContainsKey("Host"))
            headers.Host = url.Authority;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = method, Scheme = url.Scheme, Protocol = "HTTP/1.1", RawTarget = target, Headers = headers, Body = Stream.Null,
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature());
        features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            RemoteIpAddress = IPAddress.Loopback, LocalIpAddress = IPAddress.Loopback,
        });
        var viewer = new KestrelViewer(proxies: null);
        viewer.Attach(features);
        return viewer;
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}
