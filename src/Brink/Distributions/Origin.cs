using System.Collections.Immutable;
using Brink.Http;
using Brink.Resources;

namespace Brink.Distributions;

/// <summary>Where content comes from (distribution spec 2.2).</summary>
public abstract record Origin
{
    private protected Origin() { }

    /// <summary>Unique in the distribution.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Prefixed to the path that the origin sees; begins with <c>/</c>, or empty. Not part of the cache key. Default empty.
    /// </summary>
    public string OriginPath { get; init; } = "";

    /// <summary>
    /// The region of its Origin Shield (<c>us-east-1</c>): one cache, which all others ask in the origin's place. Null for none. Default
    /// null.
    /// </summary>
    public string? ShieldRegion { get; init; }
}

/// <summary>An HTTP server.</summary>
public sealed record CustomOrigin : Origin
{
    /// <summary>Host name, without port.</summary>
    public required string DomainName { get; init; }

    /// <summary>Default 80.</summary>
    public int HttpPort { get; init; } = 80;

    /// <summary>Default 443.</summary>
    public int HttpsPort { get; init; } = 443;

    /// <summary>Which scheme to speak. Default match-viewer.</summary>
    public OriginProtocolPolicy ProtocolPolicy { get; init; } = OriginProtocolPolicy.MatchViewer;

    /// <summary>
    /// The protocols that the configuration lists, as functions see them. What is spoken is TLS 1.2 and newer. Default TLSv1.2.
    /// </summary>
    public ImmutableArray<string> SslProtocols { get; init; } = OriginRules.DefaultSslProtocols;

    /// <summary>To the first byte, and between packets. 1 to 120 s, default 30 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The whole response; null for no limit.</summary>
    public TimeSpan? ResponseCompletionTimeout { get; init; }

    /// <summary>How long an idle connection is kept. 1 to 120 s, default 5 s.</summary>
    public TimeSpan KeepaliveTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>1 to 3, default 3. Also the number of tries after a read timeout, for GET and HEAD.</summary>
    public int ConnectionAttempts { get; init; } = 3;

    /// <summary>1 to 10 s, default 10 s.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Headers that overwrite the viewer's of the same name.</summary>
    public ImmutableArray<HeaderField> CustomHeaders { get; init; } = [];

    /// <summary>Which of the name's addresses are tried. Default both; AWS's is IPv4.</summary>
    public OriginIpAddressType IpAddressType { get; init; } = OriginIpAddressType.DualStack;

    /// <summary>
    /// The Host of the request, whatever the policies forward. Only functions set it; null for the usual rule. Default null.
    /// </summary>
    public string? HostHeader { get; init; }

    /// <summary>
    /// Host is the origin's own name even where a policy forwards the viewer's: the meaning of a function that names another server.
    /// Default false.
    /// </summary>
    public bool SendsOwnHost { get; init; }

    /// <summary>The name asked for in the TLS handshake. Only functions set it; null for the Host that is sent. Default null.</summary>
    public string? Sni { get; init; }

    /// <summary>
    /// The names of which the certificate must have one, wildcards allowed. Only functions set them; empty for the usual rule.
    /// </summary>
    public ImmutableArray<string> AllowedCertificateNames { get; init; } = [];

    /// <summary>The scheme of a request to it, by that of the viewer's request.</summary>
    public bool UsesHttps(bool viewerIsHttps) => ProtocolPolicy switch
    {
        OriginProtocolPolicy.HttpOnly => false,
        OriginProtocolPolicy.HttpsOnly => true,
        _ => viewerIsHttps,
    };
}

/// <summary>A bucket of S3, or of a server that speaks its protocol.</summary>
public sealed record S3Origin : Origin
{
    /// <summary>The bucket's name as a host, in lower case: <c>bucket.s3.eu-central-1.amazonaws.com</c>.</summary>
    public required string DomainName { get; init; }

    /// <summary>The bucket's region; empty when none was named. Default empty.</summary>
    public string Region { get; init; } = "";

    /// <summary>What events show, and what Lambda@Edge functions can set. Default none.</summary>
    public S3AuthMethod AuthMethod { get; init; } = S3AuthMethod.None;

    /// <summary>The origin access control, which events do not show; null for none. Default null.</summary>
    public OriginAccessControl? AccessControl { get; init; }

    /// <summary>Headers that overwrite the viewer's of the same name.</summary>
    public ImmutableArray<HeaderField> CustomHeaders { get; init; } = [];

    /// <summary>To the first byte, and between packets. Default 30 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The whole response; null for no limit.</summary>
    public TimeSpan? ResponseCompletionTimeout { get; init; }

    /// <summary>1 to 3, default 3.</summary>
    public int ConnectionAttempts { get; init; } = 3;

    /// <summary>1 to 10 s, default 10 s.</summary>
    public TimeSpan ConnectionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Host is the bucket's own name even where a policy forwards the viewer's: the meaning of a CloudFront Function that names another
    /// bucket. Default false.
    /// </summary>
    public bool SendsOwnHost { get; init; }

    /// <summary>
    /// Whether a request is signed; decided here alone. An origin access control decides where there is one, and a Lambda@Edge function
    /// neither sees nor changes it. Without one, <c>origin-access-identity</c> means signed and <c>none</c> unsigned.
    /// </summary>
    /// <param name="hasAuthorization">Whether an Authorization of the viewer's would go out with it.</param>
    public bool Signs(bool hasAuthorization) => AccessControl?.SigningBehavior switch
    {
        SigningBehavior.Always => true,
        SigningBehavior.NoOverride => !hasAuthorization,
        SigningBehavior.Never => false,
        _ => AuthMethod == S3AuthMethod.OriginAccessIdentity,
    };
}

/// <summary>A local folder, for development: <c>brink dev --origin ./site</c>.</summary>
public sealed record DirectoryOrigin : Origin
{
    /// <summary>The folder; nothing outside of it is ever served.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Whether files and folders are served whose name begins with a dot, such as <c>.env</c> and <c>.git</c>. Default no: they do not
    /// exist for viewers. <c>.well-known</c> is always served.
    /// </summary>
    public bool ServesHiddenFiles { get; init; }

    /// <summary>
    /// The first name of a path below the folder that is hidden: it begins with a dot, and is not <c>.well-known</c> (RFC 8615). Null if
    /// none is.
    /// </summary>
    public static string? HiddenName(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Array.Find(path.Split('/', '\\'), static name => name.StartsWith('.') && name != ".well-known");
    }
}

/// <summary>How the edge identifies itself to a bucket.</summary>
public enum S3AuthMethod
{
    /// <summary>none: the bucket must be public.</summary>
    None,
    /// <summary>origin-access-identity.</summary>
    OriginAccessIdentity,
}

/// <summary>Which scheme the edge speaks to a custom origin.</summary>
public enum OriginProtocolPolicy
{
    /// <summary>http-only.</summary>
    HttpOnly,
    /// <summary>https-only.</summary>
    HttpsOnly,
    /// <summary>match-viewer.</summary>
    MatchViewer,
}

/// <summary>Which addresses of an origin's name the edge connects to.</summary>
public enum OriginIpAddressType
{
    /// <summary>dualstack.</summary>
    DualStack,
    /// <summary>ipv4.</summary>
    IPv4,
    /// <summary>ipv6.</summary>
    IPv6,
}
