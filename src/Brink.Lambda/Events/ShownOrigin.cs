using Brink.Distributions;

namespace Brink.Lambda.Events;

/// <summary>What an event says of an origin where the edge's word for it is another (lambda-edge spec 1.5).</summary>
internal static class ShownOrigin
{
    /// <summary>
    /// A local folder has no place in the event. It is shown as a bucket, which it resembles most: files by path, nothing else.
    /// </summary>
    public static S3Origin BucketFor(DirectoryOrigin folder) =>
        new() { Id = folder.Id, DomainName = "local-folder.s3.amazonaws.com", OriginPath = folder.OriginPath };

    /// <summary>The port that is used for a viewer of that scheme.</summary>
    public static int PortOf(CustomOrigin origin, bool viewerIsHttps) =>
        origin.UsesHttps(viewerIsHttps) ? origin.HttpsPort : origin.HttpPort;

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public static string ProtocolOf(CustomOrigin origin, bool viewerIsHttps) => origin.UsesHttps(viewerIsHttps) ? "https" : "http";

    /// <summary><c>none</c> or <c>origin-access-identity</c>.</summary>
    public static string NameOf(S3AuthMethod method) => method == S3AuthMethod.None ? "none" : "origin-access-identity";
}
