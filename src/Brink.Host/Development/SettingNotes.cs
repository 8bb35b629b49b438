using Brink.Distributions;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Edge.Geography;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Host.Output;
using Brink.Policies;

namespace Brink.Host.Development;

/// <summary>Lines at start about accepted settings that do less, or more, than a reader may think.</summary>
internal static class SettingNotes
{
    private const string Country = "CloudFront-Viewer-Country";

    /// <summary>The headers that databases of places have values for.</summary>
    private static readonly Dictionary<string, PlaceField> PlaceHeaders = new(StringComparer.Ordinal)
    {
        ["CloudFront-Viewer-ASN"] = PlaceField.Asn,
        [Country] = PlaceField.Country,
        ["CloudFront-Viewer-Country-Name"] = PlaceField.CountryName,
        ["CloudFront-Viewer-Country-Region"] = PlaceField.Region,
        ["CloudFront-Viewer-Country-Region-Name"] = PlaceField.RegionName,
        ["CloudFront-Viewer-City"] = PlaceField.City,
        ["CloudFront-Viewer-Latitude"] = PlaceField.Latitude,
        ["CloudFront-Viewer-Longitude"] = PlaceField.Longitude,
        ["CloudFront-Viewer-Metro-Code"] = PlaceField.MetroCode,
        ["CloudFront-Viewer-Postal-Code"] = PlaceField.PostalCode,
        ["CloudFront-Viewer-Time-Zone"] = PlaceField.TimeZone,
    };

    public static void Add(string file, LiveDistribution live, GeoDatabases places, DevOptions options, Reading reading)
    {
        if (live.Distribution.AsksForHttp3 && !EdgeServer.CanSpeakHttp3)
            reading.Warn(file, "HttpVersion asks for HTTP/3, which needs the library libmsquic: viewers speak HTTP/2 or HTTP/1.1");
        if (options.HttpsPort is not null && live.Distribution.ViewerCertificate is { Id: { } certificate } viewer)
            AddOfCertificate(file, certificate, viewer.Policy, live.HasOwnCertificate, options, reading);
        var behaviors = live.Behaviors.Prepend(live.DefaultBehavior).ToList();
        var toHttps = behaviors.Where(behavior => behavior.Behavior.ViewerProtocolPolicy != ViewerProtocolPolicy.AllowAll)
            .Select(behavior => BehaviorName.Of(behavior.Behavior.PathPattern)).ToList();
        if (options.HttpsPort is null && toHttps.Count > 0)
        {
            var want = toHttps.Count == 1 ? "wants" : "want";
            reading.Warn(
                file, $"{string.Join(", ", toHttps)} {want} viewers to use HTTPS, and nothing listens for it: give --https-port");
        }
        var knowsCountry = options.ViewerCountry is not null || places.Fields.Contains(PlaceField.Country);
        if (live.Distribution.GeoRestriction is not null && !knowsCountry)
        {
            reading.Warn(
                file, "GeoRestriction restricts nothing, because no viewer's country is known: give --geo-database, or --viewer-country");
        }
        var without = PlaceHeaders.Where(header => header.Key == Country ? !knowsCountry : !places.Fields.Contains(header.Value))
            .Select(header => header.Key).ToHashSet(StringComparer.Ordinal);
        var absent = behaviors.SelectMany(behavior => AbsentHeaders(behavior.Behavior, without))
            .GroupBy(each => each.Policy, each => each.Header, StringComparer.Ordinal);
        foreach (var policy in absent)
        {
            var headers = policy.Distinct(StringComparer.Ordinal).ToList();
            var fix = headers is [Country] ? "--geo-database or --viewer-country" : "a --geo-database that has them";
            reading.Warn(file, $"{policy.Key} adds {string.Join(", ", headers)}: absent, without {fix}");
        }
        foreach (var behavior in behaviors)
        {
            if (SharesAnswersToAuthorization(behavior))
            {
                reading.Warn(
                    file,
                    $"{BehaviorName.Of(behavior.Behavior.PathPattern)}: {behavior.Behavior.OriginRequestPolicy!.Name} sends "
                    + $"Authorization to the origin, and {behavior.Behavior.CachePolicy.Name} has it not in the key: "
                    + "what one viewer may see is served to others. List Authorization in the cache policy, or use CachingDisabled");
            }
            if (WhyNothingIsCompressed(behavior.Behavior) is { } why)
                reading.Warn(file, $"{BehaviorName.Of(behavior.Behavior.PathPattern)}: Compress is true and nothing is compressed: {why}");
        }
    }

    private static void AddOfCertificate(
        string file, string id, SecurityPolicy policy, bool isGiven, DevOptions options, Reading reading)
    {
        if (!isGiven)
        {
            var instead = options.Certificate ?? "one of the local authority, for the distribution's names (brink trust)";
            reading.Warn(file, $"the certificate {id} is not given with --resources: viewers get {instead}");
        }
        if (policy < SecurityPolicy.Tls12Of2018)
            reading.Warn(file, "MinimumProtocolVersion allows TLS 1.1 or older, which is never spoken here: viewers use TLS 1.2 or 1.3");
    }

    private static IEnumerable<(string Policy, string Header)> AbsentHeaders(CacheBehavior behavior, HashSet<string> without)
    {
        foreach (var header in CloudFrontHeaders.All.Where(without.Contains))
        {
            if (new ForwardedItems(behavior.CachePolicy, null).AddsCloudFrontHeader(header))
                yield return (behavior.CachePolicy.Name, header);
            else if (behavior.ForwardedItems.AddsCloudFrontHeader(header))
                yield return (behavior.OriginRequestPolicy!.Name, header);
        }
    }

    private static string? WhyNothingIsCompressed(CacheBehavior behavior)
    {
        if (!behavior.Compress)
            return null;
        var policy = behavior.CachePolicy;
        if (policy.CachingDisabled)
            return $"{policy.Name} caches nothing";
        return policy.EnableAcceptEncodingGzip || policy.EnableAcceptEncodingBrotli
            ? null
            : $"{policy.Name} enables neither gzip nor brotli";
    }

    private static bool SharesAnswersToAuthorization(LiveBehavior live)
    {
        const string header = "Authorization";
        var behavior = live.Behavior;
        return live.Target.Primary is not DirectoryOrigin
            && !behavior.CachePolicy.CachingDisabled
            && !behavior.CachePolicy.Headers.Includes(header, StringComparison.OrdinalIgnoreCase)
            && behavior.OriginRequestPolicy?.Headers.Includes(header, StringComparison.OrdinalIgnoreCase) == true;
    }
}
