using System.Collections.Immutable;

namespace Brink.Policies;

/// <summary>The CloudFront-* request headers that policies may list (distribution spec 4).</summary>
public static class CloudFrontHeaders
{
    /// <summary>The 21 that Managed-AllViewerAndCloudFrontHeaders-2022-06 adds.</summary>
    public static ImmutableArray<string> Of202206 { get; } =
    [
        "CloudFront-Forwarded-Proto",
        "CloudFront-Is-Android-Viewer",
        "CloudFront-Is-Desktop-Viewer",
        "CloudFront-Is-IOS-Viewer",
        "CloudFront-Is-Mobile-Viewer",
        "CloudFront-Is-SmartTV-Viewer",
        "CloudFront-Is-Tablet-Viewer",
        "CloudFront-Viewer-Address",
        "CloudFront-Viewer-ASN",
        "CloudFront-Viewer-Country",
        "CloudFront-Viewer-Country-Name",
        "CloudFront-Viewer-Country-Region",
        "CloudFront-Viewer-Country-Region-Name",
        "CloudFront-Viewer-City",
        "CloudFront-Viewer-Latitude",
        "CloudFront-Viewer-Longitude",
        "CloudFront-Viewer-Metro-Code",
        "CloudFront-Viewer-Postal-Code",
        "CloudFront-Viewer-Time-Zone",
        "CloudFront-Viewer-Http-Version",
        "CloudFront-Viewer-TLS",
    ];

    /// <summary>Those that an origin request policy may list and a cache policy may not.</summary>
    public static ImmutableArray<string> OriginRequestPolicyOnly { get; } =
    [
        "CloudFront-Viewer-Address",
        "CloudFront-Viewer-ASN",
        "CloudFront-Viewer-TLS",
        "CloudFront-Viewer-JA3-Fingerprint",
        "CloudFront-Viewer-JA4-Fingerprint",
    ];

    /// <summary>All that exist.</summary>
    public static ImmutableArray<string> All { get; } =
    [
        .. Of202206,
        "CloudFront-Viewer-Header-Order",
        "CloudFront-Viewer-Header-Count",
        "CloudFront-Viewer-JA3-Fingerprint",
        "CloudFront-Viewer-JA4-Fingerprint",
    ];
}
