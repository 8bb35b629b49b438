using System.Collections.Frozen;
using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Geography;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Configuration;

/// <summary>
/// The CloudFront-* request headers of one behavior, and what is in them: those that its cache policy or origin
/// request policy lists (distribution spec section 4). They are put into the request before a CloudFront
/// function on viewer-request runs, and after a Lambda@Edge function there: functions, key and origin see one value.
/// </summary>
/// <remarks>
/// What is not known of a viewer is absent, and so is whatever a viewer sends under a listed name: no viewer can forge a value of the edge.
/// </remarks>
internal sealed class CloudFrontHeaderValues
{
    /// <summary>How each value is found.</summary>
    private static readonly FrozenDictionary<string, Func<EdgeRequest, ViewerFacts, string?>> Values =
        new Dictionary<string, Func<EdgeRequest, ViewerFacts, string?>>
        {
            ["CloudFront-Forwarded-Proto"] = static (request, _) => request.IsHttps ? "https" : "http",
            ["CloudFront-Is-Android-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).Android),
            ["CloudFront-Is-Desktop-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).Desktop),
            ["CloudFront-Is-IOS-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).Ios),
            ["CloudFront-Is-Mobile-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).Mobile),
            ["CloudFront-Is-SmartTV-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).SmartTv),
            ["CloudFront-Is-Tablet-Viewer"] = static (request, viewer) => Say(viewer.DeviceOf(request).Tablet),
            ["CloudFront-Viewer-Address"] = static (request, _) =>
                string.Create(CultureInfo.InvariantCulture, $"{request.ClientIp}:{request.ClientPort}"),
            ["CloudFront-Viewer-ASN"] = static (_, viewer) => viewer.Place[PlaceField.Asn],
            ["CloudFront-Viewer-Country"] = static (_, viewer) => viewer.Country,
            ["CloudFront-Viewer-Country-Name"] = static (_, viewer) => viewer.Place[PlaceField.CountryName],
            ["CloudFront-Viewer-Country-Region"] = static (_, viewer) => viewer.Place[PlaceField.Region],
            ["CloudFront-Viewer-Country-Region-Name"] = static (_, viewer) => viewer.Place[PlaceField.RegionName],
            ["CloudFront-Viewer-City"] = static (_, viewer) => viewer.Place[PlaceField.City],
            ["CloudFront-Viewer-Latitude"] = static (_, viewer) => viewer.Place[PlaceField.Latitude],
            ["CloudFront-Viewer-Longitude"] = static (_, viewer) => viewer.Place[PlaceField.Longitude],
            ["CloudFront-Viewer-Metro-Code"] = static (_, viewer) => viewer.Place[PlaceField.MetroCode],
            ["CloudFront-Viewer-Postal-Code"] = static (_, viewer) => viewer.Place[PlaceField.PostalCode],
            ["CloudFront-Viewer-Time-Zone"] = static (_, viewer) => viewer.Place[PlaceField.TimeZone],
            ["CloudFront-Viewer-Http-Version"] = static (request, _) => request.HttpVersion,
            ["CloudFront-Viewer-TLS"] = static (_, viewer) => viewer.Tls,
            ["CloudFront-Viewer-Header-Order"] = static (_, viewer) => viewer.HeaderOrder?.Names,
            ["CloudFront-Viewer-Header-Count"] = static (_, viewer) => viewer.HeaderOrder?.Count,
            ["CloudFront-Viewer-JA3-Fingerprint"] = static (_, viewer) => viewer.Fingerprints?.Ja3,
            ["CloudFront-Viewer-JA4-Fingerprint"] = static (_, viewer) => viewer.Fingerprints?.Ja4,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly (string Name, Func<EdgeRequest, ViewerFacts, string?> Value)[] _listed;

    public CloudFrontHeaderValues(CacheBehavior behavior)
    {
        var items = behavior.ForwardedItems;
        _listed = [.. CloudFrontHeaders.All.Where(name => items.AddsCloudFrontHeader(name)).Select(name => (name, Values[name]))];
        Shows = name => items.AddsCloudFrontHeader(name);
        foreach (var (name, _) in _listed)
        {
            Questions |= ViewerQuestions.Any | name switch
            {
                "CloudFront-Viewer-TLS" => ViewerQuestions.TlsSession,
                "CloudFront-Viewer-JA3-Fingerprint" or "CloudFront-Viewer-JA4-Fingerprint" => ViewerQuestions.Fingerprints,
                "CloudFront-Viewer-Header-Order" or "CloudFront-Viewer-Header-Count" => ViewerQuestions.HeaderOrder,
                _ => ViewerQuestions.None,
            };
        }
    }

    /// <summary>What has to be known of viewers.</summary>
    public ViewerQuestions Questions { get; }

    /// <summary>Whether a function may see the header of that name.</summary>
    public Func<string, bool> Shows { get; }

    /// <summary>Sets the listed headers to the edge's values and removes whatever the viewer sent under their names.</summary>
    /// <param name="request">What goes on.</param>
    /// <param name="viewer">Not null where a header is listed.</param>
    public void Apply(EdgeRequest request, ViewerFacts? viewer)
    {
        foreach (var (name, value) in _listed)
        {
            if (value(request, viewer!) is { } known)
                request.Headers.Set(name, known);
            else
                request.Headers.Remove(name);
        }
    }

    private static string Say(bool answer) => answer ? "true" : "false";
}
