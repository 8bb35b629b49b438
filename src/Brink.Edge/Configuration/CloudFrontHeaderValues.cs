using System.Globalization;
using Brink.Distributions;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Configuration;

/// <summary>
/// The CloudFront-* request headers of one behavior, and what is in them: those that its cache policy or origin
/// request policy lists (distribution spec section 4). They are put into the request before a CloudFront
/// function on viewer-request runs, and after a Lambda@Edge function there: functions, key and origin see one value.
/// </summary>
/// <remarks>
/// Values are known for Forwarded-Proto, Viewer-Address, Viewer-Http-Version, Viewer-Country (from the snapshot) and the six Is-*-Viewer
/// headers. The other listed names need a geo database or the TLS handshake's bytes; until those exist they are simply absent, and so is
/// whatever a viewer sends under a listed name: no viewer can forge a value of the edge.
/// </remarks>
internal sealed class CloudFrontHeaderValues
{
    private readonly string[] _listed;

    public CloudFrontHeaderValues(CacheBehavior behavior)
    {
        var items = behavior.ForwardedItems;
        _listed = [.. CloudFrontHeaders.All.Where(name => items.AddsCloudFrontHeader(name))];
        Shows = name => items.AddsCloudFrontHeader(name);
    }

    /// <summary>Whether a function may see the header of that name.</summary>
    public Func<string, bool> Shows { get; }

    /// <summary>Sets the listed headers to the edge's values and removes whatever the viewer sent under their names.</summary>
    public void Apply(EdgeRequest request, string? viewerCountry)
    {
        foreach (var name in _listed)
        {
            if (Value(name, request, viewerCountry) is { } value)
                request.Headers.Set(name, value);
            else
                request.Headers.Remove(name);
        }
    }

    private static string? Value(string name, EdgeRequest request, string? viewerCountry)
    {
        if (Is(name, "CloudFront-Viewer-Country"))
            return viewerCountry;
        if (Is(name, "CloudFront-Forwarded-Proto"))
            return request.IsHttps ? "https" : "http";
        if (Is(name, "CloudFront-Viewer-Address"))
            return string.Create(CultureInfo.InvariantCulture, $"{request.ClientIp}:{request.ClientPort}");
        if (Is(name, "CloudFront-Viewer-Http-Version"))
            return request.HttpVersion;
        if (!name.StartsWith("CloudFront-Is-", StringComparison.OrdinalIgnoreCase))
            return null;

        var device = Device.Of(request.Headers.Get("User-Agent") ?? "");
        bool? answer =
            Is(name, "CloudFront-Is-Android-Viewer") ? device.Android :
            Is(name, "CloudFront-Is-IOS-Viewer") ? device.Ios :
            Is(name, "CloudFront-Is-Mobile-Viewer") ? device.Mobile :
            Is(name, "CloudFront-Is-Tablet-Viewer") ? device.Tablet :
            Is(name, "CloudFront-Is-SmartTV-Viewer") ? device.SmartTv :
            Is(name, "CloudFront-Is-Desktop-Viewer") ? device.Desktop :
            null;
        return answer is { } known ? known ? "true" : "false" : null;
    }

    private static bool Is(string name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// What a User-Agent says about its device. AWS does not publish its rule; this one follows the words that the makers document:
    /// Android phones say "Mobile" and Android tablets do not, Apple's say iPhone, iPod or iPad, televisions name their platform.
    /// Whatever is none of these, or says nothing, counts as a desktop.
    /// </summary>
    private readonly record struct Device(bool Android, bool Ios, bool Mobile, bool Tablet, bool SmartTv)
    {
        public bool Desktop => !Mobile && !Tablet && !SmartTv;

        public static Device Of(string userAgent)
        {
            bool Says(string word) => userAgent.Contains(word, StringComparison.OrdinalIgnoreCase);

            var tv = Says("SmartTV") || Says("SMART-TV") || Says("Smart TV") || Says("AppleTV") || Says("Apple TV")
                || Says("GoogleTV") || Says("HbbTV") || Says("Web0S") || Says("BRAVIA") || Says("CrKey")
                || Says("AFTT") || Says("AFTS") || Says("AFTM");
            var android = Says("Android");
            var iPad = Says("iPad");
            var iPhone = Says("iPhone") || Says("iPod");
            var mobileWord = Says("Mobile") || Says("Windows Phone") || Says("BlackBerry") || Says("Opera Mini");
            var tablet = !tv && (iPad || (android && !mobileWord) || Says("Tablet") || Says("Kindle") || Says("Silk/") || Says("PlayBook"));
            return new Device(android, iPad || iPhone, !tv && !tablet && (iPhone || mobileWord), tablet, tv);
        }
    }
}
